"""DataFrames with the types that their values have."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from kg.errors import NotFound
from kg.export import dataframes, measures
from kg.export.statements import COLUMNS, statement_rows
from kg.query.graph import Graph
from tests.conftest import ROOT


def test_types_and_labels(sample_graph: Graph) -> None:
    found = sample_graph.ask("targets").to_pandas()
    types = found.dtypes.astype(str)
    assert types["value"] == "Int64"
    assert types["due"] == "datetime64[s]"
    assert types["region"] == types["region_label"] == "string"
    assert list(found.columns[:4]) == ["region", "region_label", "indicator", "indicator_label"]
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


def test_every_statement_is_in_the_frame(sample_graph: Graph) -> None:
    found = dataframes.statement_frame(sample_graph)
    assert list(found.columns) == list(COLUMNS)
    assert len(found) == len(statement_rows(sample_graph))
    assert found["paragraph"].dtype == "Int64"
    assert found["flags"].map(type).unique().tolist() == [tuple]
    assert (found["doubt"].notna() >= (found["flags"].map(len) > 0)).all()
    assert found["doubt"].notna().sum() > 1


def test_the_matrix_counts_statements(sample_graph: Graph, curated: Graph) -> None:
    assert dataframes.matrix(sample_graph, kind="Technology").loc["sample province"].to_dict() == {"lidar": 1}
    plain, rolled = (dataframes.matrix(curated, kind="Sector", rolled=rolled) for rolled in (False, True))
    assert plain.index.name == "region"
    assert plain.columns.name == "topic"
    assert (rolled.loc["Jinan"].reindex(plain.columns) >= plain.loc["Jinan"]).all()


def test_the_matrix_counts_topics_by_field(curated: Graph) -> None:
    found = dataframes.matrix(curated)
    asked = [row for row in curated.ask("fields", region="Jinan") if row["here"]]
    fields = {f"{row['code']} {row['field']}": row["here"] for row in asked if row["code"]}
    shown = found.loc["Jinan"].to_dict()
    assert len(fields) > 5
    assert {name: number for name, number in shown.items() if number and name in fields} == fields
    assert sum(shown.values()) == sum(int(str(row["here"])) for row in asked)


def test_measures_become_tables(sample_graph: Graph) -> None:
    found = dataframes.measure_frame(measures.brokers(sample_graph))
    assert list(found.columns) == ["entity", "kind", "neighbours", "betweenness"]
    assert dataframes.measure_frame([]).empty


def test_the_matrix_takes_classes_of_topics_alone(sample_graph: Graph) -> None:
    every = dataframes.matrix(sample_graph, kind="Topic")
    assert every.loc["sample province"].to_dict() == {"lidar": 1}
    for kind in ("City", "Base", "Company", "nonsense"):
        with pytest.raises(NotFound, match="kind is one of Idea, Sector, Technology, TierWord, Topic"):
            dataframes.matrix(sample_graph, kind=kind)


def test_the_matrix_of_a_graph_without_such_topics_is_empty(sample_graph: Graph) -> None:
    found = dataframes.matrix(sample_graph, kind="Idea")
    assert found.shape == (0, 0)
    assert (found.index.name, found.columns.name) == ("region", "topic")


def test_integers_beyond_64_bits_stay_whole(sample_graph: Graph) -> None:
    number = 99999999999999999999
    found = sample_graph.select(f"SELECT ?a ?b {{ VALUES (?a ?b) {{ ({number} 1) (2 2) }} }} ORDER BY ?b")
    assert found.to_pandas()["a"].tolist() == [number, 2]
    assert found.to_pandas()["b"].dtype == "Int64"


def test_without_pandas_the_message_names_the_extra(tmp_path: Path) -> None:
    (tmp_path / "pandas.py").write_text("raise ImportError('not installed')")
    done = subprocess.run(
        [sys.executable, "-c", "import kg\nkg.Answer((), (), {}).to_pandas()"],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"},
    )
    assert done.stderr.splitlines()[-1] == (
        "kg.errors.MissingExtra: a DataFrame needs an extra: pip install 'regiograph[notebook]'"
    )
