"""Entities as a list: class, labels, note and coordinates of each; and the links assumed between them."""

from __future__ import annotations

from dataclasses import dataclass

from kg import iris
from kg.read import queries
from kg.store import oxigraph
from kg.store.oxigraph import Store


@dataclass(frozen=True)
class Entity:
    """An entity in short: ``kind`` is the short form of its class, ``point`` latitude and longitude (WGS 84).

    ``label`` and ``label_zh`` are its names in English and Chinese; what the graph does not hold is empty.
    """

    id: str
    kind: str
    is_region: bool
    label: str
    label_zh: str
    note: str
    point: tuple[float, float] | None

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


def find_entities(store: Store) -> list[Entity]:
    """Return all entities in the order of their ids."""
    found: dict[str, Entity] = {}
    rows = oxigraph.select(store, queries.internal("entities").bind({})).values()
    for row in sorted(rows, key=lambda row: (row["entity"], row["kind"])):
        entity = Entity(
            id=iris.short(row["entity"]),
            kind=iris.short(row["kind"]),
            is_region=bool(row["region"]),
            label=row["label"],
            label_zh=row["label_zh"],
            note=row["note"],
            point=(float(row["lat"]), float(row["long"])) if row["lat"] and row["long"] else None,
        )
        found.setdefault(entity.id, entity)
    return list(found.values())


def find_links(store: Store) -> list[Link]:
    """Return all assumed links in the order of their ends."""
    rows = oxigraph.select(store, queries.internal("links").bind({})).values()
    return [
        Link(iris.short(row["child"]), iris.short(row["relation"]), iris.short(row["parent"]), row["ground"])
        for row in rows
    ]
