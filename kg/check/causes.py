"""Causes before consequences: problems that follow from others go, alike ones are one, files come first."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from kg.check.entities import LINKS
from kg.errors import Problem
from kg.ontology import Ontology
from kg.read import seeds, tables
from kg.read.seeds import Document

#: A table with one of these has no rows, or not all.
FILE_CODES = {"missing-file", "encoding", "bad-csv", "missing-column", "extra-column", "empty-table"}
ROW_CODES = {"cell-count", "bad-cell", "duplicate-id", "missing-folder"}
#: Problems of the form of a file, whose rows were read all the same.
FORM_CODES = {"byte-order-mark", "line-ends", "separator", "missing-source"}
_SCHEMES = {
    "comparator": "comparators", "unit": "units", "stage": "stages", "tier": "tiers", "role": "roles",
    "confidence": "confidences", "reason": "reasons", "flags": "flags",
}  # fmt: skip
_SPACE = re.compile(r"^\s|\s$|[\x00-\x1f]")


@dataclass(frozen=True)
class Lost:
    """What could not be read: whole tables, rows of tables, and the cells of these rows."""

    tables: frozenset[str]
    touched: frozenset[str]
    cells: frozenset[str]

    def names(self, table: str, cell: str) -> bool:
        """Whether a row with the cell may have been lost from a table."""
        return table in self.tables or cell in self.cells


def lost_rows(folder: Path, problems: Iterable[Problem]) -> Lost:
    """Return what the reading of a folder of seeds could not read, by the problems it had."""
    whole = {p.file for p in problems if p.code in FILE_CODES}
    rows: dict[str, set[int]] = {}
    cells: set[str] = set()
    for problem in problems:
        if problem.code in ROW_CODES:
            rows.setdefault(problem.file, set()).add(problem.line)
            cells.update(problem.text.split(","))
    known = {**seeds.COMMON_TABLES, **seeds.SOURCE_TABLES}
    for file, lines in rows.items():
        model = known[file.rpartition("/")[2]]
        records, _ = tables.read_table(folder / file, model.columns(), name=file, optional=model.optional)
        cells.update(cell for row in records if row.line in lines for cell in row.cells.values())
    return Lost(frozenset(whole), frozenset(whole | rows.keys()), frozenset(cells - {""}))


def sort_out(
    problems: Iterable[Problem], documents: Mapping[str, Document], lost: Lost
) -> tuple[Problem, ...]:
    """Return the problems without those that follow from others, alike ones as one, causes first."""
    found = set(problems)
    misspelt = {(p.file, p.text) for p in found if p.code == "missing-column"}
    unframed = {_source(p) for p in found if p.code == "section-bounds"}
    of_line = {document.source.line: name for name, document in documents.items()}
    miscounted = {of_line.get(p.line, "") for p in found if p.code == "paragraph-count"}
    changed = {of_line.get(p.line, "") for p in found if p.code == "another-text"}
    changed |= {_source(p) for p in found if p.code == "quotes-moved"}
    kept = [
        p
        for p in found
        if not _follows(p, lost)
        and not (p.code == "extra-column" and (p.file, p.text) in misspelt)
        and not (p.code in ("no-section", "other-region") and _source(p) in unframed)
        and not (p.code in ("out-of-range", "section-bounds", "no-section") and _source(p) in miscounted)
        and not (p.code in ("stale-position", "span-missing", "cue-missing") and _source(p) in changed)
    ]
    return tuple(sorted(_join_alike(kept), key=lambda p: (_rank(p), p)))


def explain_cell(problem: Problem, ontology: Ontology) -> Problem:
    """Return the problem of a cell with its fault of white space, or with the list of its column."""
    if problem.code != "bad-cell":
        return problem
    if _SPACE.search(problem.text):
        inner = problem.text.strip()
        fault = "a line break or control character" if _SPACE.search(inner) else "white space at an end"
        remedy = f"write {' '.join(inner.split())!r}" if inner else problem.remedy
        return replace(problem, what=f"{fault} of the cell", remedy=remedy)
    choices = _choices(problem.column, ontology)
    if not choices or not problem.text:
        return problem
    return replace(problem, remedy=f"{problem.remedy}: {', '.join(sorted(choices))}")


def _choices(column: str, ontology: Ontology) -> Iterable[str]:
    if column in _SCHEMES:
        return ontology.schemes[_SCHEMES[column]]
    return {"relation": LINKS, "predicate": ontology.predicates}.get(column, ())


def _source(problem: Problem) -> str:
    return problem.file.rpartition("/")[0]


def _rank(problem: Problem) -> int:
    ranks = (FILE_CODES | FORM_CODES, ROW_CODES)
    for rank, codes in enumerate(ranks):
        if problem.code in codes:
            return rank
    tables_of_sources = ("sections.csv", "statements.csv", "positions.csv")
    later = [n for n, table in enumerate(tables_of_sources, 1) if problem.file.endswith(f"/{table}")]
    return len(ranks) + (later[0] if later else 2 * ("/" in problem.file))


def _unused(problem: Problem, lost: Lost) -> bool:
    users = [t for t in lost.tables if t in ("sources.csv", "hierarchy.csv") or "/" in t]
    return bool(users) or "sources.csv" in lost.touched or problem.text in lost.cells


def _touched(*names: str) -> Callable[[Problem, Lost], bool]:
    return lambda p, lost: any(f"{_source(p)}/{name}.csv" in lost.touched for name in names)


def _unnamed(problem: Problem, lost: Lost) -> bool:
    return "names.csv" in lost.tables or any(
        f" {cell} " in problem.what for cell in lost.cells if "/" in cell
    )


#: Problems that may follow from what could not be read → whether one does.
_FOLLOWS: Mapping[str, Callable[[Problem, Lost], bool]] = {
    "unknown-entity": lambda p, lost: lost.names(
        seeds.SEGMENT_TABLES.get(p.text.partition("/")[0], "sources.csv"), p.text
    ),
    "unused-entity": _unused,
    "missing-label": lambda p, lost: lost.names("names.csv", p.text),
    "object-not-in-quote": _unnamed,
    **dict.fromkeys(("missing-source", "unknown-source"), lambda _, lost: "sources.csv" in lost.touched),
    "empty-table": lambda p, lost: p.line == 0 and p.file in lost.touched and p.what.startswith("the source"),
    "no-section": _touched("sections"),
    "section-bounds": _touched("sections"),
    "other-region": _touched("sections"),
    "stale-position": _touched("statements", "targets", "positions"),
}


def _follows(problem: Problem, lost: Lost) -> bool:
    rule = _FOLLOWS.get(problem.code)
    return rule is not None and rule(problem, lost)


#: Problems of which alike ones are one → what alike ones share.
_ALIKE: Mapping[str, Callable[[Problem], object]] = {
    **dict.fromkeys(("unknown-entity", "unknown-predicate"), lambda p: p.text),
    **dict.fromkeys(("unknown-term", "unknown-kind"), lambda p: (p.column, p.text)),
    **dict.fromkeys(("no-section", "out-of-range"), lambda p: (p.file, p.column)),
    "stale-position": lambda p: (p.file, p.what),
}


def _join_alike(problems: Iterable[Problem]) -> Iterable[Problem]:
    groups: dict[object, list[Problem]] = {}
    for problem in sorted(problems):
        alike = _ALIKE.get(problem.code)
        groups.setdefault((problem.code, alike(problem)) if alike else problem, []).append(problem)
    for first, *others in groups.values():
        yield replace(first, what=f"{first.what}, in {len(others) + 1} rows") if others else first
