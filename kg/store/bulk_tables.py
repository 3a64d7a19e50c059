"""Tables of any length: common ones, of which only what rows may refer to is kept, and those of the sources.

The tables of the sources are read in step, source by source: each from one file with a column ``source``, or
from each source's folder.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from sys import intern
from typing import Generic, TypeVar

from kg import text
from kg.check import entities as rules
from kg.check.fields import check_crosswalk, check_fields
from kg.compile import fields, reference
from kg.errors import KgError, Problem
from kg.ontology import Ontology
from kg.read import models
from kg.read import tables as streams
from kg.read.fields import FieldRow, MappingRow, read_crosswalk, read_fields
from kg.read.seeds import (
    COMMON_TABLES,
    ENTITY_TABLES,
    SOURCE_TABLES,
    Document,
    EntityIndex,
    misplaced,
    unread_files,
)  # fmt: skip
from kg.read.tables import Record

#: So many statements are held at once; a source that has more is taken in runs of whole paragraphs.
RUN = 2_000
R = TypeVar("R", bound=models.Row)
Report = Callable[[Problem], None]
Put = Callable[[Iterable[str]], None]
#: A record after its source and its file.
_Placed = tuple[str, str, Record | Problem]
_DUPLICATE = ("duplicate-id", "the id stands in an earlier row")
_UNKNOWN = ("unknown-source", "no such source, or one with problems", "add it to the sources' table")
_UNSORTED = ("unsorted", "the row stands after a later source", "order the rows as the sources' table is")


@dataclass(frozen=True)
class Tables:
    """A folder of tables, and another one for the common tables that it lacks."""

    folder: Path
    common: Path | None = None

    def find(self, stem: str) -> Path | None:
        """Return the file of a common table."""
        found = streams.find(self.folder, stem)
        return found or (streams.find(self.common, stem) if self.common else None)

    def rows(self, stem: str, model: type[R], report: Report = lambda _problem: None) -> Iterator[R]:
        """Yield the good rows of a common table."""
        if path := self.find(stem):
            for record in streams.records(path, model.columns(), name=path.name, optional=model.optional):
                if row := _parse(record, model, report, path.name):
                    yield row

    def unread(self, sources: Collection[str]) -> Iterator[Problem]:
        """Yield a problem for each file or folder that looks like a table and is not read."""
        of_sources = {_stem(name) for name in SOURCE_TABLES}
        yield from unread_files(self.folder, of_sources | set(map(_stem, COMMON_TABLES)), streams.ENDINGS)
        for path in sorted(self.folder.iterdir()):
            if not path.is_dir() or path.name.startswith("."):
                continue
            if path.name in sources:
                yield from unread_files(path, of_sources, streams.ENDINGS, f"{path.name}/")
            elif any(_stem(file.name) in of_sources for file in path.iterdir()):
                near = get_close_matches(path.name.casefold(), sources, 1)
                remedy = f"rename it to {near[0]}" if near else "add the source to the sources' table"
                what = "no source has this id"
                yield Problem(f"{path.name}/", 0, "", "unread-folder", what, path.name, remedy)
        if streams.find(self.folder, "statements") is None:
            for source in sources:
                if streams.find(self.folder / source, "statements") is None:
                    remedy = f"its first line must be {','.join(models.StatementRow.columns())}"
                    what = "the source has no table of statements"
                    yield Problem(f"{source}/statements.csv", 0, "", "missing-file", what, "", remedy)


@dataclass(frozen=True)
class Entities:
    """What rows may refer to, the place of each source in its table, and how many paragraphs there are."""

    register: EntityIndex
    order: dict[str, int]
    paragraphs: int
    counts: dict[str, int]


def read_entities(tables: Tables, ontology: Ontology, put: Put, report: Report) -> Entities:
    """Check and compile the common tables; the links between entities follow when all is read."""
    if tables.find("sources") is None:
        raise KgError(f"{tables.folder} has no table of sources: sources.csv, .jsonl or .parquet")
    kinds: dict[str, str] = {}
    units: dict[str, str] = {}
    # filled below: what is missing in it is what the rules report
    keys, names_shown, ambiguous = _names(tables)
    register = EntityIndex(kinds, keys, names_shown, units, set(), _within(tables), ambiguous)
    for file, model in ENTITY_TABLES.items():
        check = partial(_check_entity, table=file, register=register, ontology=ontology)
        for entry in _sound(tables.rows(_stem(file), model, report), check, report):
            kinds[intern(entry.id)] = intern(entry.kind)
            if isinstance(entry, models.IndicatorRow):
                units[entry.id] = intern(entry.unit)
            put(reference.entity_lines(entry, ontology))
    entities, names, paragraphs = len(kinds), 0, 0
    order: dict[str, int] = {}
    verified = {row.source: row for row in tables.rows("verified", models.VerificationRow, report)}
    for source in tables.rows("sources", models.SourceRow, report):
        if source.id in order:
            report(source.problem("id", *_DUPLICATE, source.id, "keep one of the rows"))
            continue
        order[source.id] = len(order)
        kinds[f"source/{source.id}"] = "Source"
        paragraphs += source.paragraphs
        put(reference.source_lines(source, verified.get(source.id)))
    seen: set[int] = set()
    labels: dict[int, str] = {}
    for name in _sound(
        tables.rows("names", models.NameRow, report),
        lambda name: rules.check_names([name], register, ontology, seen, labels),
        report,
    ):
        names += 1
        put(reference.name_lines(name, ontology))
    redirects = tables.rows("redirects", models.RedirectRow, report)
    for redirect in _sound(redirects, lambda redirect: rules.check_redirect(redirect, register), report):
        put(reference.redirect_lines(redirect))
    put(_field_lines(tables.common or tables.folder, register, report))
    sections = (at for _, _, at in _records(tables.folder, "sections", models.SectionRow, order))
    named = {at.cells["region"] for at in sections if isinstance(at, Record)}
    places = (place for place in named if place.startswith("place/"))
    regions = frozenset(place for place in places if kinds.get(place, "Country") != "Country")
    put(map(reference.region_line, sorted(regions)))
    counts = {"sources": len(order), "entities": entities, "names": names}
    return Entities(replace(register, regions=regions), order, paragraphs, counts)


class Feed(Generic[R]):
    """A table of the sources, read in step with others: turn to a source, then take its rows.

    Rows stand in the order of the sources' table, within a source by paragraph; others are reported.
    """

    def __init__(self, folder: Path, model: type[R], stem: str, order: Mapping[str, int], report: Report):
        self.faults = 0  # rows of the present source that could not be read
        self._model, self._order, self._report = model, order, report
        self._records = _records(folder, stem, model, order)
        self._ahead: _Placed | None = None  # the first record of a later source
        self._rows: Iterator[R] = iter(())
        self.next: R | None = None  # the first row of the source that was not taken

    def turn(self, source: str) -> None:
        """Turn to the next source."""
        self.faults = 0
        self._rows = self._read(source)
        self.next = next(self._rows, None)

    def take(self, upto: int | None = None, *, limit: int = 0) -> list[R]:
        """Return the next rows: up to a paragraph, or about so many, and then whole paragraphs."""
        found: list[R] = []
        while self.next is not None:
            paragraph = getattr(self.next, "paragraph", 0)
            if upto is not None and paragraph > upto:
                break
            if limit and len(found) >= limit and paragraph != getattr(found[-1], "paragraph", 0):
                break
            found.append(self.next)
            self.next = next(self._rows, None)
        return found

    def finish(self) -> None:
        """Report the rows that are left once all sources are done."""
        for _ in self._of_source(""):
            pass

    def _read(self, source: str) -> Iterator[R]:
        last = 0
        for file, record in self._of_source(source):
            row = _parse(record, self._model, self._report, file, source=source)
            paragraph = getattr(row, "paragraph", 0)
            if row is None:
                self.faults += 1
            elif paragraph < last:
                what, remedy = "the row stands after a later paragraph", "order the rows by paragraph"
                self._report(row.problem("paragraph", "unsorted", what, paragraph, remedy))
                self.faults += 1
            else:
                last = paragraph
                yield row

    def _of_source(self, source: str) -> Iterator[tuple[str, Record | Problem]]:
        """Yield the records of a source, each after its file; report those of sources that passed."""
        here = self._order.get(source, len(self._order))
        while found := self._ahead or next(self._records, None):
            self._ahead = None
            name, file, record = found
            place = self._order.get(name)
            if place == here:
                yield file, record
            elif place is not None and place > here:
                self._ahead = found
                return
            elif isinstance(record, Problem):
                self._report(record)
            else:
                code, what, remedy = _UNKNOWN if place is None else _UNSORTED
                self._report(Problem(file, record.line, "source", code, what, name, remedy))


class Feeds:
    """The tables of the sources, read in step."""

    def __init__(self, folder: Path, order: Mapping[str, int], report: Report) -> None:
        self.sections = Feed(folder, models.SectionRow, "sections", order, report)
        self.coverage = Feed(folder, models.CoverageRow, "coverage", order, report)
        self.statements = Feed(folder, models.StatementRow, "statements", order, report)
        self.targets = Feed(folder, models.TargetRow, "targets", order, report)
        self.positions = Feed(folder, models.PositionRow, "positions", order, report)
        self.mentions = Feed(folder, models.MentionRow, "mentions", order, report)
        self.searched = Feed(folder, models.SearchRow, "searched", order, report)
        self._all = (
            self.sections, self.coverage, self.statements, self.targets, self.positions, self.mentions,
            self.searched,
        )  # fmt: skip

    def turn(self, source: models.SourceRow) -> Document:
        """Turn to the next source; return it without statements, targets and positions."""
        for feed in self._all:
            feed.turn(source.id)
        sections, coverage = tuple(self.sections.take()), tuple(self.coverage.take())
        return Document(source, sections, (), (), coverage, (), searched=tuple(self.searched.take()))

    def parts(self, document: Document) -> Iterator[tuple[Document, int | None]]:
        """Yield a source in runs of whole paragraphs, each with its last one; None: up to the end."""
        more: object = True
        while more:
            statements = self.statements.take(limit=RUN)
            end = statements[-1].paragraph if statements else None
            targets = self.targets.take(end, limit=0 if statements else RUN)
            more = self.statements.next or self.targets.next
            upto = (statements or targets)[-1].paragraph if more else None
            part = replace(
                document,
                statements=tuple(statements),
                targets=tuple(targets),
                positions=tuple(self.positions.take(upto)),
                mentions=tuple(self.mentions.take(upto)),
            )
            yield part, upto

    def pass_over(self) -> int:
        """Leave out the rest of a source; return how many statements and targets it has."""
        self.positions.take()
        self.mentions.take()
        return len(self.statements.take()) + len(self.targets.take())

    def finish(self) -> None:
        """Report rows of sources that are not known."""
        for feed in self._all:
            feed.finish()


def _records(folder: Path, stem: str, model: type[models.Row], sources: Iterable[str]) -> Iterator[_Placed]:
    """Yield the records of a table of the sources, each after its source and its file."""
    if path := streams.find(folder, stem):
        columns = ("source", *model.columns())
        for record in streams.records(path, columns, name=path.name, optional=model.optional):
            if isinstance(record, Problem):
                yield "", path.name, record
            else:
                cells = dict(record.cells)
                yield cells.pop("source"), path.name, Record(record.line, cells)
        return
    for source in sources:
        if path := streams.find(folder / source, stem):
            file = f"{source}/{path.name}"
            found = streams.records(path, model.columns(), name=file, optional=model.optional)
            yield from ((source, file, at) for at in found)


def _parse(
    record: Record | Problem, model: type[R], report: Report, file: str, *, source: str = ""
) -> R | None:
    """Return a good row; report the problems of another and return None."""
    if isinstance(record, Problem):
        report(record)
        return None
    found = models.parse(model, record.cells, file=file, line=record.line, source=source)
    if not isinstance(found, list):
        return found
    for problem in found:
        report(problem)
    return None


def _sound(rows: Iterable[R], check: Callable[[R], Iterable[Problem]], report: Report) -> Iterator[R]:
    """Yield the rows that pass a check; report the problems of the others."""
    for row in rows:
        problems = list(check(row))
        for problem in problems:
            report(problem)
        if not problems:
            yield row


def _check_entity(
    entry: models.EntityRow, table: str, register: EntityIndex, ontology: Ontology
) -> Iterable[Problem]:
    if entry.id in register.kinds:
        return [entry.problem("id", *_DUPLICATE, entry.id, "keep one of the rows")]
    if fault := misplaced(entry, table):
        return [fault]
    return rules.check_entity(entry, register, ontology)


def _names(tables: Tables) -> tuple[dict[str, tuple[str, ...]], dict[str, str], dict[str, set[str]]]:
    """Return names as compared, English labels and ambiguous names, by entity; problems come later."""
    keys: dict[str, tuple[str, ...]] = {}
    labels: dict[str, str] = {}
    ambiguous: dict[str, set[str]] = {}
    for name in tables.rows("names", models.NameRow):
        entity = intern(name.entity)  # one string for an id, however often it is read
        known, key = keys.get(entity, ()), text.key(name.name)
        if key not in known:
            keys[entity] = (*known, name.name if key == name.name else key)
        if name.role == "label" and name.lang == "en":
            labels.setdefault(entity, name.name)
        if name.ambiguous:
            ambiguous.setdefault(entity, set()).add(key)
    return keys, labels, ambiguous


def _within(tables: Tables) -> dict[str, set[str]]:
    """Return in which places a place is assumed to lie."""
    found: dict[str, set[str]] = {}
    for link in tables.rows("hierarchy", models.HierarchyRow):
        if link.relation == "locatedIn" and link.child.startswith("place/"):
            found.setdefault(intern(link.child), set()).add(intern(link.parent))
    return found


def _field_lines(folder: Path, register: EntityIndex, report: Report) -> Iterator[str]:
    """Yield the fields and the mappings of topics to them; those with a problem are left out."""
    rows = [*read_fields(folder), *read_crosswalk(folder)]
    known = [row for row in rows if isinstance(row, FieldRow)]
    mapped = [row for row in rows if isinstance(row, MappingRow)]
    unsound = [row for row in rows if isinstance(row, Problem)]
    problems = [*unsound, *check_fields(known), *check_crosswalk(mapped, known, register)]
    for problem in problems:
        report(problem)
    bad = {(problem.file, problem.line) for problem in problems}
    if not any((row.file, row.line) in bad for row in known):
        yield from fields.lines(known, (row for row in mapped if (row.file, row.line) not in bad))


def _stem(name: str) -> str:
    return name.partition(".")[0].casefold()
