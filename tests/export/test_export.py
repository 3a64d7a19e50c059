from __future__ import annotations

import csv
import io

import pyoxigraph as ox
import pytest

from kg.export import dictionary, rdf
from kg.export.statements import COLUMNS, statement_rows
from kg.query.graph import Graph
from tests.conftest import ROOT


@pytest.mark.parametrize("form", rdf.RDF_FORMATS)
def test_rdf_reads_back_whole(curated: Graph, form: str) -> None:
    written = rdf.rdf(curated, form)
    assert written == rdf.rdf(curated, form)
    chosen = rdf.RDF_FORMATS[form]
    back = set(ox.parse(written, format=chosen))
    quads = set(curated.store.quads_for_pattern(None, None, None, None))
    if chosen.supports_datasets:
        assert back == quads
    else:
        assert {quad.triple for quad in back} == {quad.triple for quad in quads}


def test_nquads_are_the_sorted_lines(curated: Graph) -> None:
    lines = rdf.rdf(curated, "nq").splitlines()
    assert lines == sorted(lines)
    assert len(lines) == len(curated.store)


def test_statements_as_csv(sample_graph: Graph) -> None:
    rows = list(csv.DictReader(io.StringIO(rdf.statements(sample_graph, "csv").decode())))
    assert len(rows) == len(statement_rows(sample_graph)) == 10
    assert tuple(rows[0]) == COLUMNS
    assert "object-not-in-quote;unresolved" in {row["flags"] for row in rows}


def test_the_data_dictionary_in_the_docs_is_of_this_graph(curated: Graph) -> None:
    """Write it again with: kg export dictionary -o docs/dictionary.md"""
    assert (ROOT / "docs/dictionary.md").read_text(encoding="utf-8") == dictionary.markdown(curated)
