"""Governing words and cues of statements: where they stand in a text, or by the recorded positions."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, Protocol

from kg import text
from kg.errors import Problem
from kg.read import models
from kg.read.seeds import Document

#: Return the spans of words in a paragraph of this number, in order.
Find = Callable[[int, str], Sequence[text.Span]]


class Row(Protocol):
    """What is needed of a statement, or of a proposal of one, to find its words."""

    paragraph: int
    quote: str
    said: str
    said_paragraph: str
    cue: str


class Place(NamedTuple):
    """Where words of a statement stand; ``paragraph`` is the one that holds them."""

    paragraph: int
    start: int
    end: int


def find_in(paragraphs: Sequence[str], *, any_case: bool = False) -> Find:
    """Return a function that finds words in the paragraphs of a text, as printed or in whatever case."""

    def find(number: int, words: str) -> Sequence[text.Span]:
        raw = paragraphs[number - 1] if number <= len(paragraphs) else ""
        found, _ = text.find(raw, words)
        if not found and any_case and len(raw.lower()) == len(raw):
            found, _ = text.find(raw.lower(), words.lower())
        return found

    return find


def place_said(statement: Row, find: Find) -> Place | None:
    """Return the place of the governing words nearest before the quote, else the first; None without any."""
    number = int(statement.said_paragraph or 0) or statement.paragraph
    return _nearest(statement, statement.said, number, find)


def place_cue(statement: Row, document: Document, find: Find) -> Place | None:
    """Return the place of the cue in the paragraph, else in a heading of its section; None without any."""
    section = document.section(statement.paragraph)
    numbers = (statement.paragraph, *(section.headings if section else ()))
    places = (_nearest(statement, statement.cue, number, find) for number in numbers)
    return next(filter(None, places), None)


def locate(
    document: Document, paragraphs: Sequence[str]
) -> Iterator[tuple[models.StatementRow, str, Place | None]]:
    """Yield each statement with its governing words, and with its cue, and where they stand in the text."""
    printed, any_case = find_in(paragraphs), find_in(paragraphs, any_case=True)
    for statement in document.statements:
        if statement.said:
            yield statement, statement.said, place_said(statement, printed)
        if statement.cue:
            yield statement, statement.cue, place_cue(statement, document, any_case)


def recorded(
    row: models.Evidence, document: Document
) -> Iterator[tuple[str, str, models.PositionRow | None]]:
    """Yield ``said`` and ``cue`` of a row, where it has them, with the words and their recorded position."""

    def find(number: int, words: str) -> Sequence[text.Span]:
        found = document.located.get((row.paragraph, number, words), ())
        return [text.Span(position.start, position.end) for position in found]

    def position(words: str, place: Place | None) -> models.PositionRow | None:
        among = document.located.get((row.paragraph, place.paragraph, words), ()) if place else ()
        return next((one for one in among if place and one.start == place.start), None)

    if isinstance(row, models.StatementRow):
        if row.said:
            yield "said", row.said, position(row.said, place_said(row, find))
        if row.cue:
            yield "cue", row.cue, position(row.cue, place_cue(row, document, find))


def missing(
    statement: models.StatementRow, words: str, document: Document, paragraphs: Sequence[str]
) -> Iterator[Problem]:
    """Yield the problem of governing words or a cue that the text lacks, unless another problem causes it."""
    number = int(statement.said_paragraph or 0) or statement.paragraph
    if words == statement.said and number <= len(paragraphs):
        what = f"the governing words are not in paragraph {number}"
        remedy = text.near(paragraphs[number - 1], words) or "copy the words as they are printed"
        yield statement.problem("said", "said-missing", what, words, remedy)
    elif words == statement.cue and document.section(statement.paragraph):
        what = "the cue stands neither in the paragraph nor in its heading"
        remedy = "quote the words that speak for stage or tier"
        yield statement.problem("cue", "cue-missing", what, words, remedy)


def _nearest(statement: Row, words: str, number: int, find: Find) -> Place | None:
    found = find(number, words)
    quoted = find(number, statement.quote) if number == statement.paragraph else ()
    before = [span for span in found if quoted and span.start <= quoted[0].start]
    return Place(number, *(before[-1] if before else found[0])) if found else None
