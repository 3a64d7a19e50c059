"""The page, seconds and megabytes, beside plain pyvis given the same nodes and edges."""

from __future__ import annotations

import warnings
from collections.abc import Iterator

import networkx as nx
from pyvis.network import Network

from kg.page import render_page
from kg.query.networkx_view import network
from tests.bench.figure import OURS, Figure, race
from tests.bench.ground import Ground

PYVIS = "pyvis"


def figures(ground: Ground, repeats: int) -> Iterator[Figure]:
    view = _bare(network(ground.graph))
    written: dict[str, int] = {}

    def ours() -> None:
        written[OURS] = len(render_page(ground.graph).encode())

    def pyvis() -> None:
        written[PYVIS] = len(_pyvis(view).encode())

    for who, values in race({OURS: ours, PYVIS: pyvis}, repeats).items():
        nodes = view.number_of_nodes()
        yield Figure("page", "layout and page", ground.size, who, values, "s", nodes, "nodes", PYVIS)
        yield Figure("page", "file", ground.size, who, (written[who] / 1e6,), "MB", floor=PYVIS)


def _bare(found: nx.MultiDiGraph) -> nx.MultiDiGraph:
    """The same nodes and edges with what a pyvis page shows; it takes no attribute called source."""
    copy = nx.MultiDiGraph()
    copy.add_nodes_from((node, {"label": data["label"]}) for node, data in found.nodes(data=True))
    for one, other, data in found.edges(data=True):
        copy.add_edge(one, other, title=f"{data['predicate']}: {data['quote']}")
    return copy


def _pyvis(view: nx.MultiDiGraph) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        drawn = Network(directed=True, cdn_resources="in_line")
        drawn.from_nx(view)
        html: str = drawn.generate_html(notebook=False)
    return html
