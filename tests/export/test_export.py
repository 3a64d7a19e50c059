from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg import iris, locations, ontology
from kg.compile import reference
from kg.export import dictionary, rdf
from kg.export.statements import COLUMNS, statement_bytes, statement_rows
from kg.query.graph import Graph
from kg.read import seeds
from kg.store import oxigraph
from tests.conftest import ROOT


@pytest.mark.parametrize("form", rdf.RDF_FORMATS)
def test_rdf_reads_back_whole(curated: Graph, form: str) -> None:
    written = rdf.rdf_bytes(curated, form)
    assert written == rdf.rdf_bytes(curated, form)
    chosen = rdf.RDF_FORMATS[form]
    back = set(ox.parse(written, format=chosen))
    quads = set(curated.store.quads_for_pattern(None, None, None, None))
    if chosen.supports_datasets:
        assert back == quads
    else:
        assert {quad.triple for quad in back} == {quad.triple for quad in quads}


def test_nquads_are_the_sorted_lines(curated: Graph) -> None:
    lines = rdf.rdf_bytes(curated, "nq").splitlines()
    assert lines == sorted(lines)
    assert len(lines) == len(curated.store)


def test_statements_as_csv(sample_graph: Graph) -> None:
    rows = list(csv.DictReader(io.StringIO(statement_bytes(sample_graph, "csv").decode())))
    assert len(rows) == len(statement_rows(sample_graph)) == 10
    assert tuple(rows[0]) == COLUMNS
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
        for row in csv.DictReader(io.StringIO(statement_bytes(graph, "csv").decode(), newline=""))
        for cell in row.values()
    ]
    assert {cell for cell in cells if "=HYPERLINK" in cell[:11]} == {'\'=HYPERLINK("http://x")'}
    assert not [cell for cell in cells if cell[:1] in set("=+@\t\r\n")]
    assert "" in cells


def test_the_data_dictionary_in_the_docs_is_of_this_graph(whole: Graph) -> None:
    """Write it again with: kg export dictionary -o docs/reference/dictionary.md"""
    assert (ROOT / "docs/reference/dictionary.md").read_text(
        encoding="utf-8"
    ) == dictionary.dictionary_markdown(whole)


@pytest.mark.parametrize("form", rdf.RDF_FORMATS)
def test_formats_that_drop_graph_names_say_so(curated: Graph, form: str) -> None:
    note = rdf.graph_names_note(form)
    assert bool(note) == (form in ("ttl", "nt", "rdf"))
    if note:  # and the way to the source that the note shows is there
        (path,) = re.findall(r"\?statement (\S+) \?source", note)
        back = ox.Store()
        back.extend(
            ox.Quad(*quad.triple)
            for quad in ox.parse(rdf.rdf_bytes(curated, form), format=rdf.RDF_FORMATS[form])
        )
        query = f"SELECT DISTINCT ?source {{ ?s a kg:Statement ; {path} ?source }} ORDER BY ?source"
        found = [iris.short(row["source"]) for row in oxigraph.select(back, query).values()]
        assert found == ["source/gwr-2024", "source/sh-sei-2021"]
