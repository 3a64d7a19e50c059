"""The entity that a client means by an id, an IRI, a prefixed name, or the id that it had before."""

from __future__ import annotations

from kg import store, term
from kg.graph import Graph

_REPLACED = (
    "SELECT ?new { VALUES ?old { UNDEF } GRAPH graph:identity { ?old dcterms:isReplacedBy ?new } } LIMIT 1"
)


def entity(graph: Graph, given: str) -> str:
    """Its id as it is now; empty where the graph has no such entity."""
    short = term.short(given.strip("<> ")) if "://" in given else given.strip().replace(":", "/", 1)
    if short in graph.names.entities:
        return short
    return replacement(graph, short) if term.ID.fullmatch(short) else ""


def replacement(graph: Graph, identifier: str) -> str:
    """The id that took the place of this one; empty where none did."""
    query = _REPLACED.replace("UNDEF", f"<{term.iri(identifier)}>")
    rows = store.select(graph.store, query).values()
    return term.short(rows[0]["new"]) if rows else ""
