"""Match expressions for the full-text index, from strict to loose, and the likeness of two names."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator

from rapidfuzz import fuzz, process, utils
from rapidfuzz.distance import OSA

from kg.store.tokens import Piece, characters, squeeze

_MOST_PIECES = 12
_MOST_PAIRS = 32  # of Han characters in all pieces together: the loose steps cost the square of it
_MOST_WORDS = 20_000  # words of the index that are compared with a misspelt one


def all_of(found: Iterable[Piece]) -> str:
    """Return an expression that matches names which hold all pieces."""
    return " AND ".join(_all(piece) for piece in _shortest(found))


def widening(connection: sqlite3.Connection, found: list[Piece]) -> Iterator[str]:
    """Yield match expressions from strict to loose: all words, prefixes, typo-tolerant, all but one.

    Only the beginning of a long query is used.
    """
    found = _shortest(found)
    if not found:
        return
    yield all_of(found)
    yield " AND ".join(_prefix(piece) for piece in found)
    tolerant = [_tolerant(connection, piece) for piece in found]
    yield " AND ".join(tolerant)
    for at, piece in enumerate(found):
        rest = tolerant[:at] + tolerant[at + 1 :]
        yield from (" AND ".join([*rest, *other]) for other in _loose(piece) if rest or other)


def quoted(token: str) -> str:
    """Return a token as FTS5 reads it; tokens hold letters and digits only."""
    return f'"{token}"'


def likeness(query: str, name: str) -> float:
    """Return how alike two folded names are, from 0 to 100.

    A name that holds the query is near, the nearer the shorter it is; so is the name before a comma in the
    query ("Jinan, Shandong").
    """
    if query == name:
        return 100.0
    if squeeze(query) == squeeze(name):
        return 99.0
    part = 86 + 8 * len(query) / len(name) if len(query) > 1 and query in name else 0.0
    words, others = utils.default_process(query), utils.default_process(name)
    return max(
        fuzz.ratio(query, name),
        part,
        90.0 if squeeze(query.partition(",")[0]) == squeeze(name) else 0.0,
        0.95 * fuzz.token_sort_ratio(words, others),  # the same words in another order
        0.8 * fuzz.token_set_ratio(words, others),  # all words of one in the other
    )


def _shortest(found: Iterable[Piece]) -> list[Piece]:
    """Cut the pieces of a query to the numbers that are searched."""
    kept: list[Piece] = []
    pairs = 0
    for piece in found:
        if len(kept) == _MOST_PIECES or pairs >= _MOST_PAIRS:
            break
        piece = piece[: _MOST_PAIRS - pairs]
        pairs += len(piece) if characters(piece) else 0
        kept.append(piece)
    return kept


def _all(piece: Piece) -> str:
    return " AND ".join(quoted(token) for token in piece)


def _prefix(piece: Piece) -> str:
    is_word = len(piece[0]) > 1 and not characters(piece)
    return f"{quoted(piece[0])}*" if is_word else _all(piece)


def _tolerant(connection: sqlite3.Connection, piece: Piece) -> str:
    """Return an expression for a word, or for the words of the index that are a typing error away from it."""
    near = [] if characters(piece) else _near(connection, piece[0])
    return f"({' OR '.join(quoted(word) for word in near)})" if near else _prefix(piece)


def _near(connection: sqlite3.Connection, word: str) -> list[str]:
    """Return the words of the index that are one typing error away, two in a long word.

    One error leaves the word's beginning or its end as it was, so two ranges hold all candidates.
    """
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
    """Return a piece with one thing left out: nothing of a word, all but one Han character of a run."""
    single = characters(piece)
    if not single:
        return [[]]
    return [
        [quoted(pair) for at, pair in enumerate(piece) if wrong not in (at, at + 1)]
        + [quoted(char) for at, char in enumerate(single) if at != wrong]
        for wrong in range(len(single))
    ]
