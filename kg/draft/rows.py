"""Rows of a draft table, and the words of a paragraph that they quote."""

import re
from collections.abc import Sequence
from typing import Annotated

from kg import text
from kg.draft.vocabulary import HAN, Found
from kg.read import models
from kg.read.models import Cell, about
from kg.text import Span

#: A quote is at most so many Han characters, governing words at most so many words or Han characters.
QUOTE_HAN, SAID_WORDS, SAID_HAN, CUE_WORDS, CUE_HAN = 16, 8, 12, 5, 8
#: How a row names an entity that another row of the draft proposes: ``new:`` and its printed name.
NEW = "new:"
_WORD = re.compile(r"[\u3007\u3400-\u9fff]|[^\s\u3007\u3400-\u9fff]+")
_LIST = re.compile("[、,，;；]")
_Decision = Annotated[str, models.matches("|yes|no"), models.Form("yes, no, or nothing")]
_KINDS = Annotated[str, models.matches("statement|target|entity"), models.Form("statement, target or entity")]


class DraftRow(models.Row):
    """A proposal: a statement or target as its table holds it, or an entity with its names."""

    optional = ("status", "model")
    accept: _Decision = about("yes: kg accept moves it; no: it is not proposed again; empty: not decided.")
    kind: _KINDS = about("statement, target or entity.")
    paragraph: models.Whole = about("The paragraph's number.")
    quote: Cell = about("The words it rests on.")
    said: Cell = about("The governing words, where the quote lacks them.")
    said_paragraph: Cell = about("The heading that holds them, if another paragraph.")
    subject: Cell = about("Whom a statement is about: an id, or new: and a printed name.")
    predicate: Cell = about("What is stated of it.")
    object: Cell = about("An id, or new: and a printed name.")
    stage: Cell = about("How far it has come.")
    tier: Cell = about("What the source calls the object.")
    cue: Cell = about("The words that stage and tier rest on.")
    place: Cell = about("Of a target: where it is to be reached.")
    topic: Cell = about("Of a target: what it is about.")
    indicator: Cell = about("Of a target: what is measured; to be filled where it is empty.")
    comparator: Cell = about("Of a target: how the aim relates to the value.")
    value: Cell = about("Of a target: the number in the unit.")
    upper: Cell = about("Of a target: the upper bound of a range.")
    unit: Cell = about("Of a target: the unit of value and upper.")
    written: Cell = about("Of a target: the number as the source writes it.")
    unit_written: Cell = about("Of a target: the unit as the source writes it.")
    period: Cell = about("When it holds, or by when.")
    status: Cell = about("Of a target: achieved or estimated for a figure of the past.", default="")
    flags: Cell = about("What a reader has to know.")
    note: Cell = about("A remark for readers.")
    entity: Cell = about("Of an entity: its id; empty for a new one, whose id is made from the label.")
    class_: Cell = about("Of a new entity: its class.", alias="class")
    name: Cell = about("Of an entity: the name as it is printed.")
    lang: Cell = about("Of an entity: the language of the printed name.")
    label: Cell = about("Of a new entity: its English label, to be filled.")
    start: Cell = about("Where the words begin in the paragraph, from 0.")
    end: Cell = about("Where they end.")
    why: Cell = about("What the program saw.")
    model: Cell = about("The language model that proposed it; empty for the rules.", default="")


COLUMNS = DraftRow.columns()


def blank(kind: str, paragraph: int, span: Span, why: str, **cells: str) -> dict[str, str]:
    """Return the cells of a proposal, empty but for these."""
    where = {"kind": kind, "paragraph": str(paragraph), "start": str(span.start), "end": str(span.end)}
    return {**dict.fromkeys(COLUMNS, ""), **where, "why": why, **cells}


def cells_of(row: DraftRow) -> dict[str, str]:
    """Return the cells of a row as its table holds them."""
    cells = row.model_dump(by_alias=True)
    return {column: str(cells[column]) for column in COLUMNS}


def fits(words: str) -> bool:
    """Whether words may be quoted."""
    number, han = text.length(words)
    return number <= text.MAX_WORDS and han <= QUOTE_HAN


def choose_quote(raw: str, span: Span, governing: Sequence[Found] = ()) -> Span | None:
    """Return a quote that holds a run, unique in its paragraph; with the governing words if they are near.

    None if no words within the limits are unique.
    """
    begin = min((cue.start for cue in governing if cue.end <= span.start), default=span.start)
    end = max((cue.end for cue in governing if cue.start >= span.end), default=span.end)
    if _LIST.search(raw[begin : span.start]) or _LIST.search(raw[span.end : end]):
        begin, end = span  # other members of a list stand between
    for wide in (Span(begin, end), span):
        if fits(raw[wide.start : wide.end]) and (found := _unique(raw, wide)):
            return found
    return None


def governing_words(raw: str, governing: Sequence[Found], quote: Span) -> str:
    """Return the words that govern, if they stand outside the quote; the shortest run within the limits."""
    if not governing or (quote.start <= governing[0].start and governing[-1].end <= quote.end):
        return ""
    for first in range(len(governing)):
        words = raw[governing[first].start : governing[-1].end]
        if may_govern(words):
            return words
    return ""


def may_govern(words: str) -> bool:
    """Whether words are short enough to be quoted as governing ones."""
    number, han = text.length(words)
    return number <= SAID_WORDS and han <= SAID_HAN


def _unique(raw: str, span: Span) -> Span | None:
    """Return a run lengthened by words until it stands once in the paragraph."""
    words = [Span(m.start(), m.end()) for m in _WORD.finditer(raw)]
    start, end = span
    for to_right in (True, False) * 8:
        if not fits(raw[start:end]):
            return None
        bare = max(span.end, start + len(raw[start:end].rstrip(" ,.;:，。；：、")))
        for tail in (bare, end):
            quote = raw[start:tail]
            if quote == quote.strip() and len(text.find(raw, quote)[0]) == 1 and raw.count(quote) == 1:
                return Span(start, tail)
        if to_right:
            end = next((w.end for w in words if w.end > end), end)
        else:
            start = next((w.start for w in reversed(words) if w.start < start), start)
    return None


def language(words: str) -> str:
    """Return zh for words with Han script, else en."""
    return "zh" if HAN.search(words) else "en"
