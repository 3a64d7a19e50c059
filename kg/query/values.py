"""RDF terms as values of Python: ids, numbers, dates, booleans and texts."""

import math
import re
import sys
from datetime import date
from decimal import Decimal

import pyoxigraph as ox

from kg import iris
from kg.read import periods
from kg.store.oxigraph import Term

Value = str | int | float | bool | date | None
_XSD = iris.STANDARD["xsd"]
_INTEGERS = ("integer", "nonNegativeInteger", "int", "long")
_DECIMAL = r"[+-]?(?:[0-9]{1,400}(?:\.[0-9]{0,400})?|\.[0-9]{1,400})"
#: What a literal of a datatype looks like; foreign graphs hold others ("abc"^^xsd:integer).
_LEXICAL = {
    **dict.fromkeys(_INTEGERS, r"[+-]?[0-9]{1,400}"),
    "decimal": _DECIMAL,
    **dict.fromkeys(("double", "float"), rf"{_DECIMAL}(?:[eE][+-]?[0-9]{{1,9}})?"),
    "boolean": "true|false|1|0",
}
_ZONE = re.compile(r"(?:Z|[+-][0-9]{2}:[0-9]{2})?")


def value(item: Term | None) -> Value:
    """Return a term as a Python value: an id, a number, a date, a boolean, a text, or None.

    A literal that is not of its datatype, or that Python's type cannot hold (years before 1, NaN, INF), is
    returned as it is written.
    """
    if item is None:
        return None
    if isinstance(item, ox.NamedNode):
        return iris.short(item.value)
    if not isinstance(item, ox.Literal):
        return str(item)
    kind = item.datatype.value.removeprefix(_XSD)
    if kind == "date":
        day, zone = item.value[:10], item.value[10:]
        return date.fromisoformat(day) if periods.is_day(day) and _ZONE.fullmatch(zone) else item.value
    if kind not in _LEXICAL or not re.fullmatch(_LEXICAL[kind], item.value):
        return item.value
    return item.value in ("true", "1") if kind == "boolean" else _number(kind, item.value)


def _number(kind: str, text: str) -> int | float | str:
    """Return a number; the text where a float would be infinite or another amount."""
    exact = Decimal(text)
    if kind in _INTEGERS or (kind == "decimal" and exact == exact.to_integral_value()):
        return int(exact)
    found = float(text)
    same = math.isfinite(found) and (kind != "decimal" or exact.adjusted() < sys.float_info.dig)
    return found if same else text


def ids_of(item: Term | None) -> list[str]:
    """Return the ids in a cell, which lists them with spaces between."""
    cell = value(item)
    return [iris.short(part) for part in cell.split()] if isinstance(cell, str) else []
