"""How far two readings agree, section by section.

    python -m tests.agreement.score SEEDS > tests/agreement/before.csv

wrote the figures that stand before the differences were settled; they are kept as they were.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import IO

from tests.agreement import compare
from tests.agreement.compare import Claim, Section


@dataclass(frozen=True)
class Score:
    """Of a section: mentions of each reading and those the other lacks; then the pairs compared.

    ``rows`` are rows of the second reading whose object the first has as an object too, ``predicate``
    those of them with the same predicate; ``tiers`` mentions to which both give a class, ``tier`` those
    with the same; ``figures`` and ``figure`` the second reading's figures and those the first has.
    """

    section: str
    first: int
    second: int
    missed_by_first: int
    missed_by_second: int
    rows: int
    predicate: int
    tiers: int
    tier: int
    figures: int
    figure: int

    @property
    def agreement(self) -> str:
        """The share of all mentions of either reading that the other has too."""
        mentions = self.first + self.second
        return percent(mentions - self.missed_by_first - self.missed_by_second, mentions)


COLUMNS = (*(field.name for field in fields(Score)), "agreement")
BEFORE = compare.HERE / "before.csv"


def score(seeds: Path, second: Path = compare.HERE) -> list[Score]:
    """The score of each section that a reading speaks of, then of each document, then of both."""
    one, two = compare.read_first(seeds), compare.read_second(seeds, second)
    sections = sorted({claim.section for claim in one + two})
    sources = sorted({section.source for section in sections})
    return [
        *(_score(str(part), _of(one, section=part), _of(two, section=part)) for part in sections),
        *(_score(part, _of(one, source=part), _of(two, source=part)) for part in sources),
        _score("both", one, two),
    ]


def of_source(source: str, one: Sequence[Claim], two: Sequence[Claim]) -> Score:
    """The score of one document."""
    return _score(source, _of(one, source=source), _of(two, source=source))


def read(path: Path = BEFORE) -> list[Score]:
    """Scores as they were written."""
    return [
        Score(row["section"], *(int(row[column]) for column in COLUMNS[1:-1])) for row in compare.rows(path)
    ]


def write(file: IO[str], scores: Iterable[Score]) -> None:
    """Scores as CSV."""
    table = csv.DictWriter(file, COLUMNS, lineterminator="\n")
    table.writeheader()
    table.writerows({**asdict(one), "agreement": one.agreement} for one in scores)


def percent(part: int, whole: int) -> str:
    """A share in percent with one decimal; a dash for a part of nothing."""
    return f"{100 * part / whole:.1f}" if whole else "-"


def related(one: Sequence[Claim], two: Sequence[Claim]) -> Mapping[str, tuple[Claim, list[Claim]]]:
    """The second reading's rows, by key, with the first's rows that have the same object; figures apart."""
    return {
        claim.key: (claim, compare.about([claim], [c for c in one if _near(c, claim)]))
        for claim in two
        if not claim.value and claim.predicate != "targets"
    }


def _score(section: str, one: Sequence[Claim], two: Sequence[Claim]) -> Score:
    ours, theirs = compare.match(one, two), compare.match(two, one)
    pairs = [(claim, found) for claim, found in related(one, two).values() if found]
    tiers = [(_tiers(m.claims), _tiers(m.others)) for m in theirs]
    figures = [m for m in theirs if m.claim.value]
    return Score(
        section,
        len(ours),
        len(theirs),
        sum(not m.others for m in theirs),
        sum(not m.others for m in ours),
        len(pairs),
        sum(claim.predicate in {c.predicate for c in found} for claim, found in pairs),
        sum(bool(a and b) for a, b in tiers),
        sum(bool(a & b) for a, b in tiers),
        len(figures),
        sum(bool(m.others) for m in figures),
    )


def _of(claims: Iterable[Claim], *, source: str = "", section: Section | None = None) -> list[Claim]:
    return [c for c in claims if section in (None, c.section) and source in ("", c.source)]


def _near(one: Claim, other: Claim) -> bool:
    return (one.source, one.paragraph) == (other.source, other.paragraph)


def _tiers(claims: Iterable[Claim]) -> set[str]:
    return {claim.tier for claim in claims if claim.tier}


if __name__ == "__main__":
    write(sys.stdout, score(Path(sys.argv[1])))
