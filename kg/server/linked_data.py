"""Linked data: every address of ours answers with a 303 to a page or to RDF, and those answer themselves."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import pyoxigraph as ox
from starlette.exceptions import HTTPException

from kg import iris
from kg.query.description import describe_entity
from kg.query.graph import Graph
from kg.read import queries
from kg.server import pages, sparql
from kg.server.negotiation import choose, content_type
from kg.server.sparql import PREFIXES
from kg.store import oxigraph

#: The representations of a node: the ending of its address, and its media type.
REPRESENTATIONS = {
    "html": "text/html",
    "ttl": "text/turtle",
    "jsonld": "application/ld+json",
    "nt": "application/n-triples",
    "json": "application/json",
}
_PATH = re.compile(
    rf"/(?P<id>(?:{'|'.join((*iris.ENTITY_SEGMENTS, *iris.RECORD_SEGMENTS))})/[a-z0-9][a-z0-9/-]*|dataset|ns)"
    rf"(?:\.(?P<form>{'|'.join(REPRESENTATIONS)}))?"
)
_WRITERS = {"ttl": ox.RdfFormat.TURTLE, "jsonld": ox.RdfFormat.JSON_LD, "nt": ox.RdfFormat.N_TRIPLES}
_TEXT = "text/plain; charset=utf-8"

Response = tuple[int, dict[str, Any], bytes]


def respond(graph: Graph, task: Mapping[str, Any]) -> Response:
    """Answer a node's address with a redirect, and that of a representation with the document."""
    match = _PATH.fullmatch(str(task["path"]))
    if match is None:
        raise HTTPException(404, "there is nothing at this address; / says what there is")
    identifier, form = match["id"], match["form"] or ""
    if not _exists(graph, identifier):
        return _moved(graph, identifier, form)
    if not form:
        chosen = choose(str(task["accept"]), tuple(REPRESENTATIONS.values()))
        if chosen is None:
            raise HTTPException(406, f"this can be had as {', '.join(REPRESENTATIONS.values())}")
        form = next(name for name, kind in REPRESENTATIONS.items() if kind == chosen)
        return _redirect(303, f"/{identifier}.{form}")
    links = ", ".join(
        f'</{identifier}.{name}>; rel="alternate"; type="{kind}"'
        for name, kind in REPRESENTATIONS.items()
        if name != form
    )
    head = {"type": content_type(REPRESENTATIONS[form]), "Link": links}
    return 200, head, _document(graph, identifier, form)


def resolve_entity(graph: Graph, given: str) -> str:
    """Return the entity that an id (also a replaced one), an IRI or a prefixed name stands for, or ""."""
    short = iris.short(given.strip("<> ")) if "://" in given else given.strip().replace(":", "/", 1)
    if short in graph.names.entities:
        return short
    return _replacement(graph, short) if iris.ID.fullmatch(short) else ""


def _replacement(graph: Graph, identifier: str) -> str:
    found = _retirement(graph, identifier)
    return iris.short(found["new"] or "") if found else ""


def _retirement(graph: Graph, identifier: str) -> Mapping[str, str] | None:
    rows = sparql.select(graph, "replacement", {"old": f"<{iris.iri(identifier)}>"}).values()
    return rows[0] if rows else None


def _exists(graph: Graph, identifier: str) -> bool:
    if identifier == "ns" or identifier in graph.names.entities:
        return True
    if _retirement(graph, identifier):
        return False
    query = queries.internal("node-exists").bind({"node": f"<{iris.iri(identifier)}>"})
    return bool(oxigraph.query(graph.store, query))


def _moved(graph: Graph, identifier: str, form: str) -> Response:
    """Redirect to what replaces this; raise HTTPException where nothing does."""
    found = _retirement(graph, identifier)
    if found and found["new"]:
        return _redirect(301, f"/{iris.short(found['new'])}" + (f".{form}" if form else ""))
    if found:
        raise HTTPException(410, f"{identifier} was withdrawn: {found['note']}")
    raise HTTPException(404, f"the graph holds nothing called {identifier}")


def _redirect(status: int, where: str) -> Response:
    return status, {"type": _TEXT, "Location": where}, f"see {where}\n".encode()


def _document(graph: Graph, identifier: str, form: str) -> bytes:
    node = {"node": f"<{iris.iri(identifier)}>"}
    if form in _WRITERS:
        query = queries.internal("ontology-document" if identifier == "ns" else "node-document").bind(node)
        triples = sorted(set(oxigraph.query(graph.store, query)), key=str)  # type: ignore[arg-type]
        return ox.serialize(triples, format=_WRITERS[form], prefixes=PREFIXES) or b""
    if identifier in graph.names.entities:
        found = describe_entity(graph, identifier)
        if form == "html":
            return pages.entity_page(graph, found, REPRESENTATIONS)
        return _json({"iri": iris.iri(identifier), **asdict(found)})
    if identifier == "ns":
        return pages.terms_page(graph, REPRESENTATIONS) if form == "html" else _json(pages.terms(graph))
    properties = sparql.select(graph, "node-properties", node).values()
    references = sparql.select(graph, "node-references", node).values()
    if form == "html":
        return pages.node_page(graph, identifier, properties, references, REPRESENTATIONS)
    return _json({"iri": iris.iri(identifier), "properties": properties, "referred_by": references})


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode() + b"\n"
