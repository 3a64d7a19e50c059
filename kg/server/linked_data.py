"""Linked data: addresses answer with a 303 to a page or to RDF; service and data describe themselves."""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import pyoxigraph as ox
from starlette.exceptions import HTTPException

from kg import iris
from kg.compile import reference
from kg.query.entities import describe_entity
from kg.query.graph import Graph
from kg.read import queries
from kg.server import pages, sparql
from kg.server.negotiation import GRAPHS, choose, content_type
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
    rf"/(?P<id>(?:{'|'.join((*iris.ENTITY_SEGMENTS, *iris.NODE_SEGMENTS))})/[a-z0-9][a-z0-9/-]*|dataset|ns)"
    rf"(?:\.(?P<form>{'|'.join(REPRESENTATIONS)}))?"
)
_WRITERS = {"ttl": ox.RdfFormat.TURTLE, "jsonld": ox.RdfFormat.JSON_LD, "nt": ox.RdfFormat.N_TRIPLES}
_TEXT = "text/plain; charset=utf-8"
_MORE_PREFIXES = {
    "sd": "http://www.w3.org/ns/sparql-service-description#",
    "spex": "https://purl.expasy.org/sparql-examples/ontology#",
}


def respond(graph: Graph, task: Mapping[str, Any]) -> pages.Response:
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


def _moved(graph: Graph, identifier: str, form: str) -> pages.Response:
    """Redirect to what replaces this; raise HTTPException where nothing does."""
    found = _retirement(graph, identifier)
    if found and found["new"]:
        return _redirect(301, f"/{iris.short(found['new'])}" + (f".{form}" if form else ""))
    if found:
        raise HTTPException(410, f"{identifier} was withdrawn: {found['note']}")
    raise HTTPException(404, f"the graph holds nothing called {identifier}")


def _redirect(status: int, where: str) -> pages.Response:
    return status, {"type": _TEXT, "Location": where}, f"see {where}\n".encode()


def _document(graph: Graph, identifier: str, form: str) -> bytes:
    node = {"node": f"<{iris.iri(identifier)}>"}
    if form in _WRITERS:
        query = queries.internal("ontology-document" if identifier == "ns" else "node-document").bind(node)
        triples = sorted(set(oxigraph.query(graph.store, query)), key=str)  # type: ignore[arg-type]
        return ox.serialize(triples, format=_WRITERS[form], prefixes=PREFIXES) or b""
    context: dict[str, Any]
    value: object
    if identifier in graph.names.entities:
        found = describe_entity(graph, identifier)
        template, context = "entity.html", {"found": found}
        value = {"iri": iris.iri(identifier), **asdict(found)}
    elif identifier == "ns":
        terms = sparql.select(graph, "terms").values()
        by_name = {row["term"].removeprefix(iris.NS): row for row in reversed(terms)}
        template, context, value = "terms.html", {"rows": dict(sorted(by_name.items()))}, terms
    else:
        rows = {
            name: sparql.select(graph, f"node-{name}", node).values() for name in ("properties", "references")
        }
        names = {iris.short(row["property"]): row["value"] for row in rows["properties"]}
        title = names.get("rdfs:label") or names.get("dcterms:title") or identifier
        evidence = graph.evidence([identifier]).get(identifier)
        template, context = "node.html", {**rows, "title": title, "evidence": evidence}
        value = {
            "iri": iris.iri(identifier),
            "properties": rows["properties"],
            "referred_by": rows["references"],
        }
    if form == "html":
        return pages.render(template, identifier=identifier, types=REPRESENTATIONS, graph=graph, **context)
    return json.dumps(value, ensure_ascii=False, indent=1).encode() + b"\n"


def describe_service(graph: Graph, task: Mapping[str, Any]) -> pages.Response:
    """Answer with the description as RDF, or with a redirect for people."""
    accept = str(task["accept"])
    types = [form.type for form in GRAPHS]
    chosen = choose(accept, [*types, "text/html"])
    if chosen is None:
        raise HTTPException(406, f"the description can be had as {', '.join(types)} and text/html")
    if chosen == "text/html" or (accept and choose(accept, types) is None):
        return 303, {"type": "text/plain; charset=utf-8", "Location": "/query"}, b"see /query\n"
    address, endpoint = task["address"], f"{task['address']}/sparql"
    sizes = sparql.select(graph, "graph-sizes").values()
    triples = list(reference.examples(endpoint))
    if task["path"] == "/sparql":
        text = pages.render("sparql.ttl", endpoint=endpoint, graphs=sizes)
    else:
        for row in sparql.select(graph, "dataset-triples").rows:
            triples.append(ox.Triple(*row))  # type: ignore[arg-type]
        text = pages.render(
            "void.ttl", address=address, endpoint=endpoint, space=iris.BASE, data=iris.iri("dataset"),
            triples=sum(int(row["triples"]) for row in sizes), entities=len(graph.names.entities),
            example=iris.iri(min(graph.names.entities, default="ns")), part=_part,
            classes=sparql.select(graph, "class-sizes").values(),
            properties=[
                {"class": "", **row}
                for name in ("property-sizes", "class-property-sizes")
                for row in sparql.select(graph, name).values()
            ],
        )  # fmt: skip
    triples += (quad.triple for quad in ox.parse(text, format=ox.RdfFormat.TURTLE))
    form = next(form for form in GRAPHS if form.type == chosen)
    prefixes = {**PREFIXES, **_MORE_PREFIXES}
    body = ox.serialize(dict.fromkeys(triples), format=form.writer, prefixes=prefixes)  # type: ignore[arg-type]
    return 200, {"type": content_type(chosen)}, body or b""


def _part(kind: str, name: str = "") -> str:
    """Return the IRI of the part of the data with members of a class, or with a property."""
    what = "property" if name else "class"
    return f"{iris.iri('dataset')}#{what}-{iris.digest(*filter(None, (kind, name)))[:12]}"
