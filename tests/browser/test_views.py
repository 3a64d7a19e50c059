from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest

from kg.export.statements import statement_rows
from kg.query.graph import Graph
from kg.store import oxigraph
from tests.browser.conftest import HOSTILE, Open, spot

STATED = "#panel .said:has-text('promotes') + .cards .card"
#: The other end of a line of an entity whose middle no name covers.
CLEAR = """(id) => { const { data, views } = window.regiograph, centre = data.byId.get(id), at = (e) => views.graph.network.canvasToDOM(e);
  const others = views.graph.scene().lines.filter((l) => l.from === centre).map((l) => l.to);
  const names = views.graph.names();
  return others.find((other) => { const [a, b] = [at(centre), at(other)], x = (a.x + b.x) / 2, y = (a.y + b.y) / 2;
    return Math.hypot(a.x - b.x, a.y - b.y) > 80 && !names.some(({ box }) => box[0] - 9 < x && x < box[2] + 9 && box[1] - 9 < y && y < box[3] + 9); }).id; }"""
VIEWS = ("graph", "matrix", "targets", "sources", "map")


def count(graph: Graph, query: str) -> int:
    return int(oxigraph.select(graph.store, query).values()[0]["n"])


def settled(tab: Any) -> None:
    tab.wait_for_timeout(500)


def test_the_first_view_shows_regions_and_what_they_share(visit: Open) -> None:
    tab = visit()
    scene = tab.evaluate(
        "() => { const s = window.regiograph.views.graph.scene();"
        " return s.nodes.map((e) => [e.group, e.near.size]); }"
    )
    groups = [group for group, _ in scene]
    assert groups.count("Region") >= 10
    assert 20 < len(groups) < 130
    drawn = tab.evaluate(
        "() => { const c = document.querySelector('#canvas canvas');"
        " return new Set(c.getContext('2d').getImageData(0, 0, c.width, c.height).data).size; }"
    )
    assert drawn > 50, "the canvas is empty"


def test_a_click_on_a_node_opens_its_evidence(visit: Open) -> None:
    tab = visit()
    tab.mouse.click(*spot(tab, "place/jinan"))
    tab.wait_for_selector("#panel h2:has-text('Jinan')")
    assert tab.url.endswith("#sel=place/jinan")
    assert tab.locator("#panel .zh").first.inner_text() == "济南市"
    tab.locator(".part[data-part=statements] > summary").click()
    card = tab.locator(STATED).first
    card.locator("summary").click()
    shown = card.inner_text()
    for part in ("source", "paragraph", "stage", "tier", "flags", "row", "identity", "statements.csv:"):
        assert part in shown


def test_a_click_on_a_line_opens_its_statements(visit: Open) -> None:
    tab = visit("#sel=place/jinan")
    settled(tab)
    one, other = spot(tab, "place/jinan"), spot(tab, tab.evaluate(CLEAR, "place/jinan"))
    tab.mouse.click((one[0] + other[0]) / 2, (one[1] + other[1]) / 2)
    tab.wait_for_function("() => location.hash.includes('%3E') || location.hash.includes('>')")
    assert tab.locator("#panel .card").count() >= 1
    tab.mouse.move((one[0] + other[0]) / 2 + 1, (one[1] + other[1]) / 2)
    tab.wait_for_selector(".tip:visible q")


def test_every_link_opens_the_publishers_page_at_the_quote(visit: Open, curated: Graph) -> None:
    tab = visit("#view=sources")
    wanted = {record["id"].partition("/")[2]: record for record in statement_rows(curated)}
    evidence = curated.evidence(str(record["id"]) for record in wanted.values())
    shown = dict(
        tab.evaluate(
            "() => [...window.regiograph.data.records.values()].map((r) => [r.id, window.regiograph.link(r)])"
        )
    )
    assert len(shown) > 300
    assert shown == {key: evidence[str(record["id"])].link for key, record in wanted.items()}


def test_the_matrix_counts_what_is_stated(visit: Open, curated: Graph) -> None:
    tab = visit("#view=matrix&rows=stated")
    shown = sum(
        int(text)
        for text in tab.eval_on_selector_all(".cell", "cells => cells.map((c) => c.firstChild.textContent)")
    )
    assert shown == count(
        curated,
        """SELECT (COUNT(DISTINCT ?s) AS ?n) {
          ?region a kg:Region ; ?p ?topic . GRAPH graph:ontology { ?p rdfs:subPropertyOf kg:backs }
          ?topic a ?class . VALUES ?class { kg:Sector kg:Technology }
          GRAPH ?g { ?s rdf:subject ?region ; rdf:predicate ?p ; rdf:object ?topic }
          FILTER NOT EXISTS { GRAPH ?g { ?s kg:flag ?f } GRAPH graph:ontology { ?f kg:withholds true } }
        }""",
    )
    assert shown > 50


def test_a_cell_of_the_matrix_opens_its_evidence(visit: Open) -> None:
    tab = visit("#view=matrix")
    cell = tab.get_by_label("Jinan, 1 new-generation information technology")
    here, below = map(int, re.findall(r"\d+", cell.get_attribute("aria-label").split(": ")[1])[:2])
    assert (cell.inner_text().split(), here > 0, below > 0) == ([str(here), f"+{below}"], True, True)
    cell.click()
    tab.wait_for_selector("#panel .backer")
    assert tab.locator("#panel .sum").inner_text() == f"{here} topic named here, {below} below"
    assert tab.locator("#panel .backer").count() == here + below
    tab.locator("#panel .backer > summary").first.click()
    assert tab.locator("#panel .backer[open] .card").count() >= 1


def test_fields_of_the_matrix_open_to_fields_and_topics(visit: Open) -> None:
    tab = visit("#view=matrix")
    assert tab.locator(".matrix tbody th").last.inner_text().endswith("no field")
    tab.get_by_label("Open no field").click()
    tab.wait_for_selector(".matrix tbody th:has-text('digital economy')")
    tab.get_by_label("Open 1 new-generation information technology").click()
    tab.get_by_label("Open 1.2 core electronics").click()
    tab.wait_for_selector(".matrix tbody th:has-text('third-generation semiconductors')")
    assert "1.1 next-generation" in tab.locator(".matrix").inner_text()


def test_rows_of_the_matrix_open_down_the_hierarchy(visit: Open) -> None:
    tab = visit("#view=matrix&rows=rolled")
    before = tab.locator(".matrix tbody tr").count()
    tab.locator(".turn[aria-expanded=false]").first.click()
    tab.wait_for_selector(".turn[aria-expanded=true]")
    assert tab.locator(".matrix tbody tr").count() > before
    tab.get_by_role("button", name="Like beside like").click()
    tab.wait_for_function("() => location.hash.includes('cluster=1')")
    assert tab.locator(".matrix tbody tr").count() > before


def test_every_target_is_a_row(visit: Open, curated: Graph) -> None:
    tab = visit("#view=targets")
    wanted = count(curated, "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?t a kg:Target } }")
    assert wanted > 5
    assert tab.locator(".rows tbody tr").count() == wanted
    assert "more than" in tab.locator(".rows").inner_text()
    tab.locator(".rows td.aim a").first.click()
    tab.wait_for_selector("#panel .card[open]")


def test_every_paragraph_is_a_cell_of_its_source(visit: Open, curated: Graph) -> None:
    tab = visit("#view=sources")
    wanted = count(curated, "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?p a kg:Paragraph } }")
    assert tab.locator(".strips .para").count() == wanted
    tab.locator(".strips .para:not(.none)").first.click()
    tab.wait_for_selector("#panel h2:has-text('Paragraph')")
    assert tab.locator("#panel .card").count() >= 1


def test_regions_stand_on_the_map(visit: Open, curated: Graph) -> None:
    tab = visit("#view=map")
    wanted = count(
        curated, "SELECT (COUNT(*) AS ?n) { ?r a kg:Region GRAPH graph:reference { ?r geo:lat ?lat } }"
    )
    assert tab.locator("#map a.at").count() == wanted
    if wanted:
        tab.locator("#map a.at").first.click()
        tab.wait_for_selector("#panel h2")


@pytest.mark.parametrize("view", VIEWS)
def test_filters_narrow_every_view(visit: Open, view: str) -> None:
    wide = visit(f"#view={view}").locator("#stage").inner_text()
    tab = visit(f"#view={view}&region=place/jinan")
    assert tab.locator(".pill").first.inner_text().startswith("Jinan")
    if view != "graph":
        assert tab.locator("#stage").inner_text() != wide
    else:
        regions = tab.evaluate(
            "() => window.regiograph.views.graph.scene().nodes.filter((e) => e.region).map((e) => e.id)"
        )
        assert "place/jinan" in regions
        assert len(regions) < 6


def test_kinds_and_lines_are_hidden_by_the_legend(visit: Open) -> None:
    tab = visit("#show=all")
    groups = "() => [...new Set(window.regiograph.views.graph.scene().nodes.map((e) => e.group))].sort()"
    before = tab.evaluate(groups)
    tab.get_by_role("button", name="projects").click()
    tab.wait_for_function("() => location.hash.includes('hide=Project')")
    assert tab.evaluate(groups) == [group for group in before if group != "Project"]
    lines = "() => window.regiograph.views.graph.scene().lines.length"
    many = tab.evaluate(lines)
    tab.locator("#predicates summary").click()
    tab.get_by_label("promotes").uncheck()
    tab.wait_for_function("() => location.hash.includes('no=')")
    assert tab.evaluate(lines) < many


def test_neighbours_are_kept_open_and_folded(visit: Open) -> None:
    tab = visit("#sel=place/tianshui")
    nodes = "() => window.regiograph.views.graph.scene().nodes.length"
    tab.get_by_role("button", name="Keep neighbours open").click()
    tab.wait_for_function("() => location.hash.includes('open=place/tianshui')")
    tab.keyboard.press("Escape")
    tab.wait_for_function("() => !location.hash.includes('sel=')")
    wide = tab.evaluate(nodes)
    tab.get_by_role("button", name="Fold all").click()
    tab.wait_for_function("() => !location.hash.includes('open=')")
    assert tab.evaluate(nodes) < wide


def test_the_shortest_path_between_two_entities(visit: Open) -> None:
    tab = visit()
    tab.locator("#routes summary").click()
    tab.locator("#from").fill("Jinan")
    tab.locator("#to").fill("天水市")
    tab.get_by_role("button", name="Find the shortest path").click()
    tab.wait_for_selector("#panel h2:has-text('Jinan')")
    assert "step" in tab.locator("#panel").inner_text()
    assert tab.locator("#panel .card").count() >= 2
    lost = visit("#path=place/jinan>nothing")
    assert "A path needs two entities" in lost.locator("#panel").inner_text()


def test_hostile_names_stay_text(visit: Open, hostile_page: Any) -> None:
    for address in (
        "#show=all",
        "#view=matrix&rows=stated",
        "#view=targets",
        "#view=sources",
        "#view=map",
        "#as=list",
    ):
        tab = visit(address, file=hostile_page)
        settled(tab)
        assert "hacked" not in tab.title()
        assert tab.locator("img").count() == 0
        assert tab.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    tab = visit("#as=list", file=hostile_page)
    assert "<img src=x onerror" in tab.locator(".list").inner_text()
    tab.locator("#search").fill("onerror")
    tab.wait_for_selector("#hits li")
    assert HOSTILE[0][:10] in tab.locator("#hits").inner_text()
    tab.keyboard.press("Enter")
    tab.wait_for_selector("#panel h2")
    assert tab.locator("#panel img").count() == 0


def test_save_as_csv_and_png(visit: Open) -> None:
    for view in VIEWS:
        tab = visit(f"#view={view}", accept_downloads=True)
        settled(tab)
        for item, magic in (("CSV", b"\xef\xbb\xbf"), ("PNG", b"\x89PNG")):
            tab.locator("#save summary").click()
            with tab.expect_download() as waiting:
                tab.get_by_role("button", name=item).click()
            content = waiting.value.path().read_bytes()
            assert content.startswith(magic), (view, item)
            if item == "CSV":
                rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
                assert len(rows) > 5
                assert {len(row) for row in rows} == {len(rows[0])}
            else:
                assert len(content) > 3000, view


def test_citation_and_report_name_the_statement(visit: Open) -> None:
    tab = visit("#sel=place/jinan&parts=statements")
    card = tab.locator(STATED).first
    record = card.get_attribute("data-record")
    card.locator("summary").click()
    for name, said in (("Cite", "Citation copied"), ("Report this", "Report copied")):
        card.get_by_role("button", name=name).click()
        tab.wait_for_function("(t) => document.getElementById('live').textContent === t", arg=said)
        tab.locator("#search").fill("")
        tab.keyboard.press("Control+V")
        copied = tab.locator("#search").input_value()
        assert record in copied
        assert "statements.csv:" in copied
