"""DataFrames with the types that their values have."""

from __future__ import annotations

import pandas as pd

from kg.export import dataframes, measures
from kg.export.statements import COLUMNS, statement_rows
from kg.query.graph import Graph


def test_types_and_labels(sample_graph: Graph) -> None:
    found = sample_graph.ask("targets").to_pandas()
    types = found.dtypes.astype(str)
    assert types["value"] == "Int64"
    assert types["due"] == "datetime64[s]"
    assert types["region"] == types["region_label"] == "string"
    assert list(found.columns[:4]) == ["indicator", "indicator_label", "scope", "scope_label"]
    assert found["due"].dropna().tolist() == [pd.Timestamp("2030-12-31")]
    assert "region_label" not in sample_graph.ask("targets").to_pandas(labels=False).columns


def test_numbers_booleans_and_gaps(sample_graph: Graph) -> None:
    found = sample_graph.select(
        "SELECT ?a ?b ?c { VALUES (?a ?b ?c) { (1 true 1.5) (UNDEF false 2) } } ORDER BY ?b"
    ).to_pandas()
    assert found.dtypes.astype(str).to_dict() == {"a": "Int64", "b": "boolean", "c": "Float64"}
    assert found["a"].isna().tolist() == [True, False]


def test_an_empty_answer_keeps_its_columns(sample_graph: Graph) -> None:
    found = sample_graph.ask("companies", region="Sample City").to_pandas()
    assert len(found) == 0
    assert "company" in found.columns


def test_statements_are_all_records(sample_graph: Graph) -> None:
    found = dataframes.statement_frame(sample_graph)
    assert list(found.columns) == list(COLUMNS)
    assert len(found) == len(statement_rows(sample_graph))
    assert found["paragraph"].dtype == "Int64"
    assert found["flags"].map(type).unique().tolist() == [tuple]


def test_the_matrix_counts_statements(sample_graph: Graph, curated: Graph) -> None:
    assert dataframes.matrix(sample_graph, kind="Technology").loc["sample province"].to_dict() == {"lidar": 1}
    plain, rolled = dataframes.matrix(curated), dataframes.matrix(curated, rolled=True)
    assert plain.index.name == "region"
    assert plain.columns.name == "topic"
    assert (rolled.loc["Jinan"].reindex(plain.columns) >= plain.loc["Jinan"]).all()


def test_measures_become_tables(sample_graph: Graph) -> None:
    found = dataframes.measure_frame(measures.brokers(sample_graph))
    assert list(found.columns) == ["entity", "kind", "neighbours", "betweenness"]
    assert dataframes.measure_frame([]).empty
