"""What a page holds: entities with their names, statements and targets with their quotes, sources.

Everything is read from the graph in a fixed order and referred to by its place in these lists, so that a
page is small and the same graph gives the same bytes. A paragraph's text is never part of it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from kg import iris
from kg.page import queries
from kg.query.graph import Graph
from kg.store import oxigraph

Row = dict[str, str]
Cell = str | int | float | None | Sequence["Cell"]

_SCHEMES = ("stages", "tiers", "comparators", "flags", "units", "confidences", "roles")


@dataclass(frozen=True)
class Content:
    """What a page holds. ``entities`` are ids in order; ``drawn`` those that the picture can show, with
    their root class; ``regions`` those that are one; ``pairs`` the ordered pairs that a line joins."""

    data: Mapping[str, object]
    entities: tuple[str, ...]
    drawn: Mapping[str, str]
    regions: frozenset[str]
    pairs: tuple[tuple[str, str], ...]


def read_content(graph: Graph, keep: Collection[str] | None = None, *, hierarchy: bool = True) -> Content:
    """What a graph holds, or the part of it between the entities in ``keep`` (sources stay).

    ``hierarchy`` tells whether assumed links come along."""

    def rows(query: str) -> list[Row]:
        return oxigraph.select(graph.store, query).values()

    classes, entities = rows(queries.CLASSES), rows(queries.ENTITIES)
    flags = _flags(rows(queries.FLAGS))
    statements, targets = rows(queries.STATEMENTS), rows(queries.TARGETS)
    if keep is not None:
        kept = _kept(keep, entities, targets)
        entities = [row for row in entities if row["entity"] in kept]
        within = {row["entity"] for row in entities}
        statements = [
            r
            for r in statements
            if r["subject"] in within and (r["object"] in within or ":" not in r["object"])
        ]
        targets = [r for r in targets if r["place"] in within and (not r["topic"] or r["topic"] in within)]
    at = {row["entity"]: number for number, row in enumerate(entities)}
    kinds = {row["kind"]: row for row in classes}
    predicates = {row["predicate"]: row for row in rows(queries.PREDICATES)}
    schemes = _schemes(rows(queries.CONCEPTS))
    withheld = {f"flag-{row['id']}" for row in schemes["flags"] if row["withholds"]}
    regions = {row["region"] for row in rows(queries.REGIONS)} & at.keys()
    sources = rows(queries.SOURCES)
    order = {row["source"]: number for number, row in enumerate(sources)}
    drawn = {
        row["entity"]: iris.short(kinds[row["kind"]]["root"]) for row in entities if _node(kinds[row["kind"]])
    }
    stated, pairs = _stated(statements, flags, withheld, at, predicates, drawn, order)
    numbered = {kind: number for number, kind in enumerate(kinds)}
    data = {
        "about": next(iter(rows(queries.DATASET)), {}),
        "kinds": [
            [iris.short(r["kind"]), r["label"], r["label_zh"], iris.short(r["root"]), int(_node(r))]
            for r in classes
        ],
        "predicates": [
            [iris.short(r["predicate"]), r["label"], r["phrase"], int(r["backs"] == "true")]
            for r in predicates.values()
        ],
        "schemes": {
            name: [[row["id"], row["label"], row["definition"], int(bool(row["withholds"]))] for row in found]
            for name, found in schemes.items()
        },
        "entities": _described(entities, numbered, regions, _named(rows(queries.NAMES), at)),
        "statements": stated,
        "targets": _aimed(targets, flags, at, order),
        "links": [
            [at[r["child"]], iris.short(r["relation"]), at[r["parent"]], r["ground"]]
            for r in rows(queries.LINKS)
            if hierarchy and r["child"] in at and r["parent"] in at
        ],
        "sources": _documents(sources, rows(queries.SECTIONS), at),
    }  # fmt: skip
    return Content(
        data,
        tuple(iris.short(row["entity"]) for row in entities),
        {iris.short(entity): root for entity, root in drawn.items()},
        frozenset(iris.short(region) for region in regions),
        tuple(sorted(pairs)),
    )


def _node(row: Row) -> bool:
    return row["drawn"] == "node"


def _stated(
    statements: Sequence[Row],
    flags: Mapping[str, Sequence[str]],
    withheld: Collection[str],
    at: Mapping[str, int],
    predicates: Mapping[str, Row],
    drawn: Collection[str],
    sources: Mapping[str, int],
) -> tuple[list[Cell], set[tuple[str, str]]]:
    """Statements as rows, and the pairs of entities that those that can be drawn join."""
    place = {predicate: number for number, predicate in enumerate(predicates)}
    found: list[Cell] = []
    pairs: set[tuple[str, str]] = set()
    for row in statements:
        of, one, other = flags.get(row["record"], []), row["subject"], row["object"]
        line = (
            predicates[row["predicate"]]["drawn"] == "edge"
            and one in drawn
            and other in drawn
            and not any(iris.short(flag) in withheld for flag in of)
        )
        if line and one != other:
            pairs.add((iris.short(one), iris.short(other)))
        found.append(
            [
                _local(row["record"]),
                at[one],
                place[row["predicate"]],
                at.get(other, other),
                int(line),
                _notation(row["stage"]),
                _notation(row["tier"]),
                row["cue"],
                *_record(row, of, sources),
            ]
        )
    return found, pairs


def _aimed(
    targets: Sequence[Row],
    flags: Mapping[str, Sequence[str]],
    at: Mapping[str, int],
    sources: Mapping[str, int],
) -> list[Cell]:
    return [
        [
            _local(row["record"]),
            at[row["place"]],
            at[row["topic"]] if row["topic"] else None,
            at[row["indicator"]],
            _notation(row["comparator"]),
            float(row["value"]) if row["value"] else None,
            float(row["upper"]) if row["upper"] else None,
            _notation(row["unit"]),
            row["label"],
            *_record(row, flags.get(row["record"], []), sources),
        ]
        for row in targets
    ]


def _record(row: Row, flags: Sequence[str], sources: Mapping[str, int]) -> list[Cell]:
    return [
        sources[row["source"]],
        int(row["paragraph"]),
        row["quote"],
        row["period"],
        [_notation(flag) for flag in flags],
        row["note"],
        row["row"],
    ]


def _described(
    entities: Sequence[Row],
    kinds: Mapping[str, int],
    regions: Collection[str],
    names: Mapping[str, list[Cell]],
) -> list[Cell]:
    return [
        [
            iris.short(row["entity"]),
            kinds[row["kind"]],
            row["label"] or row["label_zh"] or iris.short(row["entity"]).partition("/")[2],
            row["label_zh"],
            row["note"],
            int(row["entity"] in regions),
            [float(row["lat"]), float(row["long"])] if row["lat"] else None,
            names.get(row["entity"], []),
        ]
        for row in entities
    ]


def _named(rows: Sequence[Row], within: Collection[str]) -> dict[str, list[Cell]]:
    found: dict[str, list[Cell]] = {}
    for row in rows:
        if row["entity"] in within:
            sure, role = _notation(row["confidence"]), _notation(row["role"])
            found.setdefault(row["entity"], []).append([row["name"], row["lang"], role, sure, row["ground"]])
    return found


def _documents(sources: Sequence[Row], sections: Sequence[Row], at: Mapping[str, int]) -> list[Cell]:
    parts: dict[str, list[Cell]] = {}
    for row in sorted(sections, key=lambda row: (row["source"], int(row["first"]))):
        parts.setdefault(row["source"], []).append(
            [
                int(row["first"]),
                int(row["last"]),
                row["heading"],
                at.get(row["region"]),
                row["read"],
                row["reread"],
            ]
        )
    return [
        [
            iris.short(row["source"]),
            row["title"],
            row["title_zh"],
            row["address"],
            row["citation"],
            row["kind"],
            row["how"],
            int(row["paragraphs"]),
            parts.get(row["source"], []),
        ]
        for row in sources
    ]


def _kept(keep: Collection[str], entities: Sequence[Row], targets: Sequence[Row]) -> set[str]:
    """The entities asked for, with sources and with the indicators of their targets."""
    kept = {iris.iri(identifier) for identifier in keep}
    kept |= {row["entity"] for row in entities if row["entity"].startswith(iris.iri("source/"))}
    return kept | {row["indicator"] for row in targets if row["place"] in kept}


def _flags(rows: Sequence[Row]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row["record"], []).append(row["flag"])
    return found


def _schemes(rows: Sequence[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {scheme: [] for scheme in _SCHEMES}
    for row in rows:
        scheme = iris.short(row["scheme"])
        if scheme in found:
            found[scheme].append({**row, "id": row["notation"]})
    return found


def _local(identifier: str) -> str:
    """An id less its segment: ``statement/0b92…`` → ``0b92…``."""
    return iris.short(identifier).partition("/")[2]


def _notation(concept: str) -> str:
    """``ns#stage-planned`` → ``planned``."""
    return iris.short(concept).partition("-")[2]
