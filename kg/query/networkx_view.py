"""The networkx view of a graph: typed nodes with labels, one edge a statement, evidence on the edge."""

from __future__ import annotations

from collections.abc import Collection

import networkx as nx

from kg import iris
from kg.errors import KgError
from kg.query.graph import Graph
from kg.store import oxigraph

_NODES = """
SELECT ?entity ?kind ?root ?label ?label_zh {
  { SELECT DISTINCT ?entity ?kind { ?entity a ?kind } }
  GRAPH graph:ontology { ?kind rdfs:subClassOf* ?root . ?root kg:segment ?segment }
  FILTER (?kind != kg:Region)
  OPTIONAL { ?entity skos:prefLabel ?label FILTER (lang(?label) = "en") }
  OPTIONAL { ?entity skos:prefLabel ?label_zh FILTER (lang(?label_zh) = "zh") }
}
"""
_STATEMENTS = """
SELECT ?statement ?subject ?predicate ?object ?source ?paragraph ?quote ?stage ?tier ?period ?row {
  GRAPH ?graph {
    ?statement a kg:Statement ; rdf:subject ?subject ; rdf:predicate ?predicate ; rdf:object ?object ;
      kg:paragraph/kg:number ?paragraph ; kg:evidence/oa:hasSelector/oa:exact ?quote ; kg:row ?row .
    OPTIONAL { ?statement kg:stage ?stage }
    OPTIONAL { ?statement kg:tier ?tier }
    OPTIONAL { ?statement kg:period ?period }
  }
  ?graph prov:wasDerivedFrom ?source .
  ?subject ?predicate ?object .
}
"""
_LINKS = """
SELECT ?child ?relation ?parent ?ground {
  GRAPH graph:reference {
    ?link a kg:Link ; rdf:subject ?child ; rdf:predicate ?relation ; rdf:object ?parent ; kg:ground ?ground
  }
}
"""
_REGIONS = "SELECT ?region { ?region a kg:Region }"


def network(
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
    """A MultiDiGraph of what is stated.

    Nodes are ids (``place/jinan``) with ``label``, ``label_zh``, ``kind`` (``Company``), ``root``
    (``Organisation``) and ``region`` (whether it is one). Edges are keyed by statement id, with
    ``predicate``, ``source``, ``paragraph``, ``quote``, ``stage``, ``tier``, ``period``, ``row`` and
    ``assumed`` (False).
    Literals and withheld statements are left out, sources and documents too unless asked for.

    ``region`` keeps what lies within two steps of it; ``around`` and ``depth`` a neighbourhood of an entity
    (names are accepted); ``kinds`` and ``predicates`` keep only these; ``hierarchy`` adds assumed links.
    Raises NotFound for a name that is not known, KgError for an unknown kind or predicate.
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
    regions = {row["region"] for row in oxigraph.select(graph.store, _REGIONS).values()}
    for row in oxigraph.select(graph.store, _NODES).values():
        identifier = iris.short(row["entity"])
        whole.add_node(
            identifier,
            label=row["label"] or row["label_zh"] or identifier.partition("/")[2],
            label_zh=row["label_zh"],
            kind=iris.short(row["kind"]),
            root=iris.short(row["root"]),
            region=row["entity"] in regions,
        )


def _add_statements(whole: nx.MultiDiGraph, graph: Graph) -> None:
    for row in sorted(oxigraph.select(graph.store, _STATEMENTS).values(), key=lambda row: row["statement"]):
        subject, target = iris.short(row["subject"]), iris.short(row["object"])
        if subject not in whole or target not in whole:
            continue  # a literal object
        whole.add_edge(
            subject,
            target,
            key=iris.short(row["statement"]),
            predicate=iris.short(row["predicate"]).rpartition(":")[2],
            source=iris.short(row["source"]).partition("/")[2],
            paragraph=int(row["paragraph"]),
            quote=row["quote"],
            stage=iris.short(row["stage"]).removeprefix("stage-"),
            tier=iris.short(row["tier"]).removeprefix("tier-"),
            period=row["period"],
            row=row["row"],
            assumed=False,
        )


def _add_links(whole: nx.MultiDiGraph, graph: Graph) -> None:
    for row in oxigraph.select(graph.store, _LINKS).values():
        child, parent = iris.short(row["child"]), iris.short(row["parent"])
        predicate = iris.short(row["relation"]).rpartition(":")[2]
        whole.add_edge(
            child, parent, key=f"{child} {predicate} {parent}", predicate=predicate, source="", paragraph=0,
            quote=row["ground"], stage="", tier="", period="", row="hierarchy.csv", assumed=True,
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
