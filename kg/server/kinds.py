"""Classes and properties of the ontology as reconciliation and suggestions use them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

import pyoxigraph as ox

from kg import iris
from kg.query.graph import Graph
from kg.store import oxigraph

_CLASSES = """
SELECT ?class ?label ?chinese ?text ?parent ?segment {
  GRAPH graph:ontology {
    ?class a owl:Class ; rdfs:label ?label . FILTER (lang(?label) = "en")
    OPTIONAL { ?class rdfs:label ?chinese FILTER (lang(?chinese) = "zh") }
    OPTIONAL { ?class rdfs:comment|skos:definition ?text FILTER (lang(?text) = "en") }
    OPTIONAL { ?class rdfs:subClassOf ?parent }
    OPTIONAL { ?class kg:segment ?segment }
  }
} ORDER BY ?class
"""
_PROPERTIES = """
SELECT ?property ?label ?chinese ?text {
  GRAPH graph:ontology {
    ?property a kg:Predicate ; rdfs:label ?label . FILTER (lang(?label) = "en")
    OPTIONAL { ?property rdfs:label ?chinese FILTER (lang(?chinese) = "zh") }
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
_HOLDERS = """
SELECT DISTINCT ?s {
  VALUES ?p { PROPERTY }
  VALUES ?o { VALUES_ }
  { ?s ?p ?o } UNION { GRAPH graph:reference { ?s ?p ?o } }
} ORDER BY ?s LIMIT 200
"""
_USED = """
SELECT ?p (COUNT(DISTINCT ?s) AS ?entities) {
  VALUES ?kind { KINDS }
  ?s a ?kind .
  { ?s ?p ?o } UNION { GRAPH graph:reference { ?s ?p ?o } }
} GROUP BY ?p ORDER BY DESC(?entities) ?p
"""
_EXTRA = (
    ("type", "type", "类型", "rdf:type"), ("prefLabel", "label", "名称", "skos:prefLabel"),
    ("altLabel", "alias", "别名", "skos:altLabel"),
    ("gb2260", "GB/T 2260 code", "行政区划代码", "kg:gb2260"),
    ("iso31662", "ISO 3166-2 code", "ISO 3166-2 代码", "kg:iso31662"),
    ("lat", "latitude", "纬度", "geo:lat"), ("long", "longitude", "经度", "geo:long"),
)  # fmt: skip
_NUMBER, _DAY = (
    re.compile(r"-?\d{1,15}(\.\d{1,15})?", re.ASCII),
    re.compile(r"\d{4}-\d\d-\d\d(?!\d)", re.ASCII),
)
_NUMBERS = ("integer", "decimal", "double")


@dataclass(frozen=True)
class Kind:
    """A class or property: its id (the local name), IRI, labels and meaning."""

    id: str
    iri: str
    label: str
    chinese: str = ""
    text: str = ""
    parents: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()


@cache
def classes(graph: Graph) -> Mapping[str, Kind]:
    """Classes by id."""
    found: dict[str, Kind] = {}
    for row in oxigraph.select(graph.store, _CLASSES).values():
        name = iris.short(row["class"])
        old = found.get(name) or Kind(name, row["class"], row["label"], row["chinese"], row["text"])
        parents = {*old.parents, iris.short(row["parent"])} - {""}
        segments = {*old.segments, row["segment"]} - {""}
        found[name] = Kind(
            name, old.iri, old.label, old.chinese, old.text, tuple(sorted(parents)), tuple(sorted(segments))
        )
    return {name: kind for name, kind in found.items() if kind.iri.startswith(iris.NS)}


@cache
def properties(graph: Graph) -> Mapping[str, Kind]:
    """Properties by id."""
    found = {name: Kind(name, iris.expand(curie), label, chinese) for name, label, chinese, curie in _EXTRA}
    for row in oxigraph.select(graph.store, _PROPERTIES).values():
        name = iris.short(row["property"]).rpartition(":")[2]
        found[name] = Kind(name, row["property"], row["label"], row["chinese"], row["text"])
    return found


@cache
def entity_classes(graph: Graph) -> Mapping[str, Kind]:
    """Classes that entities have, by id."""
    inside = below(graph, ["Entity"]) - {"Entity"}
    return {name: kind for name, kind in classes(graph).items() if name in inside}


@cache
def used(graph: Graph, kind: str) -> tuple[str, ...]:
    """Ids of properties that members of a class have, those first that most have."""
    known, listed = classes(graph), {one.iri: one.id for one in properties(graph).values()}
    text = _USED.replace("KINDS", " ".join(f"<{known[name].iri}>" for name in sorted(below(graph, [kind]))))
    rows = oxigraph.select(graph.store, text).values()
    return tuple(listed[row["p"]] for row in rows if row["p"] in listed)


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
    return iris.short(given).rpartition(":")[2]


def type_names(graph: Graph, names: Iterable[str]) -> list[str]:
    """Labels of classes."""
    known = classes(graph)
    return [known[name].label if name in known else name for name in names]


def types(graph: Graph, entities: Iterable[str]) -> dict[str, list[str]]:
    """Class ids of entities."""
    found: dict[str, list[str]] = {entity: [] for entity in entities}
    if found:
        listed = " ".join(str(ox.NamedNode(iris.iri(entity))) for entity in found)
        for row in oxigraph.select(graph.store, _TYPES.replace("UNDEF", listed)).values():
            found[iris.short(row["s"])].append(iris.short(row["kind"]))
    return found


def values(
    graph: Graph, entities: Iterable[str], wanted: Iterable[Kind]
) -> dict[tuple[str, str], list[ox.NamedNode | ox.Literal]]:
    """Values by (entity, property id), in a fixed order."""
    ids = {kind.iri: kind.id for kind in wanted}
    things = " ".join(str(ox.NamedNode(iris.iri(entity))) for entity in dict.fromkeys(entities))
    found: dict[tuple[str, str], list[ox.NamedNode | ox.Literal]] = {}
    if not ids or not things:
        return found
    text = _VALUES.replace("THINGS", things).replace("PROPERTIES", " ".join(f"<{iri}>" for iri in ids))
    for subject, predicate, value in oxigraph.select(graph.store, text).rows:
        if (
            isinstance(subject, ox.NamedNode)
            and isinstance(predicate, ox.NamedNode)
            and isinstance(value, ox.NamedNode | ox.Literal)
        ):
            found.setdefault((iris.short(subject.value), ids[predicate.value]), []).append(value)
    return found


def holders(graph: Graph, wanted: Kind, texts: Iterable[str]) -> list[str]:
    """Entities that have one of these values: an entity or class by id or name, a text, a number, a day."""
    values: list[str] = []
    for text in texts:
        near = [iris.short(text), *(hit.entity for hit in graph.names.search(text, limit=5, least=95))]
        things = [iris.iri(name) for name in near if name in graph.names.entities]
        things += [kind.iri for kind in [classes(graph).get(named(text))] if kind]
        values += [str(ox.NamedNode(iri)) for iri in things] + [str(one) for one in _literals(text)]
    query = _HOLDERS.replace("PROPERTY", f"<{wanted.iri}>").replace(
        "VALUES_", " ".join(dict.fromkeys(values))
    )
    return [iris.short(row["s"]) for row in oxigraph.select(graph.store, query).values()]


def _literals(text: str) -> list[ox.Literal]:
    """What a text may stand for in the graph."""
    found = [ox.Literal(text), ox.Literal(text, language="en"), ox.Literal(text, language="zh")]
    if _NUMBER.fullmatch(text):
        found += [ox.Literal(text, datatype=ox.NamedNode(iris.expand(f"xsd:{kind}"))) for kind in _NUMBERS]
    if _DAY.match(text):
        found.append(ox.Literal(text[:10], datatype=ox.NamedNode(iris.expand("xsd:date"))))
    return found
