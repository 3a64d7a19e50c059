"""Classes and properties of the ontology as reconciliation and suggestions use them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

import pyoxigraph as ox

from kg import store, term
from kg.graph import Graph

_CLASSES = """
SELECT ?class ?label ?text ?parent ?segment {
  GRAPH graph:ontology {
    ?class a owl:Class ; rdfs:label ?label . FILTER (lang(?label) = "en")
    OPTIONAL { ?class rdfs:comment|skos:definition ?text FILTER (lang(?text) = "en") }
    OPTIONAL { ?class rdfs:subClassOf ?parent }
    OPTIONAL { ?class kg:segment ?segment }
  }
} ORDER BY ?class
"""
_PROPERTIES = """
SELECT ?property ?label ?text {
  GRAPH graph:ontology {
    ?property a kg:Predicate ; rdfs:label ?label . FILTER (lang(?label) = "en")
    OPTIONAL { ?property rdfs:comment|skos:definition ?text FILTER (lang(?text) = "en") }
  }
} ORDER BY ?property
"""
_TYPES = "SELECT ?s ?kind { VALUES ?s { UNDEF } ?s a ?kind } ORDER BY ?s ?kind"
_VALUES = """
SELECT DISTINCT ?s ?p ?o {
  VALUES ?s { THINGS }
  VALUES ?p { PROPERTIES }
  { ?s ?p ?o } UNION { GRAPH graph:reference { ?s ?p ?o } }
} ORDER BY ?s ?p ?o
"""
_EXTRA = (
    ("type", "type", "rdf:type"), ("prefLabel", "label", "skos:prefLabel"),
    ("altLabel", "alias", "skos:altLabel"),
    ("gb2260", "GB/T 2260 code", "kg:gb2260"), ("iso31662", "ISO 3166-2 code", "kg:iso31662"),
    ("lat", "latitude", "geo:lat"), ("long", "longitude", "geo:long"),
)  # fmt: skip


@dataclass(frozen=True)
class Kind:
    """A class or property: its id (the local name), IRI, label and meaning."""

    id: str
    iri: str
    label: str
    text: str
    parents: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()


@cache
def classes(graph: Graph) -> Mapping[str, Kind]:
    """Classes by id."""
    found: dict[str, Kind] = {}
    for row in store.select(graph.store, _CLASSES).values():
        name = term.short(row["class"])
        old = found.get(name) or Kind(name, row["class"], row["label"], row["text"])
        parents = {*old.parents, term.short(row["parent"])} - {""}
        segments = {*old.segments, row["segment"]} - {""}
        found[name] = Kind(
            name, old.iri, old.label, old.text, tuple(sorted(parents)), tuple(sorted(segments))
        )
    return {name: kind for name, kind in found.items() if kind.iri.startswith(term.NS)}


@cache
def properties(graph: Graph) -> Mapping[str, Kind]:
    """Properties by id."""
    found = {name: Kind(name, term.expand(curie), label, "") for name, label, curie in _EXTRA}
    for row in store.select(graph.store, _PROPERTIES).values():
        name = term.short(row["property"]).rpartition(":")[2]
        found[name] = Kind(name, row["property"], row["label"], row["text"])
    return found


def below(graph: Graph, names: Iterable[str]) -> frozenset[str]:
    """Classes with all that lie below them."""
    found = set(names)
    known = classes(graph)
    while fresh := {n for n, kind in known.items() if n not in found and found & set(kind.parents)}:
        found |= fresh
    return frozenset(found)


def above(graph: Graph, names: Iterable[str]) -> frozenset[str]:
    """Classes with all that lie above them."""
    known = classes(graph)
    found, waiting = set(names), list(names)
    while waiting:
        kind = known.get(waiting.pop())
        fresh = set(kind.parents) - found if kind else set()
        found |= fresh
        waiting.extend(fresh)
    return frozenset(found)


def segments(graph: Graph, names: Iterable[str]) -> tuple[str, ...]:
    """The segments in which members of classes lie; empty where the ontology does not say."""
    known = classes(graph)
    return tuple(sorted({s for n in above(graph, names) if n in known for s in known[n].segments}))


def named(given: str) -> str:
    """The id of a class or property from its id, prefixed name or IRI."""
    return term.short(given).rpartition(":")[2]


def types(graph: Graph, entities: Iterable[str]) -> dict[str, list[str]]:
    """Class ids of entities."""
    found: dict[str, list[str]] = {entity: [] for entity in entities}
    if found:
        listed = " ".join(str(ox.NamedNode(term.iri(entity))) for entity in found)
        for row in store.select(graph.store, _TYPES.replace("UNDEF", listed)).values():
            found[term.short(row["s"])].append(term.short(row["kind"]))
    return found


def values(
    graph: Graph, entities: Iterable[str], wanted: Iterable[Kind]
) -> dict[tuple[str, str], list[ox.NamedNode | ox.Literal]]:
    """Values by (entity, property id), in a fixed order."""
    ids = {kind.iri: kind.id for kind in wanted}
    things = " ".join(str(ox.NamedNode(term.iri(entity))) for entity in dict.fromkeys(entities))
    found: dict[tuple[str, str], list[ox.NamedNode | ox.Literal]] = {}
    if not ids or not things:
        return found
    text = _VALUES.replace("THINGS", things).replace("PROPERTIES", " ".join(f"<{iri}>" for iri in ids))
    for subject, predicate, value in store.select(graph.store, text).rows:
        if (
            isinstance(subject, ox.NamedNode)
            and isinstance(predicate, ox.NamedNode)
            and isinstance(value, ox.NamedNode | ox.Literal)
        ):
            found.setdefault((term.short(subject.value), ids[predicate.value]), []).append(value)
    return found
