"""The check of a folder of seeds: all problems at once, causes before consequences."""

import datetime
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import groupby, islice, pairwise
from pathlib import Path

from kg import locations
from kg import ontology as ontologies
from kg.check import entities, fields, mentions, quotes, sections, statements, subjects, targets
from kg.errors import Problem
from kg.ontology import Ontology
from kg.read import files, models, tables
from kg.read import seeds as seed_tables
from kg.read.seeds import SEGMENT_TABLES, Document, Seeds

#: A table with one of these has no rows, or not all.
_FILE = {"missing-file", "encoding", "bad-csv", "missing-column", "extra-column", "empty-table"}
_ROW = {"cell-count", "bad-cell", "duplicate-id", "missing-folder"}
#: Problems of the form of a file, whose rows were read all the same.
_FORM = {"byte-order-mark", "line-ends", "separator", "missing-source"}
#: Problems of tables that a program writes, which a curator's own come before.
_STALE = frozenset({"stale-position", "stale-mention"})
#: Flag → what the words of a statement that has it do not do.
_LACKS = {"object-not-in-quote": "do not name the object", "no-governing-words": "do not bear the predicate"}
_LATER = ("", "sections.csv", "statements.csv", "positions.csv", "mentions.csv", "searched.csv")


@dataclass(frozen=True)
class Report:
    """Result of a check: ``problems`` have to be corrected, ``notices`` are worth knowing.

    ``gaps`` are those of sections that were read, or that have a row. ``verified`` and ``unverified`` count
    the quotes of this run; ``recorded`` those of the unverified that an earlier check verified.
    """

    seeds: Seeds
    ontology: Ontology
    problems: tuple[Problem, ...]
    notices: tuple[str, ...]
    gaps: tuple[sections.Gap, ...]
    verified: int
    unverified: int
    recorded: int

    def counts(self) -> dict[str, int]:
        """Count the rows by table, for the summary."""
        documents = self.seeds.documents.values()
        return {
            "sources": len(documents),
            "entities": len(self.seeds.entities),
            "names": len(self.seeds.names),
            "statements": sum(len(d.statements) for d in documents),
            "targets": sum(len(d.targets) for d in documents),
        }

    def verified_on(self) -> str:
        """Say on which days recorded quotes were verified: ``on 2024-01-21``; empty if it is not known."""
        days = sorted({row.date for row in self.seeds.verified.values()})
        if len(days) > 1:
            return f"between {days[0]} and {days[-1]}"
        return f"on {days[0]}" if days else ""


def check_seeds(
    folder: Path | None = None,
    ontology: Path | None = None,
    texts: Path | Iterable[Path] | None = None,
    *,
    write: bool = False,
    today: datetime.date | None = None,
) -> Report:
    """Check a folder of seeds, and its quotes against the texts in a folder or several.

    Folders of seeds and of the ontology that are not given are the project's own.
    ``write`` records the positions of quotes, and ``today`` (the present day unless given) as the day on
    which they were verified.
    """
    folder = locations.seeds(folder)
    known = ontologies.read(locations.ontology(ontology))
    seeds, unread = seed_tables.read_seeds(folder)
    found = quotes.verify_seeds(seeds, [texts] if isinstance(texts, Path) else texts or ())
    searches = mentions.search(found.paragraphs, seeds.register)
    problems = {*(_list_choices(problem, known) for problem in unread), *_check_tables(seeds, known)}
    problems.update(found.problems)
    for name, document in seeds.documents.items():
        problems.update(subjects.check_subjects(document, seeds.register, searches.get(name)))
    if write:
        _write(folder, seeds, found, today or datetime.date.today())
        for name, one in searches.items():
            for table, rows in one.rows().items():
                files.write_table(folder / name / table, seed_tables.SOURCE_TABLES[table].columns(), rows)
    else:
        for name, positions in found.positions.items():
            problems.update(quotes.check_positions(seeds.documents[name], positions))
        if not problems:  # what names there are depends on all other rows
            for name, one in searches.items():
                problems.update(mentions.check_mentions(seeds.documents[name], one))
    return Report(
        seeds,
        known,
        _sort_out(problems, seeds.documents, _lost_rows(folder, unread)),
        (*found.notices, *_notices(seeds, known), *mentions.names_added(seeds, searches)),
        tuple(found.gaps),
        found.verified,
        found.unverified,
        found.recorded,
    )


def _check_tables(seeds: Seeds, ontology: Ontology) -> Iterator[Problem]:
    register = seeds.register
    for entity in seeds.entities.values():
        yield from entities.check_entity(entity, register, ontology)
    yield from entities.check_use(seeds)
    yield from entities.check_names(seeds.names, register, ontology, set(), {})
    yield from entities.check_hierarchy(seeds, ontology)
    yield from entities.check_withheld(seeds, ontology)
    for redirect in seeds.redirects:
        yield from entities.check_redirect(redirect, register)
    yield from entities.check_evidence_redirects(seeds)
    yield from fields.check_fields(seeds.fields)
    yield from fields.check_crosswalk(seeds.mappings, seeds.fields, register)
    for row in seeds.verified.values():
        if row.source not in seeds.documents:
            what, remedy = "no such source", "kg check --texts DIR --write deletes the row"
            yield row.problem("source", "unknown-source", what, row.source, remedy)
    for document in seeds.documents.values():
        yield from sections.check_sections(document, register, ontology)
        yield from statements.check_statements(document, register, ontology)
        yield from targets.check_targets(document, register, ontology)
        yield from sections.check_coverage(document, ontology)
        for rows in (document.statements, document.targets, document.coverage):
            unsorted = (after for before, after in pairwise(rows) if after.paragraph < before.paragraph)
            for late in islice(unsorted, 1):
                what, remedy = "rows are not sorted by paragraph", "kg fmt sorts the rows"
                yield late.problem("paragraph", "unsorted", what, late.paragraph, remedy)
        is_unstated = not document.targets and any(section.read for section in document.sections)
        if not document.statements and (is_unstated or not document.searched):
            what, file = "the source has no statements yet", f"{document.source.id}/statements.csv"
            remedy = "add a row: paragraph, quote, subject, predicate, object"
            yield Problem(file, 0, "", "empty-table", what, "", remedy)


def _notices(seeds: Seeds, ontology: Ontology) -> Iterator[str]:
    flags = Counter(flag for d in seeds.documents.values() for row in d.statements for flag in row.flags)
    for flag, lack in _LACKS.items():
        if flags[flag]:
            yield f"{flags[flag]} statements rest on words that {lack}; their notes say why"
    if gaps := sum(not row.field for row in seeds.mappings):
        yield f"{gaps} topics have no field; crosswalks/topics-fields.sssom.tsv says which and why"
    for document in seeds.documents.values():
        for target in (one for one in document.targets if targets.is_unread(one, ontology)):
            where = f"{target.file}:{target.line}"
            yield f"{where}: the value {target.value} is not read from {target.written!r}; its note says why"


def _write(folder: Path, seeds: Seeds, found: quotes.Result, today: datetime.date) -> None:
    for name, positions in found.positions.items():
        rows = [position._asdict() for position in positions]
        files.write_table(folder / name / "positions.csv", models.PositionRow.columns(), rows)
    days = {name: row.model_dump() for name, row in seeds.verified.items() if name in seeds.documents}
    for name, digest in found.hashes.items():
        days[name] = {"source": name, "date": today.isoformat(), "sha256": digest}
    columns = models.VerificationRow.columns()
    files.write_table(folder / "verified.csv", columns, [days[name] for name in sorted(days)])


def _list_choices(problem: Problem, ontology: Ontology) -> Problem:
    """Add its closed list to the problem of a cell that should hold a word of it."""
    lists = {**ontology.schemes, "relations": entities.LINKS, "predicates": ontology.predicates}
    choices = lists.get(problem.column.rstrip("s") + "s", ())
    if not choices or not problem.text or not problem.remedy.startswith("it should hold"):
        return problem
    return replace(problem, remedy=f"{problem.remedy}: {', '.join(sorted(choices))}")


@dataclass(frozen=True)
class _Lost:
    """What could not be read: whole tables, tables of which rows are missing, and the cells of these rows."""

    tables: set[str]
    touched: set[str]
    cells: set[str]


def _lost_rows(folder: Path, problems: Iterable[Problem]) -> _Lost:
    whole = {p.file for p in problems if p.code in _FILE}
    at = sorted({(p.file, p.line) for p in problems if p.code in _ROW})  # also of fields and mappings
    cells = {cell for p in problems if p.code in _ROW for cell in p.text.split(",")}
    known = {**seed_tables.COMMON_TABLES, **seed_tables.SOURCE_TABLES}
    for file, places in groupby(at, key=lambda place: place[0]):
        lines = {line for _, line in places}
        if (model := known.get(Path(file).name)) is None:
            continue
        records, _ = tables.read_table(folder / file, model.columns(), name=file, optional=model.optional)
        cells.update(cell for row in records if row.line in lines for cell in row.cells.values())
    return _Lost(whole, {*whole, *(file for file, _ in at)}, cells - {""})


def _sort_out(
    found: Iterable[Problem], documents: Mapping[str, Document], lost: _Lost
) -> tuple[Problem, ...]:
    """Return the problems without those that follow from others, alike ones as one, causes first."""
    found = set(found)
    misspelt = {(p.file, p.text) for p in found if p.code == "missing-column"}
    unframed = {_source(p) for p in found if p.code == "section-bounds"}
    of_line = {document.source.line: name for name, document in documents.items()}
    miscounted = {of_line.get(p.line, "") for p in found if p.code == "paragraph-count"}
    changed = {of_line.get(p.line, "") for p in found if p.code == "another-text"}
    changed |= {_source(p) for p in found if p.code == "quotes-moved"}
    kept = [
        p
        for p in found
        if not (p.code in _FOLLOWS and _FOLLOWS[p.code](p, lost))
        and not (p.code == "extra-column" and (p.file, p.text) in misspelt)
        and not (p.code in ("no-section", "other-region") and _source(p) in unframed)
        and not (p.code in ("out-of-range", "section-bounds", "no-section") and _source(p) in miscounted)
        and not (
            p.code in ("stale-position", "stale-mention", "span-missing", "cue-missing", "said-missing")
            and _source(p) in changed
        )
    ]
    return tuple(sorted(_join_alike(kept), key=lambda p: (_rank(p), p)))


def _source(problem: Problem) -> str:
    return problem.file.rpartition("/")[0]


def _rank(problem: Problem) -> int:
    if problem.code in _FILE | _FORM | _ROW:
        return 1 if problem.code in _ROW else 0
    if problem.code in _STALE:
        return 99
    source, _, table = problem.file.rpartition("/")
    return 2 + (_LATER.index(table) if source and table in _LATER else 2 * bool(source))


#: Problems that may follow from what could not be read → whether one does.
_FOLLOWS: Mapping[str, Callable[[Problem, _Lost], bool]] = {
    "unknown-entity": lambda p, lost: (
        p.text in lost.cells or SEGMENT_TABLES.get(p.text.partition("/")[0], "sources.csv") in lost.tables
    ),
    "unused-entity": lambda p, lost: (
        "sources.csv" in lost.touched
        or p.text in lost.cells
        or any(table == "hierarchy.csv" or "/" in table for table in lost.tables)
    ),
    "missing-label": lambda p, lost: p.text in lost.cells or "names.csv" in lost.tables,
    "object-not-in-quote": lambda p, lost: (
        "names.csv" in lost.tables or any(f" {cell} " in p.what for cell in lost.cells if "/" in cell)
    ),
    "subject-not-named": lambda p, lost: (
        p.text in lost.cells
        or not lost.touched.isdisjoint(
            ("names.csv", f"{_source(p)}/mentions.csv", f"{_source(p)}/sections.csv")
        )
    ),
    **dict.fromkeys(("missing-source", "unknown-source"), lambda _, lost: "sources.csv" in lost.touched),
    "empty-table": lambda p, lost: p.line == 0 and p.file in lost.touched and p.what.startswith("the source"),
    **dict.fromkeys(
        ("no-section", "section-bounds", "other-region"),
        lambda p, lost: f"{_source(p)}/sections.csv" in lost.touched,
    ),
    "stale-position": lambda p, lost: any(
        f"{_source(p)}/{table}.csv" in lost.touched for table in ("statements", "targets", "positions")
    ),
}
#: Problems of which alike ones are one → what alike ones share.
_ALIKE: Mapping[str, Callable[[Problem], object]] = {
    **dict.fromkeys(("unknown-entity", "unknown-predicate"), lambda p: p.text),
    **dict.fromkeys(("unknown-term", "unknown-kind"), lambda p: (p.column, p.text)),
    **dict.fromkeys(("no-section", "out-of-range"), lambda p: (p.file, p.column)),
    **dict.fromkeys(_STALE, lambda p: (p.file, p.what)),
}


def _join_alike(problems: Iterable[Problem]) -> Iterator[Problem]:
    groups: dict[object, list[Problem]] = {}
    for problem in sorted(problems):
        alike = _ALIKE.get(problem.code)
        groups.setdefault((problem.code, alike(problem)) if alike else problem, []).append(problem)
    for first, *others in groups.values():
        yield replace(first, what=f"{first.what}, in {len(others) + 1} rows") if others else first
