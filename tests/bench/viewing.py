"""The networkx view of a graph, beside the floor: add_edges_from of edges that are ready in memory."""

from __future__ import annotations

from collections.abc import Iterator

import networkx as nx

from kg.query.networkx_view import network
from tests.bench.figure import OURS, Figure, race
from tests.bench.ground import Ground

FLOOR = "networkx add_edges_from"


def figures(ground: Ground, repeats: int) -> Iterator[Figure]:
    view = network(ground.graph)
    nodes, edges = list(view.nodes(data=True)), list(view.edges(keys=True, data=True))

    def bare() -> None:
        graph = nx.MultiDiGraph()
        graph.add_nodes_from(nodes)
        graph.add_edges_from(edges)

    for who, values in race({OURS: lambda: network(ground.graph), FLOOR: bare}, repeats).items():
        yield Figure("view", "store to networkx", ground.size, who, values, "s", len(edges), "edges", FLOOR)
