"""Matches: what a query becomes in the words of FTS5, from strict to loose, and words one slip away."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator

from rapidfuzz import process
from rapidfuzz.distance import OSA

from kg.store.tokens import Piece, characters

_MOST_PIECES = 12
_MOST_WORDS = 20_000  # words of the index that are compared with a misspelt one


def all_of(found: Iterable[Piece]) -> str:
    """Names that hold all pieces."""
    return " AND ".join(_all(piece) for piece in found)


def widening(connection: sqlite3.Connection, found: list[Piece]) -> Iterator[str]:
    """Ever looser matches: all words; words that begin so; misspelt ones mended; all but one of them."""
    if not found:
        return
    found = found[:_MOST_PIECES]
    yield all_of(found)
    yield " AND ".join(_begun(piece) for piece in found)
    mended = [_mended(connection, piece) for piece in found]
    yield " AND ".join(mended)
    for at, piece in enumerate(found):
        rest = mended[:at] + mended[at + 1 :]
        yield from (" AND ".join([*rest, *other]) for other in _loose(piece) if rest or other)


def quoted(token: str) -> str:
    """A token as FTS5 reads it; tokens hold letters and digits only."""
    return f'"{token}"'


def _all(piece: Piece) -> str:
    return " AND ".join(quoted(token) for token in piece)


def _begun(piece: Piece) -> str:
    is_word = len(piece[0]) > 1 and not characters(piece)
    return f"{quoted(piece[0])}*" if is_word else _all(piece)


def _mended(connection: sqlite3.Connection, piece: Piece) -> str:
    """A word, or the words of the index that are a slip of the pen away from it."""
    near = [] if characters(piece) else _near(connection, piece[0])
    return f"({' OR '.join(quoted(word) for word in near)})" if near else _begun(piece)


def _near(connection: sqlite3.Connection, word: str) -> list[str]:
    """One slip leaves the word's beginning or its end as it was, so two ranges hold all candidates."""
    if len(word) < 4:
        return []
    half = (len(word) - 1) // 2
    begin, end = word[:half], word[::-1][:half]
    size = (len(word) - 2, len(word) + 2)
    pool = connection.execute(
        "SELECT word FROM word WHERE word >= ? AND word < ? AND length(word) BETWEEN ? AND ?"
        " UNION SELECT word FROM word WHERE reversed >= ? AND reversed < ? AND length(word) BETWEEN ? AND ?"
        " LIMIT ?",
        (begin, f"{begin}\U0010ffff", *size, end, f"{end}\U0010ffff", *size, _MOST_WORDS),
    )
    slips = 1 if len(word) < 8 else 2
    near = process.extract(word, [row[0] for row in pool], scorer=OSA.distance, score_cutoff=slips, limit=8)
    return sorted(found for found, _, _ in near)


def _loose(piece: Piece) -> list[list[str]]:
    """What is left of a piece with one thing amiss: nothing of a word, all but one Han character of a run."""
    single = characters(piece)
    if not single:
        return [[]]
    return [
        [quoted(pair) for at, pair in enumerate(piece) if wrong not in (at, at + 1)]
        + [quoted(char) for at, char in enumerate(single) if at != wrong]
        for wrong in range(len(single))
    ]
