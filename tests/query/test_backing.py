"""Who backs a topic: the ways, their order and their evidence."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg import locations, ontology
from kg.compile import reference
from kg.query.graph import Graph
from kg.read import seeds as tables
from kg.store import oxigraph


def test_silicon_carbide_is_backed_in_three_ways_and_by_nobody_else(curated: Graph) -> None:
    rows = [
        (row["region"], row["way"], row["what"], set(str(row["relations"]).split(", ")), row["flags"])
        for row in curated.ask("backing", topic="silicon carbide")
    ]
    assert rows == [
        ("place/shandong", "names it", None, {"promotes"}, ""),
        (
            "place/shanghai",
            "names something narrower",
            "topic/silicon-carbide-wafer-6-inch",
            {"promotes", "seeks breakthroughs in"},
            "",
        ),
        (
            "place/jinan",
            "through a project",
            "project/sicc-jinan",
            {"promotes", "belongs to"},
            "read-from-name",
        ),
    ]


def test_the_word_of_a_tier_has_two_parts(curated: Graph) -> None:
    rows = list(curated.ask("tiers", topic="traditional industries"))
    parts = {part: [row for row in rows if row["part"] == part] for part in ("classed so", "names the word")}
    assert all(parts.values())
    assert len(rows) == sum(map(len, parts.values()))
    assert {row["classed"] for row in parts["names the word"]} == {"topic/traditional-industry"}
    assert {row["tier"] for row in rows} >= {"tier-traditional"}


def test_fields_count_each_topic_once(curated: Graph) -> None:
    rows = {row["code"]: (row["here"], row["below"]) for row in curated.ask("matrix", region="Tianshui")}
    assert rows["1"] == (0, 1)
    assert rows["1.2"] == (1, 0)
    assert rows["C"] == (1, 3)


def _graph(seeds: Path, *added: str) -> Graph:
    """The sample with statements added to its English source."""
    with (seeds / "hubei-2030/statements.csv").open("a", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in added)
    found, problems = tables.read_seeds(seeds)
    assert not problems
    known = ontology.read(locations.ontology())
    return Graph(
        oxigraph.memory(reference.lines(found, known, locations.ontology(), version="test")), "sample"
    )


def _ways(graph: Graph, **parameters: str) -> list[tuple[object, ...]]:
    return [(row["region"], row["way"], row["what"]) for row in graph.ask("backing", **parameters)]


@pytest.mark.parametrize("premise", ["builds", "focusesOn"])
def test_what_rests_on_a_withheld_statement_is_shown_as_withheld(sample: Path, premise: str) -> None:
    path = sample / "hubei-2030/statements.csv"
    rows = path.read_text(encoding="utf-8").splitlines()
    at = next(at for at, row in enumerate(rows) if premise in row)
    cells = rows[at].split(",")
    cells[-2] = "unresolved"
    rows[at] = ",".join(cells)
    path.write_text("\n".join([*rows, ""]), encoding="utf-8")
    graph = _graph(sample)
    assert _ways(graph, topic="optics", exact="yes") == [
        ("place/sample-province", "sets a target", None),
        ("place/sample-province", "withheld", "place/optics-park"),
    ]


def test_nothing_is_withheld_through_another_region(sample: Path) -> None:
    graph = _graph(
        sample,
        "2,Sample City,,,place/sample-province,supports,place/sample-city,,,,,unresolved,perhaps",
        "3,optics,,,place/sample-city,focusesOn,topic/optics,,,,,,",
    )
    assert [row for row in _ways(graph, topic="optics", exact="yes") if row[2] == "place/sample-city"] == []


def test_a_region_is_not_counted_for_what_the_document_of_another_says(sample: Path) -> None:
    graph = _graph(sample, "3,optics,,,place/sample-city,promotes,topic/optics,,,,,other-region,")
    assert ("place/sample-city", "names it", None) not in _ways(graph, topic="optics", exact="yes")
    assert "no region names it" in graph.summary("backing", topic="optics", exact="yes")[0]
    cells = {(row["region"], row["topics"]) for row in graph.ask("matrix")}
    assert not [cell for cell in cells if cell[0] == "place/sample-city" and "optics" in str(cell[1])]


def test_a_second_class_of_a_topic_is_found_by_it(sample: Path) -> None:
    graph = _graph(sample, "2,future industries,,,topic/lidar,classedAs,topic/key-industry,,,,,,")
    [row] = graph.ask("backing", topic="lidar", tier="key")
    assert (row["region"], row["way"], row["tiers"]) == ("place/sample-province", "names it", "key")
    tiers = [set(str(row["tiers"]).split(", ")) for row in graph.ask("backing", topic="lidar")]
    assert {"future", "key"} in tiers


def test_without_a_topic_every_topic_and_nothing_else_is_listed(curated: Graph) -> None:
    topics = [str(row["topic"]) for row in curated.ask("backing")]
    assert len(topics) > 500
    assert [one for one in topics if not one.startswith("topic/")] == []


def test_the_last_line_sums_up_the_document_that_was_asked_about(curated: Graph) -> None:
    line = curated.summary("backing", topic="integrated circuits", source="gwr-2024")[0]
    rows = _ways(curated, topic="integrated circuits", source="gwr-2024")
    named = {region for region, way, _ in rows if way == "names it"}
    assert line.startswith(f"integrated circuits: {len(named)} regions name it, ")
    assert curated.summary("backing", topic="integrated circuits", tier="core") == []
    assert curated.summary("backing", topic="integrated circuits", by="through") == curated.summary(
        "backing", topic="integrated circuits"
    )
