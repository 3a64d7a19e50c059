"""Statements, the region by topic matrix and measures as pandas DataFrames. Needs the extra ``notebook``.

An answer becomes one by ``Answer.to_pandas``; the types of columns are described in ``kg.query.dataframe``.
"""

from collections.abc import Iterable
from typing import NamedTuple

import pandas as pd

from kg.export import measures, statements
from kg.query.dataframe import typed_frame
from kg.query.graph import Graph


def statement_frame(graph: Graph) -> pd.DataFrame:
    """Return every curated statement and target, withheld ones too, as ``kg export statements`` does."""
    rows = [{**row, "flags": tuple(row["flags"])} for row in statements.statement_rows(graph)]
    return typed_frame({name: [row[name] for row in rows] for name in statements.COLUMNS})


def matrix(graph: Graph, *, kind: str = "", rolled: bool = False) -> pd.DataFrame:
    """Return regions by fields of the official classification: how many topics of each a region backs.

    Labels are in both indexes; topics that no field holds stand for themselves; 0 stands for none. More words
    are not more money. With ``kind``, a class of topics, and ``rolled`` it counts statements by topics, as
    ``measures.projection`` does (NotFound for other kinds).

    >>> import kg
    >>> int(matrix(kg.open_graph()).loc["Jinan"].sum()) > 0
    True
    """
    projected = measures.projection(graph, kind=kind, rolled=rolled)
    name, sides = projected.nodes(data="label"), projected.nodes(data="side")
    edges = projected.edges([node for node, side in sides if side == "region"], data="weight")
    rows = [(name[region], name[topic], number) for region, topic, number in edges]
    long = pd.DataFrame(rows, columns=["region", "topic", "number"]).astype({"number": "int64"})
    return long.pivot_table("number", "region", "topic", "sum", fill_value=0).astype("int64")


def measure_frame(rows: Iterable[NamedTuple]) -> pd.DataFrame:
    """Return the rows of a measure as a DataFrame with their field names as columns."""
    listed = list(rows)
    names = listed[0]._fields if listed else ()
    return typed_frame({name: [getattr(row, name) for row in listed] for name in names})
