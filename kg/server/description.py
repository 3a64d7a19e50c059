"""What the service says of itself: service description, VoID and DCAT, the questions as SHACL examples."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pyoxigraph as ox
from starlette.exceptions import HTTPException

from kg import iris
from kg.compile import reference
from kg.query.graph import Graph
from kg.server import sparql
from kg.server.negotiation import GRAPHS, RESULTS, choose, content_type
from kg.server.sparql import PREFIXES

_VOCABULARIES = {
    **iris.PREFIXES,
    "sd": "http://www.w3.org/ns/sparql-service-description#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "formats": "http://www.w3.org/ns/formats/",
}
_EXAMPLES = "https://purl.expasy.org/sparql-examples/ontology#"
_FORMATS = {
    "json": "SPARQL_Results_JSON", "xml": "SPARQL_Results_XML", "csv": "SPARQL_Results_CSV",
    "tsv": "SPARQL_Results_TSV", "ttl": "Turtle", "nt": "N-Triples", "jsonld": "JSON-LD", "rdf": "RDF_XML",
    "nq": "N-Quads", "trig": "TriG",
}  # fmt: skip
Object = str | ox.NamedNode | ox.Literal


def respond(graph: Graph, task: Mapping[str, Any]) -> tuple[int, dict[str, Any], bytes]:
    """Answer with the description as RDF, or with a redirect for people."""
    accept = str(task["accept"])
    types = [form.type for form in GRAPHS]
    chosen = choose(accept, [*types, "text/html"])
    if chosen is None:
        raise HTTPException(406, f"the description can be had as {', '.join(types)} and text/html")
    if chosen == "text/html" or (accept and choose(accept, types) is None):
        return 303, {"type": "text/plain; charset=utf-8", "Location": "/query"}, b"see /query\n"
    describe = _describe_service if task["path"] == "/sparql" else _describe_data
    triples = dict.fromkeys(describe(graph, str(task["address"])))
    form = next(form for form in GRAPHS if form.type == chosen)
    prefixes = {**PREFIXES, "sd": _VOCABULARIES["sd"], "spex": _EXAMPLES}
    body = ox.serialize(triples, format=form.writer, prefixes=prefixes) or b""  # type: ignore[arg-type]
    return 200, {"type": content_type(chosen)}, body


def _describe_service(graph: Graph, address: str) -> Iterator[ox.Triple]:
    endpoint = f"{address}/sparql"
    dataset, default = f"{endpoint}#dataset", f"{endpoint}#default"
    yield from _triples(
        endpoint,
        ("rdf:type", "sd:Service"),
        ("sd:endpoint", endpoint),
        ("sd:supportedLanguage", "sd:SPARQL11Query"),
        *(("sd:resultFormat", f"formats:{_FORMATS[form.name]}") for form in (*RESULTS, *GRAPHS)),
        ("rdfs:label", ox.Literal("Regiograph", language="en")),
        ("sd:defaultDataset", dataset),
    )
    yield from _triples(dataset, ("rdf:type", "sd:Dataset"), ("sd:defaultGraph", default))
    yield from reference.examples(endpoint)
    for row in sparql.select(graph, "graph-sizes").values():
        size = _number(row["triples"])
        if not row["graph"]:
            yield from _triples(default, ("rdf:type", "sd:Graph"), ("void:triples", size))
            continue
        named = f"{endpoint}#{row['graph'].rpartition('/')[2]}"
        yield from _triples(dataset, ("sd:namedGraph", named))
        yield from _triples(
            named, ("rdf:type", "sd:NamedGraph"), ("sd:name", row["graph"]), ("sd:graph", f"{named}-graph")
        )
        yield from _triples(f"{named}-graph", ("rdf:type", "sd:Graph"), ("void:triples", size))


def _describe_data(graph: Graph, address: str) -> Iterator[ox.Triple]:
    data, endpoint = iris.iri("dataset"), f"{address}/sparql"
    title = ox.Literal("Description of Regiograph", language="en")
    yield from _triples(
        f"{address}/.well-known/void",
        ("rdf:type", "void:DatasetDescription"),
        ("dcterms:title", title),
        ("foaf:primaryTopic", data),
    )
    for subject, predicate, value in sparql.select(graph, "dataset-triples").rows:
        if subject is not None and predicate is not None and value is not None:
            yield ox.Triple(subject, predicate, value)  # type: ignore[arg-type]
    sizes = sparql.select(graph, "graph-sizes").values()
    yield from _triples(
        data,
        ("rdf:type", "void:Dataset"),
        ("rdf:type", "dcat:Dataset"),
        ("dcterms:title", ox.Literal("Regiograph", language="en")),
        ("void:sparqlEndpoint", endpoint),
        ("void:uriSpace", ox.Literal(iris.BASE)),
        ("void:uriLookupEndpoint", f"{address}/"),
        ("void:exampleResource", iris.iri(min(graph.names.entities, default="ns"))),
        ("void:triples", _number(str(sum(int(row["triples"]) for row in sizes)))),
        ("void:entities", _number(str(len(graph.names.entities)))),
        ("dcat:distribution", f"{endpoint}#distribution"),
    )
    yield from _triples(
        f"{endpoint}#distribution",
        ("rdf:type", "dcat:Distribution"),
        ("dcat:accessURL", endpoint),
        ("dcat:accessService", f"{endpoint}#service"),
    )
    yield from _triples(
        f"{endpoint}#service",
        ("rdf:type", "dcat:DataService"),
        ("dcterms:title", ox.Literal("Regiograph SPARQL endpoint", language="en")),
        ("dcat:endpointURL", endpoint),
        ("dcat:endpointDescription", endpoint),
        ("dcat:servesDataset", data),
    )
    yield from _partitions(graph, data)
    yield from reference.examples(endpoint)


def _partitions(graph: Graph, data: str) -> Iterator[ox.Triple]:
    """Describe the classes, the properties, and below each class the properties of its members."""
    for row in sparql.select(graph, "class-sizes").values():
        part = _part("class", row["class"])
        yield from _triples(data, ("void:classPartition", part))
        yield from _triples(part, ("void:class", row["class"]), ("void:entities", _number(row["count"])))
    rows = sparql.select(graph, "property-sizes").values()
    for row in [*rows, *sparql.select(graph, "class-property-sizes").values()]:
        whole = _part("class", row["class"]) if "class" in row else data
        part = _part("property", row.get("class", ""), row["property"])
        yield from _triples(whole, ("void:propertyPartition", part))
        yield from _triples(part, ("void:property", row["property"]), ("void:triples", _number(row["count"])))


def _part(kind: str, *names: str) -> str:
    return f"{iris.iri('dataset')}#{kind}-{iris.digest(*filter(None, names))[:12]}"


def _triples(subject: str, *pairs: tuple[str, Object]) -> Iterator[ox.Triple]:
    """Yield triples with one subject; predicates and objects are IRIs or prefixed names."""
    for predicate, value in pairs:
        yield ox.Triple(_node(subject), _node(predicate), _node(value) if isinstance(value, str) else value)


def _node(name: str | ox.NamedNode) -> ox.NamedNode:
    if isinstance(name, ox.NamedNode):
        return name
    prefix, _, local = name.partition(":")
    return ox.NamedNode(_VOCABULARIES[prefix] + local if prefix in _VOCABULARIES else name)


def _number(value: str) -> ox.Literal:
    return ox.Literal(value, datatype=_node("xsd:integer"))
