"""What two readings of one document hold: the curated tables beside the rows of an independent reader.

Nothing of ``kg`` is used here, so that a fault of the package cannot flatter the figures. A *mention* is
a thing in a paragraph: an entity, a date or phase, or a figure by its value. The second reader wrote
words where the tables hold ids, so a mention is looked for by any name of the entity, folded, and where
that fails by words in common under quotes that overlap.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

HERE = Path(__file__).parent
ARTICLES = frozenset({"the", "a", "an"})
#: Words too common to show that two phrases mean one thing.
FAINT = frozenset(
    "and of in for to with on by industry industries sector field project projects construction development "
    "technology technologies key new major core system related other number its".split()
)
MONTHS = (
    "january february march april may june july august september october november december".split()
)
NUMBERS = {
    word: n
    for n, word in enumerate("zero one two three four five six seven eight nine ten".split())
} | {"doubled": 2, "doubling": 2, "ii": 2, "iii": 3, "second": 2}
SCALES = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}


@dataclass(frozen=True)
class Claim:
    """One row of a reading: what it says of which thing, and on which words. ``names`` are folded."""

    source: str
    paragraph: int
    quote: str
    subject: str
    predicate: str
    object: str
    names: frozenset[str]
    tier: str = ""
    value: str = ""
    key: str = ""

    @property
    def figure(self) -> Decimal | None:
        return number(self.value)

    @property
    def mention(self) -> tuple[int, str]:
        """The paragraph and the thing; a figure is told by its value."""
        return self.paragraph, f"figure {number(self.value) or self.value}" if self.value else self.object


@dataclass(frozen=True)
class Match:
    """One mention of a reading, all its rows, and the other reading's rows about the same thing."""

    claims: tuple[Claim, ...]
    others: tuple[Claim, ...]

    @property
    def claim(self) -> Claim:
        return self.claims[0]


def fold(words: str) -> str:
    """Words as they are compared: no case, marks, articles or plural endings."""
    plain = unicodedata.normalize("NFKC", words).casefold()
    tokens = re.findall(r"[a-z0-9.+%]+|[\u3400-\u9fff]+", plain.replace("'s ", " ").replace("’s ", " "))
    return " ".join(_single(t.strip(".")) for t in tokens if t not in ARTICLES)


def number(words: str) -> Decimal | None:
    """The figure in some words: 65.8 billion, 8,500, two, 20%, 1000P; None where there is none."""
    scale, found = Decimal(1), None
    for token in re.findall(r"[a-z]+|\d[\d,]*(?:\.\d+)?", words.casefold()):
        if token in SCALES:
            scale *= SCALES[token]
        elif found is None and token[0].isdigit():
            found = Decimal(token.replace(",", ""))
        elif found is None and token in NUMBERS:
            found = Decimal(NUMBERS[token])
    return None if found is None else (found * scale).normalize()


def day(words: str) -> str:
    """Month and day of a date in either reading's way of writing it, as ``01-21``; empty if it is none."""
    iso = re.fullmatch(r"\d{4}-(\d\d-\d\d)", words)
    if iso:
        return iso[1]
    named = re.search(r"\b([A-Za-z]{3,9})\.? (\d{1,2})\b", words)
    month = next((n for n, m in enumerate(MONTHS, 1) if named and m.startswith(named[1].casefold())), 0)
    return f"{month:02}-{int(named[2]):02}" if named and month else ""


def read_first(folder: Path) -> list[Claim]:
    """The first reading: statements and targets of the curated tables, each thing with all its names."""
    names: dict[str, set[str]] = defaultdict(set)
    for row in _rows(folder / "names.csv"):
        names[row["entity"]].add(fold(row["name"]))
    claims = []
    for path in sorted(folder.glob("*/statements.csv")):
        source = path.parent.name
        names[f"source/{source}"].add(fold(source))
        for row in _rows(path):
            thing = row["object"]
            claims.append(
                Claim(source, int(row["paragraph"]), row["quote"], row["subject"], row["predicate"], thing,
                      frozenset(names.get(thing) or {fold(thing)}), row["tier"])
            )  # fmt: skip
        for row in _rows(path.with_name("targets.csv")):
            about = names.get(row["indicator"], set()) | names.get(row["topic"], set())
            claims.append(
                Claim(source, int(row["paragraph"]), row["quote"], row["place"], "targets",
                      row["topic"] or row["indicator"], frozenset(about), "", row["written"])
            )  # fmt: skip
    return claims


def read_second(folder: Path = HERE) -> list[Claim]:
    """The second reading, from its files as they were committed; ``key`` is file and line."""
    claims = []
    for path in sorted(folder.glob("second-*.csv")):
        stem = path.stem.removeprefix("second-")
        source = re.sub(r"-[ab]$", "", stem)
        for line, row in enumerate(_rows(path), 2):
            claims.append(
                Claim(source, int(row["paragraph"]), row["quote"], row["subject"], row["predicate"],
                      row["object"], frozenset({fold(row["object"])}), row["tier"], row["value"], f"{stem}:{line}")
            )  # fmt: skip
    return claims


def match(claims: Iterable[Claim], others: Iterable[Claim]) -> list[Match]:
    """Each mention once, with the other reading's rows that hold it."""
    held: dict[tuple[str, int], list[Claim]] = defaultdict(list)
    for other in others:
        held[other.source, other.paragraph].append(other)
    merged: dict[tuple[str, int, str], list[Claim]] = defaultdict(list)
    for claim in claims:
        paragraph, thing = claim.mention
        merged[claim.source, paragraph, fold(thing)].append(claim)
    found = []
    for rows in merged.values():
        near = held[rows[0].source, rows[0].paragraph]
        found.append(Match(tuple(rows), tuple(near_to(rows, near))))
    return found


def near_to(rows: Iterable[Claim], others: Iterable[Claim]) -> list[Claim]:
    """Of some rows of a paragraph those about the same thing: by name if any is, else by words."""
    pairs = [(row, other) for row in rows for other in others if holds(row, other)]
    named = [other for row, other in pairs if row.names & other.names]
    return list({id(other): other for other in named or [other for _, other in pairs]}.values())


def holds(one: Claim, other: Claim) -> bool:
    """Whether two rows of one paragraph are about the same thing."""
    if one.value or other.value:
        if one.value and other.value:
            return one.figure == other.figure if one.figure is not None else _share(one, other)
        return False
    if one.names & other.names:
        return True
    for date, text in ((one.object, other.object), (other.object, one.object)):
        if day(date) and day(date) == day(text):
            return True
    if one.predicate == other.predicate == "hasPhase":
        return number(one.object) == number(other.object)
    if one.predicate == other.predicate == "temporal":
        return True
    return _overlap(one.quote, other.quote) and _share(one, other)


def _share(one: Claim, other: Claim) -> bool:
    """Whether the telling words of a name of one stand in a name of the other and make up half of it."""
    for a in one.names:
        for b in other.names:
            left, right = sorted((_telling(a), _telling(b)), key=len)
            if left and left <= right and 2 * len(left) >= len(right):
                return True
    return False


def _telling(folded: str) -> frozenset[str]:
    return frozenset(folded.split()) - FAINT


def _overlap(one: str, other: str) -> bool:
    """Whether two quotes of a paragraph share a run of two words, or one lies in the other."""
    a, b = fold(one).split(), fold(other).split()
    pairs = set(zip(a, a[1:], strict=False)) & set(zip(b, b[1:], strict=False))
    return bool(pairs) or f" {' '.join(a)} " in f" {' '.join(b)} " or f" {' '.join(b)} " in f" {' '.join(a)} "


def _single(token: str) -> str:
    if len(token) > 4 and token.endswith("ies"):
        return token[:-3] + "y"
    return token[:-1] if len(token) > 3 and token.endswith("s") and not token.endswith("ss") else token


def _rows(path: Path) -> Iterator[Mapping[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
