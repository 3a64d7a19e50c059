"""What a page says of its data is so: of the curated graph, of others, of one that is empty."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from kg import locations
from kg.check import run
from kg.compile import reference
from kg.page import Part, render_page
from kg.query.graph import Graph
from kg.store import oxigraph
from tests.browser.conftest import Open
from tests.browser.test_views import VIEWS, count


def saved(graph: Graph, folder: Path, **part: Any) -> Path:
    file = folder / "graph.html"
    file.write_text(render_page(graph, Part(**part)), encoding="utf-8")
    return file


@pytest.fixture
def own_page(sample: Path, tmp_path: Path) -> Path:
    """A graph of one untranslated document whose quotes have no recorded positions."""
    shutil.rmtree(sample / "hubei-2030")
    (sample / "wuhan-2030" / "positions.csv").unlink(missing_ok=True)
    sources = sample / "sources.csv"
    kept = [line for line in sources.read_text(encoding="utf-8").splitlines() if not line.startswith("hubei")]
    sources.write_text("\n".join(kept) + "\n", encoding="utf-8")
    report = run.check_seeds(sample, locations.ontology())
    lines = reference.lines(report.seeds, report.ontology, locations.ontology(), version="test")
    return saved(Graph(oxigraph.memory(lines), "own"), tmp_path)


def test_the_curated_page(visit: Open, curated: Graph) -> None:
    tab = visit()
    quotes = count(
        curated,
        "SELECT (COUNT(DISTINCT ?w) AS ?n) { GRAPH ?g { ?s kg:evidence ?w . ?w oa:hasSelector/oa:start ?p } }",
    )
    days = "2026-11-22"
    panel, foot = tab.locator("#panel").inner_text(), tab.locator("#foot").inner_text()
    assert f"All {quotes:,} quotes were found by a program at a recorded place in a text" in panel
    assert "the texts are not in this copy" in panel
    assert "2 documents, both machine-translated" in panel
    assert "2 documents, both machine-translated" in foot
    assert "CC BY 4.0" in foot
    tab.get_by_role("button", name="About").click()
    assert f"Read on {days}." in tab.locator("dialog.about").inner_text()
    tab = visit("#view=sources&sel=source/gwr-2024")
    hash_ = oxigraph.select(
        curated.store, "SELECT ?h { GRAPH graph:dataset { ?s spdx:checksumValue ?h } } ORDER BY ?h"
    ).values()
    assert len(hash_) == 2
    assert any(row["h"] in tab.locator("#panel").inner_text() for row in hash_)


def test_one_translated_document_beside_an_original(visit: Open, sample_graph: Graph, tmp_path: Path) -> None:
    tab = visit(file=saved(sample_graph, tmp_path))
    assert "2 documents, 1 of them translated" in tab.locator("#foot").inner_text()
    assert "machine" not in tab.locator("body").inner_text()
    tab = visit("#view=sources&sel=source/wuhan-2030", file=tmp_path / "graph.html")
    assert "not a translation" in tab.locator("#panel").inner_text()


def test_a_document_whose_quotes_were_never_located(visit: Open, own_page: Path) -> None:
    tab = visit(file=own_page)
    panel = tab.locator("#panel").inner_text()
    assert "from 1 document. " in panel
    assert "no position in a text is recorded for any of them" in panel
    assert "found by a program" not in panel
    assert "Regions stand on the ring" not in panel
    assert "machine" not in tab.locator("#foot").inner_text()
    assert "1 document;" in tab.locator("#foot").inner_text()


def test_few_nodes_all_have_their_names(visit: Open, sample_graph: Graph, tmp_path: Path) -> None:
    for width in (1440, 390):
        tab = visit("#show=all", file=saved(sample_graph, tmp_path), width=width)
        tab.wait_for_timeout(500)
        named = tab.evaluate("() => window.regiograph.views.graph.names().map((n) => n.id).sort()")
        shown = tab.evaluate("() => window.regiograph.views.graph.scene().nodes.map((e) => e.id).sort()")
        assert len(shown) > 5
        assert named == shown


@pytest.mark.parametrize("view", VIEWS)
def test_an_empty_graph_has_a_page(visit: Open, tmp_path: Path, view: str) -> None:
    lines = list(reference.metadata_lines(locations.ontology(), "test"))
    tab = visit(f"#view={view}", file=saved(Graph(oxigraph.memory(lines), "empty"), tmp_path))
    panel = tab.locator("#panel").inner_text()
    assert "0 statements from 0 documents" in panel
    for absent in ("Backed by", "Regions", "quote was", "Choose a line"):
        assert absent not in panel


def test_a_part_of_the_graph_has_no_empty_blocks(visit: Open, curated: Graph, tmp_path: Path) -> None:
    tab = visit(file=saved(curated, tmp_path, around="silicon carbide"))
    bars = tab.locator("#panel .bars .num").all_inner_texts()
    assert "0" not in bars
    assert "Regions stand on the ring" not in tab.locator("#panel").inner_text()
    assert "1 region passes" not in tab.locator("#panel").inner_text()


def test_a_filter_narrows_what_the_first_panel_says(visit: Open) -> None:
    wide, tab = visit(), visit("#region=place/jinan")
    assert "pass the filters" in tab.locator("#panel").inner_text()
    assert tab.locator("#panel .bars").inner_text() != wide.locator("#panel .bars").inner_text()
    assert set(tab.locator("#panel .bars .num").all_inner_texts()) == {"1"}


def test_the_matrix_has_tiers_of_the_topic_itself(visit: Open, curated: Graph) -> None:
    wanted = {
        (row["region"], row["topic"])
        for row in oxigraph.select(
            curated.store,
            """SELECT DISTINCT ?region ?topic {
              ?r a kg:Region ; ?p ?t . ?t a ?class . VALUES ?class { kg:Sector kg:Technology } GRAPH graph:ontology { ?p rdfs:subPropertyOf kg:backs }
              GRAPH ?g { ?s rdf:subject ?r ; rdf:predicate ?p ; rdf:object ?t ; kg:tier ?tier }
              FILTER NOT EXISTS { GRAPH ?g { ?s kg:flag ?f } GRAPH graph:ontology { ?f kg:withholds true } }
              ?r skos:prefLabel ?region . ?t skos:prefLabel ?topic
              FILTER (lang(?region) = "en" && lang(?topic) = "en")
            }""",
        ).values()
    }
    assert len(wanted) > 40
    for rows in ("stated", "rolled"):
        tab = visit(f"#view=matrix&rows={rows}")
        cells = tab.eval_on_selector_all(
            ".cell:has(i)",
            "cells => cells.map((c) => c.getAttribute('aria-label').split(': ')[0].split(', '))",
        )
        lettered = {(region, ", ".join(topic)) for region, *topic in cells}
        assert lettered == wanted if rows == "stated" else lettered < wanted


def test_doubtful_targets_are_marked_and_aims_are_words(visit: Open, curated: Graph) -> None:
    tab = visit("#view=targets")
    sure = {entity.id: not entity.doubt for entity in curated.entities}
    flagged = [t for t in curated.targets() if t.flags or not (sure[t.place] and sure.get(t.topic, True))]
    assert len(flagged) > 8
    assert tab.locator(".rows tbody tr:has(.chip.flag)").count() == len(flagged)
    notes = [target.note for target in curated.targets() if target.note]
    assert sorted(notes) == sorted(tab.locator(".rows .note").all_inner_texts())
    aims = tab.locator(".rows td[data-name=aim]").all_inner_texts()
    assert {"full coverage", "doubled", "at least the level at the end"} <= set(aims)
    assert not any("?" in aim or "multiple" in aim for aim in aims)


def test_doubtful_targets_are_marked_in_charts(visit: Open, whole_page: Path) -> None:
    tab = visit("#view=targets", file=whole_page)
    doubtful = tab.locator(".chart li.doubtful")
    assert doubtful.count() > 0
    assert doubtful.count() == tab.locator(".chart li:has(.chip.flag)").count()


def test_region_names_stay_whole_in_the_table_of_targets(visit: Open) -> None:
    tab = visit("#view=targets")
    lines = tab.eval_on_selector_all(
        ".rows td[data-name=place] bdi", "names => names.map((n) => n.getClientRects().length)"
    )
    assert len(lines) > 50
    assert set(lines) == {1}


def test_a_region_without_coordinates_is_named_on_the_map(
    visit: Open, sample_graph: Graph, tmp_path: Path
) -> None:
    tab = visit("#view=map", file=saved(sample_graph, tmp_path))
    assert tab.locator("#map a.at").count() == 1
    assert "1 region without coordinates: sample province" in tab.locator("#map .corner").inner_text()
