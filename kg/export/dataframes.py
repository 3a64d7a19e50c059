"""DataFrames: answers, statements and the region by topic matrix as pandas tables. The one home of pandas.

Columns have the types that their values have: Int64, Float64, boolean, datetime64, string; what is missing is
``pd.NA`` (or ``NaT``). Beside a column of ids stands one of labels. Needs the extra ``notebook``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from kg.errors import missing_extra
from kg.export import statements as flat
from kg.query.graph import Graph
from kg.query.result import RECORDS, Answer, Value

try:
    import pandas as pd
except ImportError:
    raise missing_extra("notebook", "a DataFrame") from None

_TYPES = {bool: "boolean", int: "Int64", float: "Float64", date: "datetime64[s]", str: "string"}


def frame(found: Answer, *, ids: bool = True, labels: bool = True) -> pd.DataFrame:
    """An answer as a DataFrame, a row a solution.

    A column ``region`` of ids is followed by ``region_label``; without ``labels`` ids stand alone, without
    ``ids`` labels stand in their place (and columns that only name statements are left out).

    >>> from kg.query.graph import open_graph
    >>> answer = open_graph().ask("targets", indicator="output value")
    >>> frame(answer)[["region_label", "value", "due"]].dtypes.astype(str).tolist()
    ['string', 'Int64', 'datetime64[s]']
    >>> "Dalian" in frame(answer, ids=False)["region"].tolist()
    True
    """
    chosen = found if ids else found.without(RECORDS)
    rows = list(chosen)
    columns = {}
    for name in chosen.columns:
        values = [row[name] for row in rows]
        shown = [chosen.label(value) if isinstance(value, str) else None for value in values]
        named = any(shown) and shown != values
        if named and not ids:
            values = [label or value for label, value in zip(shown, values, strict=True)]
        columns[name] = _series(values)
        if named and ids and labels:
            columns[f"{name}_label"] = _series(shown)
    return pd.DataFrame(columns)


def statements(graph: Graph) -> pd.DataFrame:
    """Every curated statement and target, withheld ones too: the columns of ``kg export statements``."""
    found = flat.statement_rows(graph)
    columns = {}
    for key in flat.COLUMNS:
        values = [row[key] for row in found]
        if key == "flags":
            columns[key] = pd.Series([tuple(_texts(value)) for value in values], dtype="object")
        else:
            columns[key] = _series([_plain(value) for value in values])
    return pd.DataFrame(columns)


def matrix(graph: Graph, *, kind: str = "Sector", rolled: bool = False) -> pd.DataFrame:
    """Regions by topics: the number of statements by which each region backs each topic, 0 where none does.

    ``kind`` is a class of topics (Sector, Technology, Idea); with ``rolled`` a statement counts for all
    topics above its own too. Labels are in both indexes. More statements mean more words, not more money.

    >>> from kg.query.graph import open_graph
    >>> int(matrix(open_graph()).loc["Jinan"].sum()) > 0
    True
    """
    asked = graph.ask("matrix", kind=kind, rolled="yes" if rolled else "no")
    long = frame(asked)
    wide = long.pivot_table(
        index="region_label", columns="topic_label", values="number", aggfunc="sum", fill_value=0
    )
    return wide.astype("int64").rename_axis(index="region", columns="topic")


def table(rows: Iterable[NamedTuple]) -> pd.DataFrame:
    """Rows of a measure as a DataFrame, with their field names as columns."""
    listed = list(rows)
    names: Sequence[str] = listed[0]._fields if listed else ()
    return pd.DataFrame({name: _series([getattr(row, name) for row in listed]) for name in names})


def _series(values: Sequence[Value]) -> pd.Series:
    kinds = {type(value) for value in values if value is not None}
    if kinds == {int, float}:
        kinds = {float}
    kind = kinds.pop() if len(kinds) == 1 else str
    if kind is str:
        values = [None if value is None else str(value) for value in values]
    return pd.Series(values, dtype=_TYPES[kind])


def _plain(value: object) -> Value:
    return value if isinstance(value, bool | int | float | date) or value is None else str(value)


def _texts(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []
