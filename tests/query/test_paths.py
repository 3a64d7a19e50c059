"""Paths of any length, each step with its statement."""

from __future__ import annotations

from kg.query.graph import Graph
from kg.query.paths import COLUMNS, find_paths


def test_the_shortest_comes_first(sample_graph: Graph) -> None:
    found = find_paths(sample_graph, "sample province", "optics")
    assert found.columns == COLUMNS
    assert [(row["path"], row["step"], row["subject"], row["object"]) for row in found] == [
        (1, 1, "place/sample-province", "place/optics-park"),
        (1, 2, "place/optics-park", "topic/optics"),
    ]


def test_longer_paths_are_found_up_to_the_limit(sample_graph: Graph) -> None:
    far = find_paths(sample_graph, "lidar", "Acme Optics", longest=4)
    assert [row["object"] for row in far][-1] == "topic/optics"
    assert len({row["path"] for row in far}) == 1
    assert len(far) == 4
    assert len(find_paths(sample_graph, "lidar", "Acme Optics", longest=3)) == 0


def test_what_is_avoided_is_not_passed(sample_graph: Graph) -> None:
    assert len(find_paths(sample_graph, "sample province", "optics", avoid=["optics park"])) == 0


def test_an_entity_has_no_path_to_itself(sample_graph: Graph) -> None:
    assert len(find_paths(sample_graph, "optics", "optics")) == 0


def test_each_step_has_its_evidence(curated: Graph) -> None:
    found = curated.cite(find_paths(curated, "Jinan", "BYD", limit=1))
    measure = "programme/jinan-leading-car-makers-capacity"
    assert [(row["subject"], row["object"]) for row in found] == [
        ("place/jinan", measure),
        ("org/byd", measure),
    ]
    assert all(row["quotes"] for row in found)
    assert len({row["path"] for row in find_paths(curated, "Jinan", "Ningbo", limit=5)}) == 5
