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
from kg.query import internal_rows
from kg.query.entities import describe_entity
from kg.query.graph import Graph
from kg.query.parameters import entity_segments
from kg.read import queries
from kg.server import pages
from kg.server.negotiation import GRAPHS, choose
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
    rf"/(?P<id>(?:{'|'.join((*iris.ENTITY_SEGMENTS, *iris.NODE_SEGMENTS))})/[a-z0-9][A-Za-z0-9./-]*?"
    rf"|dataset|ns)(?:\.(?P<form>{'|'.join(REPRESENTATIONS)}))?"
)
_WRITERS = {"ttl": ox.RdfFormat.TURTLE, "jsonld": ox.RdfFormat.JSON_LD, "nt": ox.RdfFormat.N_TRIPLES}
#: A document: its template, what it says as JSON, and what more the template takes.
Document = tuple[str, Any, Mapping[str, Any]]
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
    body = (_write_triples if form in _WRITERS else _write_document)(graph, identifier, form)
    links = ", ".join(
        f'</{identifier}.{name}>; rel="alternate"; type="{kind}"'
        for name, kind in REPRESENTATIONS.items()
        if name != form
    )
    return pages.respond_with(REPRESENTATIONS[form], body, {"Link": links})


def resolve_entity(graph: Graph, given: str) -> str:
    """Return the entity that an id (also a replaced one), an IRI or a prefixed name stands for, or ""."""
    short = iris.short(given.strip("<> ")) if "://" in given else given.strip().replace(":", "/", 1)
    if short in graph.names.entities or not iris.ID.fullmatch(short):
        return short if short in graph.names.entities else ""
    return iris.short((_retirement(graph, short) or {}).get("new") or "")


def _retirement(graph: Graph, identifier: str) -> Mapping[str, str] | None:
    rows = internal_rows(graph.store, "replacement", old=[identifier]).values()
    return rows[0] if rows else None


def _exists(graph: Graph, identifier: str) -> bool:
    if identifier == "ns" or identifier in graph.names.entities:
        return True
    query = queries.internal("node-exists").bind({"node": f"<{iris.iri(identifier)}>"})
    return not _retirement(graph, identifier) and bool(oxigraph.query(graph.store, query))


def _moved(graph: Graph, identifier: str, form: str) -> pages.Response:
    """Redirect to what replaces this; raise HTTPException where nothing does."""
    found = _retirement(graph, identifier)
    if found and found["new"]:
        return _redirect(301, f"/{iris.short(found['new'])}" + (f".{form}" if form else ""))
    if found:
        raise HTTPException(410, f"{identifier} was withdrawn: {found['note']}")
    raise HTTPException(404, f"the graph holds nothing called {identifier}")


def _redirect(status: int, where: str) -> pages.Response:
    return pages.respond_with("text/plain", f"see {where}\n".encode(), {"Location": where}, status=status)


def _write_triples(graph: Graph, identifier: str, form: str) -> bytes:
    name = "ontology-document" if identifier == "ns" else "node-document"
    query = queries.internal(name).bind({"node": f"<{iris.iri(identifier)}>"})
    triples = sorted(set(oxigraph.query(graph.store, query)), key=str)  # type: ignore[arg-type]
    return ox.serialize(triples, format=_WRITERS[form], prefixes=PREFIXES) or b""


def _write_document(graph: Graph, identifier: str, form: str) -> bytes:
    """Return a node as a page, or as JSON with the same content."""
    if identifier in graph.names.entities:
        template, value, context = _describe_entity(graph, identifier)
    elif identifier == "ns":
        template, value = "terms.html", internal_rows(graph.store, "terms").values()
        by_name = {row["term"].removeprefix(iris.NS): row for row in reversed(value)}
        context = {"rows": dict(sorted(by_name.items()))}
    else:
        template, value, context = _describe_node(graph, identifier)
    if form == "html":
        return pages.render(template, identifier=identifier, types=REPRESENTATIONS, graph=graph, **context)
    return json.dumps(value, ensure_ascii=False, indent=1).encode() + b"\n"


def _describe_entity(graph: Graph, identifier: str) -> Document:
    """Describe an entity, with answers to the questions about it that have a summary, and links to others."""
    found, answers, others = describe_entity(graph, identifier), [], []
    for question in queries.catalogue().values():
        taking = [p.name for p in question.parameters if identifier.partition("/")[0] in entity_segments(p)]
        if taking and not {p.name for p in question.parameters if p.needed} - {taking[0]}:
            others.append((question, taking[0]))
            if question.summary:
                given = {taking[0]: [identifier]}
                answers.append((question, pages.answer(graph, question, given)))
    value = {"iri": iris.iri(identifier), **asdict(found)}
    return "entity.html", value, {"found": found, "answers": answers, "others": others}


def _describe_node(graph: Graph, identifier: str) -> Document:
    properties, references = (
        internal_rows(graph.store, f"node-{name}", node=[identifier]).values()
        for name in ("properties", "references")
    )
    names = {iris.short(row["property"]): row["value"] for row in reversed(properties)}
    named = [names[name] for name in ("rdfs:label", "skos:prefLabel", "dcterms:title") if name in names]
    evidence = graph.evidence([identifier]).get(identifier)
    context = {"properties": properties, "references": references, "evidence": evidence}
    value = {"iri": iris.iri(identifier), "properties": properties, "referred_by": references}
    return "node.html", value, {"title": [*named, identifier][0], **context}


def describe_service(graph: Graph, task: Mapping[str, Any]) -> pages.Response:
    """Answer with the description as RDF, or with a redirect for people."""
    accept, types = str(task["accept"]), [form.type for form in GRAPHS]
    chosen = choose(accept, [*types, "text/html"])
    if chosen is None:
        raise HTTPException(406, f"the description can be had as {', '.join(types)} and text/html")
    if chosen == "text/html" or (accept and choose(accept, types) is None):
        return _redirect(303, "/query")
    endpoint = f"{task['address']}/sparql"
    sizes = internal_rows(graph.store, "graph-sizes").values()
    triples = list(reference.examples(endpoint))
    if task["path"] == "/sparql":
        text = pages.render("sparql.ttl", endpoint=endpoint, graphs=sizes)
    else:
        triples += (ox.Triple(*row) for row in internal_rows(graph.store, "dataset-triples").rows)  # type: ignore[arg-type]
        text = pages.render(
            "void.ttl", address=task["address"], endpoint=endpoint, space=iris.BASE, data=iris.iri("dataset"),
            triples=sum(int(row["triples"]) for row in sizes), entities=len(graph.names.entities),
            example=iris.iri(min(graph.names.entities, default="ns")), part=_part,
            classes=internal_rows(graph.store, "class-sizes").values(),
            properties=[
                {"class": "", **row}
                for name in ("property-sizes", "class-property-sizes")
                for row in internal_rows(graph.store, name).values()
            ],
        )  # fmt: skip
    triples += (quad.triple for quad in ox.parse(text, format=ox.RdfFormat.TURTLE))
    form = next(form for form in GRAPHS if form.type == chosen)
    prefixes = {**PREFIXES, **_MORE_PREFIXES}
    body = ox.serialize(dict.fromkeys(triples), format=form.writer, prefixes=prefixes)  # type: ignore[arg-type]
    return pages.respond_with(chosen, body or b"")


def _part(kind: str, name: str = "") -> str:
    """Return the IRI of the part of the data with members of a class, or with a property."""
    what = "property" if name else "class"
    return f"{iris.iri('dataset')}#{what}-{iris.digest(*filter(None, (kind, name)))[:12]}"
