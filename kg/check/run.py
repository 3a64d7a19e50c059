"""The check of a folder of seeds: all problems at once, and what could not be verified."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from kg import ontology as ontologies
from kg.check import causes, quotes
from kg.check.coverage import Gap
from kg.check.entities import (
    check_entity,
    check_evidence_redirects,
    check_hierarchy,
    check_names,
    check_redirect,
    check_use,
)
from kg.check.fields import check_crosswalk, check_fields
from kg.check.sections import check_coverage, check_sections
from kg.check.statements import check_statements
from kg.check.targets import check_targets, is_unread
from kg.errors import Problem
from kg.ontology import Ontology
from kg.read import models, tables
from kg.read import seeds as seed_tables
from kg.read.seeds import Document, Seeds


@dataclass(frozen=True)
class Report:
    """Result of a check: ``problems`` have to be corrected, ``notices`` are worth knowing.

    ``verified`` and ``unverified`` count the quotes of this run; ``recorded`` those of the unverified that an
    earlier check verified, by the tables.
    """

    seeds: Seeds
    ontology: Ontology
    problems: tuple[Problem, ...]
    notices: tuple[str, ...]
    gaps: tuple[Gap, ...]
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
    folder: Path,
    ontology: Path,
    texts: Path | Sequence[Path] | None = None,
    *,
    write: bool = False,
    today: datetime.date | None = None,
) -> Report:
    """Check a folder of seeds, and its quotes against the texts in a folder or several.

    ``write`` records the positions of quotes, and ``today`` (the present day unless given) as the day on
    which they were verified.
    """
    known = ontologies.read(ontology)
    seeds, unread = seed_tables.read_seeds(folder)
    found = quotes.verify_seeds(seeds, [texts] if isinstance(texts, Path) else texts or ())
    problems = [*unread, *_check_tables(seeds, known), *found.problems]
    if write:
        _write(folder, seeds, found, today or datetime.date.today())
    else:
        for name, positions in found.positions.items():
            problems += quotes.check_positions(seeds.documents[name], positions)
    absent = [seeds.documents[name] for name in found.absent]
    return Report(
        seeds,
        known,
        causes.sort_out(
            (causes.explain_cell(problem, known) for problem in problems),
            seeds.documents,
            causes.lost_rows(folder, unread),
        ),
        tuple(_notices(seeds, found)),
        tuple(found.gaps),
        found.verified,
        sum(len({(e.paragraph, e.quote) for e in document.evidence()}) for document in absent),
        sum(document.verified_quotes for document in absent),
    )


def _check_tables(seeds: Seeds, ontology: Ontology) -> Iterator[Problem]:
    register = seeds.register
    for entity in seeds.entities.values():
        yield from check_entity(entity, register, ontology)
    yield from check_use(seeds)
    yield from check_names(seeds.names, register, ontology, set(), {})
    yield from check_hierarchy(seeds, ontology)
    for redirect in seeds.redirects:
        yield from check_redirect(redirect, register)
    yield from check_evidence_redirects(seeds)
    yield from check_fields(seeds.fields)
    yield from check_crosswalk(seeds.mappings, seeds.fields, register)
    for row in seeds.verified.values():
        if row.source not in seeds.documents:
            what, remedy = "no such source", "kg check --texts DIR --write deletes the row"
            yield row.problem("source", "unknown-source", what, row.source, remedy)
    for document in seeds.documents.values():
        yield from check_sections(document, register, ontology)
        yield from check_statements(document, register, ontology)
        yield from check_targets(document, register, ontology)
        yield from check_coverage(document, ontology)
        yield from _check_order(document)
        if not document.statements:
            what, file = "the source has no statements yet", f"{document.source.id}/statements.csv"
            remedy = "add a row: paragraph, quote, subject, predicate, object"
            yield Problem(file, 0, "", "empty-table", what, "", remedy)


def _check_order(document: Document) -> Iterator[Problem]:
    rows: Sequence[models.ParagraphRow]
    for rows in (document.statements, document.targets, document.coverage):
        for before, after in pairwise(rows):
            if after.paragraph < before.paragraph:
                what = "rows are not sorted by paragraph"
                yield after.problem("paragraph", "unsorted", what, after.paragraph, "kg fmt sorts the rows")
                break


def _notices(seeds: Seeds, found: quotes.Result) -> Iterator[str]:
    yield from found.notices
    for name in found.absent:
        document = seeds.documents[name]
        known = all((e.paragraph, e.quote) in document.found for e in document.evidence())
        if name not in found.explained and not known:
            yield f"{name}: the text is not at hand, so its quotes could not be verified"
    noted = sum("object-not-in-quote" in s.flags for d in seeds.documents.values() for s in d.statements)
    if noted:
        yield f"{noted} statements rest on words that do not name the object; their notes say why"
    if gaps := [seeds.register.label(row.topic) for row in seeds.mappings if not row.field]:
        yield f"{len(gaps)} topics have no field: {', '.join(sorted(gaps))}"
    for document in seeds.documents.values():
        for target in filter(is_unread, document.targets):
            where = f"{target.file}:{target.line}"
            yield f"{where}: the value {target.value} is not read from {target.written!r}; its note says why"


def _write(folder: Path, seeds: Seeds, found: quotes.Result, today: datetime.date) -> None:
    for name, positions in found.positions.items():
        tables.write_table(folder / name / "positions.csv", models.PositionRow.columns(), positions)
    rows = {name: row.model_dump() for name, row in seeds.verified.items() if name in seeds.documents}
    for name, digest in found.hashes.items():
        rows[name] = {"source": name, "date": today.isoformat(), "sha256": digest}
    tables.write_table(
        folder / "verified.csv", models.VerificationRow.columns(), [rows[n] for n in sorted(rows)]
    )
