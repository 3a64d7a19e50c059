"""Sections of a source, spans of its text that hold no statement, and what is under no quote."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from kg import text
from kg.check.references import check_end, check_terms, out_of_range
from kg.errors import Problem
from kg.ontology import Ontology
from kg.read import models
from kg.read.seeds import Document, EntityIndex

GAPWORDS = 6
#: Clauses of Chinese under no quote are a gap from more Han characters than this; so many within one clause.
GAPHAN, WITHINHAN = 10, 16
#: So many words, or Han characters, name an end of a span.
SPANWORDS, SPANHAN = 4, 8
#: A Han character, or a run of other characters that begins with a letter or figure.
WORD = re.compile(r"[\u3007\u3400-\u9fff]|[^\W_\u3000-\u9fff][^\s\u3000-\u9fff\uff00-\uff0f\uff1a-\uff20]*")
#: A clause of Chinese, or a member of a list in one.
_CLAUSE = re.compile(r"[^，。；：！？、,;:!?…\n]+")
_HAN = re.compile(r"[\u3007\u3400-\u9fff]")
Spans = Mapping[int, Sequence[text.Span]]
#: Words of a text by their paragraph and their start.
Words = set[tuple[int, int]]


@dataclass(frozen=True)
class Gap:
    """Words under no quote and no coverage row; ``opening`` are the first of them as printed.

    In a paragraph in Chinese these are whole ``clauses``, and ``words`` counts their characters.
    """

    source: str
    paragraph: int
    words: int
    start: int
    opening: str
    clauses: int = 0
    end: int = 0

    def __str__(self) -> str:
        size = f"{self.words} words"
        if self.clauses:
            size = f"{self.clauses} clause{'s' * (self.clauses > 1)}, {self.words} characters"
        return f"{self.source}:{self.paragraph}: {size} from position {self.start}, {self.opening!r} …"


def check_sections(document: Document, register: EntityIndex, ontology: Ontology) -> Iterator[Problem]:
    """Check that sections follow each other from the first paragraph to the last, and are about places."""
    expected = 1
    for section in document.sections:
        if section.first != expected or section.last < section.first:
            what = f"the section should begin at paragraph {expected}"
            remedy = "sections follow each other without gap or overlap"
            yield section.problem("first", "section-bounds", what, section.first, remedy)
        expected = section.last + 1
        if section.region:
            yield from check_end(section, "region", "a section's region", ("Place",), register, ontology)
        original = f"source/{section.digest_of}"
        if section.digest_of and (original not in register.kinds or section.digest_of == document.source.id):
            what, remedy = "it is no other source", "name the id of the original, if that was read too"
            yield section.problem("digest_of", "unknown-source", what, section.digest_of, remedy)
        if section.under and not 1 <= int(section.under) <= document.source.paragraphs:
            yield out_of_range(section, "under", document)
    if document.sections and expected != document.source.paragraphs + 1:
        last = document.sections[-1]
        what = f"the last section should end at paragraph {document.source.paragraphs}"
        yield last.problem("last", "section-bounds", what, last.last, "sources.csv counts the paragraphs")


def check_coverage(document: Document, ontology: Ontology) -> Iterator[Problem]:
    """Check that coverage rows give a reason of the list and name their span in few words."""
    for span in document.coverage:
        if span.paragraph > document.source.paragraphs:
            yield out_of_range(span, "paragraph", document)
        yield from check_terms(span, ontology, "reason")
        known = span.reason in ontology.schemes["reasons"]
        if known and (span.reason == "repeats-paragraph") != bool(span.repeats):
            what = "a repeated paragraph is named with the reason repeats-paragraph only"
            remedy = "name the paragraph with repeats-paragraph, else nothing"
            yield span.problem("repeats", "missing-repeats", what, span.repeats, remedy)
        if span.repeats and not 1 <= int(span.repeats) <= document.source.paragraphs:
            yield out_of_range(span, "repeats", document)
        for column, words in (("from", span.begins), ("to", span.to)):
            spaced, han = text.length(words)
            if spaced > SPANWORDS or han > SPANHAN:
                what = f"more than {SPANWORDS} words or {SPANHAN} Han characters"
                yield span.problem(column, "span-words", what, words, "name fewer")
        if span.to and not span.begins:
            what = "the span has an end and no beginning"
            yield span.problem("from", "span-words", what, "", "name its first words")


def split_read(document: Document) -> tuple[set[int], list[str]]:
    """Return the paragraphs of sections that were read or have a row, and the others: ``1-9``, ``30-40``."""
    rows: set[int] = {row.paragraph for row in chain(document.evidence(), document.coverage)}
    read: set[int] = set()
    others = []
    for section in document.sections:
        within = range(section.first, section.last + 1)
        if section.read or not rows.isdisjoint(within):
            read.update(within)
        else:
            others.append(f"{section.first}-{section.last}")
    return read, others


def cover(document: Document, paragraphs: Sequence[str], under: Spans) -> tuple[Spans, list[Problem]]:
    """Return the spans under quotes and coverage rows, and the problems of rows whose span is missing."""
    covered = {n: list(under.get(n, ())) for n in range(1, len(paragraphs) + 1)}
    problems = []
    for row in document.coverage:
        if row.paragraph <= len(paragraphs):
            found = find_span(row, paragraphs[row.paragraph - 1])
            if isinstance(found, Problem):
                problems.append(found)
            else:
                covered[row.paragraph].append(found)
    return covered, problems


def find_span(row: models.CoverageRow, raw: str) -> text.Span | Problem:
    """Return the span of a paragraph that a coverage row names, or the problem of one that is not there."""
    if not row.begins:
        return text.Span(0, len(raw))
    remedy = "name the span by words that stand there once"
    starts, _ = text.find(raw, row.begins)
    if len(starts) != 1:
        what = f"the words stand {len(starts)} times in paragraph {row.paragraph}"
        return row.problem("from", "span-missing", what, row.begins, remedy)
    for end in text.find(raw, row.to or row.begins)[0]:
        if end.end >= starts[0].end:
            return text.Span(starts[0].start, end.end)
    what = "the words do not follow the first ones of the span"
    return row.problem("to", "span-missing", what, row.to, remedy)


def gaps(source: str, paragraphs: Sequence[str], covered: Spans) -> Iterator[Gap]:
    """Return what no span covers: runs of more than GAPWORDS words, in Chinese of clauses."""
    for number, raw in enumerate(paragraphs, 1):
        if 2 * len(_HAN.findall(raw)) > sum(1 for _ in WORD.finditer(raw)):
            yield from _clause_gaps(source, number, raw, covered[number])
            continue
        run: list[re.Match[str]] = []
        for word in [*WORD.finditer(raw), None]:
            if word and not _is_under(word, covered[number]):
                run.append(word)
                continue
            if len(run) > GAPWORDS:
                start = run[0].start()
                yield Gap(source, number, len(run), start, raw[start : run[:8][-1].end()], end=run[-1].end())
            run = []


def _clause_gaps(source: str, number: int, raw: str, spans: Sequence[text.Span]) -> Iterator[Gap]:
    """Yield the runs of clauses under no span, and long runs of characters beside a span in a clause."""
    run: list[re.Match[str]] = []
    for clause in [*_CLAUSE.finditer(raw), None]:
        if clause and not _is_under(clause, spans):
            run.append(clause)
            continue
        if run and (size := _count_han(raw[run[0].start() : run[-1].end()])) > GAPHAN:
            start, opening = _opening(raw, run[0].start(), run[-1].end())
            yield Gap(source, number, size, start, opening, len(run), run[-1].end())
        run = []
        for start, end in _beside(clause, spans) if clause else ():
            if (size := _count_han(raw[start:end])) > WITHINHAN:
                yield Gap(source, number, size, *_opening(raw, start, end), 1, end)


def _beside(clause: re.Match[str], spans: Sequence[text.Span]) -> Iterator[tuple[int, int]]:
    """Yield the runs of a clause between the spans that lie in it."""
    start = clause.start()
    for span in sorted(span for span in spans if span.start < clause.end() and clause.start() < span.end):
        yield start, max(start, span.start)
        start = max(start, span.end)
    yield start, max(start, clause.end())


def _opening(raw: str, start: int, end: int) -> tuple[int, str]:
    """Return where the words of a run begin, and the first of them."""
    found = [*WORD.finditer(raw, start, end)]
    first = found[0].start() if found else start
    return first, raw[first : found[:WITHINHAN][-1].end() if found else end]


def _count_han(raw: str) -> int:
    return len(_HAN.findall(raw))


def words_under(paragraphs: Sequence[str], under: Spans) -> Words:
    """Return the words of a text that stand under spans."""
    return {
        (number, word.start())
        for number, spans in under.items()
        for word in WORD.finditer(paragraphs[number - 1])
        if _is_under(word, spans)
    }


def count_words(paragraphs: Sequence[str]) -> int:
    """Count the words of a text, each Han character as one."""
    return sum(1 for raw in paragraphs for _ in WORD.finditer(raw))


def _is_under(word: re.Match[str], spans: Sequence[text.Span]) -> bool:
    return any(span.start < word.end() and word.start() < span.end for span in spans)
