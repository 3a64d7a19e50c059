from __future__ import annotations

import math
from itertools import combinations

import pytest

from kg.page.layout import Layout, place_nodes
from kg.query.graph import Graph
from kg.query.networkx_view import network

NODES = {"a": "Region", "b": "Region", "c": "Region", **dict.fromkeys(("x", "y", "p", "q", "lost"), "Topic")}
EDGES = [("a", "x"), ("b", "x"), ("b", "y"), ("c", "y"), ("a", "p"), ("p", "q"), ("a", "a")]


def of(graph: Graph) -> Layout:
    found = network(graph)
    anchors = [node for node, region in found.nodes(data="region") if region]
    return place_nodes(dict(found.nodes(data="root")), list(found.edges()), anchors)


def test_shared_lies_inside_the_ring_and_owned_outside() -> None:
    found = place_nodes(NODES, EDGES, {"a", "b", "c"})
    far = {node: math.hypot(*point) for node, point in found.points.items()}
    ring = far["a"]
    assert far["b"] == pytest.approx(ring, abs=0.2)
    assert far["c"] == pytest.approx(ring, abs=0.2)
    assert far["x"] < ring
    assert far["y"] < ring
    assert ring < far["p"] < far["q"]
    assert found.shared == {"a": 1, "b": 1, "c": 1, "x": 2, "y": 2, "p": 1, "q": 1, "lost": 0}


def test_every_node_has_a_point_and_the_order_given_does_not_matter() -> None:
    found = place_nodes(NODES, EDGES, {"a", "b", "c"})
    again = place_nodes(dict(reversed(NODES.items())), reversed(EDGES), ["c", "b", "a"])
    assert found.points.keys() == NODES.keys()
    assert found == again


@pytest.mark.parametrize(
    ("nodes", "edges", "anchors", "points"),
    [
        ({}, [], [], {}),
        ({"a": "X"}, [], ["a"], {"a": (0.0, 0.0)}),
        ({"a": "X"}, [], ["not there"], {"a": (0.0, 0.0)}),
    ],
)
def test_small_graphs(
    nodes: dict[str, str],
    edges: list[tuple[str, str]],
    anchors: list[str],
    points: dict[str, tuple[float, float]],
) -> None:
    assert place_nodes(nodes, edges, anchors).points == points


def test_without_anchors_the_busiest_node_stands_in_the_middle() -> None:
    found = place_nodes(NODES, [*EDGES, ("b", "c")], [])
    assert found.points["b"] == (0.0, 0.0)


def test_curated_nodes_do_not_lie_on_one_another(curated: Graph) -> None:
    points = of(curated).points
    assert len(points) > 300
    nearest = min(math.dist(one, other) for one, other in combinations(points.values(), 2))
    assert nearest > 12
