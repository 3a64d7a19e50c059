"""Marks in a paragraph, and the segments into which overlapping marks part it."""

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple


class Mark(NamedTuple):
    """Words of a paragraph that a row rests on; ``start`` and ``end`` count characters of the raw text.

    ``role`` is the kind of the row and what the words are to it: ``statement-quote``, ``statement-said``,
    ``mention``, ``gap``; ``row`` is the id of the row on the page.
    """

    paragraph: int
    start: int
    end: int
    role: str
    row: str


class Segment(NamedTuple):
    """A run of a paragraph under the same marks: its words, their roles, and the ids of their rows."""

    words: str
    roles: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()


def segments(raw: str, marks: Iterable[Mark]) -> Iterator[Segment]:
    """Yield the runs of a paragraph, which together are its raw text, each with the marks that hold it."""
    found = sorted(mark for mark in marks if 0 <= mark.start < mark.end <= len(raw))
    borders = sorted({0, len(raw), *(mark.start for mark in found), *(mark.end for mark in found)})
    for start, end in pairwise(borders):
        over = [mark for mark in found if mark.start <= start and end <= mark.end]
        roles, rows = dict.fromkeys(mark.role for mark in over), dict.fromkeys(mark.row for mark in over)
        yield Segment(raw[start:end], tuple(roles), tuple(rows))
