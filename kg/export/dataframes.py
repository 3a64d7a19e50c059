"""Statements, the region by topic matrix and measures as pandas DataFrames. Needs the extra ``notebook``.

An answer becomes one by ``Answer.to_pandas``; the types of columns are described in ``kg.query.dataframe``.
"""

from collections.abc import Iterable
from typing import NamedTuple

import pandas as pd

from kg.export import statements
from kg.query.dataframe import typed_frame
from kg.query.graph import Graph


def statement_frame(graph: Graph) -> pd.DataFrame:
    """Return every curated statement and target, withheld ones too, as ``kg export statements`` does."""
    rows = [{**row, "flags": tuple(row["flags"])} for row in statements.statement_rows(graph)]
    return typed_frame({name: [row[name] for row in rows] for name in statements.COLUMNS})


def matrix(graph: Graph, *, kind: str = "Sector", rolled: bool = False) -> pd.DataFrame:
    """Return regions by topics: the number of statements by which each region backs each topic.

    Labels are in both indexes; where a region backs a topic by none there is a 0, and where nothing is backed
    the table is empty. More statements mean more words, not more money. ``kind`` is a class of topics:
    Sector, Technology, Idea, or Topic for all of them (NotFound for any other); ``rolled`` counts a statement
    for all topics above its own too.

    >>> import kg
    >>> int(matrix(kg.open_graph()).loc["Jinan"].sum()) > 0
    True
    """
    long = graph.ask("matrix", kind=kind, rolled="yes" if rolled else "no").to_pandas(ids=False)
    wide = long.astype({"number": "int64"}).pivot_table("number", "region", "topic", "sum", fill_value=0)
    return wide.astype("int64")


def measure_frame(rows: Iterable[NamedTuple]) -> pd.DataFrame:
    """Return the rows of a measure as a DataFrame with their field names as columns."""
    listed = list(rows)
    names = listed[0]._fields if listed else ()
    return typed_frame({name: [getattr(row, name) for row in listed] for name in names})
