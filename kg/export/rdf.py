"""Exports of a graph as RDF in its formats, and of its networkx view."""

import pyoxigraph as ox

from kg import iris
from kg.export import graph_files
from kg.query.graph import Graph

RDF_FORMATS = {
    "nq": ox.RdfFormat.N_QUADS,
    "trig": ox.RdfFormat.TRIG,
    "ttl": ox.RdfFormat.TURTLE,
    "nt": ox.RdfFormat.N_TRIPLES,
    "jsonld": ox.RdfFormat.JSON_LD,
    "rdf": ox.RdfFormat.RDF_XML,
}
VIEWS = {"graphml": graph_files.graphml, "gexf": graph_files.gexf, "json": graph_files.node_link}
#: What can be exported, by name, and its formats; the first is the default.
EXPORTS: dict[str, tuple[str, ...]] = {
    "rdf": tuple(RDF_FORMATS),
    "graph": tuple(VIEWS),
    "statements": ("jsonl", "csv"),
    "dictionary": ("md",),
}


def graph_names_note(form: str) -> str:
    """Return what a reader of an RDF format without named graphs has to know; nothing for the others."""
    if RDF_FORMATS[form].supports_datasets:
        return ""
    return (
        f"{form} holds no graph names: GRAPH ?g finds nothing in it; the source of a statement is "
        "?statement kg:paragraph/prov:wasDerivedFrom ?source (nq, trig and jsonld keep the graphs)"
    )


def rdf_bytes(graph: Graph, form: str) -> bytes:
    """Return the whole graph in one RDF format, in a fixed order.

    Formats without named graphs (``graph_names_note``) hold the union of all graphs.
    """
    chosen = RDF_FORMATS[form]
    quads = graph.store.quads_for_pattern(None, None, None, None)
    if form == "nq":
        return b"".join(sorted((ox.serialize(quads, format=chosen) or b"").splitlines(keepends=True)))
    listed = sorted(quads, key=lambda q: (str(q.graph_name), str(q.subject), str(q.predicate), str(q.object)))
    prefixes = {name: address for name, address in iris.PREFIXES.items() if name not in ("name", "link")}
    found = listed if chosen.supports_datasets else dict.fromkeys(quad.triple for quad in listed)
    return ox.serialize(found, format=chosen, prefixes=prefixes) or b""


def view_bytes(graph: Graph, form: str, *, hierarchy: bool = False) -> bytes:
    """Return the networkx view as GraphML, GEXF or node-link JSON."""
    return VIEWS[form](graph.to_networkx(hierarchy=hierarchy))
