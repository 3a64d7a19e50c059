"""What no quote covers: runs of words under no quote and no coverage row, and the share that is quoted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from kg import text
from kg.errors import Problem
from kg.read.seeds import Document

GAP_WORDS = 6
MAX_QUOTED = 0.6
#: A Han character, or a run of other characters that begins with a letter or figure.
_WORD = re.compile(r"[\u3007\u3400-\u9fff]|[^\W_\u3000-\u9fff][^\s\u3000-\u9fff\uff00-\uff0f\uff1a-\uff20]*")
Spans = Mapping[int, Sequence[text.Span]]


@dataclass(frozen=True)
class Gap:
    """A run of words under no quote and no coverage row; ``opening`` are its first words as printed."""

    source: str
    paragraph: int
    words: int
    start: int
    opening: str

    def __str__(self) -> str:
        where = f"{self.source}:{self.paragraph}"
        return f"{where}: {self.words} words from position {self.start}, {self.opening!r} …"


def cover(document: Document, paragraphs: Sequence[str], under: Spans) -> tuple[Spans, list[Problem]]:
    """Return the spans under quotes and coverage rows, and the problems of rows whose span is missing."""
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
        what = "the words do not follow the first ones of the span"
        if column == "from":
            what = f"the words stand {len(starts)} times in paragraph {row.paragraph}"
        remedy = "name the span by words that stand there once"
        problems.append(row.problem(column, "span-missing", what, words, remedy))
    return covered, problems


def gaps(source: str, paragraphs: Sequence[str], covered: Spans) -> Iterator[Gap]:
    """Return the runs of more than GAP_WORDS words that no span covers."""
    for number, raw in enumerate(paragraphs, 1):
        run: list[re.Match[str]] = []
        for word in [*_WORD.finditer(raw), None]:
            if word and not any(s.start < word.end() and word.start() < s.end for s in covered[number]):
                run.append(word)
                continue
            if len(run) > GAP_WORDS:
                start = run[0].start()
                yield Gap(source, number, len(run), start, raw[start : run[:8][-1].end()])
            run = []


def share_quoted(paragraphs: Sequence[str], under: Spans) -> tuple[float, int]:
    """Return the share of a document's words that stand under quotes, and how many words it has."""
    count = total = 0
    for number, raw in enumerate(paragraphs, 1):
        for word in _WORD.finditer(raw):
            total += 1
            count += any(s.start < word.end() and word.start() < s.end for s in under.get(number, ()))
    return (count / total if total else 0.0), total
