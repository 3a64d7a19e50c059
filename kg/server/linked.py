"""Linked data: every address of ours answers with a 303 to a page or to RDF, and those answer themselves."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import pyoxigraph as ox

from kg import iris
from kg.query.description import describe_entity
from kg.server import called, media, thingpage
from kg.server.answering import PREFIXES
from kg.server.source import Source
from kg.store import oxigraph

TWINS = {
    "html": "text/html",
    "ttl": "text/turtle",
    "jsonld": "application/ld+json",
    "nt": "application/n-triples",
    "json": "application/json",
}
_PATH = re.compile(r"/(?P<id>[a-z0-9/-]+?)(?:\.(?P<twin>html|ttl|jsonld|nt|json))?")
_WRITERS = {"ttl": ox.RdfFormat.TURTLE, "jsonld": ox.RdfFormat.JSON_LD, "nt": ox.RdfFormat.N_TRIPLES}
_ABOUT = """
CONSTRUCT { ?s ?p ?o } {
  {
    { ?thing ?p ?o BIND (?thing AS ?s) }
    UNION { GRAPH ?g { ?thing ?p ?o } BIND (?thing AS ?s) }
    UNION { GRAPH graph:identity { ?s kg:names ?thing ; ?p ?o } }
    UNION { GRAPH ?g { ?s rdf:subject ?thing ; ?p ?o } }
    UNION { GRAPH ?g { ?s rdf:object ?thing ; ?p ?o } }
    UNION { GRAPH ?g { ?s kg:place ?thing ; ?p ?o } }
    UNION { GRAPH ?g { ?s kg:topic ?thing ; ?p ?o } }
    UNION { GRAPH ?g { ?thing kg:evidence ?s . ?s ?p ?o } }
    UNION { GRAPH ?g { ?thing kg:evidence/oa:hasSelector ?s . ?s ?p ?o } }
    UNION { GRAPH ?g { ?record rdf:subject|rdf:object|kg:place|kg:topic ?thing ; kg:evidence ?s . ?s ?p ?o } }
    UNION {
      GRAPH ?g {
        ?record rdf:subject|rdf:object|kg:place|kg:topic ?thing ; kg:evidence/oa:hasSelector ?s . ?s ?p ?o
      }
    }
  }
}
"""
_TERMS = "CONSTRUCT { ?s ?p ?o } { GRAPH graph:ontology { ?s ?p ?o } }"
_EXISTS = "ASK { VALUES ?thing { UNDEF } { ?thing ?p ?o } UNION { GRAPH ?g { ?thing ?p ?o } } }"

Response = tuple[int, dict[str, Any], bytes]


def answer(opened: Source, task: Mapping[str, Any]) -> Response:
    """A thing's address or one of its documents."""
    match = _PATH.fullmatch(str(task["path"]))
    if match is None:
        return _words(404, "there is nothing at this address")
    identifier, twin = match["id"], match["twin"]
    if twin is None:
        return _redirect(opened, identifier, str(task["accept"]))
    if not _exists(opened, identifier):
        return _missing(opened, identifier, twin)
    links = ", ".join(
        f'</{identifier}.{name}>; rel="alternate"; type="{kind}"'
        for name, kind in TWINS.items()
        if name != twin
    )
    head = {"type": media.header(TWINS[twin]), "Link": links}
    return 200, head, _document(opened, identifier, twin)


def _redirect(opened: Source, identifier: str, accept: str) -> Response:
    if not _exists(opened, identifier):
        return _missing(opened, identifier, "")
    chosen = media.choose(accept, tuple(TWINS.values()))
    if chosen is None:
        return _words(406, f"this can be had as {', '.join(TWINS.values())}")
    twin = next(name for name, kind in TWINS.items() if kind == chosen)
    where = f"/{identifier}.{twin}"
    return 303, {"type": "text/plain; charset=utf-8", "Location": where}, f"see {where}\n".encode()


def _document(opened: Source, identifier: str, twin: str) -> bytes:
    graph = opened.graph
    if twin in _WRITERS:
        query = _TERMS if identifier == "ns" else _ABOUT.replace("?thing", f"<{iris.iri(identifier)}>")
        triples = sorted(set(oxigraph.query(graph.store, query)), key=str)  # type: ignore[arg-type]
        return ox.serialize(triples, format=_WRITERS[twin], prefixes=PREFIXES) or b""
    if identifier in graph.names.entities:
        found = describe_entity(graph, identifier)
        if twin == "json":
            return _json({"iri": iris.iri(identifier), **asdict(found)})
        return thingpage.entity(found, graph)
    if identifier == "ns":
        return _json(thingpage.terms(graph)) if twin == "json" else thingpage.terms_page(graph)
    out, into = thingpage.around(graph, identifier)
    if twin == "json":
        return _json({"iri": iris.iri(identifier), "properties": out, "named_by": into})
    return thingpage.thing(identifier, out, into, graph)


def _exists(opened: Source, identifier: str) -> bool:
    if identifier == "ns" or identifier in opened.graph.names.entities:
        return True
    if identifier.startswith(iris.ENTITY_SEGMENTS) and called.replacement(opened.graph, identifier):
        return False
    return bool(oxigraph.query(opened.graph.store, _EXISTS.replace("UNDEF", f"<{iris.iri(identifier)}>")))


def _missing(opened: Source, identifier: str, twin: str) -> Response:
    """Moved where a redirect of the seeds says so, else not found."""
    new = called.replacement(opened.graph, identifier)
    if new:
        where = f"/{new}" + (f".{twin}" if twin else "")
        return 301, {"type": "text/plain; charset=utf-8", "Location": where}, f"now {where}\n".encode()
    return _words(404, f"the graph holds nothing called {identifier}")


def _words(status: int, text: str) -> Response:
    return status, {"type": "text/plain; charset=utf-8"}, f"{text}\n".encode()


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode() + b"\n"
