"""Entities: a list of all, the links assumed between them, and everything known about one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg import iris
from kg.query import internal_rows, read_value
from kg.query.statements import Statement, Target, doubts
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
    known, found = doubts(store), {}
    for row in reversed(rows):
        identifier, there = iris.short(row["entity"]), row["lat"] and row["long"]
        found[identifier] = read_value(
            Entity, row, id=identifier, is_region=bool(row["region"]), doubt=known.get(identifier, ""),
            point=(float(row["lat"]), float(row["long"])) if there else None,
        )  # fmt: skip
    return list(reversed(found.values()))


def find_links(store: Store) -> list[Link]:
    """Return all assumed links in the order of their ends."""
    return [read_value(Link, row) for row in internal_rows(store, "links").values()]


def describe_entity(graph: "Graph", entity: str) -> Description:
    """Return everything known about an entity by its id; one that is not known has no names.

    >>> import kg
    >>> describe_entity(kg.open_graph(), "place/jinan").label
    'Jinan'
    """
    labels = graph.labels
    rows = internal_rows(graph.store, "entity-properties", entity=[entity]).values()
    pairs = [(iris.short(row["property"]), iris.short(row["value"])) for row in rows]
    known = [(name, labels.get(value, value)) for name, value in pairs]
    statements = sorted(
        graph.statements(entity=entity), key=lambda s: (s.predicate, s.subject, s.object, s.id)
    )
    targets = sorted(graph.targets(entity=entity), key=lambda target: (target.label, target.id))
    return Description(
        entity=entity,
        label=labels.get(entity, entity),
        kinds=tuple(label for name, label in known if name == "rdf:type"),
        names=tuple(
            read_value(Name, row)
            for row in internal_rows(graph.store, "entity-names", entity=[entity]).values()
        ),
        properties=tuple(pair for pair in known if pair[0] != "rdf:type"),
        statements=tuple(statements),
        targets=tuple(targets),
        sentences={s.id: graph.sentence(s) for s in statements} | {t.id: t.label for t in targets},
    )
