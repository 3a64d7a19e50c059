"""Graph measures: what networkx makes of who backs what, each with what it can and cannot mean.

All of them count words of documents that were written for different ends and translated by machine. A region
with a longer section names more topics. No figure here ranks regions by what they do, spend or achieve.
"""

from collections import namedtuple
from collections.abc import Iterable, Mapping

import networkx as nx

from kg import iris
from kg.query import internal_rows
from kg.query.graph import Graph
from kg.query.result import Answer
from kg.read import queries
from kg.store import oxigraph


def topic_matrix(graph: Graph, **parameters: str | int) -> Answer:
    """Return regions by topics in the documents' own words, and how many statements back each.

    ``parameters`` (region, kind, year, rolled) are those of ``topic-matrix.rq``.
    """
    asked = queries.internal("topic-matrix")
    return graph.answer(oxigraph.select(graph.store, asked.bind(graph.terms(asked, parameters))))


#: Two regions, how many topics both back, and how like they are (0 to 1).
Pair = namedtuple("Pair", "region other shared similarity")
#: A region, a topic, the statements between them, and how much more than usual that is (1: as usual).
Emphasis = namedtuple("Emphasis", "region topic statements quotient")
#: An entity, its class, its neighbours, and the share of shortest paths that pass through it.
Broker = namedtuple("Broker", "entity kind neighbours betweenness")
#: A field or topic, how many regions back it, and its centrality (eigenvector) among these.
Centre = namedtuple("Centre", "topic regions centrality")


def projection(graph: Graph, *, kind: str = "", rolled: bool = False) -> nx.Graph:
    """Return the two-sided graph of regions and the fields of the official classification that they back.

    An edge's ``weight`` is the number of topics of the field itself, so that each topic counts once;
    ``counts`` has the counts behind it. A topic that no field holds stands for itself. With ``kind`` (Sector,
    Technology, Idea, Topic for all) the other side is topics and the weight a number of statements;
    ``rolled`` counts these for all topics above their own too. Nodes are ids with ``label`` and ``side``
    (region or topic). What a region backs only through a project or programme is not in it, nor is how much
    anything matters: an edge says that words are there.

    >>> import kg
    >>> sorted({side for _, side in projection(kg.open_graph()).nodes(data="side")})
    ['region', 'topic']
    """
    found = nx.Graph()
    rows: Iterable[Mapping[str, object]] = internal_rows(graph.store, "regions-by-fields").values()
    if kind:
        rows = topic_matrix(graph, kind=kind, rolled="yes" if rolled else "no")
    for row in rows:
        region, topic = (iris.short(str(row[side])) for side in ("region", "topic"))
        field = "" if kind else f"{row['code']} {row['label']}".strip()
        found.add_node(region, label=graph.labels.get(region, region), side="region")
        found.add_node(topic, label=field or graph.labels.get(topic, topic), side="topic")
        found.add_edge(region, topic, weight=int(str(row["number"])), counts=row["counts"])
    return found


def similarity(of: nx.Graph) -> list[Pair]:
    """Return regions by pairs, the most alike first: shared topics over all topics of both (Jaccard).

    Alike means naming the same topics, or topics of the same fields. A short section shares little with any
    other, so a low figure may tell of length; regions that follow the same national wording look alike
    whatever they do.
    """
    regions, name = _side(of, "region"), of.nodes(data="label")
    if not regions:
        return []
    jaccard = nx.bipartite.overlap_weighted_projected_graph(of, regions, jaccard=True)
    shared = nx.bipartite.weighted_projected_graph(of, regions)
    edges = ((*sorted(edge[:2]), edge[2]) for edge in jaccard.edges(data="weight"))
    pairs = (Pair(name[a], name[b], shared[a][b]["weight"], round(weight, 4)) for a, b, weight in edges)
    return sorted(pairs, key=lambda pair: (-pair.similarity, pair.region, pair.other))


def specialisation(of: nx.Graph, *, least: int = 2) -> list[Emphasis]:
    """Return topics that weigh more in a region's words than in all regions' together, the strongest first.

    The quotient is the topic's share of the region's statements over its share of all statements (a location
    quotient over words). Topics with fewer than ``least`` statements in the region are left out, since one
    sentence of a short section would top the list. It is emphasis in a text, not the structure of an economy.
    """
    name, total, strength = of.nodes(data="label"), of.size(weight="weight"), dict(of.degree(weight="weight"))
    edges = (edge for edge in of.edges(_side(of, "region"), data="weight") if edge[2] >= least)
    found = (
        Emphasis(name[a], name[b], weight, round((weight / strength[a]) / (strength[b] / total), 2))
        for a, b, weight in edges
    )
    return sorted(found, key=lambda one: (-one.quotient, one.region, one.topic))


def communities(of: nx.Graph, *, side: str = "topic", resolution: float = 1.0) -> list[list[str]]:
    """Return groups of topics that the same regions back, or of regions that back the same topics.

    Louvain on the one-sided projection, seeded; the largest first. Topics of one region alone always fall
    together, which says that one document lists them, no more. Other seeds and resolutions give other
    borders: read the groups as a reading aid.
    """
    flat, name = _flat(of, side), of.nodes(data="label")
    groups = nx.community.louvain_communities(flat, weight="weight", resolution=resolution, seed=1)
    return sorted((sorted(name[node] for node in group) for group in groups), key=lambda g: (-len(g), g))


def centres(of: nx.Graph) -> list[Centre]:
    """Return topics by their eigenvector centrality among topics that share regions, the most central first.

    Central are topics that occur along with many others that do so too: the common vocabulary of the reports.
    Broad words (integrated circuits, artificial intelligence) come first because they are broad.
    """
    flat, name = _flat(of, "topic"), of.nodes(data="label")
    if not flat:
        return []
    # the figure is defined within a connected part: the largest is measured
    part = flat.subgraph(max(nx.connected_components(flat), key=len))
    central = nx.eigenvector_centrality(part, max_iter=1000, weight="weight")
    found = (Centre(name[topic], of.degree(topic), round(value, 4)) for topic, value in central.items())
    return sorted(found, key=lambda one: (-one.centrality, one.topic))


def brokers(graph: Graph, *, kinds: Iterable[str] = ()) -> list[Broker]:
    """Return entities by the share of shortest paths between others that pass through them.

    Over all stated links, directions and parallel statements aside; ``kinds`` keeps only these classes in the
    list. Regions and broad topics lead because the documents are written about them. A company that leads
    joins two sections of text: a hint where to read, never a finding about influence.
    """
    whole = graph.to_networkx()
    flat = nx.Graph()
    flat.add_nodes_from(sorted(whole.nodes(data=True)))
    flat.add_edges_from(sorted({tuple(sorted(edge)) for edge in whole.edges() if edge[0] != edge[1]}))
    wanted = set(kinds)
    found = (
        Broker(data["label"], data["kind"], flat.degree(node), round(between, 5))
        for node, between in nx.betweenness_centrality(flat).items()
        if (data := flat.nodes[node]) and (not wanted or {data["kind"], data["root"]} & wanted)
    )
    return sorted(found, key=lambda one: (-one.betweenness, one.entity))


def _side(of: nx.Graph, side: str) -> list[str]:
    return sorted(node for node, value in of.nodes(data="side") if value == side)


def _flat(of: nx.Graph, side: str) -> nx.Graph:
    """Return the one-sided projection in a fixed order, on which a seeded method repeats itself."""
    copy = nx.Graph()
    copy.add_nodes_from(sorted(of.nodes(data=True)))
    copy.add_edges_from(sorted(of.edges(data=True), key=lambda edge: tuple(sorted(edge[:2]))))
    return nx.bipartite.weighted_projected_graph(copy, _side(of, side)) if copy else copy
