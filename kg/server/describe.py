"""What the service says of itself: service description, VoID and DCAT, questions as SHACL examples."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pyoxigraph as ox

from kg import iris
from kg.compile import reference
from kg.server import media
from kg.server.answering import PREFIXES
from kg.server.source import Source
from kg.store import oxigraph

SD = "http://www.w3.org/ns/sparql-service-description#"
FORMATS = "http://www.w3.org/ns/formats/"
_NAMES = {
    "json": "SPARQL_Results_JSON", "xml": "SPARQL_Results_XML", "csv": "SPARQL_Results_CSV",
    "tsv": "SPARQL_Results_TSV", "ttl": "Turtle", "nt": "N-Triples", "jsonld": "JSON-LD", "rdf": "RDF_XML",
    "nq": "N-Quads", "trig": "TriG",
}  # fmt: skip
_SIZES = """
SELECT ?graph (COUNT(*) AS ?triples) { { ?s ?p ?o } UNION { GRAPH ?graph { ?s ?p ?o } } } GROUP BY ?graph
"""
_CLASSES = "SELECT ?class (COUNT(*) AS ?count) { ?s a ?class } GROUP BY ?class ORDER BY ?class"
_PROPERTIES = (
    "SELECT ?property (COUNT(*) AS ?count) { ?s ?property ?o } GROUP BY ?property ORDER BY ?property"
)
_DATASET = "SELECT ?s ?p ?o { GRAPH graph:dataset { ?s ?p ?o } }"
_EXAMPLES = "https://purl.expasy.org/sparql-examples/ontology#"


def answer(opened: Source, task: Mapping[str, Any]) -> tuple[int, dict[str, Any], bytes]:
    """The description as RDF, or as a page for people."""
    types = [form.type for form in media.GRAPHS]
    accept = str(task["accept"])
    chosen = media.choose(accept, [*types, "text/html"])
    if accept and media.choose(accept, ["text/html"]) and media.choose(accept, types) is None:
        chosen = "text/html"
    if chosen is None:
        text = f"the description can be had as {', '.join(types)} and text/html"
        return 406, {"type": "text/plain; charset=utf-8"}, text.encode() + b"\n"
    if chosen == "text/html":
        return 303, {"type": "text/plain; charset=utf-8", "Location": "/query"}, b"see /query\n"
    build = _service if task["what"] == "service" else _void
    triples = list(dict.fromkeys(build(opened, str(task["address"]))))
    form = next(form for form in media.GRAPHS if form.type == chosen)
    prefixes = {**PREFIXES, "sd": SD, "spex": _EXAMPLES}
    body = ox.serialize(triples, format=form.writer, prefixes=prefixes) or b""  # type: ignore[arg-type]
    return 200, {"type": media.header(chosen)}, body


def _service(opened: Source, address: str) -> Iterator[ox.Triple]:
    service, dataset, default = (
        ox.NamedNode(f"{address}/sparql{part}") for part in ("", "#dataset", "#default")
    )
    endpoint = ox.NamedNode(f"{address}/sparql")
    yield _t(service, "rdf:type", _sd("Service"))
    yield _t(service, _sd("endpoint"), endpoint)
    yield _t(service, _sd("supportedLanguage"), _sd("SPARQL11Query"))
    for form in (*media.RESULTS, *media.GRAPHS):
        yield _t(service, _sd("resultFormat"), ox.NamedNode(FORMATS + _NAMES[form.name]))
    yield _t(service, "rdfs:label", ox.Literal("Regiograph", language="en"))
    yield from reference.examples(f"{address}/sparql")
    yield _t(service, _sd("defaultDataset"), dataset)
    yield _t(dataset, "rdf:type", _sd("Dataset"))
    yield _t(dataset, _sd("defaultGraph"), default)
    yield _t(default, "rdf:type", _sd("Graph"))
    for row in oxigraph.select(opened.graph.store, _SIZES).values():
        size = _number(row["triples"])
        if not row["graph"]:
            yield _t(default, "void:triples", size)
            continue
        part = ox.NamedNode(f"{address}/sparql#{row['graph'].rpartition('/')[2]}")
        graph = ox.NamedNode(f"{part.value}-graph")
        yield _t(dataset, _sd("namedGraph"), part)
        yield _t(part, "rdf:type", _sd("NamedGraph"))
        yield _t(part, _sd("name"), ox.NamedNode(row["graph"]))
        yield _t(part, _sd("graph"), graph)
        yield _t(graph, "rdf:type", _sd("Graph"))
        yield _t(graph, "void:triples", size)


def _void(opened: Source, address: str) -> Iterator[ox.Triple]:
    data = ox.NamedNode(iris.iri("dataset"))
    catalogue = ox.NamedNode(f"{address}/.well-known/void")
    yield _t(catalogue, "rdf:type", ox.NamedNode(iris.expand("void:DatasetDescription")))
    yield _t(catalogue, "dcterms:title", ox.Literal("Description of Regiograph", language="en"))
    yield _t(catalogue, ox.NamedNode("http://xmlns.com/foaf/0.1/primaryTopic"), data)
    for row in oxigraph.select(opened.graph.store, _DATASET).rows:
        subject, predicate, value = row
        if subject is not None and predicate is not None and value is not None:
            yield ox.Triple(subject, predicate, value)  # type: ignore[arg-type]
    for kind in ("void:Dataset", "dcat:Dataset"):
        yield _t(data, "rdf:type", ox.NamedNode(iris.expand(kind)))
    yield _t(data, "dcterms:title", ox.Literal("Regiograph", language="en"))
    yield _t(data, "void:sparqlEndpoint", ox.NamedNode(f"{address}/sparql"))
    yield _t(data, "void:uriSpace", ox.Literal(iris.BASE))
    yield _t(data, "void:uriLookupEndpoint", ox.NamedNode(f"{address}/"))
    yield _t(
        data, "void:exampleResource", ox.NamedNode(iris.iri(min(opened.graph.names.entities, default="ns")))
    )
    serving = ox.NamedNode(f"{address}/sparql#service")
    yield _t(data, "dcat:distribution", ox.NamedNode(f"{address}/sparql#distribution"))
    yield _t(
        ox.NamedNode(f"{address}/sparql#distribution"),
        "rdf:type",
        ox.NamedNode(iris.expand("dcat:Distribution")),
    )
    yield _t(
        ox.NamedNode(f"{address}/sparql#distribution"), "dcat:accessURL", ox.NamedNode(f"{address}/sparql")
    )
    yield _t(ox.NamedNode(f"{address}/sparql#distribution"), "dcat:accessService", serving)
    yield _t(serving, "rdf:type", ox.NamedNode(iris.expand("dcat:DataService")))
    yield _t(serving, "dcterms:title", ox.Literal("Regiograph SPARQL endpoint", language="en"))
    yield _t(serving, "dcat:endpointURL", ox.NamedNode(f"{address}/sparql"))
    yield _t(serving, "dcat:endpointDescription", ox.NamedNode(f"{address}/sparql"))
    yield _t(serving, "dcat:servesDataset", data)
    yield from _partitions(opened, data)
    yield from reference.examples(f"{address}/sparql")


def _partitions(opened: Source, data: ox.NamedNode) -> Iterator[ox.Triple]:
    total = sum(int(row["triples"]) for row in oxigraph.select(opened.graph.store, _SIZES).values())
    yield _t(data, "void:triples", _number(str(total)))
    yield _t(data, "void:entities", _number(str(len(opened.graph.names.entities))))
    for kind, query, key in (("class", _CLASSES, "void:class"), ("property", _PROPERTIES, "void:property")):
        for row in oxigraph.select(opened.graph.store, query).values():
            part = ox.NamedNode(f"{iris.iri('dataset')}#{kind}-{iris.digest(row[kind])[:12]}")
            yield _t(data, f"void:{kind}Partition", part)
            yield _t(part, key, ox.NamedNode(row[kind]))
            yield _t(part, "void:entities" if kind == "class" else "void:triples", _number(row["count"]))


def _t(subject: ox.NamedNode, predicate: str | ox.NamedNode, value: ox.NamedNode | ox.Literal) -> ox.Triple:
    name = ox.NamedNode(iris.expand(predicate)) if isinstance(predicate, str) else predicate
    return ox.Triple(subject, name, value)


def _sd(name: str) -> ox.NamedNode:
    return ox.NamedNode(SD + name)


def _number(value: str) -> ox.Literal:
    return ox.Literal(value, datatype=ox.NamedNode(iris.expand("xsd:integer")))
