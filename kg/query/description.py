"""Everything known about one entity: names and how sure they are, reference data, statements and targets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from kg import iris
from kg.query.graph import Graph
from kg.query.statements import Statement, Target
from kg.read import queries
from kg.store import oxigraph


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


def describe_entity(graph: Graph, entity: str) -> Description:
    """Return everything known about an entity by its id; one that is not known has no names.

    >>> import kg
    >>> describe_entity(kg.open_graph(), "place/jinan").label
    'Jinan'
    """

    def rows(name: str) -> list[dict[str, str]]:
        bound = queries.internal(name).bind({"entity": str(ox.NamedNode(iris.iri(entity)))})
        return oxigraph.select(graph.store, bound).values()

    labels = graph.labels
    properties = [
        (iris.short(row["property"]), iris.short(row["value"])) for row in rows("entity-properties")
    ]
    statements = tuple(
        sorted(graph.statements(entity=entity), key=lambda s: (s.predicate, s.subject, s.object, s.id))
    )
    targets = tuple(sorted(graph.targets(entity=entity), key=lambda target: (target.label, target.id)))
    return Description(
        entity=entity,
        label=labels.get(entity, entity),
        kinds=tuple(labels.get(value, value) for name, value in properties if name == "rdf:type"),
        names=tuple(
            Name(
                row["name"],
                row["lang"],
                iris.notation(row["role"]),
                iris.notation(row["confidence"]),
                row["ground"],
            )
            for row in rows("entity-names")
        ),
        properties=tuple(
            (name, labels.get(value, value)) for name, value in properties if name != "rdf:type"
        ),
        statements=statements,
        targets=targets,
        sentences={s.id: graph.sentence(s) for s in statements} | {t.id: t.label for t in targets},
    )
