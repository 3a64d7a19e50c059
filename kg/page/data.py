"""The content of a page: entities with their names, statements and targets with their quotes, sources.

Rows are arrays in a fixed order that refer to one another by number, so that a page is small and the same
graph gives the same bytes. ``web/data.js`` reads them. The text of a paragraph is never part of a page.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby

from kg import iris
from kg.compile.derived import ABOUT
from kg.page.answers import Cell, change_rows, inventory_rows, mention_rows
from kg.query import internal_rows
from kg.query.entities import find_links
from kg.query.graph import Graph
from kg.query.statements import Evidence, Statement, Target
from kg.query.vocabulary import Vocabulary

Row = dict[str, str]
#: The numbers by which rows refer to entities, classes, predicates and sources.
Numbers = Mapping[str, Mapping[str, int]]

_SCHEMES = ("stages", "tiers", "comparators", "flags", "units", "confidences", "roles")


@dataclass(frozen=True)
class Content:
    """The content of a page, and what its layout needs.

    ``entities`` are ids in order; ``drawn`` holds the root class of each entity that can be a node,
    ``regions`` those that are regions, ``pairs`` the ordered pairs of entities that a line joins.
    """

    data: Mapping[str, object]
    entities: tuple[str, ...]
    drawn: Mapping[str, str]
    regions: frozenset[str]
    pairs: tuple[tuple[str, str], ...]


def read_content(graph: Graph, keep: Collection[str] | None = None, *, hierarchy: bool = True) -> Content:
    """Read the content of a page from a graph, with assumed links where ``hierarchy``.

    ``keep`` leaves only these entities and what is said between them; all sources stay.
    """
    vocabulary = graph.vocabulary
    entities, statements, targets = list(graph.entities), graph.statements(), graph.targets()
    if keep is not None:
        kept = {*keep, *(entity.id for entity in entities if entity.id.startswith("source/"))}
        kept |= {target.indicator for target in targets if target.place in kept}
        entities = [entity for entity in entities if entity.id in kept]
        statements = [s for s in statements if s.subject in kept and (s.is_literal or s.object in kept)]
        targets = [t for t in targets if t.place in kept and (not t.topic or t.topic in kept)]
    classes, sources = vocabulary.entity_classes(), internal_rows(graph.store, "documents").values()
    numbers = {
        "entities": {entity.id: at for at, entity in enumerate(entities)},
        "classes": {name: at for at, name in enumerate(classes)},
        "predicates": {name: at for at, name in enumerate(vocabulary.predicates)},
        "sources": {iris.short(row["source"]): at for at, row in enumerate(sources)},
    }
    drawn = {e.id: vocabulary.root(e.kind) for e in entities if classes[e.kind].drawn_as == "node"}
    lines = [_is_line(statement, vocabulary, drawn) for statement in statements]
    stated = {s.id: at for at, s in enumerate(statements)}
    regions = frozenset(entity.id for entity in entities if entity.is_region)
    links, names = find_links(graph.store) if hierarchy else [], _names(graph)
    data = {
        "about": _about(graph, [s.evidence for s in statements] + [t.evidence for t in targets]),
        "kinds": [
            [name, term.label, term.label_zh, vocabulary.root(name), int(term.drawn_as == "node")]
            for name, term in classes.items()
        ],
        "predicates": [
            [name, one.label, one.phrase, one.inverse_phrase, int("backs" in one.parents), int(name in ABOUT)]
            for name, one in vocabulary.predicates.items()
        ],
        "schemes": {
            name: [
                [notation, term.label, term.definition, int(term.withholds)]
                for notation, term in vocabulary.schemes.get(name, {}).items()
            ]
            for name in _SCHEMES
        },
        "entities": [
            [
                e.id, numbers["classes"][e.kind], e.name, e.label_zh, e.note, e.doubt, int(e.is_region),
                e.point, names.get(e.id, []),
            ]
            for e in entities
        ],
        "statements": [_statement_row(s, numbers, line) for s, line in zip(statements, lines, strict=True)],
        "targets": [_target_row(target, numbers) for target in targets],
        "links": [
            [numbers["entities"][link.child], link.relation, numbers["entities"][link.parent], link.ground]
            for link in links
            if {link.child, link.parent} <= numbers["entities"].keys()
        ],
        "derived": _derived_rows(internal_rows(graph.store, "derivations").values(), numbers),
        "fields": _field_rows(internal_rows(graph.store, "classification").values(), numbers),
        "changes": change_rows(graph, numbers["entities"], numbers["sources"], stated),
        "inventory": inventory_rows(graph, sorted(regions), numbers["entities"], stated),
        "mentions": mention_rows(graph, numbers["entities"], numbers["sources"]),
        "sources": _source_rows(sources, internal_rows(graph.store, "sections").values(), numbers),
    }  # fmt: skip
    pairs = {(s.subject, s.object) for s, line in zip(statements, lines, strict=True) if line}
    return Content(data, tuple(numbers["entities"]), drawn, regions, tuple(sorted(pairs)))


def _is_line(statement: Statement, vocabulary: Vocabulary, drawn: Mapping[str, str]) -> bool:
    """Whether a line of the picture shows the statement."""
    ends = {statement.subject, statement.object}
    drawable = vocabulary.predicates[statement.predicate].drawn_as == "edge"
    return drawable and len(ends) == 2 and ends <= drawn.keys() and not statement.withheld


def _about(graph: Graph, evidence: Iterable[Evidence]) -> dict[str, Cell]:
    """Return title, licence and version of the dataset, and how many of the page's quotes were located."""
    quotes = {((e.source, e.paragraph, e.quote), e.start is not None) for e in evidence}
    located = sum(one for _, one in quotes)
    about: dict[str, Cell] = dict(next(iter(internal_rows(graph.store, "dataset").values()), {}))
    return {**about, "quotes": len({quote for quote, _ in quotes}), "located": located}


def _statement_row(statement: Statement, numbers: Numbers, line: bool) -> Cell:
    return [
        statement.id.partition("/")[2], numbers["entities"][statement.subject],
        numbers["predicates"][statement.predicate],
        statement.object if statement.is_literal else numbers["entities"][statement.object], int(line),
        statement.stage, statement.tier, statement.cue, statement.said,
        *_evidence_cells(statement, numbers),
    ]  # fmt: skip


def _target_row(target: Target, numbers: Numbers) -> Cell:
    return [
        target.id.partition("/")[2], numbers["entities"][target.place],
        numbers["entities"][target.topic] if target.topic else None, numbers["entities"][target.indicator],
        target.comparator, float(target.value) if target.value else None,
        float(target.upper) if target.upper else None, target.unit, target.label,
        target.status, *_evidence_cells(target, numbers),
    ]  # fmt: skip


def _evidence_cells(each: Statement | Target, numbers: Numbers) -> list[Cell]:
    where = each.evidence
    plain = not (where.prefix or where.suffix or where.repeated)
    return [
        numbers["sources"][where.source], where.paragraph, where.quote, each.period, each.flags, each.note,
        where.row, None if plain else where.fragment,  # the page makes that of a quote without context
    ]  # fmt: skip


def _names(graph: Graph) -> dict[str, list[Cell]]:
    found: dict[str, list[Cell]] = {}
    for row in internal_rows(graph.store, "names").values():
        role, confidence = iris.notation(row["role"]), iris.notation(row["confidence"])
        name: Cell = [row["name"], row["lang"], role, confidence, row["ground"]]
        found.setdefault(iris.short(row["entity"]), []).append(name)
    return found


def _derived_rows(rows: Iterable[Row], numbers: Numbers) -> list[Cell]:
    """Return what follows from two statements: region, topic, means, and the ids of the statements."""
    found: list[Cell] = []
    for _, group in groupby(rows, key=lambda row: row["derivation"]):
        same = list(group)
        ends = [numbers["entities"].get(iris.short(same[0][name])) for name in ("region", "topic", "means")]
        if None not in ends:
            found.append([*ends, [iris.short(row["statement"]).partition("/")[2] for row in same]])
    return found


def _field_rows(rows: Iterable[Row], numbers: Numbers) -> list[Cell]:
    """Return fields: id, scheme, code, names, number of the field above, numbers of the topics they hold."""
    fields = [list(same) for _, same in groupby(rows, key=lambda row: row["field"])]
    at = {same[0]["field"]: number for number, same in enumerate(fields)}
    return [
        [
            iris.short(same[0]["field"]),
            *(same[0][name] for name in ("scheme", "code", "label", "label_zh")), at.get(same[0]["parent"]),
            [n for row in same if (n := numbers["entities"].get(iris.short(row["topic"]))) is not None],
        ]
        for same in fields
    ]  # fmt: skip


def _source_rows(sources: Iterable[Row], sections: Iterable[Row], numbers: Numbers) -> list[Cell]:
    parts: dict[str, list[Cell]] = {}
    for row in sorted(sections, key=lambda row: (row["source"], int(row["first"]))):
        region = numbers["entities"].get(iris.short(row["region"]))
        parts.setdefault(row["source"], []).append(
            [
                *(int(row[name]) for name in ("first", "last")),
                row["heading"],
                region,
                *(row[name] for name in ("read", "reread")),
                iris.short(row["original"]),
            ]
        )
    columns = ("title", "title_zh", "address", "citation", "kind", "how", "language", "licence", "hash")
    return [
        [
            iris.short(row["source"]), *(row[column] for column in columns), int(row["paragraphs"]),
            parts.get(row["source"], []),
        ]
        for row in sources
    ]  # fmt: skip
