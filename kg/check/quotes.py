"""Quotes held against the texts of the sources: found, unique, with their positions."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from kg import text
from kg.check import coverage, words
from kg.check.coverage import Gap
from kg.check.texts import match_text, read_texts
from kg.errors import Problem
from kg.read import models
from kg.read.seeds import Document, Seeds

Position = Mapping[str, object]
_ROW = models.StatementRow | models.TargetRow
_WRITE = "kg check --texts DIR --write"
#: Rows that moved alike are one problem from this number on; so many quotes may be looked for in vain.
ALIKE, IN_VAIN = 3, 200


@dataclass(frozen=True)
class Missing:
    """A quote that is not in its paragraph; it may stand ``moved`` paragraphs later."""

    at: _ROW
    moved: int | None
    hint: str

    def problem(self) -> Problem:
        """Return it as the problem of its row."""
        remedy = self.hint or "copy the words as they are printed"
        if self.moved is not None:
            remedy = f"it stands in paragraph {self.at.paragraph + self.moved}"
        what = f"the quote is not in paragraph {self.at.paragraph}"
        return self.at.problem("quote", "quote-missing", what, self.at.quote, remedy)


@dataclass(frozen=True)
class Verification:
    """Result of verifying the quotes of a source, or of a part of it, against its text.

    ``problems`` do not hold those of the missing quotes.
    """

    positions: list[Position]
    missing: list[Missing]
    problems: list[Problem]
    notices: list[str]

    @property
    def verified(self) -> int:
        """How many quotes were found, each once a paragraph."""
        return len(self.positions)


@dataclass
class Result:
    """Result of verifying all sources: ``hashes`` of the texts that were read, ``absent`` sources without.

    ``explained`` are absent sources of which a problem or notice says why.
    """

    problems: list[Problem] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    positions: dict[str, list[Position]] = field(default_factory=dict)
    hashes: dict[str, str] = field(default_factory=dict)
    absent: list[str] = field(default_factory=list)
    explained: set[str] = field(default_factory=set)
    gaps: list[Gap] = field(default_factory=list)
    verified: int = 0


def verify_seeds(seeds: Seeds, folders: Iterable[Path]) -> Result:
    """Verify every quote of the seeds against the texts in folders, matched by content, not by name."""
    result = Result()
    texts = read_texts(folders)
    for name, document in seeds.documents.items():
        match = match_text(document, texts)
        result.problems += match.problems
        result.notices += match.notices
        if match.paragraphs is None:
            result.absent.append(name)
            if match.problems or match.notices:
                result.explained.add(name)
        else:
            result.hashes[name] = match.sha256
            _verify_document(document, match.paragraphs, result)
    return result


def verify_quotes(document: Document, paragraphs: Sequence[str]) -> Verification:
    """Find the quotes and cues of a source, or of a part of it, in the paragraphs of its text."""
    found: dict[tuple[int, str], Position] = {}
    missing, problems, notices = [], [], []
    for row in document.evidence():
        at = (row.paragraph, row.quote)
        if row.paragraph > len(paragraphs) or at in found:  # the first is a problem of the rows
            continue
        raw = paragraphs[row.paragraph - 1]
        spans, folded = text.find(raw, row.quote)
        if not spans:
            missing.append(row)
        elif len(spans) > 1:
            what = f"the quote stands {len(spans)} times in paragraph {row.paragraph}"
            remedy = "lengthen it until it is unique"
            problems.append(row.problem("quote", "quote-repeated", what, row.quote, remedy))
        else:
            found[at] = _position(row.paragraph, row.quote, spans[0], raw)
            if folded:
                notices.append(f"{row.file}:{row.line}:quote: found after folding {', '.join(folded)}")
    problems += words.check(document, paragraphs)
    elsewhere = _Elsewhere(paragraphs)
    return Verification(
        sorted(found.values(), key=_order),
        [
            Missing(row, elsewhere.moved(row), text.near(paragraphs[row.paragraph - 1], row.quote))
            for row in missing
        ],
        problems,
        notices,
    )


def paragraph_positions(paragraphs: Sequence[str], numbers: Iterable[int]) -> list[Position]:
    """Return the positions of whole paragraphs, by their numbers."""
    texts = ((n, paragraphs[n - 1]) for n in numbers if n <= len(paragraphs))
    return [_position(n, "", text.Span(0, len(raw)), raw) for n, raw in texts]


def check_positions(document: Document, positions: Iterable[Position]) -> list[Problem]:
    """Compare the recorded positions of a source, or of a part of it, with those just found."""
    fresh = {(p["paragraph"], p["quote"]): p for p in positions}
    problems = []
    for at, old in document.found.items():
        new = fresh.pop(at, None)
        if new is None:
            what = "no statement has this quote any more"
        elif any(getattr(old, c) != new[c] for c in ("start", "end", "exact", "hash")):
            what = "the position is not what the text shows"
        else:
            continue
        problems.append(old.problem("start", "stale-position", what, old.quote, _WRITE))
    if fresh:
        number = len(fresh)
        what = f"{number} positions are not recorded yet" if number > 1 else "a position is not recorded yet"
        file = f"{document.source.id}/positions.csv"
        problems.append(Problem(file, 0, "quote", "stale-position", what, "", _WRITE))
    return problems


def _verify_document(document: Document, paragraphs: list[str], result: Result) -> None:
    name = document.source.id
    found = verify_quotes(document, paragraphs)
    result.verified += found.verified
    result.notices += found.notices
    result.problems += [*found.problems, *missing_problems(document, found)]
    whole = paragraph_positions(paragraphs, range(1, len(paragraphs) + 1))
    result.positions[name] = sorted([*whole, *found.positions], key=_order)
    under: dict[int, list[text.Span]] = {}
    for at in found.positions:
        span = text.Span(int(str(at["start"])), int(str(at["end"])))
        under.setdefault(int(str(at["paragraph"])), []).append(span)
    for number, span in words.spans(document, paragraphs):
        under.setdefault(number, []).append(span)
    covered, problems = coverage.cover(document, paragraphs, under)
    result.problems += problems
    result.gaps += coverage.gaps(name, paragraphs, covered)
    share, total = coverage.share_quoted(paragraphs, under)
    result.notices.append(f"{name}: quotes cover {share:.0%} of the document's {total} words")
    if share > coverage.MAX_QUOTED and document.source.kind != "table":  # a user's own table is quoted whole
        what = f"quotes, governing words and cues cover {share:.1%} of the document's words"
        remedy = f"shorten quotes: {coverage.MAX_QUOTED:.0%} at most"
        result.problems.append(document.source.problem("id", "too-much-quoted", what, name, remedy))


def missing_problems(document: Document, found: Verification) -> list[Problem]:
    """One problem for quotes that moved alike or are all missing, else one for each."""
    lost = [one for one in found.missing if one.moved is None]
    problems = []
    if len(lost) > max(ALIKE, found.verified + len(found.missing) - len(lost)):
        what = f"{len(lost)} quotes are not in the text: it is another edition, or another text"
        remedy = "give the text from which the quotes were copied"
        problems.append(
            document.source.problem("sha256", "another-text", what, document.source.sha256, remedy)
        )
    else:
        problems += [one.problem() for one in lost]
    moves: dict[int, list[Missing]] = {}
    for one in found.missing:
        if one.moved is not None:
            moves.setdefault(one.moved, []).append(one)
    for moved, alike in moves.items():
        if len(alike) < ALIKE:
            problems += [one.problem() for one in alike]
            continue
        first = min(alike, key=lambda one: one.at.paragraph).at
        way = f"{abs(moved)} paragraph{'s' * (abs(moved) > 1)} {'later' if moved > 0 else 'earlier'}"
        what = f"{len(alike)} quotes all stand {way} than their rows say, from paragraph {first.paragraph} on"
        remedy = f"give the text that was read, or change the paragraphs of these rows by {moved:+d}"
        problems.append(first.problem("paragraph", "quotes-moved", what, first.paragraph, remedy))
    return problems


class _Elsewhere:
    """Search of the other paragraphs; linear in the text for rows that moved alike."""

    def __init__(self, paragraphs: Sequence[str]) -> None:
        self.paragraphs = paragraphs
        self.last = 0
        self.in_vain = 0

    def moved(self, row: _ROW) -> int | None:
        """By how many paragraphs a quote stands later than its row says; None if it is not found."""
        likely = row.paragraph + self.last
        if 0 < likely <= len(self.paragraphs) and text.find(self.paragraphs[likely - 1], row.quote)[0]:
            return self.last
        number = self._search(row.quote) if self.in_vain < IN_VAIN else None
        if number is None:
            self.in_vain += 1
            return None
        self.last = number - row.paragraph
        return self.last

    def _search(self, quote: str) -> int | None:
        needle = text.fold(quote).text
        at = self._joined.find(needle)
        while at >= 0:
            number = bisect_right(self._starts, at)
            if text.find(self.paragraphs[number - 1], quote)[0]:
                return number
            at = self._joined.find(needle, self._starts[number]) if number < len(self._starts) else -1
        return None

    @cached_property
    def _joined(self) -> str:
        return "\n".join(text.fold(raw).text for raw in self.paragraphs)

    @cached_property
    def _starts(self) -> list[int]:
        starts, at = [], 0
        for line in self._joined.split("\n"):
            starts.append(at)
            at += len(line) + 1
        return starts


def _position(paragraph: int, quote: str, span: text.Span, raw: str) -> Position:
    exact = raw[span.start : span.end]
    return {
        "paragraph": paragraph,
        "quote": quote,
        "start": span.start,
        "end": span.end,
        "exact": "" if exact == quote or not quote else exact,
        "hash": text.folded_hash(raw),
    }


def _order(position: Position) -> tuple[object, ...]:
    return position["paragraph"], bool(position["quote"]), position["start"], position["end"]
