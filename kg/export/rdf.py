"""Exports of a graph: RDF in its formats, the networkx view, statements and tables."""

from __future__ import annotations

from dataclasses import dataclass

import pyoxigraph as ox

from kg import iris
from kg.export import graph_files
from kg.export import statements as table
from kg.query import networkx_view
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
STATEMENT_FORMATS = ("jsonl", "csv")


@dataclass(frozen=True)
class Export:
    """What can be exported: its name, its formats (the first is the default), and what it is."""

    name: str
    formats: tuple[str, ...]
    text: str


EXPORTS = {
    export.name: export
    for export in (
        Export(
            "rdf", tuple(RDF_FORMATS), "the whole graph as RDF; nq, trig and jsonld keep the named graphs"
        ),
        Export("graph", tuple(VIEWS), "the networkx view: nodes and edges with their evidence"),
        Export("statements", STATEMENT_FORMATS, "every statement and target, one a line"),
        Export("dictionary", ("md",), "the data dictionary: classes, properties, closed lists"),
    )
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
    if form == "nq":
        written = ox.serialize(
            graph.store.quads_for_pattern(None, None, None, None), format=RDF_FORMATS[form]
        )
        return b"".join(sorted(line + b"\n" for line in (written or b"").split(b"\n") if line))
    quads = sorted(graph.store.quads_for_pattern(None, None, None, None), key=_key)
    chosen = RDF_FORMATS[form]
    prefixes = {name: address for name, address in iris.PREFIXES.items() if name not in ("name", "link")}
    if chosen.supports_datasets:
        return ox.serialize(quads, format=chosen, prefixes=prefixes) or b""
    triples = dict.fromkeys(quad.triple for quad in quads)
    return ox.serialize(triples, format=chosen, prefixes=prefixes) or b""


def view_bytes(graph: Graph, form: str, *, hierarchy: bool = False) -> bytes:
    """Return the networkx view as GraphML, GEXF or node-link JSON."""
    found = networkx_view.network(graph, hierarchy=hierarchy)
    return VIEWS[form](found)


def statement_bytes(graph: Graph, form: str) -> bytes:
    """Return every statement and target as JSON Lines or CSV."""
    return ("".join(table.as_jsonl(graph)) if form == "jsonl" else table.as_csv(graph)).encode()


def _key(quad: ox.Quad) -> tuple[str, str, str, str]:
    return str(quad.graph_name), str(quad.subject), str(quad.predicate), str(quad.object)
