from __future__ import annotations

import csv
import io
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg import locations, ontology
from kg.compile import reference
from kg.export import dictionary, rdf
from kg.query import records
from kg.query.graph import Graph
from kg.read import seeds
from kg.store import oxigraph
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
    assert len(rows) == len(records.records(sample_graph)) == 10
    assert tuple(rows[0]) == records.KEYS
    assert "object-not-in-quote;unresolved" in {row["flags"] for row in rows}


def test_statements_as_csv_hold_no_formulas(sample: Path) -> None:
    """Quotes, labels and literals of the graph are text, whatever they begin with."""
    names = sample / "names.csv"
    names.write_text(
        names.read_text().replace(",lidar,", ',"=HYPERLINK(""http://x"")",').replace(",Acme", ",@Acme")
    )
    lines = reference.lines(
        seeds.read_seeds(sample)[0], ontology.read(locations.ontology()), locations.ontology(), version="test"
    )
    graph = Graph(oxigraph.memory(lines), "sample")
    cells = [
        cell
        for row in csv.DictReader(io.StringIO(rdf.statements(graph, "csv").decode(), newline=""))
        for cell in row.values()
    ]
    assert {cell for cell in cells if "=HYPERLINK" in cell[:11]} == {'\'=HYPERLINK("http://x")'}
    assert not [cell for cell in cells if cell[:1] in set("=+@\t\r\n")]
    assert "" in cells


def test_the_data_dictionary_in_the_docs_is_of_this_graph(curated: Graph) -> None:
    """Write it again with: kg export dictionary -o docs/dictionary.md"""
    assert (ROOT / "docs/dictionary.md").read_text(encoding="utf-8") == dictionary.markdown(curated)
