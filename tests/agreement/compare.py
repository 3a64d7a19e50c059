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
from itertools import pairwise
from pathlib import Path

HERE = Path(__file__).parent
ARTICLES = frozenset({"the", "a", "an"})
#: Words too common to show that two phrases mean one thing.
FAINT = frozenset({
    "and", "of", "in", "for", "to", "with", "on", "by", "industry", "industries", "sector", "field",
    "project", "projects", "construction", "development", "technology", "technologies", "key", "new",
    "major", "core", "system", "related", "other", "number", "its",
})  # fmt: skip
MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
    "november", "december",
)  # fmt: skip
NUMBERS = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "doubled": 2, "doubling": 2, "i": 1, "ii": 2, "iii": 3, "second": 2,
}  # fmt: skip
SCALES = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}


@dataclass(frozen=True, order=True)
class Section:
    """A run of paragraphs of one document that speaks of one region."""

    source: str
    first: int
    last: int
    region: str

    def __str__(self) -> str:
        return f"{self.source} {self.first}-{self.last}"


@dataclass(frozen=True)
class Claim:
    """One row of a reading: what it says of which thing, on which words. Names are folded.

    ``doers`` are the names of the subject, unless it is the region of the section, which every
    paragraph has; ``value`` is empty where there is no figure; ``key`` says where the row stands.
    """

    section: Section
    paragraph: int
    quote: str
    subject: str
    doers: frozenset[str]
    predicate: str
    object: str
    names: frozenset[str]
    tier: str
    value: str
    key: str

    @property
    def source(self) -> str:
        return self.section.source

    @property
    def mention(self) -> tuple[str, int, str]:
        """Document, paragraph and thing; a figure is told by its value."""
        thing = f"figure {number(self.value)}" if self.value else fold(self.object)
        return self.source, self.paragraph, thing


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
    plain = unicodedata.normalize("NFKC", words).casefold().replace("'s ", " ").replace("’s ", " ")
    tokens = re.findall(r"[a-z0-9.+%]+|[\u3400-\u9fff]+", plain)
    return " ".join(_single(t.strip(".")) for t in tokens if t not in ARTICLES)


def number(words: str) -> Decimal | None:
    """The figure in some words: 65.8 billion, 8,500, two, 20%, 1000P; None where there is none."""
    scale, found = Decimal(1), None
    for token in re.findall(
        r"[a-z]+|\d[\d,]*(?:\.\d+)?(?![\d,]|st|nd|rd|th)", words.casefold().replace("five-year", "")
    ):
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


def read_names(folder: Path) -> dict[str, frozenset[str]]:
    """All names of each entity, folded."""
    names: dict[str, set[str]] = defaultdict(set)
    for row in rows(folder / "names.csv"):
        names[row["entity"]].add(fold(row["name"]))
    return {entity: frozenset(found) for entity, found in names.items()}


def read_sections(folder: Path) -> dict[tuple[str, int], Section]:
    """The section of each paragraph of each document."""
    return {
        (section.source, paragraph): section
        for path in sorted(folder.glob("*/sections.csv"))
        for row in rows(path)
        for section in [Section(path.parent.name, int(row["first"]), int(row["last"]), row["region"])]
        for paragraph in range(section.first, section.last + 1)
    }


def read_first(folder: Path) -> list[Claim]:
    """The first reading: statements and targets of the curated tables, each thing with all its names."""
    names, sections = read_names(folder), read_sections(folder)
    none: frozenset[str] = frozenset()
    claims = []
    for path in sorted([*folder.glob("*/statements.csv"), *folder.glob("*/targets.csv")]):
        for line, row in enumerate(rows(path), 2):
            section = sections[path.parent.name, int(row["paragraph"])]
            subject = row.get("subject") or row["place"]
            thing = row.get("object") or row["topic"] or row["indicator"]
            known = names.get(thing, none) | names.get(row.get("indicator", ""), none)
            claims.append(
                Claim(
                    section,
                    int(row["paragraph"]),
                    row["quote"],
                    subject,
                    none if subject == section.region else names.get(subject, none),
                    row.get("predicate", "targets"),
                    thing,
                    known or frozenset({fold(thing)}),
                    row.get("tier", ""),
                    _figure(row.get("written", "")),
                    f"{path.parent.name}/{path.name}:{line}",
                )
            )
    return claims


def read_second(seeds: Path, folder: Path = HERE) -> list[Claim]:
    """The second reading of the documents of some tables, from its files as they were committed.

    The tables only say what a section is.
    """
    names, sections = read_names(seeds), read_sections(seeds)
    known = {source for source, _ in sections}
    claims = []
    for path in _second(folder):
        stem = path.stem.removeprefix("second-")
        if (source := _source(path)) not in known:
            continue
        for line, row in enumerate(rows(path), 2):
            section = sections[source, int(row["paragraph"])]
            claims.append(
                Claim(
                    section,
                    int(row["paragraph"]),
                    row["quote"],
                    row["subject"],
                    frozenset({fold(row["subject"])} - names.get(section.region, frozenset())),
                    row["predicate"],
                    row["object"],
                    frozenset({fold(row["object"])}),
                    row["tier"],
                    _figure(row["value"]),
                    f"{stem}:{line}",
                )
            )
    return claims


def read_twice(folder: Path = HERE) -> list[str]:
    """The documents that the second reader read."""
    return sorted({_source(path) for path in _second(folder)})


def match(claims: Iterable[Claim], others: Iterable[Claim]) -> list[Match]:
    """Each mention once, with the other reading's rows that hold it."""
    held: dict[tuple[str, int], list[Claim]] = defaultdict(list)
    for other in others:
        held[other.source, other.paragraph].append(other)
    merged: dict[tuple[str, int, str], list[Claim]] = defaultdict(list)
    for claim in claims:
        merged[claim.mention].append(claim)
    found = []
    for same in merged.values():
        near = held[same[0].source, same[0].paragraph]
        by_subject = [o for o in near if any(not c.value and c.names & o.doers for c in same)]
        found.append(Match(tuple(same), tuple(about(same, near) or by_subject)))
    return found


def about(claims: Iterable[Claim], others: Iterable[Claim]) -> list[Claim]:
    """Of some rows of one paragraph those with the same object: by name if any is, else by words."""
    pairs = [(claim, other) for claim in claims for other in others if same_object(claim, other)]
    named = [other for claim, other in pairs if claim.names & other.names]
    return list({other.key: other for other in named or [other for _, other in pairs]}.values())


def same_object(one: Claim, other: Claim) -> bool:
    """Whether the objects of two rows of one paragraph are the same thing."""
    if one.value or other.value:
        return bool(one.value and other.value) and number(one.value) == number(other.value)
    if one.names & other.names:
        return True
    if day(one.object) and day(one.object) == day(other.object):
        return True
    if one.predicate == other.predicate == "hasPhase":
        return number(one.object) == number(other.object)
    if one.predicate == other.predicate == "temporal":
        return True
    return _overlap(one.quote, other.quote) and _share(one, other)


def rows(path: Path) -> Iterator[Mapping[str, str]]:
    """The rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _second(folder: Path) -> list[Path]:
    return sorted(folder.glob("second-*.csv"))


def _source(path: Path) -> str:
    return re.sub(r"-[ab]$", "", path.stem.removeprefix("second-"))


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
    if set(pairwise(a)) & set(pairwise(b)):
        return True
    left, right = f" {' '.join(a)} ", f" {' '.join(b)} "
    return left in right or right in left


def _figure(words: str) -> str:
    return words if number(words) is not None else ""


def _single(token: str) -> str:
    if len(token) > 4 and token.endswith("ies"):
        return token[:-3] + "y"
    return token[:-1] if len(token) > 3 and token.endswith("s") and not token.endswith("ss") else token
