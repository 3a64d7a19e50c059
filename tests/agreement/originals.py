"""Two readings of the reports that were read from Chinese originals, and rows drawn from the first.

``originals_read/second-SOURCE.csv`` is what a second reader states from the paragraphs alone, in the words of the text;
``rows-SOURCE.csv`` and ``fresh-SOURCE.csv`` are judgements of statements drawn at random, by the second reader
before anything was mended, and by a third after. A *thing* is an entity or a figure in a paragraph; another
reading holds it if a row of the same paragraph has the same name or value, or a quote around or within its own.
"""

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

from kg.read.seeds import Document, Seeds
from tests.agreement.score import percent

HERE = Path(__file__).parent / "originals_read"
JUDGEMENTS = ("plain", "weak", "false")


@dataclass(frozen=True)
class Thing:
    """What a row is about: its names or its value, and its quote."""

    paragraph: int
    names: frozenset[str]
    value: str
    quote: str

    def same(self, other: "Thing") -> bool:
        """Whether two rows of one paragraph are about the same thing."""
        if self.value or other.value:
            return bool(self.value) and self.value == other.value
        return bool(self.names & other.names) or self.quote in other.quote or other.quote in self.quote


def sources() -> list[str]:
    """The reports that were read twice."""
    return sorted(path.stem.removeprefix("second-") for path in HERE.glob("second-*.csv"))


def read(path: Path) -> list[dict[str, str]]:
    """The rows of a table."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def second(source: str) -> list[Thing]:
    """The things of the second reading."""
    return _distinct(
        Thing(
            int(row["paragraph"]),
            frozenset({_fold(row["object"])}),
            _number(row["value"]),
            _fold(row["quote"]),
        )
        for row in read(HERE / f"second-{source}.csv")
    )


def first(document: Document, seeds: Seeds) -> list[Thing]:
    """The things that the tables state in the paragraphs of sections that were read."""
    return _distinct(_stated(document, _names(seeds), seeds))


def judged(source: str, kind: str) -> Counter[str]:
    """How many rows drawn were judged plain, weak or false; none where nobody drew."""
    path = HERE / f"{kind}-{source}.csv"
    return Counter(row["judgement"] for row in read(path)) if path.exists() else Counter()


def held(things: Iterable[Thing], others: Iterable[Thing]) -> int:
    """How many things another reading holds."""
    near: dict[int, list[Thing]] = defaultdict(list)
    for other in others:
        near[other.paragraph].append(other)
    return sum(any(thing.same(other) for other in near[thing.paragraph]) for thing in things)


def lines(seeds: Seeds) -> Iterator[tuple[object, ...]]:
    """A line of the table for each report."""
    for source in sources():
        document = seeds.documents[source]
        ours, theirs = first(document, seeds), second(source)
        read_in = sum(s.last - s.first + 1 for s in document.sections if s.read)
        yield (
            source, f"{read_in} of {document.source.paragraphs}", len(document.statements), len(document.targets),
            len(ours), len(theirs), percent(held(theirs, ours), len(theirs)), percent(held(ours, theirs), len(ours)),
            *(" / ".join(str(judged(source, kind)[name]) for name in JUDGEMENTS) for kind in ("rows", "fresh")),
        )  # fmt: skip


COLUMNS = (
    "report", "paragraphs read", "statements", "targets and results", "things, first", "things, second",
    "second's in first, %", "first's in second, %", "drawn: plain / weak / false", "drawn again",
)  # fmt: skip


def _stated(document: Document, names: Mapping[str, frozenset[str]], seeds: Seeds) -> Iterator[Thing]:
    read_in = {n for s in document.sections if s.read for n in range(s.first, s.last + 1)}
    for row in document.statements:
        if row.paragraph in read_in:
            yield Thing(
                row.paragraph, names.get(row.object, frozenset({_fold(row.object)})), "", _fold(row.quote)
            )
    for target in document.targets:
        if target.paragraph in read_in:
            value = "" if target.value is None else _number(str(target.value))
            yield Thing(target.paragraph, names[target.indicator], value, _fold(target.quote))


def _names(seeds: Seeds) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for row in seeds.names:
        found[row.entity].add(_fold(row.name))
    return {entity: frozenset(names) for entity, names in found.items()}


def _distinct(things: Iterable[Thing]) -> list[Thing]:
    """Each thing of a paragraph once, however many rows speak of it."""
    return list({(thing.paragraph, thing.names, thing.value): thing for thing in things}.values())


def _number(words: str) -> str:
    try:
        return format(Decimal(words.replace(",", "")).normalize(), "f") if words else ""
    except InvalidOperation:
        return ""


def _fold(words: str) -> str:
    return re.sub(r"[\s“”‘’\"'《》]", "", words).casefold()
