"""How the differences were settled, and how a random sample was judged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from kg.read.seeds import Seeds
from tests.agreement import compare, score
from tests.agreement.compare import HERE, Claim

#: What may be decided of a row, and what it means.
DECISIONS = {
    "added": "the first reading lacked the thing; it is there now",
    "related": "the first reading had the thing but not this relation; it is there now",
    "wording": "held in other words, at another grain or under another predicate",
    "wrong": "the words do not bear it",
    "rhetoric": "nothing that a reader could ask about",
    "removed": "a row of the first reading that the words do not bear",
    "mended": "a row of the first reading put right",
}
SAMPLE = ("borne", "partly", "not")
#: How a fresh reader may judge a statement.
JUDGEMENTS = ("plain", "weak", "false")


@dataclass(frozen=True)
class Decision:
    """What was decided about a row: of the second reading, or where ``second_row`` is empty of the first."""

    source: str
    paragraph: int
    second_row: str
    verdict: str
    note: str


@dataclass(frozen=True)
class Judged:
    """A statement of the random sample as drawn, with its verdict; ``changed`` says what was mended."""

    id: str
    source: str
    paragraph: int
    subject: str
    predicate: str
    object: str
    quote: str
    verdict: str
    reason: str
    changed: str


@dataclass(frozen=True)
class Fresh:
    """A statement as a reader who had not curated judged it; where it is not plain, with the reason."""

    source: str
    id: str
    judgement: str
    reason: str


@dataclass(frozen=True)
class Recall:
    """Of the second reading's mentions: all, those that bear asking, those held before and held now."""

    mentions: int
    sound: int
    before: int
    now: int


def decisions(path: Path = HERE / "decisions.csv") -> list[Decision]:
    """All decisions, in the order of the documents."""
    return [
        Decision(row["source"], int(row["paragraph"]), row["second_row"], row["verdict"], row["note"])
        for row in compare.rows(path)
    ]


def sample(path: Path = HERE / "sample60.csv") -> list[Judged]:
    """The sample, in the order of the documents."""
    return [
        Judged(**{**row, "paragraph": int(row["paragraph"])})  # type: ignore[arg-type]
        for row in compare.rows(path)
    ]


def readings(folder: Path = HERE) -> dict[str, list[Fresh]]:
    """The fresh readings by number, each in the order of the documents as they were then."""
    files = sorted(folder.glob("reading-*.csv"))
    return {file.stem.partition("-")[2]: [Fresh(**row) for row in compare.rows(file)] for file in files}


def drawn(source: str, kind: str) -> Counter[str]:
    """How many rows of a report, drawn at random, have each judgement; ``kind`` is rows, or fresh for drawn again."""
    return Counter(row["judgement"] for row in compare.rows(HERE / f"{kind}-{source}.csv"))


def verdicts(judged: Iterable[Judged]) -> Counter[str]:
    """How many of the sample have each verdict."""
    return Counter(one.verdict for one in judged)


def lost(judged: Iterable[Judged], seeds: Seeds) -> list[Judged]:
    """Members of the sample that the tables no longer hold and that are not marked as changed."""
    known = {s.id for document in seeds.documents.values() for s in document.statements}
    return [one for one in judged if one.id not in known and not one.changed]


def recall(seeds: Path) -> Recall:
    """How much of the second reading the tables held and hold, decisions applied to what no rule matches."""
    settled = {one.second_row: one.verdict for one in decisions() if one.second_row}
    one, two = compare.read_first(seeds), compare.read_second(seeds)
    found = compare.match(two, one)
    given = [{settled.get(claim.key, "") for claim in match.claims} for match in found]
    unsound = sum(not m.others and bool(v & {"wrong", "rhetoric"}) for m, v in zip(found, given, strict=True))
    now = sum(bool(m.others) or "wording" in v for m, v in zip(found, given, strict=True))
    added = sum("added" in v for v in given)
    return Recall(len(found), len(found) - unsound, now - added, now)


def unsettled(seeds: Path) -> list[Claim]:
    """Rows of the second reading that the tables lack or put otherwise, and that have no decision."""
    settled = {one.second_row: one.verdict for one in decisions()}
    one, two = compare.read_first(seeds), compare.read_second(seeds)
    lacking = [c for match in compare.match(two, one) if not match.others for c in match.claims]
    missing = [claim for claim in lacking if settled.get(claim.key) in (None, "added", "related")]
    other = [
        claim
        for claim, found in score.related(one, two).values()
        if found and claim.predicate not in {o.predicate for o in found}
    ]
    return missing + [claim for claim in other if claim.key not in settled]
