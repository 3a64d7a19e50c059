"""Governing words and cues of statements, located in the paragraphs of a text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kg import text
from kg.errors import Problem
from kg.read import models
from kg.read.seeds import Document


def check_words(document: Document, paragraphs: Sequence[str]) -> Iterator[Problem]:
    """Check that cues and governing words stand where their rows say."""
    for statement in document.statements:
        if statement.cue and _has_section(statement, document) and not _cue(statement, document, paragraphs):
            what = "the cue stands neither in the paragraph nor in its heading"
            remedy = "quote the words that speak for stage or tier"
            yield statement.problem("cue", "cue-missing", what, statement.cue, remedy)
        number = _said_paragraph(statement)
        if statement.said and number <= len(paragraphs) and not _said(statement, paragraphs):
            what = f"the governing words are not in paragraph {number}"
            remedy = text.near(paragraphs[number - 1], statement.said) or "copy the words as they are printed"
            yield statement.problem("said", "said-missing", what, statement.said, remedy)


def spans(document: Document, paragraphs: Sequence[str]) -> Iterator[tuple[int, text.Span]]:
    """Yield paragraph and span of the governing words and cue of each statement, as far as they are found."""
    for statement in document.statements:
        if statement.said and (said := _said(statement, paragraphs)):
            yield _said_paragraph(statement), said
        if statement.cue and (cue := _cue(statement, document, paragraphs)):
            yield cue


def nearest(raw: str, words: str, quote: str) -> text.Span | None:
    """Return the place of words nearest before a quote in a paragraph, else their first; None without any."""
    found, _ = text.find(raw, words)
    quoted, _ = text.find(raw, quote)
    before = [span for span in found if quoted and span.start <= quoted[0].start]
    return before[-1] if before else found[0] if found else None


def _said(statement: models.StatementRow, paragraphs: Sequence[str]) -> text.Span | None:
    number = _said_paragraph(statement)
    return (
        nearest(paragraphs[number - 1], statement.said, statement.quote)
        if number <= len(paragraphs)
        else None
    )


def _said_paragraph(statement: models.StatementRow) -> int:
    return int(statement.said_paragraph or 0) or statement.paragraph


def _cue(
    statement: models.StatementRow, document: Document, paragraphs: Sequence[str]
) -> tuple[int, text.Span] | None:
    """Paragraph and place of a cue, in whatever case: the paragraph goes before its headings."""
    section = document.section(statement.paragraph)
    for number in (statement.paragraph, *(section.headings if section else ())):
        raw = paragraphs[number - 1] if number <= len(paragraphs) else ""
        if text.contains(raw, statement.cue):
            lowered = raw if len(raw.lower()) != len(raw) else raw.lower()
            span = nearest(raw, statement.cue, statement.quote)
            span = span or nearest(lowered, statement.cue.lower(), statement.quote.lower())
            return number, span or text.Span(0, 0)
    return None


def _has_section(statement: models.StatementRow, document: Document) -> bool:
    return document.section(statement.paragraph) is not None
