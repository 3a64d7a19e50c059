"""A folder of curated tables, read whole: entities, names, hierarchy, and what each source states."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

from kg import text
from kg.errors import Problem
from kg.read import models, tables
from kg.read.entity_index import Register

R = TypeVar("R", bound=models.Row)

#: Entity tables by file name, in the order of the identifiers' segments.
ENTITY_TABLES: Mapping[str, type[models.EntityRow]] = {
    "places.csv": models.PlaceRow,
    "orgs.csv": models.EntityRow,
    "topics.csv": models.EntityRow,
    "projects.csv": models.EntityRow,
    "programmes.csv": models.EntityRow,
    "people.csv": models.EntityRow,
    "events.csv": models.EntityRow,
    "indicators.csv": models.IndicatorRow,
}
SEGMENT_TABLES = dict(
    zip(
        ("place", "org", "topic", "project", "programme", "person", "event", "indicator"),
        ENTITY_TABLES,
        strict=True,
    )
)
COMMON_TABLES: Mapping[str, type[models.Row]] = {
    "sources.csv": models.SourceRow,
    **ENTITY_TABLES,
    "names.csv": models.NameRow,
    "hierarchy.csv": models.HierarchyRow,
    "redirects.csv": models.RedirectRow,
    "verified.csv": models.VerificationRow,
}
SOURCE_TABLES: Mapping[str, type[models.Row]] = {
    "sections.csv": models.SectionRow,
    "statements.csv": models.StatementRow,
    "targets.csv": models.TargetRow,
    "coverage.csv": models.CoverageRow,
    "positions.csv": models.PositionRow,
}


@dataclass(frozen=True)
class Document:
    """What one source states, with the sections of its text and the record of what was read."""

    source: models.SourceRow
    sections: tuple[models.SectionRow, ...]
    statements: tuple[models.StatementRow, ...]
    targets: tuple[models.TargetRow, ...]
    coverage: tuple[models.CoverageRow, ...]
    positions: tuple[models.PositionRow, ...]

    @cached_property
    def found(self) -> Mapping[tuple[int, str], models.PositionRow]:
        """Verified positions by paragraph and quote; the empty quote is the paragraph."""
        return {(p.paragraph, p.quote): p for p in self.positions}

    def section(self, paragraph: int) -> models.SectionRow | None:
        """The section that holds a paragraph."""
        if self._ordered:
            at = bisect_right(self._firsts, paragraph) - 1
            return self.sections[at] if at >= 0 and paragraph <= self.sections[at].last else None
        return next((s for s in self.sections if s.first <= paragraph <= s.last), None)

    @cached_property
    def _firsts(self) -> list[int]:
        return [section.first for section in self.sections]

    @cached_property
    def _ordered(self) -> bool:
        return all(before.last < after.first for before, after in pairwise(self.sections))

    @property
    def verified_quotes(self) -> int:
        """How many quotes have a recorded position, which a check against the text verified."""
        return len({(row.paragraph, row.quote) for row in self.evidence()} & self.found.keys())

    def evidence(self) -> Iterator[models.StatementRow | models.TargetRow]:
        yield from self.statements
        yield from self.targets


@dataclass(frozen=True)
class Seeds:
    """All curated rows of a folder."""

    folder: Path
    entities: Mapping[str, models.EntityRow]
    names: tuple[models.NameRow, ...]
    hierarchy: tuple[models.HierarchyRow, ...]
    redirects: tuple[models.RedirectRow, ...]
    documents: Mapping[str, Document]
    #: The last verification of the quotes of a source, by its id.
    verified: Mapping[str, models.VerificationRow] = field(default_factory=dict)

    @cached_property
    def kinds(self) -> Mapping[str, str]:
        """Every known id → its class; sources among them."""
        kinds = {entity.id: entity.kind for entity in self.entities.values()}
        return kinds | {f"source/{name}": "Source" for name in self.documents}

    @cached_property
    def names_of(self) -> Mapping[str, list[models.NameRow]]:
        found: dict[str, list[models.NameRow]] = {}
        for name in self.names:
            found.setdefault(name.entity, []).append(name)
        return found

    @cached_property
    def regions(self) -> tuple[str, ...]:
        """Places of which a section speaks, in the order of first mention; countries are not regions."""
        places = (s.region for d in self.documents.values() for s in d.sections if s.region)
        return tuple(
            dict.fromkeys(p for p in places if p.startswith("place/") and self.kinds.get(p) != "Country")
        )

    @cached_property
    def register(self) -> Register:
        """What rows may refer to."""
        within: dict[str, set[str]] = {}
        for link in self.hierarchy:
            if link.relation == "locatedIn":
                within.setdefault(link.child, set()).add(link.parent)
        return Register(
            self.kinds,
            {entity: tuple(text.key(name.name) for name in names) for entity, names in self.names_of.items()},
            # of two labels the first, as readers of the table see it
            {n.entity: n.name for n in reversed(self.names) if n.role == "label" and n.lang == "en"},
            {e.id: e.unit for e in self.entities.values() if isinstance(e, models.IndicatorRow)},
            frozenset(self.regions),
            within,
        )


def read(folder: Path) -> tuple[Seeds, list[Problem]]:
    """Read a folder of seeds. Rows that cannot be read are problems; all others are there."""
    problems: list[Problem] = []

    def rows(name: str, model: type[R]) -> list[R]:
        path = folder / name
        if name.endswith(("positions.csv", "verified.csv")) and not path.exists():
            return []
        records, found = tables.read(path, model.columns(), name=name)
        problems.extend(found)
        parsed = [models.parse(model, record.cells, file=name, line=record.line) for record in records]
        for item in parsed:
            if isinstance(item, list):
                problems.extend(item)
        return [item for item in parsed if isinstance(item, models.Row)]

    entities: dict[str, models.EntityRow] = {}
    for name, model in ENTITY_TABLES.items():
        for entity in rows(name, model):
            if entity.id in entities:
                problems.append(_twice(entity, "id", entity.id, entities[entity.id]))
            elif fault := misplaced(entity, name):
                problems.append(fault)
            else:
                entities[entity.id] = entity

    documents: dict[str, Document] = {}
    for source in rows("sources.csv", models.SourceRow):
        if source.id in documents:
            problems.append(_twice(source, "id", source.id, documents[source.id].source))
            continue
        if not (folder / source.id).is_dir():
            problems.append(
                source.problem(
                    "id",
                    "missing-folder",
                    "the source has no folder of tables",
                    source.id,
                    "kg new source FILE scaffolds one",
                )
            )
            continue
        documents[source.id] = Document(
            source,
            tuple(rows(f"{source.id}/sections.csv", models.SectionRow)),
            tuple(rows(f"{source.id}/statements.csv", models.StatementRow)),
            tuple(rows(f"{source.id}/targets.csv", models.TargetRow)),
            tuple(rows(f"{source.id}/coverage.csv", models.CoverageRow)),
            tuple(rows(f"{source.id}/positions.csv", models.PositionRow)),
        )
    for path in sorted(folder.glob("*/statements.csv")):
        if path.parent.name not in documents and not any(
            p.code == "bad-cell" and p.file == "sources.csv" for p in problems
        ):
            problems.append(
                Problem(
                    "sources.csv",
                    0,
                    "id",
                    "missing-source",
                    "a folder of tables has no row here",
                    path.parent.name,
                    "add the source, or take the folder away",
                )
            )
    seeds = Seeds(
        folder,
        entities,
        tuple(rows("names.csv", models.NameRow)),
        tuple(rows("hierarchy.csv", models.HierarchyRow)),
        tuple(rows("redirects.csv", models.RedirectRow)),
        documents,
        {row.source: row for row in rows("verified.csv", models.VerificationRow)},
    )
    return seeds, problems


def misplaced(entity: models.EntityRow, table_name: str) -> Problem | None:
    """An entity whose id belongs in another table."""
    home = SEGMENT_TABLES.get(entity.id.partition("/")[0], "sources.csv")
    if home == table_name:
        return None
    return entity.problem(
        "id", "wrong-table", "the id belongs in another table", entity.id, f"move it to {home}"
    )


def _twice(again: models.Row, column: str, text: str, before: models.Row) -> Problem:
    return again.problem(
        column,
        "duplicate-id",
        f"the id stands in {before.file}:{before.line} already",
        text,
        "keep one of the two rows",
    )
