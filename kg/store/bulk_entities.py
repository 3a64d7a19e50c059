"""Common tables of any length: sources, entities, names; what rows may refer to is kept, no rows are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from sys import intern
from typing import cast

from kg import text
from kg.check import entities as rules
from kg.check.fields import check_crosswalk, check_fields
from kg.compile import fields, reference
from kg.errors import KgError, Problem
from kg.ontology import Ontology
from kg.read import models, streams
from kg.read.fields import FieldRow, MappingRow, read_crosswalk, read_fields
from kg.read.seeds import ENTITY_TABLES, Register, misplaced
from kg.store.bulk_reader import Tables, Tell

Put = Callable[[Iterable[str]], None]
BATCH = 1_000


@dataclass(frozen=True)
class Common:
    """The register, the place of each source in its table, and how many paragraphs there are."""

    register: Register
    order: dict[str, int]
    paragraphs: int
    counts: dict[str, int]


def read(tables: Tables, ontology: Ontology, put: Put, tell: Tell) -> Common:
    """Check and compile the common tables; the links between entities follow when all is read."""
    if tables.find("sources") is None:
        raise KgError(f"{tables.folder} has no table of sources: sources.csv, .jsonl or .parquet")
    keys, labels = _names(tables)
    # built first and filled below: what is missing in it is what the rules report
    register = Register({}, keys, labels, {}, set(), _within(tables))
    kinds = cast(dict[str, str], register.kinds)
    _compile_entities(tables, register, ontology, put, tell)
    entities = len(kinds)
    order: dict[str, int] = {}
    paragraphs = 0
    verified = {row.source: row for row in tables.rows("verified", models.VerificationRow, tell)}
    for source in tables.rows("sources", models.SourceRow, tell):
        if source.id in order:
            tell(_twice(source, source.id))
            continue
        order[source.id] = len(order)
        kinds[f"source/{source.id}"] = "Source"
        paragraphs += source.paragraphs
        put(reference.source(source, verified.get(source.id)))
    names = _compile_names(tables, register, ontology, put, tell)
    _compile_redirects(tables, register, put, tell)
    put(_fields(tables.common or tables.folder, register, tell))
    regions = frozenset(
        p for p in _regions(tables, order) if p.startswith("place/") and kinds.get(p, "Country") != "Country"
    )
    put(map(reference.speaks_of, sorted(regions)))
    counts = {"sources": len(order), "entities": entities, "names": names}
    return Common(replace(register, regions=regions), order, paragraphs, counts)


def _compile_entities(tables: Tables, register: Register, ontology: Ontology, put: Put, tell: Tell) -> None:
    kinds, units = cast(dict[str, str], register.kinds), cast(dict[str, str], register.units)
    for name, model in ENTITY_TABLES.items():
        for entry in tables.rows(name.removesuffix(".csv"), model, tell):
            if faults := list(_entity(entry, name, register, ontology)):
                for fault in faults:
                    tell(fault)
                continue
            kinds[intern(entry.id)] = intern(entry.kind)
            if isinstance(entry, models.IndicatorRow):
                units[entry.id] = intern(entry.unit)
            put(reference.entity(entry, ontology))


def _fields(folder: Path, register: Register, tell: Tell) -> Iterator[str]:
    """Yield the fields and the mappings of topics to them; those with a problem are left out."""
    rows = [*read_fields(folder), *read_crosswalk(folder)]
    known = [row for row in rows if isinstance(row, FieldRow)]
    mapped = [row for row in rows if isinstance(row, MappingRow)]
    unsound = [row for row in rows if isinstance(row, Problem)]
    problems = [*unsound, *check_fields(known), *check_crosswalk(mapped, known, register)]
    for problem in problems:
        tell(problem)
    bad = {(problem.file, problem.line) for problem in problems}
    if not any((row.file, row.line) in bad for row in known):
        yield from fields.lines(known, (row for row in mapped if (row.file, row.line) not in bad))


def _compile_redirects(tables: Tables, register: Register, put: Put, tell: Tell) -> None:
    for redirect in tables.rows("redirects", models.RedirectRow, tell):
        if faults := list(rules.check_redirect(redirect, register)):
            for fault in faults:
                tell(fault)
        else:
            put(reference.redirected(redirect))


def _entity(entry: models.EntityRow, table: str, register: Register, ontology: Ontology) -> Iterator[Problem]:
    if entry.id in register.kinds:
        yield _twice(entry, entry.id)
    elif fault := misplaced(entry, table):
        yield fault
    else:
        yield from rules.check_entity(entry, register, ontology)


def _twice(again: models.Row, identifier: str) -> Problem:
    return again.problem(
        "id", "duplicate-id", "the id stands in an earlier row", identifier, "keep one of the rows"
    )


def _names(tables: Tables) -> tuple[dict[str, tuple[str, ...]], dict[str, str]]:
    """Names as compared and English labels, by entity; what is wrong with them is told later."""
    keys: dict[str, tuple[str, ...]] = {}
    labels: dict[str, str] = {}
    for name in tables.rows("names", models.NameRow, lambda _problem: None):
        entity = intern(name.entity)  # one string for an id, however often it is read
        known, key = keys.get(entity, ()), text.key(name.name)
        if key not in known:
            keys[entity] = (*known, name.name if key == name.name else key)
        if name.role == "label" and name.lang == "en":
            labels.setdefault(entity, name.name)
    return keys, labels


def _compile_names(tables: Tables, register: Register, ontology: Ontology, put: Put, tell: Tell) -> int:
    seen: set[int] = set()
    labels: dict[int, str] = {}
    good = 0
    for names in _batches(tables.rows("names", models.NameRow, tell)):
        bad = set()
        for problem in rules.check_names(names, register, ontology, seen, labels):
            tell(problem)
            bad.add(problem.line)
        for name in names:
            if name.line not in bad:
                good += 1
                put(reference.named(name, ontology))
    return good


def _batches(rows: Iterable[models.NameRow]) -> Iterator[list[models.NameRow]]:
    batch: list[models.NameRow] = []
    for found in rows:
        batch.append(found)
        if len(batch) == BATCH:
            yield batch
            batch = []
    yield batch


def _within(tables: Tables) -> dict[str, set[str]]:
    """In which places a place is assumed to lie."""
    found: dict[str, set[str]] = {}
    for link in tables.rows("hierarchy", models.HierarchyRow, lambda _problem: None):
        if link.relation == "locatedIn" and link.child.startswith("place/"):
            found.setdefault(intern(link.child), set()).add(intern(link.parent))
    return found


def _regions(tables: Tables, order: Iterable[str]) -> set[str]:
    """Places of which sections speak."""
    columns = models.SectionRow.columns()
    found: set[str] = set()

    def look(path: Path, columns: tuple[str, ...]) -> None:
        for record in streams.records(path, columns, name=path.name, optional=models.SectionRow.optional):
            if not isinstance(record, Problem) and record.cells["region"]:
                found.add(record.cells["region"])

    if top := streams.find(tables.folder, "sections"):
        look(top, ("source", *columns))
    else:
        for source in order:
            if path := streams.find(tables.folder / source, "sections"):
                look(path, columns)
    return found
