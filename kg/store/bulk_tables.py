"""Tables of a bulk load: common ones, of which only what rows may refer to is kept, and those of the sources.

The tables of the sources are merged, source by source. Each is one file with a column ``source``, or a file
in each source's folder.
"""

import heapq
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import partial
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from sys import intern
from typing import Any, TypeVar

from kg.check import entities as rules
from kg.check.fields import check_crosswalk, check_fields
from kg.compile import fields, reference
from kg.errors import KgError, Problem
from kg.ontology import Ontology
from kg.read import models, seeds
from kg.read.fields import FieldRow, MappingRow, read_crosswalk, read_fields
from kg.read.seeds import Document, EntityIndex
from kg.read.tables import ENDINGS, Record, find_table, parse_row, records

R = TypeVar("R", bound=models.Row)
Report = Callable[[Problem], None]
Put = Callable[[Iterable[str]], None]
#: A row: the place of its source, its table, and the row itself if it is good.
_Placed = tuple[int, str, models.Row | None]
_DUPLICATE = ("duplicate-id", "the id stands in an earlier row")
_UNKNOWN = ("unknown-source", "no such source, or one with problems", "add it to the sources' table")
_UNSORTED = ("unsorted", "the row stands after a later source", "order the rows as the sources' table is")
_OF_SOURCES = {name.removesuffix(".csv"): model for name, model in seeds.SOURCE_TABLES.items()}


@dataclass(frozen=True)
class Tables:
    """A folder of tables, and another one for the common tables that it lacks."""

    folder: Path
    common: Path | None = None

    def find(self, stem: str) -> Path | None:
        """Return the file of a common table."""
        return find_table(self.folder, stem) or (find_table(self.common, stem) if self.common else None)

    def rows(self, stem: str, model: type[R], report: Report = lambda _problem: None) -> Iterator[R]:
        """Yield the good rows of a common table."""
        if path := self.find(stem):
            for record in records(path, model.columns(), name=path.name, optional=model.optional):
                if row := _parse(record, model, report, path.name):
                    yield row

    def unread(self, sources: Collection[str]) -> Iterator[Problem]:
        """Yield a problem for each file or folder that looks like a table and is not read."""
        common = {name.removesuffix(".csv") for name in seeds.COMMON_TABLES}
        yield from seeds.unread_files(self.folder, common | _OF_SOURCES.keys(), ENDINGS)
        for path in sorted(self.folder.iterdir()):
            if path.is_dir() and path.name in sources:
                yield from seeds.unread_files(path, _OF_SOURCES, ENDINGS, path.name)
            elif seeds.holds_tables(path, _OF_SOURCES):
                near = get_close_matches(path.name.casefold(), sources, 1)
                remedy = f"rename it to {near[0]}" if near else "add the source to the sources' table"
                what = "no source has this id"
                yield Problem(f"{path.name}/", 0, "", "unread-folder", what, path.name, remedy)
        if find_table(self.folder, "statements") is None:
            remedy = f"its first line must be {','.join(models.StatementRow.columns())}"
            for source in sources:
                if find_table(self.folder / source, "statements") is None:
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
    names, links = tables.rows("names", models.NameRow), tables.rows("hierarchy", models.HierarchyRow)
    # filled below: what is missing in it is what the rules report
    register = EntityIndex.of(kinds, units, set(), names, links)
    for file, model in seeds.ENTITY_TABLES.items():
        check = partial(_check_entity, table=file, register=register, ontology=ontology)
        for entry in _sound(tables.rows(file.removesuffix(".csv"), model, report), check, report):
            kinds[intern(entry.id)] = intern(entry.kind)
            if isinstance(entry, models.IndicatorRow):
                units[entry.id] = intern(entry.unit)
            put(reference.entity_lines(entry, ontology))
    entities, named, paragraphs = len(kinds), 0, 0
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
    check_name = partial(rules.check_names, register=register, ontology=ontology, seen=set(), labels={})
    found = tables.rows("names", models.NameRow, report)
    for name in _sound(found, lambda name: check_name([name]), report):
        named += 1
        put(reference.name_lines(name, ontology))
    redirects = tables.rows("redirects", models.RedirectRow, report)
    for redirect in _sound(redirects, lambda redirect: rules.check_redirect(redirect, register), report):
        put(reference.redirect_lines(redirect))
    put(_field_lines(tables.common or tables.folder, register, report))
    sections = (at for _, _, at in _records(tables.folder, "sections", models.SectionRow, order))
    cells = {at.cells["region"] for at in sections if isinstance(at, Record)}
    regions = {at for at in cells if at.startswith("place/") and kinds.get(at, "Country") != "Country"}
    put(map(reference.region_line, sorted(regions)))
    counts = {"sources": len(order), "entities": entities, "names": named}
    return Entities(replace(register, regions=frozenset(regions)), order, paragraphs, counts)


def read_documents(
    tables: Tables, order: Mapping[str, int], report: Report
) -> Iterator[tuple[Document, Counter[str]]]:
    """Yield each source with its good rows, in the order of the sources' table, and its bad rows by table.

    Rows stand in that order, within a source by paragraph; others are reported and left out.
    """
    streams = (_placed(tables.folder, stem, model, order, report) for stem, model in _OF_SOURCES.items())
    merged = heapq.merge(_sources(tables, order), *streams, key=itemgetter(0))
    for _, placed in groupby(merged, itemgetter(0)):
        found: dict[str, list[Any]] = {stem: [] for stem in ("sources", *_OF_SOURCES)}
        for _, stem, row in placed:
            found[stem].append(row)
        [source] = found.pop("sources")
        good = {stem: tuple(filter(None, rows)) for stem, rows in found.items()}
        yield Document(source, **good), Counter({stem: rows.count(None) for stem, rows in found.items()})


def _sources(tables: Tables, order: Mapping[str, int]) -> Iterator[_Placed]:
    place = 0
    for source in tables.rows("sources", models.SourceRow):
        if order.get(source.id) == place:  # not a row that repeats an id
            yield place, "sources", source
            place += 1


def _placed(
    folder: Path, stem: str, model: type[models.Row], order: Mapping[str, int], report: Report
) -> Iterator[_Placed]:
    """Yield the rows of a table of the sources in their order; report those that stand elsewhere."""
    here, last = -1, 0
    for source, file, record in _records(folder, stem, model, order):
        place = order.get(source)
        if place is None or place < here:
            if not isinstance(record, Problem):
                code, what, remedy = _UNKNOWN if place is None else _UNSORTED
                record = Problem(file, record.line, "source", code, what, source, remedy)
            report(record)
            continue
        here, last = place, last if place == here else 0
        row = _parse(record, model, report, file, source=source)
        paragraph = getattr(row, "paragraph", last)
        if row and paragraph < last:
            what, remedy = "the row stands after a later paragraph", "order the rows by paragraph"
            report(row.problem("paragraph", "unsorted", what, paragraph, remedy))
            row = None
        last = max(paragraph, last)
        yield here, stem, row


def _records(
    folder: Path, stem: str, model: type[models.Row], sources: Iterable[str]
) -> Iterator[tuple[str, str, Record | Problem]]:
    """Yield the records of a table of the sources, each after its source and its file."""
    if path := find_table(folder, stem):
        columns = ("source", *model.columns())
        for record in records(path, columns, name=path.name, optional=model.optional):
            if isinstance(record, Problem):
                yield "", path.name, record
            else:
                cells = dict(record.cells)
                yield cells.pop("source"), path.name, Record(record.line, cells)
        return
    for source in sources:
        if path := find_table(folder / source, stem):
            file = f"{source}/{path.name}"
            found = records(path, model.columns(), name=file, optional=model.optional)
            yield from ((source, file, at) for at in found)


def _parse(
    record: Record | Problem, model: type[R], report: Report, file: str, *, source: str = ""
) -> R | None:
    """Return a good row; report the problems of another and return None."""
    found = record if isinstance(record, Problem) else parse_row(model, record, file=file, source=source)
    if isinstance(found, models.Row):
        return found
    for problem in [found] if isinstance(found, Problem) else found:
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
    if fault := seeds.misplaced(entry, table):
        return [fault]
    return rules.check_entity(entry, register, ontology)


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
