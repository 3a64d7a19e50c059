"""The ontology as the tools need it: classes, predicates and what they may join, schemes of concepts."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import cast

import pyoxigraph as ox

from kg import iris, locations
from kg.errors import KgError

FILES = ("kg.ttl", "schemes.ttl")
SHAPES = "shapes.ttl"


@dataclass(frozen=True)
class Class:
    """A class of entity or record; ``ancestors`` holds the names of the class itself and all above it.

    ``cues`` are words that end the names of its members.
    """

    name: str
    label: str
    label_zh: str
    segment: str
    ancestors: frozenset[str]
    cues: tuple[str, ...] = ()


@dataclass(frozen=True)
class Predicate:
    """A property that a statement may use; ``backs`` tells whether it is below kg:backs.

    ``subjects`` and ``objects`` are names of classes; ``datatype`` is empty if the object is an entity;
    ``cues`` are the words that bear it.
    """

    name: str
    iri: str
    label: str
    datatype: str
    subjects: tuple[str, ...]
    objects: tuple[str, ...]
    backs: bool
    cues: tuple[str, ...]


@dataclass(frozen=True)
class Concept:
    """A member of a scheme, as cells of curated tables name it.

    ``withholds`` belongs to flags, ``without_number`` to comparators.
    """

    notation: str
    iri: str
    label: str
    cues: tuple[str, ...]
    withholds: bool
    without_number: bool = False


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

    def is_a(self, kind: str, names: tuple[str, ...]) -> bool:
        """Whether a class is one of these or below one."""
        return kind in self.classes and not self.classes[kind].ancestors.isdisjoint(names)

    def withholds(self, flags: Iterable[str]) -> bool:
        """Whether one of these flags keeps a statement or target from becoming a plain triple."""
        known = self.schemes["flags"]
        return any(flag in known and known[flag].withholds for flag in flags)


def read(folder: Path) -> Ontology:
    """Read the ontology's folder; raise KgError if a file is missing or not Turtle."""
    store = ox.Store()
    for name in (*FILES, SHAPES):
        store.extend(quads(folder / name))
    classes = {}
    for name, rows in _groups(store, "classes", "c").items():
        label, label_zh, segment = (rows[0][column] for column in ("label", "label_zh", "segment"))
        classes[name] = Class(name, label, label_zh, segment, _values(rows, "super"), _cues(rows))
    predicates = [_predicate(rows) for rows in _groups(store, "predicates", "p").values()]
    schemes: dict[str, dict[str, Concept]] = {}
    for name, rows in _groups(store, "schemes", "c").items():
        first, cues = rows[0], tuple(row["cue"] for row in rows if row["cue"])
        withholds, unnumbered = (first[key] == "true" for key in ("withholds", "withoutNumber"))
        concept = Concept(first["notation"], iris.NS + name, first["label"], cues, withholds, unnumbered)
        schemes.setdefault(first["scheme"], {})[concept.notation] = concept
    return Ontology(classes, {predicate.name: predicate for predicate in predicates}, schemes)


def quads(path: Path) -> Iterator[ox.Quad]:
    """Parse one Turtle file of the ontology; raise KgError if it is missing or malformed."""
    if not path.is_file():
        raise KgError(f"the ontology file {path} is missing")
    try:
        yield from ox.parse(path=str(path), format=ox.RdfFormat.TURTLE)
    except SyntaxError as error:
        raise KgError(f"{path} is not valid Turtle: {error}") from None


def _predicate(rows: list[dict[str, str]]) -> Predicate:
    first = rows[0]
    prefix, _, name = first["p"].rpartition(":")
    subjects, objects = (tuple(sorted(_values(rows, end))) for end in ("subject", "object"))
    datatype = iris.expand(first["datatype"]) if first["datatype"] else ""
    address = iris.expand(f"{prefix or 'kg'}:{name}")
    backs, label = bool(first["parent"]), first["label"]
    return Predicate(name, address, label, datatype, subjects, objects, backs, _cues(rows))


def _cues(rows: list[dict[str, str]]) -> tuple[str, ...]:
    return tuple(sorted(filter(None, rows[0]["cues"].split("|"))))


def _values(rows: list[dict[str, str]], column: str) -> frozenset[str]:
    return frozenset(row[column] for row in rows if row[column])


def _groups(store: ox.Store, query: str, name: str) -> dict[str, list[dict[str, str]]]:
    """Solutions of an internal query by the value of one variable, as short IRIs and plain strings."""
    sparql = (locations.INTERNAL_QUERIES / f"ontology-{query}.rq").read_text(encoding="utf-8")
    solutions = cast(ox.QuerySolutions, store.query(sparql, prefixes=iris.PREFIXES))
    groups: dict[str, list[dict[str, str]]] = {}
    for solution in solutions:
        terms = zip(solutions.variables, solution, strict=True)
        row = {variable.value: iris.short(term.value) if term else "" for variable, term in terms}
        groups.setdefault(row[name], []).append(row)
    return groups
