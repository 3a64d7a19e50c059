"""An answer: rows of RDF terms, shown as a table or written as CSV, TSV, JSON or Markdown."""

from __future__ import annotations

import json
import math
import re
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pyoxigraph as ox

from kg import iris
from kg.read import periods, tables
from kg.store.oxigraph import Term

Value = str | int | float | bool | date | None
#: What evidence adds to a row: source, paragraph from 1, quote, and the page opened at the quote.
EVIDENCE = ("source", "paragraph", "quote", "link")
#: Columns that name the statements or targets behind a row, or counts of them: one id, or several with
#: spaces between.
RECORDS = ("statement", "statements", "target", "targets", "counts")
#: Columns that list entities, ids with spaces between, which people read as labels.
LISTS = ("regions",)
FORMATS = ("table", "csv", "tsv", "json", "md")
_XSD = iris.STANDARD["xsd"]
_INTEGERS = dict.fromkeys(("integer", "nonNegativeInteger", "int", "long"), r"[+-]?[0-9]{1,400}")
_PLAIN = r"[+-]?(?:[0-9]{1,400}(?:\.[0-9]{0,400})?|\.[0-9]{1,400})"
#: What a literal of a datatype looks like; foreign graphs hold others ("abc"^^xsd:integer).
_LEXICAL = {
    **_INTEGERS,
    "decimal": _PLAIN,
    "double": rf"{_PLAIN}(?:[eE][+-]?[0-9]{{1,9}})?",
    "float": rf"{_PLAIN}(?:[eE][+-]?[0-9]{{1,9}})?",
    "boolean": "true|false|1|0",
}
_ZONE = re.compile(r"(?:Z|[+-][0-9]{2}:[0-9]{2})?")


@dataclass(frozen=True)
class Answer:
    """Rows of terms by column. ``labels`` names entities for people; ids stay at hand in ``rows``."""

    columns: tuple[str, ...]
    terms: tuple[tuple[Term | None, ...], ...]
    labels: Mapping[str, str]

    def __len__(self) -> int:
        return len(self.terms)

    def __iter__(self) -> Iterator[dict[str, Value]]:
        """Rows as dicts of Python values: ids for entities, numbers, dates and booleans for literals."""
        for row in self.terms:
            yield {name: value(item) for name, item in zip(self.columns, row, strict=True)}

    def shown(self) -> list[list[str]]:
        """Rows as people read them: labels in place of ids, numbers with thousands separated."""
        return [[self._show(item) for item in row] for row in self.terms]

    def label(self, identifier: str) -> str | None:
        """What people call an entity or term; a source by the short name of its tables."""
        if identifier.startswith("source/"):
            return identifier.removeprefix("source/")  # a title would fill the table
        return self.labels.get(identifier)

    def ids(self, column: str) -> list[str]:
        """The ids in a column, in order, None left out; a list of ids in one cell counts as several."""
        at = self.columns.index(column)
        found = (value(row[at]) for row in self.terms)
        return [iris.short(part) for cell in found if isinstance(cell, str) for part in cell.split()]

    def without(self, names: Collection[str]) -> Answer:
        """The answer less some columns, each row once."""
        keep = [at for at, column in enumerate(self.columns) if column not in names]
        rows = dict.fromkeys(tuple(row[at] for at in keep) for row in self.terms)
        return Answer(tuple(self.columns[at] for at in keep), tuple(rows), self.labels)

    def resolved(self, column: str, name: str, members: Mapping[str, Sequence[str]]) -> Answer:
        """The answer with each id of a column replaced by its members, and the column renamed."""
        at = self.columns.index(column)
        rows = []
        for row in self.terms:
            cell = value(row[at])
            ids = cell.split() if isinstance(cell, str) else []
            found = dict.fromkeys(member for part in ids for member in members.get(iris.short(part), ()))
            rows.append((*row[:at], ox.Literal(" ".join(found)), *row[at + 1 :]))
        return Answer((*self.columns[:at], name, *self.columns[at + 1 :]), tuple(rows), self.labels)

    def named(self, column: str) -> Answer:
        """The answer with each list of ids in a column put as labels, by the alphabet."""
        at = self.columns.index(column)
        known: dict[str, str] = {}
        rows = []
        for row in self.terms:
            cell = value(row[at])
            if isinstance(cell, str):
                ids = [iris.short(part) for part in cell.split()]
                known.update({one: self.label(one) or one for one in ids if one not in known})
                row = (*row[:at], ox.Literal(", ".join(sorted(known[one] for one in ids))), *row[at + 1 :])
            rows.append(row)
        return Answer(self.columns, tuple(rows), self.labels)

    def expand(self, column: str, evidence: Mapping[str, tuple[str | int, ...]]) -> Answer:
        """A row for each record named in ``column``, which gives way to where the record says so."""
        at = self.columns.index(column)
        rows = []
        for row in self.terms:
            cell = value(row[at])
            for record in cell.split() if isinstance(cell, str) else [""]:
                where = evidence.get(iris.short(record), ("",) * len(EVIDENCE))
                rows.append((*row[:at], *row[at + 1 :], *(ox.Literal(part) for part in where)))
        return Answer((*self.columns[:at], *self.columns[at + 1 :], *EVIDENCE), tuple(rows), self.labels)

    def _show(self, item: Term | None) -> str:
        if isinstance(item, ox.NamedNode):
            short = iris.short(item.value)
            return self.label(short) or short
        found = value(item)
        if isinstance(found, bool):
            return "yes" if found else "no"
        if isinstance(found, int | float):
            return f"{found:,.10g}" if isinstance(found, float) and abs(found) < 10**9 else f"{found:,}"
        return "" if found is None else str(found)


def value(item: Term | None) -> Value:
    """A term as a Python value: an id, a number, a date, a boolean, a text, or None.

    A literal that is not of its datatype, or that Python's type cannot hold (years before 1, NaN, INF),
    is its words.
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
    if kind == "boolean":
        return item.value in ("true", "1")
    return _number(kind, item.value)


def _number(kind: str, words: str) -> int | float | str:
    """A number of a datatype; words that a float would turn into infinity or another amount stay words."""
    if kind in _INTEGERS:
        return int(words)
    exact = Decimal(words)
    if kind == "decimal" and exact == exact.to_integral_value():
        return int(exact)
    found = float(words)
    whole = math.isfinite(found) and (kind != "decimal" or exact.adjusted() < sys.float_info.dig)
    return found if whole else words


def as_csv(answer: Answer, *, delimiter: str = ",", bom: bool = False) -> str:
    """Comma- or tab-separated values, labels beside ids.

    ``bom`` is for Excel: it shows Chinese, and words such as 3-4 do not turn into dates or numbers.
    """
    named = _entity_columns(answer)
    rows: list[list[object]] = [
        [
            name
            for column in answer.columns
            for name in ([column, f"{column}_label"] if column in named else [column])
        ]
    ]
    for row in answer:
        cells: list[object] = []
        for column, cell in row.items():
            cells.append(_cell(cell))
            if column in named:
                cells.append(answer.labels.get(str(cell), ""))
        rows.append(cells)
    return ("\ufeff" if bom else "") + "".join(tables.spreadsheet(rows, delimiter=delimiter, excel=bom))


def as_json(answer: Answer) -> str:
    """A list of objects, labels beside ids."""
    named = _entity_columns(answer)
    rows = []
    for row in answer:
        shown: dict[str, object] = {}
        for column, cell in row.items():
            shown[column] = cell.isoformat() if isinstance(cell, date) else cell
            if column in named:
                shown[f"{column}_label"] = answer.labels.get(str(cell))
        rows.append(shown)
    return json.dumps(rows, ensure_ascii=False, indent=1) + "\n"


def as_markdown(answer: Answer) -> str:
    """A GitHub table."""
    lines = [list(answer.columns), ["---"] * len(answer.columns), *answer.shown()]
    escaped = ([cell.replace("|", "\\|").replace("\n", " ") for cell in line] for line in lines)
    return "".join(f"| {' | '.join(line)} |\n" for line in escaped)


def _entity_columns(answer: Answer) -> set[str]:
    """Columns that hold entities, which have a label to stand beside their id."""
    return {
        column
        for row in answer
        for column, cell in row.items()
        if isinstance(cell, str) and cell in answer.labels and cell != answer.labels[cell]
    }


def _cell(found: Value) -> object:
    """A value as it is written: booleans in words, nothing for None."""
    if isinstance(found, bool):
        return "yes" if found else "no"
    return "" if found is None else found
