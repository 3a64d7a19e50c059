"""Questions in, rows out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from typing import Any, TypeVar

import pyoxigraph as ox

from kg import iris
from kg.read import queries
from kg.store import oxigraph
from kg.store.oxigraph import Rows, Store

Value = TypeVar("Value")
#: How a field of a value is read from the text of a row, by its name; others are texts.
_READ: Mapping[str, Callable[[str], object]] = {
    **dict.fromkeys(("id", "source", "subject", "predicate", "place", "topic", "indicator"), iris.short),
    **dict.fromkeys(("entity", "region", "kind", "child", "relation", "parent"), iris.short),
    **dict.fromkeys(("stage", "tier", "comparator", "unit", "status", "role", "confidence"), iris.notation),
    **dict.fromkeys(("is_literal", "repeated", "ambiguous", "in_heading"), "true".__eq__),
    **dict.fromkeys(("start", "end"), lambda text: int(text) if text else None),
    "paragraph": int,
}


def internal_rows(store: Store, name: str, /, **given: Iterable[str | ox.Literal]) -> Rows:
    """Run an internal query with ids, IRIs or literals as its parameters; those with none are left out."""
    terms = {key: " ".join(map(_serialised, some)) for key, some in given.items()}
    return oxigraph.select(store, queries.internal(name).bind({k: v for k, v in terms.items() if v}))


def _serialised(one: str | ox.Literal) -> str:
    if isinstance(one, ox.Literal):
        return str(one)
    return str(ox.NamedNode(one if "://" in one else iris.iri(one)))


def read_value(kind: type[Value], row: Mapping[str, str], **given: Any) -> Value:
    """Return a dataclass read from the columns of a row that its fields name; ``given`` are other fields."""
    names = [field.name for field in fields(kind) if field.name in row and field.name not in given]  # type: ignore[arg-type]
    return kind(**{name: _READ.get(name, str)(row[name]) for name in names}, **given)
