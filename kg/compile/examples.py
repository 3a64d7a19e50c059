"""The named questions as examples in RDF, which SPARQL editors read from the store they query."""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox

from kg import iris
from kg.read import queries

TARGET = ox.NamedNode("https://schema.org/target")
KEYWORDS = ox.NamedNode("https://schema.org/keywords")


def triples(endpoint: str = "") -> Iterator[ox.Triple]:
    """Each question as ``sh:SPARQLSelectExecutable`` with its prefixes; ``endpoint`` is where to run it."""
    prefixes = ox.NamedNode(iris.iri("question"))
    for name, space in iris.PREFIXES.items():
        declared = ox.NamedNode(iris.iri(f"question#prefix-{name}"))
        yield _triple(prefixes, "sh:declare", declared)
        yield _triple(declared, "sh:prefix", ox.Literal(name))
        yield _triple(declared, "sh:namespace", ox.Literal(space, datatype=_node("xsd:anyURI")))
    for asked in queries.catalogue().values():
        node = ox.NamedNode(iris.iri(f"question/{asked.name}"))
        for kind in ("sh:SPARQLExecutable", "sh:SPARQLSelectExecutable"):
            yield _triple(node, "rdf:type", _node(kind))
        yield _triple(node, "rdfs:label", ox.Literal(asked.title, language="en"))
        yield _triple(
            node, "rdfs:comment", ox.Literal(f"{asked.title}. {asked.prose}".strip(), language="en")
        )
        yield _triple(node, "sh:prefixes", prefixes)
        yield _triple(node, "sh:select", ox.Literal(standing_alone(asked.sparql)))
        yield ox.Triple(node, KEYWORDS, ox.Literal(asked.name))
        if endpoint:
            yield ox.Triple(node, TARGET, ox.NamedNode(endpoint))


def lines() -> Iterator[str]:
    """The same as N-Quads lines of ``graph/dataset``."""
    graph = ox.NamedNode(iris.iri("graph/dataset"))
    for found in triples():
        yield f"{found.subject} {found.predicate} {found.object} {graph} .\n"


def standing_alone(query: str) -> str:
    """A query with the prefixes it uses, so that any endpoint takes it."""
    used = [name for name in iris.PREFIXES if f"{name}:" in query]
    return "".join(f"PREFIX {name}: <{iris.PREFIXES[name]}>\n" for name in used) + query


def _node(curie: str) -> ox.NamedNode:
    return ox.NamedNode(iris.expand(curie))


def _triple(subject: ox.NamedNode, predicate: str, value: ox.NamedNode | ox.Literal) -> ox.Triple:
    return ox.Triple(subject, _node(predicate), value)
