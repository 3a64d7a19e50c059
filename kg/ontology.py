"""The ontology as the tools need it: classes, predicates and what they may join, schemes of concepts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pyoxigraph as ox

from kg import iris, locations
from kg.errors import KgError

FILES = ("kg.ttl", "schemes.ttl")
SHAPES = "shapes.ttl"


@dataclass(frozen=True)
class Class:
    """A class of entity or record; ``ancestors`` holds the names of the class itself and all above it."""

    name: str
    label: str
    label_zh: str
    segment: str
    ancestors: frozenset[str]


@dataclass(frozen=True)
class Predicate:
    """A property that a statement may use.

    ``datatype`` is empty if its object is an entity; ``subjects`` and ``objects`` are names of classes, from
    the shapes; ``backs`` tells whether it is below kg:backs; ``cues`` are words that bear it.
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
    """A member of a scheme, as cells of curated tables name it; ``withholds`` belongs to flags."""

    notation: str
    iri: str
    label: str
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

    def is_a(self, kind: str, names: tuple[str, ...]) -> bool:
        """Whether a class is one of these or below one."""
        return kind in self.classes and not self.classes[kind].ancestors.isdisjoint(names)


def read(folder: Path) -> Ontology:
    """Read the ontology's folder; raise KgError if a file is missing or not Turtle."""
    store = ox.Store()
    for name in (*FILES, SHAPES):
        store.extend(quads(folder / name))
    return Ontology(
        {rows[0]["c"]: _class(rows) for rows in _groups(store, "classes", "c")},
        {_local(rows[0]["p"]): _predicate(rows) for rows in _groups(store, "predicates", "p")},
        _schemes(store),
    )


def quads(path: Path) -> Iterator[ox.Quad]:
    """Parse one Turtle file of the ontology; raise KgError if it is missing or malformed."""
    if not path.is_file():
        raise KgError(f"the ontology file {path} is missing")
    try:
        yield from ox.parse(path=str(path), format=ox.RdfFormat.TURTLE)
    except SyntaxError as error:
        raise KgError(f"{path} is not valid Turtle: {error}") from None


def _class(rows: list[dict[str, str]]) -> Class:
    first = rows[0]
    ancestors = frozenset(row["super"] for row in rows)
    return Class(first["c"], first["label"], first["label_zh"], first["segment"], ancestors)


def _predicate(rows: list[dict[str, str]]) -> Predicate:
    first = rows[0]
    subjects, objects = (tuple(sorted({r[end] for r in rows if r[end]})) for end in ("subject", "object"))
    address = iris.expand(first["p"]) if ":" in first["p"] else iris.NS + first["p"]
    datatype = iris.expand(first["datatype"]) if first["datatype"] else ""
    backs = bool(first["parent"])
    cues = tuple(sorted(filter(None, first["cues"].split("|"))))
    return Predicate(_local(first["p"]), address, first["label"], datatype, subjects, objects, backs, cues)


def _schemes(store: ox.Store) -> dict[str, dict[str, Concept]]:
    schemes: dict[str, dict[str, Concept]] = {}
    for rows in _groups(store, "schemes", "c"):
        first = rows[0]
        cues = tuple(row["cue"] for row in rows if row["cue"])
        concept = Concept(
            first["notation"], iris.NS + first["c"], first["label"], cues, first["withholds"] == "true"
        )
        schemes.setdefault(first["scheme"], {})[concept.notation] = concept
    return schemes


def _local(term: str) -> str:
    return term.rpartition(":")[2]


def _groups(store: ox.Store, query: str, name: str) -> Iterator[list[dict[str, str]]]:
    """Solutions of an internal query by the value of one variable, as short IRIs and plain strings."""
    prefixes = "".join(f"PREFIX {prefix}: <{namespace}>\n" for prefix, namespace in iris.PREFIXES.items())
    sparql = (locations.INTERNAL_QUERIES / f"ontology-{query}.rq").read_text(encoding="utf-8")
    solutions = store.query(prefixes + sparql)
    assert isinstance(solutions, ox.QuerySolutions)
    groups: dict[str, list[dict[str, str]]] = {}
    names = [variable.value for variable in solutions.variables]
    for solution in solutions:
        row = {key: iris.short(solution[key].value) if solution[key] else "" for key in names}
        groups.setdefault(row[name], []).append(row)
    yield from groups.values()
