"""Reads a folder of curated tables: entities, names, hierarchy, and the rows of each source."""

import re
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from sys import intern
from typing import Any, TypeVar

from kg import text
from kg.errors import Problem
from kg.read import models, tables
from kg.read.fields import FieldRow, MappingRow, read_crosswalk, read_fields
from kg.read.mentions import MentionRow, SearchRow
from kg.read.reports import Reports, read_reports

R = TypeVar("R", bound=models.Row)

#: Tables of entities by the segment of their ids, and the models of their rows.
SEGMENT_TABLES: Mapping[str, str] = {
    "place": "places.csv", "org": "orgs.csv", "topic": "topics.csv", "project": "projects.csv",
    "programme": "programmes.csv", "person": "people.csv", "event": "events.csv",
    "indicator": "indicators.csv",
}  # fmt: skip
ENTITY_TABLES: Mapping[str, type[models.EntityRow]] = {
    **dict.fromkeys(SEGMENT_TABLES.values(), models.EntityRow),
    "places.csv": models.PlaceRow,
    "indicators.csv": models.IndicatorRow,
}
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
    "mentions.csv": MentionRow,
    "searched.csv": SearchRow,
}
#: Tables that the check writes; a source may lack them.
WRITTEN_TABLES = ("positions.csv", "mentions.csv", "searched.csv")


@dataclass(frozen=True)
class EntityIndex:
    """What rows may refer to, small enough to hold for millions of rows: look-ups by id.

    ``keys`` are names as they are compared, ``labels`` are English, ``units`` belong to indicators,
    ``regions`` are the places that sections are about, ``within`` maps a place to those it lies in.
    """

    kinds: Mapping[str, str]
    keys: Mapping[str, tuple[str, ...]]
    labels: Mapping[str, str]
    units: Mapping[str, str]
    regions: Collection[str]
    within: Mapping[str, Collection[str]]
    #: Names, of those in ``keys``, that need not mean the entity.
    ambiguous: Mapping[str, Collection[str]] = field(default_factory=dict)

    @classmethod
    def of(
        cls, kinds: Mapping[str, str], units: Mapping[str, str], regions: Collection[str],
        names: Iterable[models.NameRow], links: Iterable[models.HierarchyRow],
    ) -> "EntityIndex":  # fmt: skip
        """Index names and assumed links as they are read; an id is one string, however often it is read."""
        keys: dict[str, tuple[str, ...]] = {}
        labels: dict[str, str] = {}
        ambiguous: dict[str, set[str]] = {}
        within: dict[str, tuple[str, ...]] = {}
        for name in names:
            entity, key = intern(name.entity), text.key(name.name)
            if key not in (known := keys.get(entity, ())):
                keys[entity] = (*known, name.name if key == name.name else key)
            if name.role == "label" and name.lang == "en":  # of two the first, as readers of the table see it
                labels.setdefault(entity, name.name)
            if name.ambiguous:
                ambiguous.setdefault(entity, set()).add(key)
        for link in links:
            if link.relation == "locatedIn":
                child, parent = intern(link.child), intern(link.parent)
                within[child] = (*within.get(child, ()), parent)
        return cls(kinds, keys, labels, units, regions, within, ambiguous)

    def label(self, identifier: str) -> str:
        """Return the English label, else the slug."""
        return self.labels.get(identifier) or identifier.partition("/")[2]


@dataclass(frozen=True)
class Document:
    """The rows of one source: sections of its text, statements, targets, and what was read."""

    source: models.SourceRow
    sections: tuple[models.SectionRow, ...]
    statements: tuple[models.StatementRow, ...]
    targets: tuple[models.TargetRow, ...]
    coverage: tuple[models.CoverageRow, ...]
    positions: tuple[models.PositionRow, ...]
    mentions: tuple[MentionRow, ...] = ()
    searched: tuple[SearchRow, ...] = ()

    @cached_property
    def searched_forms(self) -> Mapping[str, str]:
        """Return the hash of the names that the text was searched for, by entity."""
        return {row.entity: row.forms for row in self.searched}

    @cached_property
    def found(self) -> Mapping[tuple[int, str], models.PositionRow]:
        """Return verified positions by paragraph and quote; the empty quote is the paragraph."""
        return {(p.paragraph, p.quote): p for p in self.positions if not p.heading}

    @cached_property
    def located(self) -> Mapping[tuple[int, int, str], Sequence[models.PositionRow]]:
        """Return positions by the paragraph of the row, the one that holds the words, and the words."""
        found: dict[tuple[int, int, str], list[models.PositionRow]] = {}
        for position in self.positions:
            found.setdefault(
                (position.paragraph, int(position.heading or position.paragraph), position.quote), []
            ).append(position)
        return found

    def section(self, paragraph: int) -> models.SectionRow | None:
        """Return the section that holds a paragraph."""
        at = bisect_right(self._firsts, paragraph) - 1
        near = self.sections[max(at, 0) : at + 1] if self._firsts else self.sections
        return next((s for s in near if s.first <= paragraph <= s.last), None)

    @cached_property
    def _firsts(self) -> list[int]:
        """Return where sections begin; nothing unless they are in order and apart."""
        ordered = all(before.last < after.first for before, after in pairwise(self.sections))
        return [section.first for section in self.sections] if ordered else []

    def evidence(self) -> Iterator[models.StatementRow | models.TargetRow]:
        """Yield statements, then targets."""
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
    fields: tuple[FieldRow, ...] = ()
    mappings: tuple[MappingRow, ...] = ()
    #: Reports that only a program read.
    reports: Reports = field(default_factory=Reports)

    @cached_property
    def kinds(self) -> Mapping[str, str]:
        """Return the class of every known id, sources included."""
        kinds = {entity.id: entity.kind for entity in self.entities.values()}
        return kinds | {f"source/{name}": "Source" for name in self.documents}

    @cached_property
    def names_of(self) -> Mapping[str, list[models.NameRow]]:
        """Return the names of each entity, in the order of the table."""
        found: dict[str, list[models.NameRow]] = {}
        for name in self.names:
            found.setdefault(name.entity, []).append(name)
        return found

    @cached_property
    def regions(self) -> tuple[str, ...]:
        """Return the places that sections are about, by first mention; countries are not regions."""
        places = dict.fromkeys(s.region for d in self.documents.values() for s in d.sections)
        return tuple(p for p in places if p.startswith("place/") and self.kinds.get(p) != "Country")

    @cached_property
    def register(self) -> EntityIndex:
        """Return the look-ups that rows are checked against."""
        units = {e.id: e.unit for e in self.entities.values() if isinstance(e, models.IndicatorRow)}
        return EntityIndex.of(self.kinds, units, frozenset(self.regions), self.names, self.hierarchy)


def read_seeds(folder: Path) -> tuple[Seeds, list[Problem]]:
    """Read a folder of curated tables whole; rows that cannot be read are problems and left out."""
    problems: list[Problem] = []

    def rows(name: str, model: type[R]) -> list[R]:
        path = folder / name
        if name.endswith((*WRITTEN_TABLES, "verified.csv")) and not path.exists():
            return []
        return list(_sound(tables.read_rows(path, model, name=name), problems))

    entities: dict[str, models.EntityRow] = {}
    for name, model in ENTITY_TABLES.items():
        for entity in rows(name, model):
            if entity.id in entities:
                problems.append(_duplicate(entity, entities[entity.id]))
            elif fault := misplaced(entity, name):
                problems.append(fault)
            else:
                entities[entity.id] = entity
    documents = _read_documents(folder, rows, problems)
    problems += _unread_tables(folder, documents)
    reports, faults = read_reports(folder)
    problems += faults
    seeds = Seeds(
        folder,
        entities,
        tuple(rows("names.csv", models.NameRow)),
        tuple(rows("hierarchy.csv", models.HierarchyRow)),
        tuple(rows("redirects.csv", models.RedirectRow)),
        documents,
        {row.source: row for row in rows("verified.csv", models.VerificationRow)},
        tuple(_sound(read_fields(folder), problems)),
        tuple(_sound(read_crosswalk(folder), problems)),
        reports,
    )
    return seeds, problems


def _sound(found: Iterable[R | Problem], problems: list[Problem]) -> Iterator[R]:
    for row in found:
        if isinstance(row, Problem):
            problems.append(row)
        else:
            yield row


def _unread_tables(folder: Path, documents: Collection[str]) -> Iterator[Problem]:
    for home, names in {"": COMMON_TABLES, **dict.fromkeys(documents, SOURCE_TABLES)}.items():
        if (folder / home).is_dir():
            stems = [name.removesuffix(".csv") for name in names]
            yield from unread_files(folder / home, stems, [".csv"], home)


def unread_files(
    folder: Path, stems: Collection[str], endings: Collection[str], source: str = ""
) -> Iterator[Problem]:
    """Yield a problem for each file that looks like a table and is not read: topic.csv, topics (1).csv.

    In the folder of a ``source`` folders that hold tables are problems, too.
    """
    prefix = source and f"{source}/"
    for path in sorted(folder.iterdir()):
        stem = path.name.partition(".")[0].casefold()
        near = [known for known in stems if re.match(rf"{known}[^a-z]", stem)]
        near = near or get_close_matches(stem, stems, 1, 0.85)
        read = [f"{near[0]}{ending}" for ending in endings] if near else [path.name]
        if path.is_file() and path.name not in read and not path.name.startswith((".", "~$")):
            remedy = f"save it as {' or '.join(read)}, or move it away"
            yield Problem(f"{prefix}{path.name}", 0, "", "unread-file", "the file is not read", "", remedy)
        elif source and holds_tables(path, stems):
            what, remedy = "the folder is not read", f"move its tables into {source}/, or the folder away"
            yield Problem(f"{prefix}{path.name}/", 0, "", "unread-folder", what, "", remedy)


def holds_tables(folder: Path, stems: Collection[str]) -> bool:
    """Whether a path is a folder, not hidden, with files that are named as tables are."""
    if not folder.is_dir() or folder.name.startswith("."):
        return False
    return any(path.name.partition(".")[0].casefold() in stems for path in folder.iterdir())


def misplaced(entity: models.EntityRow, table_name: str) -> Problem | None:
    """Return the problem of an entity whose id belongs in another table."""
    home = SEGMENT_TABLES.get(entity.id.partition("/")[0], "sources.csv")
    what, remedy = "the id belongs in another table", f"move it to {home}"
    return entity.problem("id", "wrong-table", what, entity.id, remedy) if home != table_name else None


def _read_documents(
    folder: Path, rows: Callable[[str, type[Any]], list[Any]], problems: list[Problem]
) -> dict[str, Document]:
    documents: dict[str, Document] = {}
    sources: list[models.SourceRow] = rows("sources.csv", models.SourceRow)
    for source in sources:
        if source.id in documents:
            problems.append(_duplicate(source, documents[source.id].source))
        elif not (folder / source.id).is_dir():
            what, remedy = "the source has no folder of tables", "kg new source FILE scaffolds one"
            problems.append(source.problem("id", "missing-folder", what, source.id, remedy))
        else:
            found = (tuple(rows(f"{source.id}/{name}", model)) for name, model in SOURCE_TABLES.items())
            documents[source.id] = Document(source, *found)
    if any(problem.file == "sources.csv" and problem.code == "bad-cell" for problem in problems):
        return documents  # the rows that the folders below lack may be there
    for path in sorted(folder.glob("*/statements.csv")):
        if (name := path.parent.name) not in documents and not name.startswith("."):
            what, remedy = "a folder of tables has no row here", "add the source, or remove the folder"
            problems.append(Problem("sources.csv", 0, "id", "missing-source", what, name, remedy))
    return documents


def _duplicate(again: models.EntityRow | models.SourceRow, before: models.Row) -> Problem:
    what = f"the id is used in {before.file}:{before.line} already"
    return again.problem("id", "duplicate-id", what, again.id, "keep one of the two rows")
