"""What no quote touches: runs of words under no quote and no coverage row, and how much is quoted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from kg import text
from kg.errors import Problem
from kg.read.seeds import Document

GAP_WORDS = 6
MAX_QUOTED = 0.6
_WORD = re.compile(r"[\u3400-\u9fff]|[^\s\u3400-\u9fff]+")
Spans = Mapping[int, list[text.Span]]


@dataclass(frozen=True)
class Gap:
    """A run of words under no quote and no coverage row."""

    source: str
    paragraph: int
    words: int
    start: int
    opening: str

    def __str__(self) -> str:
        where = f"{self.source}:{self.paragraph}"
        return f"{where}: {self.words} words from position {self.start}, {self.opening!r} …"


def quoted(positions: Sequence[Mapping[str, object]]) -> dict[int, list[text.Span]]:
    """Spans under quotes, by paragraph."""
    spans: dict[int, list[text.Span]] = {}
    for position in positions:
        if position["quote"]:
            span = text.Span(int(str(position["start"])), int(str(position["end"])))
            spans.setdefault(int(str(position["paragraph"])), []).append(span)
    return spans


def cover(document: Document, paragraphs: Sequence[str], under: Spans) -> tuple[Spans, list[Problem]]:
    """Spans under quotes and coverage rows, and the coverage rows whose span is not there."""
    covered = {n: list(under.get(n, ())) for n in range(1, len(paragraphs) + 1)}
    problems = []
    for row in document.coverage:
        if row.paragraph > len(paragraphs):
            continue
        raw = paragraphs[row.paragraph - 1]
        if not row.begins:
            covered[row.paragraph].append(text.Span(0, len(raw)))
            continue
        starts, _ = text.find(raw, row.begins)
        ends = text.find(raw, row.to or row.begins)[0] if len(starts) == 1 else []
        ends = [span for span in ends if span.end >= starts[0].end]
        if ends:
            covered[row.paragraph].append(text.Span(starts[0].start, ends[0].end))
            continue
        column, words = ("to", row.to) if len(starts) == 1 else ("from", row.begins)
        what = "the words do not follow the span's first ones"
        if column == "from":
            what = f"the words stand {len(starts)} times in paragraph {row.paragraph}"
        problems.append(
            row.problem(column, "span-missing", what, words, "name the span by words that stand there once")
        )
    return covered, problems


def gaps(source: str, paragraphs: Sequence[str], covered: Spans) -> Iterator[Gap]:
    """Runs of more than GAP_WORDS words that no span covers."""
    for number, raw in enumerate(paragraphs, 1):
        run: list[re.Match[str]] = []
        for word in [*_WORD.finditer(raw), None]:
            if word and not any(s.start < word.end() and word.start() < s.end for s in covered[number]):
                run.append(word)
                continue
            if len(run) > GAP_WORDS:
                yield Gap(source, number, len(run), run[0].start(), " ".join(w.group() for w in run[:8]))
            run = []


def share_quoted(paragraphs: Sequence[str], under: Spans) -> tuple[float, int]:
    """The share of a document's words that stand under quotes, and how many words it has."""
    count = total = 0
    for number, raw in enumerate(paragraphs, 1):
        for word in _WORD.finditer(raw):
            total += 1
            count += any(s.start < word.end() and word.start() < s.end for s in under.get(number, ()))
    return (count / total if total else 0.0), total
