"""Answers as pandas DataFrames. Needs the extra ``notebook``.

Columns have the types that their values have: Int64, Float64, boolean, datetime64, string; what is missing is
``pd.NA`` (or ``NaT``). Integers beyond 64 bits stay Python integers.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from kg.errors import missing_extra

if TYPE_CHECKING:
    from kg.query.result import Answer, Value

try:
    import pandas as pd
except ImportError:
    raise missing_extra("notebook", "a DataFrame") from None

_TYPES = {bool: "boolean", int: "Int64", float: "Float64", date: "datetime64[s]", str: "string"}
_INT64 = 2**63


def answer_frame(answer: Answer, *, ids: bool = True, labels: bool = True) -> pd.DataFrame:
    """Return an answer as a DataFrame, a row a solution.

    A column ``region`` of ids is followed by ``region_label``; without ``labels`` ids stand alone, without
    ``ids`` labels stand in their place.

    >>> import kg
    >>> answer = kg.open_graph().ask("targets", indicator="output value")
    >>> "Dalian" in answer_frame(answer, ids=False)["region"].tolist()
    True
    """
    rows = list(answer)
    columns = {}
    for name in answer.columns:
        values = [row[name] for row in rows]
        shown = [answer.label(value) if isinstance(value, str) else None for value in values]
        named = any(shown) and shown != values
        if named and not ids:
            values = [label or value for label, value in zip(shown, values, strict=True)]
        columns[name] = typed_series(values)
        if named and ids and labels:
            columns[f"{name}_label"] = typed_series(shown)
    return pd.DataFrame(columns)


def typed_series(values: Sequence[Value]) -> pd.Series:
    """Return values as a Series of the one type that they share; of unlike ones as a Series of text."""
    kinds = {type(value) for value in values if value is not None}
    if kinds == {int, float}:
        kinds = {float}
    kind = kinds.pop() if len(kinds) == 1 else str
    if kind is int and any(isinstance(one, int) and not -_INT64 <= one < _INT64 for one in values):
        return pd.Series(list(values), dtype="object")
    if kind is str:
        values = [None if value is None else str(value) for value in values]
    return pd.Series(values, dtype=_TYPES[kind])
