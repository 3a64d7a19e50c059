"""The networkx view of a graph: typed nodes with labels, one edge a statement, evidence on the edge."""

from collections.abc import Collection
from typing import TYPE_CHECKING

import networkx as nx

from kg.errors import KgError
from kg.query.entities import find_links

if TYPE_CHECKING:
    from kg.query.graph import Graph


def network(  # noqa: PLR0913  filters of one view, by keyword only
    graph: "Graph",
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
    (``Organisation``), ``region`` (whether it is one) and ``doubt`` (which of its names are not certain).
    Edges are keyed by statement id, with ``predicate``, ``source``, ``paragraph``, ``quote``, ``stage``,
    ``tier``, ``period``, ``row``, ``note``, ``doubt`` (flags and note) and ``assumed`` (False). Literal
    objects and withheld statements are left out. The view keeps what lies within two steps of a ``region``,
    or ``depth`` steps ``around`` an entity (both by name or id); entities of some classes (``kinds``);
    statements with some ``predicates``. It holds assumed links with ``hierarchy``, sources and indicators
    with ``sources``. Raises NotFound or KgError for a name, class or predicate that is not there.

    >>> import kg
    >>> whole = network(kg.open_graph())
    >>> whole.nodes["place/jinan"]["label_zh"], whole.is_multigraph()
    ('济南市', True)
    """
    whole = _whole(graph, hierarchy=hierarchy)
    roots, of_kind = dict(whole.nodes(data="root")), dict(whole.nodes(data="kind"))
    if not sources:
        whole.remove_nodes_from([n for n, root in roots.items() if root in ("Source", "Indicator")])
    if predicates:
        edges = list(whole.edges(keys=True, data="predicate"))
        _check_known("edge has the predicate", predicates, {edge[-1] for edge in edges})
        whole.remove_edges_from([edge[:3] for edge in edges if edge[-1] not in predicates])
    if kinds:
        known = {kind for node in whole for kind in (roots[node], of_kind[node])}
        _check_known("node has the kind", kinds, known)
        whole.remove_nodes_from([n for n in list(whole) if not {roots[n], of_kind[n]}.intersection(kinds)])
    if region:
        whole = _near(whole, graph.resolve(region, segments=("place",)), 2)
    if around:
        whole = _near(whole, graph.resolve(around), depth)
    if not (around or region):
        whole.remove_nodes_from(list(nx.isolates(whole)))
    return whole


def _whole(graph: "Graph", *, hierarchy: bool) -> nx.MultiDiGraph:
    whole = nx.MultiDiGraph()
    for entity in graph.entities:
        whole.add_node(
            entity.id, label=entity.name, label_zh=entity.label_zh, kind=entity.kind,
            root=graph.vocabulary.root(entity.kind), region=entity.is_region,
            doubt=entity.doubt,
        )  # fmt: skip
    for each in sorted(graph.statements(), key=lambda each: each.id):
        if not each.withheld and each.subject in whole and each.object in whole:  # no literals
            where = each.evidence
            whole.add_edge(
                each.subject, each.object, key=each.id, predicate=each.predicate.rpartition(":")[2],
                source=where.source.partition("/")[2], paragraph=where.paragraph, quote=where.quote,
                stage=each.stage, tier=each.tier, period=each.period, row=where.row, assumed=False,
                note=each.note, doubt=each.doubt,
            )  # fmt: skip
    for link in find_links(graph.store) if hierarchy else ():
        predicate = link.relation.rpartition(":")[2]
        whole.add_edge(
            link.child, link.parent, key=f"{link.child} {predicate} {link.parent}", predicate=predicate,
            source="", paragraph=0, quote=link.ground, stage="", tier="", period="", row="hierarchy.csv",
            assumed=True, note="", doubt="",
        )  # fmt: skip
    return whole


def _check_known(what: str, names: Collection[str], known: set[str]) -> None:
    for name in names:
        if name not in known:
            raise KgError(f"no {what} {name!r}; there are {', '.join(sorted(known))}")


def _near(whole: nx.MultiDiGraph, centre: str, depth: int) -> nx.MultiDiGraph:
    if centre not in whole:
        raise KgError(f"{centre} has no edge in this view")
    near = nx.single_source_shortest_path_length(whole.to_undirected(as_view=True), centre, cutoff=depth)
    return whole.subgraph(near).copy()
