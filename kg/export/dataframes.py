"""Statements, the region by topic matrix and measures as pandas DataFrames. Needs the extra ``notebook``.

An answer becomes one by ``Answer.to_pandas``; the types of columns are described there.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

import pandas as pd

from kg.export import statements
from kg.query.dataframe import typed_series
from kg.query.graph import Graph
from kg.query.result import Value


def statement_frame(graph: Graph) -> pd.DataFrame:
    """Return every curated statement and target, withheld ones too, as ``kg export statements`` does."""
    found = statements.statement_rows(graph)
    columns = {}
    for key in statements.COLUMNS:
        values = [row[key] for row in found]
        if key == "flags":
            columns[key] = pd.Series([tuple(_texts(value)) for value in values], dtype="object")
        else:
            columns[key] = typed_series([_plain(value) for value in values])
    return pd.DataFrame(columns)


def matrix(graph: Graph, *, kind: str = "Sector", rolled: bool = False) -> pd.DataFrame:
    """Return regions by topics: the number of statements by which each region backs each topic.

    Labels are in both indexes; where a region backs a topic by none there is a 0, and where nothing is backed
    the table is empty. More statements mean more words, not more money.

    Args:
        graph: The graph to count in.
        kind: A class of topics: Sector, Technology, Idea, or Topic for all of them.
        rolled: Count a statement for all topics above its own too.

    Raises:
        NotFound: ``kind`` is no class of topics.

    >>> import kg
    >>> int(matrix(kg.open_graph()).loc["Jinan"].sum()) > 0
    True
    """
    asked = graph.ask("matrix", kind=kind, rolled="yes" if rolled else "no")
    cells = [
        (asked.label(str(row["region"])), asked.label(str(row["topic"])), row["number"]) for row in asked
    ]
    long = pd.DataFrame(cells, columns=["region", "topic", "number"])
    wide = long.pivot_table(index="region", columns="topic", values="number", aggfunc="sum", fill_value=0)
    return wide.astype("int64")


def measure_frame(rows: Iterable[NamedTuple]) -> pd.DataFrame:
    """Return the rows of a measure as a DataFrame with their field names as columns."""
    listed = list(rows)
    names = listed[0]._fields if listed else ()
    return pd.DataFrame({name: typed_series([getattr(row, name) for row in listed]) for name in names})


def _plain(value: object) -> Value:
    return value if isinstance(value, bool | int | float | date) or value is None else str(value)


def _texts(value: object) -> list[str]:
    return [str(part) for part in value] if isinstance(value, list) else []
