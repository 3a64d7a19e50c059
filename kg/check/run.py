"""The check of a folder of seeds: every fault of a run at once, and what could not be verified."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from kg import locations
from kg import ontology as ontologies
from kg.check import quotes, rules, targets
from kg.check.coverage import Gap
from kg.ontology import Ontology
from kg.problems import Problem
from kg.read import models
from kg.read import seeds as tables
from kg.read import tables as csv_tables
from kg.read.seeds import Seeds


@dataclass(frozen=True)
class Report:
    """What a check found. ``problems`` must be mended; ``notices`` are worth knowing."""

    seeds: Seeds
    ontology: Ontology
    problems: tuple[Problem, ...]
    notices: tuple[str, ...]
    gaps: tuple[Gap, ...]
    verified: int
    unverified: int

    def counts(self) -> dict[str, int]:
        """Rows by table, for the summary."""
        documents = self.seeds.documents.values()
        return {
            "sources": len(documents),
            "entities": len(self.seeds.entities),
            "names": len(self.seeds.names),
            "statements": sum(len(d.statements) for d in documents),
            "targets": sum(len(d.targets) for d in documents),
        }


def check_seeds(
    folder: Path | None = None,
    ontology: Path | None = None,
    texts: Path | None = None,
    *,
    write: bool = False,
) -> Report:
    """Check a folder of seeds (by default the project's own) against an ontology (likewise).

    Quotes are verified in the documents of ``texts`` if it is given; ``write`` writes their positions.
    """
    folder = locations.seeds(folder)
    known = ontologies.read(locations.ontology(ontology))
    seeds, problems = tables.read(folder)
    for check in rules.ALL:
        problems.extend(check(seeds, known))
    problems.extend(_unsorted(seeds))
    problems.extend(_empty(seeds))
    found = quotes.verify(seeds, texts)
    problems.extend(found.problems)
    for name, positions in found.positions.items():
        if write:
            csv_tables.write(folder / name / "positions.csv", models.PositionRow.columns(), positions)
        else:
            problems.extend(quotes.stale(seeds.documents[name], positions))
    noted = sum("object-not-in-quote" in s.flags for d in seeds.documents.values() for s in d.statements)
    if noted:
        found.notices.append(
            f"{noted} statements rest on words that do not name the object; their notes say why"
        )
    found.notices.extend(_unread(seeds))
    return Report(
        seeds,
        known,
        tuple(sorted(set(problems))),
        tuple(found.notices),
        tuple(found.gaps),
        found.verified,
        found.unverified,
    )


def _unread(seeds: Seeds) -> list[str]:
    """One notice for each target whose value its words do not show."""
    return [
        f"{t.file}:{t.line}: the value {t.value} is not read from the words {t.written!r}; its note says why"
        for document in seeds.documents.values()
        for t in document.targets
        if targets.unread(t)
    ]


def _unsorted(seeds: Seeds) -> list[Problem]:
    problems = []
    for document in seeds.documents.values():
        ordered: tuple[Sequence[models.ParagraphRow], ...] = (
            document.statements,
            document.targets,
            document.coverage,
        )
        for rows in ordered:
            for before, after in pairwise(rows):
                if after.paragraph < before.paragraph:
                    problems.append(
                        after.problem(
                            "paragraph",
                            "unsorted",
                            "the row stands after a later paragraph",
                            after.paragraph,
                            "kg fmt orders the rows",
                        )
                    )
                    break
    return problems


def _empty(seeds: Seeds) -> list[Problem]:
    return [
        Problem(
            f"{name}/statements.csv",
            0,
            "",
            "empty-table",
            "the source has no statements yet",
            "",
            "add a row: paragraph, quote, subject, predicate, object",
        )
        for name, document in seeds.documents.items()
        if not document.statements
    ]
