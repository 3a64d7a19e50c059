"""Entities: a list of all, the links assumed between them, and everything known about one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg import iris
from kg.query import internal_rows
from kg.query.doubt import doubts
from kg.query.statements import Statement, Target
from kg.store.oxigraph import Store

if TYPE_CHECKING:
    from kg.query.graph import Graph


@dataclass(frozen=True)
class Entity:
    """An entity in short: ``kind`` is the short form of its class, ``point`` latitude and longitude (WGS 84).

    ``label`` and ``label_zh`` are its names in English and Chinese, ``doubt`` says which of its names are
    less than certain; what the graph does not hold is empty.
    """

    id: str
    kind: str
    is_region: bool
    label: str
    label_zh: str
    note: str
    point: tuple[float, float] | None
    doubt: str = ""

    @property
    def name(self) -> str:
        """What people call it: the English label, else the Chinese one, else the id less its segment."""
        return self.label or self.label_zh or self.id.partition("/")[2]


@dataclass(frozen=True)
class Link:
    """A link that curators assume, such as a kind of technology below a wider one, with its ground."""

    child: str
    relation: str
    parent: str
    ground: str


@dataclass(frozen=True)
class Name:
    """A name of an entity: what it is used as, how sure it is, and on what ground."""

    name: str
    lang: str
    role: str
    confidence: str
    ground: str


@dataclass(frozen=True)
class Description:
    """An entity with all that the graph holds about it.

    ``kinds`` are English labels of its classes, ``properties`` pairs of a short form and a value (labels for
    ids), ``statements`` those with it as subject or object, ``targets`` those of it or about it;
    ``sentences`` are both in English by their ids.
    """

    entity: str
    label: str
    kinds: tuple[str, ...]
    names: tuple[Name, ...]
    properties: tuple[tuple[str, str], ...]
    statements: tuple[Statement, ...]
    targets: tuple[Target, ...]
    sentences: Mapping[str, str]


def find_entities(store: Store) -> list[Entity]:
    """Return all entities in the order of their ids, each with the first of its classes."""
    rows = sorted(internal_rows(store, "entities").values(), key=lambda row: (row["entity"], row["kind"]))
    known = doubts(store)
    return [
        Entity(
            iris.short(row["entity"]), iris.short(row["kind"]), bool(row["region"]), row["label"],
            row["label_zh"], row["note"],
            (float(row["lat"]), float(row["long"])) if row["lat"] and row["long"] else None,
            known.get(iris.short(row["entity"]), ""),
        )
        for row, before in zip(rows, [None, *rows], strict=False)
        if not before or row["entity"] != before["entity"]
    ]  # fmt: skip


def find_links(store: Store) -> list[Link]:
    """Return all assumed links in the order of their ends."""
    return [
        Link(iris.short(row["child"]), iris.short(row["relation"]), iris.short(row["parent"]), row["ground"])
        for row in internal_rows(store, "links").values()
    ]


def describe_entity(graph: "Graph", entity: str) -> Description:
    """Return everything known about an entity by its id; one that is not known has no names.

    >>> import kg
    >>> describe_entity(kg.open_graph(), "place/jinan").label
    'Jinan'
    """
    labels = graph.labels
    known: dict[bool, list[tuple[str, str]]] = {True: [], False: []}
    for row in internal_rows(graph.store, "entity-properties", entity=[entity]).values():
        name, value = iris.short(row["property"]), iris.short(row["value"])
        known[name == "rdf:type"].append((name, labels.get(value, value)))
    statements = sorted(
        graph.statements(entity=entity), key=lambda s: (s.predicate, s.subject, s.object, s.id)
    )
    targets = sorted(graph.targets(entity=entity), key=lambda target: (target.label, target.id))
    return Description(
        entity=entity,
        label=labels.get(entity, entity),
        kinds=tuple(label for _, label in known[True]),
        names=tuple(
            Name(
                **{**row, "role": iris.notation(row["role"]), "confidence": iris.notation(row["confidence"])}
            )
            for row in internal_rows(graph.store, "entity-names", entity=[entity]).values()
        ),
        properties=tuple(known[False]),
        statements=tuple(statements),
        targets=tuple(targets),
        sentences={s.id: graph.sentence(s) for s in statements} | {t.id: t.label for t in targets},
    )
