"""The networkx view of a graph: typed nodes with labels, one edge a statement, evidence on the edge."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

import networkx as nx

from kg.errors import KgError
from kg.query.entities import find_links

if TYPE_CHECKING:
    from kg.query.graph import Graph


def network(  # noqa: PLR0913  filters of one view, by keyword only
    graph: Graph,
    *,
    region: str | None = None,
    around: str | None = None,
    depth: int = 1,
    kinds: Collection[str] = (),
    predicates: Collection[str] = (),
    hierarchy: bool = False,
    sources: bool = False,
) -> nx.MultiDiGraph:
    """Return what is stated as a MultiDiGraph.

    Nodes are ids (``place/jinan``) with ``label``, ``label_zh``, ``kind`` (``Company``), ``root``
    (``Organisation``) and ``region`` (whether it is one). Edges are keyed by statement id, with
    ``predicate``, ``source``, ``paragraph``, ``quote``, ``stage``, ``tier``, ``period``, ``row`` and
    ``assumed`` (False). Literal objects and withheld statements are left out.

    Args:
        graph: The graph to show.
        region: Keep what lies within two steps of this region (a name or id).
        around: Keep the neighbourhood of this entity.
        depth: How many steps the neighbourhood of ``around`` reaches.
        kinds: Keep only entities of these classes.
        predicates: Keep only statements with these predicates.
        hierarchy: Add assumed links.
        sources: Keep sources and indicators.

    Raises:
        NotFound: A name stands for no entity.
        KgError: There is no such class or predicate in the view.

    >>> import kg
    >>> whole = network(kg.open_graph())
    >>> whole.nodes["place/jinan"]["label_zh"], whole.is_multigraph()
    ('济南市', True)
    """
    whole = nx.MultiDiGraph()
    _add_nodes(whole, graph)
    _add_statements(whole, graph)
    if hierarchy:
        _add_links(whole, graph)
    if not sources:
        whole.remove_nodes_from(
            [n for n, root in whole.nodes(data="root") if root in ("Source", "Indicator")]
        )
    if predicates:
        _keep_predicates(whole, predicates)
    if kinds:
        _keep_kinds(whole, kinds)
    if region:
        whole = _near(whole, graph.names.resolve(region, segments=("place",)), 2)
    if around:
        whole = _near(whole, graph.names.resolve(around), depth)
    whole.remove_nodes_from([node for node in list(nx.isolates(whole)) if not (around or region)])
    return whole


def _add_nodes(whole: nx.MultiDiGraph, graph: Graph) -> None:
    for entity in graph.entities:
        whole.add_node(
            entity.id,
            label=entity.name,
            label_zh=entity.label_zh,
            kind=entity.kind,
            root=graph.vocabulary.root(entity.kind),
            region=entity.is_region,
        )


def _add_statements(whole: nx.MultiDiGraph, graph: Graph) -> None:
    for each in sorted(graph.statements(), key=lambda each: each.id):
        if each.withheld or each.subject not in whole or each.object not in whole:
            continue  # withheld, or a literal object
        whole.add_edge(
            each.subject,
            each.object,
            key=each.id,
            predicate=each.predicate.rpartition(":")[2],
            source=each.evidence.source.partition("/")[2],
            paragraph=each.evidence.paragraph,
            quote=each.evidence.quote,
            stage=each.stage,
            tier=each.tier,
            period=each.period,
            row=each.evidence.row,
            assumed=False,
        )


def _add_links(whole: nx.MultiDiGraph, graph: Graph) -> None:
    for link in find_links(graph.store):
        predicate = link.relation.rpartition(":")[2]
        whole.add_edge(
            link.child, link.parent, key=f"{link.child} {predicate} {link.parent}", predicate=predicate,
            source="", paragraph=0, quote=link.ground, stage="", tier="", period="", row="hierarchy.csv",
            assumed=True,
        )  # fmt: skip


def _keep_predicates(whole: nx.MultiDiGraph, predicates: Collection[str]) -> None:
    known = {name for _, _, name in whole.edges(data="predicate")}
    for name in predicates:
        if name not in known:
            raise KgError(f"no edge has the predicate {name!r}; there are {', '.join(sorted(known))}")
    whole.remove_edges_from(
        [(u, v, k) for u, v, k, name in whole.edges(keys=True, data="predicate") if name not in predicates]
    )


def _keep_kinds(whole: nx.MultiDiGraph, kinds: Collection[str]) -> None:
    known = {kind for _, kind in whole.nodes(data="kind")} | {root for _, root in whole.nodes(data="root")}
    for kind in kinds:
        if kind not in known:
            raise KgError(f"no node has the kind {kind!r}; there are {', '.join(sorted(known))}")
    whole.remove_nodes_from(
        [
            n
            for n, data in list(whole.nodes(data=True))
            if data["kind"] not in kinds and data["root"] not in kinds
        ]
    )


def _near(whole: nx.MultiDiGraph, centre: str, depth: int) -> nx.MultiDiGraph:
    if centre not in whole:
        raise KgError(f"{centre} has no edge in this view")
    near = nx.single_source_shortest_path_length(whole.to_undirected(as_view=True), centre, cutoff=depth)
    return whole.subgraph(near).copy()
