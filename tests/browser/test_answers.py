"""The page answers as the questions do, and no cell of it rests on another region's document."""

import json
from pathlib import Path
from urllib.parse import quote

import pytest
from click.testing import CliRunner

from kg import iris
from kg.cli import cli
from kg.query.graph import Graph
from kg.store import manifest, oxigraph
from tests.browser.conftest import Open
from tests.serving import in_process

#: Rows as region, way, thing and ids of statements, of every topic of the page; and the line that sums up.
BACKING = """() => { const { data, backing, summary } = window.regiograph;
  return Object.fromEntries(data.entities.filter((e) => e.root === "Topic").map((topic) => { const rows = backing(topic, data);
    return [topic.id, [rows.map(({ region, way, what, records }) =>
      [region.id, way, what?.id ?? null, records.map((r) => `${r.target ? "target" : "statement"}/${r.id}`).sort()]), `${topic.label}: ${summary(topic, rows)}`]]; })); }"""
CELLS = "(how) => window.regiograph.cells(how)"
SECTIONS = """SELECT ?statement ?region {
  GRAPH ?graph { ?statement kg:paragraph/kg:section/kg:ofRegion ?region } ?graph prov:wasDerivedFrom ?source }"""


def test_every_topic_is_backed_as_the_question_says(visit: Open, curated: Graph) -> None:
    shown = visit().evaluate(BACKING)
    assert len(shown) > 300
    wrong = []
    for topic, (rows, line) in shown.items():
        asked = curated.ask("backing", topic=topic)
        summed = next(
            iter(curated.summary("backing", topic=topic)), f"{curated.labels[topic]}: no region names it"
        )
        wanted = [
            [row["region"], row["way"], row["what"], sorted(map(iris.short, str(row["statements"]).split()))]
            for row in asked
        ]
        if rows != wanted or line != summed:
            wrong.append((topic, rows, wanted, line, summed))

    assert wrong == []


def test_page_command_and_server_say_the_same_of_silicon_carbide(
    visit: Open, curated: Graph, built: Path
) -> None:
    tab = visit("#sel=topic/silicon-carbide")
    ways = [
        ("Shandong", "names it", ""),
        ("Shanghai", "names something narrower", "6-inch silicon carbide wafers"),
        ("Jinan", "through a project", "SICC silicon carbide project in Jinan"),
    ]
    line = (
        "silicon carbide: 1 region names it, 1 more only something narrower, 1 more through a project; "
        "wider only: Dalian"
    )
    said = [
        text.replace("in doubt", "") for text in tab.locator("#panel .backer > summary").all_inner_texts()
    ]
    assert [text.rstrip(" 0123456789") for text in said] == [
        f"{region} {way}{what and f': {what}'}" for region, way, what in ways
    ]
    assert tab.locator("#panel .sum").inner_text() == line
    asked = CliRunner().invoke(
        cli, ["ask", "backing", "silicon carbide", "--format", "json", "--graph", str(built)]
    )
    printed = json.loads(asked.stdout)
    store = manifest.current(built).path(built)
    with in_process(store) as client:
        served = json.loads(client.ask(f"/question/backing.json?topic={quote('silicon carbide')}").text)
    labels = curated.labels
    for rows in (printed, served):
        found = [tuple(labels.get(row[n], row[n]) or "" for n in ("region", "way", "what")) for row in rows]
        assert found == ways


@pytest.mark.parametrize("how", ["fields", "stated", "rolled"])
def test_no_cell_rests_on_another_regions_document(visit: Open, curated: Graph, how: str) -> None:
    sections = {
        row["statement"].rpartition("/")[2]: iris.short(row["region"])
        for row in oxigraph.select(curated.store, SECTIONS).values()
    }
    cells = visit().evaluate(CELLS, how)
    assert len(cells) > 100
    for cell in cells:
        assert cell["records"]
        assert {sections[record] for record in cell["records"]} == {cell["region"]}, cell


def test_cells_of_fields_count_topics_as_the_question_does(visit: Open, curated: Graph) -> None:
    code: dict[object, str] = {None: "field/none"} | {
        row["code"]: iris.short(row["field"])
        for row in oxigraph.select(
            curated.store, "SELECT ?field ?code { GRAPH graph:fields { ?field skos:notation ?code } }"
        ).values()
    }
    wanted = {
        (code[row["code"]], row["region"]): [row["here"], row["below"]] for row in curated.ask("fields")
    }
    shown = {
        (cell["row"], cell["region"]): cell["numbers"]
        for cell in visit().evaluate(CELLS, "fields")
        if cell["row"].startswith("field/")
    }
    assert len(shown) > 100
    assert shown == wanted


def test_tiers_and_ideas_are_no_rows(visit: Open) -> None:
    tab = visit()
    kinds = tab.evaluate(
        "() => Object.fromEntries(window.regiograph.data.entities.map((e) => [e.id, e.kind.id]))"
    )
    for how in ("fields", "stated", "rolled"):
        rows = {cell["row"] for cell in tab.evaluate(CELLS, how)}
        assert {kinds[row] for row in rows if row in kinds} == {"Sector", "Technology"}
    assert "topic/traditional-industry" in kinds
