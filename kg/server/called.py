"""The entity that a client means by an id, an IRI, a prefixed name, or the id that it had before."""

from __future__ import annotations

from kg import iris
from kg.query.graph import Graph
from kg.store import oxigraph

_REPLACED = (
    "SELECT ?new { VALUES ?old { UNDEF } GRAPH graph:identity { ?old dcterms:isReplacedBy ?new } } LIMIT 1"
)


def entity(graph: Graph, given: str) -> str:
    """Its id as it is now; empty where the graph has no such entity."""
    short = iris.short(given.strip("<> ")) if "://" in given else given.strip().replace(":", "/", 1)
    if short in graph.names.entities:
        return short
    return replacement(graph, short) if iris.ID.fullmatch(short) else ""


def replacement(graph: Graph, identifier: str) -> str:
    """The id that took the place of this one; empty where none did."""
    query = _REPLACED.replace("UNDEF", f"<{iris.iri(identifier)}>")
    rows = oxigraph.select(graph.store, query).values()
    return iris.short(rows[0]["new"]) if rows else ""
