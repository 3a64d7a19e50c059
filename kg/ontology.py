"""The ontology as the tools need it: classes, predicates with what they may join, small schemes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pyoxigraph as ox

from kg import iris
from kg.errors import KgError

FILES = ("kg.ttl", "schemes.ttl")
SHAPES = "shapes.ttl"
_PREFIXES = "".join(f"PREFIX {prefix}: <{namespace}>\n" for prefix, namespace in iris.PREFIXES.items())


@dataclass(frozen=True)
class Class:
    """A class of entity or record; ``ancestors`` holds the class itself and all above it, by name."""

    name: str
    label: str
    label_zh: str
    definition: str
    segment: str
    drawn_as: str
    ancestors: frozenset[str]


@dataclass(frozen=True)
class Predicate:
    """A property that a statement may use. ``datatype`` is empty where its object is an entity;
    ``subjects`` and ``objects`` are names of classes, from the shapes; ``backs`` tells those that are
    below kg:backs."""

    name: str
    iri: str
    label: str
    label_zh: str
    definition: str
    phrase: str
    drawn_as: str
    datatype: str
    subjects: tuple[str, ...]
    objects: tuple[str, ...]
    backs: bool


@dataclass(frozen=True)
class Concept:
    """A member of a small scheme, as cells of curated tables name it."""

    notation: str
    iri: str
    label: str
    label_zh: str
    definition: str
    cues: tuple[str, ...]
    withholds: bool


@dataclass(frozen=True)
class Ontology:
    """All of it, read once; ``schemes`` by name (stages, tiers, flags ...), then by notation."""

    classes: Mapping[str, Class]
    predicates: Mapping[str, Predicate]
    schemes: Mapping[str, Mapping[str, Concept]]

    @cached_property
    def segments(self) -> Mapping[str, str]:
        """Segment of an identifier → the root class of its members."""
        return {c.segment: c.name for c in self.classes.values() if c.segment}

    @cached_property
    def predicate_names(self) -> Mapping[str, str]:
        """IRI of a predicate → the name by which tables call it."""
        return {p.iri: p.name for p in self.predicates.values()}

    def is_a(self, kind: str, names: tuple[str, ...]) -> bool:
        """Whether a class is one of these or lies below one."""
        return kind in self.classes and not self.classes[kind].ancestors.isdisjoint(names)


def read(folder: Path) -> Ontology:
    """Read the ontology's folder; raises KgError where a file is missing or not Turtle."""
    store = ox.Store()
    for name in (*FILES, SHAPES):
        store.extend(quads(folder / name))
    return Ontology(_classes(store), _predicates(store), _schemes(store))


def quads(path: Path) -> Iterator[ox.Quad]:
    """The triples of one Turtle file of the ontology."""
    if not path.is_file():
        raise KgError(f"the ontology file {path} is missing")
    try:
        yield from ox.parse(path=str(path), format=ox.RdfFormat.TURTLE)
    except SyntaxError as error:
        raise KgError(f"{path} is not valid Turtle: {error}") from None


def _classes(store: ox.Store) -> dict[str, Class]:
    above: dict[str, set[str]] = {}
    for row in _rows(store, "SELECT ?c ?super { ?c a owl:Class ; rdfs:subClassOf* ?super }"):
        above.setdefault(row["c"], set()).add(iris.short(row["super"]))
    rows = _rows(
        store,
        """
        SELECT ?c ?en ?zh ?definition ?segment ?drawn {
          ?c a owl:Class ; rdfs:label ?en , ?zh ; skos:definition ?definition .
          OPTIONAL { ?c kg:segment ?segment } OPTIONAL { ?c kg:drawnAs ?drawn }
          FILTER (lang(?en) = "en" && lang(?zh) = "zh") }""",
    )
    return {
        iris.short(row["c"]): Class(
            iris.short(row["c"]),
            row["en"],
            row["zh"],
            row["definition"],
            row["segment"],
            row["drawn"],
            frozenset(above[row["c"]]),
        )
        for row in rows
    }


def _predicates(store: ox.Store) -> dict[str, Predicate]:
    subjects: dict[str, set[str]] = {}
    objects: dict[str, set[str]] = {}
    datatypes: dict[str, str] = {}
    for row in _rows(
        store,
        """
        SELECT ?p ?subject ?object ?datatype {
          ?shape sh:targetSubjectsOf ?p ; sh:or/rdf:rest*/rdf:first/sh:class ?subject ;
                 sh:property ?property .
          ?property sh:path ?p .
          { ?property sh:or/rdf:rest*/rdf:first/sh:class ?object }
          UNION { ?property sh:datatype ?datatype } }""",
    ):
        subjects.setdefault(row["p"], set()).add(iris.short(row["subject"]))
        if row["object"]:
            objects.setdefault(row["p"], set()).add(iris.short(row["object"]))
        if row["datatype"]:
            datatypes[row["p"]] = row["datatype"]
    rows = _rows(
        store,
        """
        SELECT ?p ?en ?zh ?definition ?phrase ?drawn ?parent {
          ?p a kg:Predicate ; rdfs:label ?en , ?zh ; skos:definition ?definition ;
             kg:phrase ?phrase ; kg:drawnAs ?drawn .
          OPTIONAL { ?p rdfs:subPropertyOf ?parent FILTER (?parent = kg:backs) }
          FILTER (lang(?en) = "en" && lang(?zh) = "zh") } ORDER BY ?p""",
    )
    return {
        name: Predicate(
            name,
            row["p"],
            row["en"],
            row["zh"],
            row["definition"],
            row["phrase"],
            row["drawn"],
            datatypes.get(row["p"], ""),
            tuple(sorted(subjects.get(row["p"], ()))),
            tuple(sorted(objects.get(row["p"], ()))),
            bool(row["parent"]),
        )
        for row in rows
        for name in [iris.short(row["p"]).rpartition(":")[2]]
    }


def _schemes(store: ox.Store) -> dict[str, dict[str, Concept]]:
    cues: dict[str, list[str]] = {}
    for row in _rows(store, "SELECT ?c ?cue { ?c kg:cueWord ?cue } ORDER BY ?cue"):
        cues.setdefault(row["c"], []).append(row["cue"])
    rows = _rows(
        store,
        """
        SELECT ?c ?scheme ?notation ?en ?zh ?definition ?withholds {
          ?c skos:inScheme ?scheme ; skos:notation ?notation ; skos:prefLabel ?en , ?zh ;
             skos:definition ?definition . OPTIONAL { ?c kg:withholds ?withholds }
          FILTER (lang(?en) = "en" && lang(?zh) = "zh") } ORDER BY ?scheme ?notation""",
    )
    schemes: dict[str, dict[str, Concept]] = {}
    for row in rows:
        schemes.setdefault(iris.short(row["scheme"]), {})[row["notation"]] = Concept(
            row["notation"],
            row["c"],
            row["en"],
            row["zh"],
            row["definition"],
            tuple(cues.get(row["c"], ())),
            row["withholds"] == "true",
        )
    return schemes


def _rows(store: ox.Store, query: str) -> Iterator[dict[str, str]]:
    """Solutions as plain strings, the empty one where a variable is unbound."""
    solutions = store.query(_PREFIXES + query)
    assert isinstance(solutions, ox.QuerySolutions)
    names = [variable.value for variable in solutions.variables]
    for solution in solutions:
        yield {name: getattr(solution[name], "value", "") if solution[name] else "" for name in names}
