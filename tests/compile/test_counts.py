"""Counts kept ready are what a count over all statements gives, whichever way the graph was built."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from kg import locations
from kg.compile import counts
from kg.export.measures import topic_matrix
from kg.query.graph import Graph, open_graph
from kg.store import build, bulk, oxigraph
from tests.bench import corpus

COUNTED = """
SELECT ?region ?topic ?year ?number {
  GRAPH graph:counts { ?count kg:countsRegion ?region ; kg:countsTopic ?topic ; kg:count ?number ; qb:dataSet ?cube }
  OPTIONAL { GRAPH graph:counts { ?count kg:countsYear ?year } }
  FILTER (BOUND(?year) = (?cube = kg:countsByYear))
}
"""
STATED = """
SELECT ?statement ?region ?topic ?day {
  ?graph prov:wasDerivedFrom ?source .
  GRAPH graph:dataset { ?source dcterms:issued ?day }
  GRAPH ?graph { ?statement rdf:subject ?region ; rdf:predicate ?relation ; rdf:object ?topic }
  GRAPH graph:ontology { ?relation rdfs:subPropertyOf kg:backs }
  ?region a kg:Region .
  FILTER (STRSTARTS(STR(?topic), STR(topic:)))
  FILTER NOT EXISTS { GRAPH ?graph { ?statement kg:flag ?flag } GRAPH graph:ontology { ?flag kg:withholds true } }
}
"""


def counted(graph: Graph) -> dict[tuple[str, str, str], int]:
    rows = oxigraph.select(graph.store, COUNTED).values()
    return {(row["region"], row["topic"], row["year"]): int(row["number"]) for row in rows}


def pairs(graph: Graph) -> set[tuple[str, str]]:
    rows = oxigraph.select(
        graph.store, "SELECT ?region ?topic { GRAPH graph:counts { ?region kg:backs ?topic } }"
    )
    return {(row["region"], row["topic"]) for row in rows.values()}


def recounted(graph: Graph) -> dict[tuple[str, str, str], int]:
    found: Counter[tuple[str, str, str]] = Counter()
    for row in oxigraph.select(graph.store, STATED).values():
        for year in ("", row["day"][:4]):
            found[row["region"], row["topic"], year] += 1
    return dict(found)


def test_counts_are_those_of_the_curated_statements(curated: Graph) -> None:
    found = counted(curated)
    assert len(found) > 700
    assert found == recounted(curated)
    assert pairs(curated) == {(region, topic) for region, topic, _ in found}


def test_counts_of_a_bulk_load_are_those_of_its_statements(tmp_path: Path) -> None:
    corpus.write(tmp_path / "corpus", 2_000)
    bulk.load(tmp_path / "corpus", locations.ontology(), tmp_path / "graph")
    graph = open_graph(tmp_path / "graph")
    found = counted(graph)
    assert len({year for _, _, year in found}) > 3
    assert found == recounted(graph)
    assert pairs(graph) == {(region, topic) for region, topic, _ in found}


def test_what_is_withheld_is_not_counted(sample: Path, tmp_path: Path) -> None:
    before = _counts(sample, tmp_path / "before")
    path = next(sample.glob("*/statements.csv"))
    lines = path.read_text(encoding="utf-8").splitlines()
    columns = lines[0].split(",")
    flags, predicate, ends = columns.index("flags"), columns.index("predicate"), columns.index("object")
    at, cells = next(
        (number, cells)
        for number, line in enumerate(lines[1:], 1)
        if (cells := line.split(","))[predicate] == "promotes" and cells[ends].startswith("topic/")
    )
    cells[flags] = "misprint"
    path.write_text("\n".join([*lines[:at], ",".join(cells), *lines[at + 1 :], ""]), encoding="utf-8")
    after = _counts(sample, tmp_path / "after")
    assert sum(before.values()) - sum(after.values()) == 2  # in all and in its year


def _counts(seeds: Path, folder: Path) -> dict[tuple[str, str, str], int]:
    build.build_graph(seeds, locations.ontology(), folder)
    return counted(open_graph(folder))


def test_a_count_leads_to_its_statements(curated: Graph) -> None:
    asked = topic_matrix(curated, region="Jinan", kind="Sector")
    assert asked.columns == ("region", "topic", "number", "counts")
    behind = curated.uncounted(asked)
    assert behind.columns == ("region", "topic", "number", "statements")
    for row, one in zip(behind, asked, strict=True):
        assert (
            one["counts"]
            == f"https://w3id.org/regiograph/{counts.identifier('place/jinan', str(one['topic']))}"
        )
        assert len(str(row["statements"]).split()) == row["number"]
    assert {part for row in curated.cite(asked) for part in str(row["sources"]).split(" | ")} == {
        "source/gwr-2024"
    }


def test_a_year_counts_the_sources_that_came_out_in_it(curated: Graph) -> None:
    whole = {(r["region"], r["topic"]): int(str(r["number"])) for r in topic_matrix(curated)}
    parts: Counter[tuple[object, object]] = Counter()
    for year in sorted({int(str(row["issued"])[:4]) for row in curated.ask("sources")}):
        asked = curated.uncounted(topic_matrix(curated, year=year))
        assert len(asked) > 10
        for row in asked:
            assert len(str(row["statements"]).split()) == row["number"]
            parts[row["region"], row["topic"]] += int(str(row["number"]))
    assert parts == whole


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (("place/jinan", "topic/chip"), "count/jinan/chip"),
        (("place/jinan", "topic/chip", "2024"), "count/jinan/chip/2024"),
    ],
)
def test_a_count_is_named_by_what_it_counts(parts: tuple[str, ...], expected: str) -> None:
    assert counts.identifier(*parts) == expected
