"""Names as the index holds them: their tokens, expressions that match them, and the likeness of two names.

SQLite's own tokenizers find nothing for 芯片. Here a Latin word is one token, without accents and a plural's
s; a run of Han characters gives its pairs of neighbours and its single characters. A search begins with a
strict expression and goes on with looser ones.
"""

import re
import sqlite3
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import chain, pairwise

from rapidfuzz import fuzz, process, utils
from rapidfuzz.distance import OSA

from kg import text

_MOST_PIECES = 12
_MOST_PAIRS = 32  # of Han characters in all pieces together: the loose steps cost the square of it
_MOST_WORDS = 20_000  # words of the index that are compared with a misspelt one
_HAN = r"\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_PIECE = re.compile(rf"(?P<han>[{_HAN}]+)|(?P<word>[^\W_{_HAN}]+)")
_IS_HAN = re.compile(f"[{_HAN}]")
_APOSTROPHE = re.compile(r"(?<=\w)'(?=\w)")

#: A name as it is indexed: entity id, role (label, alias, abbreviation, printed), language, name.
Name = tuple[str, str, str, str]
#: A Latin word, or a run of Han characters as its pairs.
Piece = tuple[str, ...]


def fold(raw: str) -> str:
    """Fold a text for search: case, width, marks; apostrophes inside words go (Xi'an is Xian)."""
    return _APOSTROPHE.sub("", text.key(raw))


def key(name: str) -> str:
    """Return a name as names are compared: folded, without a plural's s."""
    return _singular(fold(name))


def squeeze(folded: str) -> str:
    """Return the letters and digits of a folded name, words in the singular: “9 + X” is "9x"."""
    return "".join(match["han"] or _singular(match["word"]) for match in _PIECE.finditer(folded))


def pieces(folded: str) -> list[Piece]:
    """Return the words and Han runs of a folded text, in order."""
    found: list[Piece] = []
    for match in _PIECE.finditer(folded):
        if word := match["word"]:
            if not word.isascii():  # accents go
                word = "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))
            found.append((_singular(word),))
        else:
            run = match["han"]
            found.append(tuple(map("".join, pairwise(run))) or (run,))
    return found


def characters(piece: Piece) -> tuple[str, ...]:
    """Return the characters of a run of at least two Han characters; none for any other piece."""
    if len(piece[0]) != 2 or not _IS_HAN.match(piece[0]):
        return ()
    return (*(pair[0] for pair in piece), piece[-1][1])


def tokens(folded: str) -> str:
    """Return all tokens of a folded text, separated by spaces."""
    return " ".join(chain.from_iterable((*piece, *characters(piece)) for piece in pieces(folded)))


def all_of(found: Iterable[Piece]) -> str:
    """Return an expression that matches names which hold all pieces."""
    return " AND ".join(map(_all, _shortest(found)))


def widening(connection: sqlite3.Connection, found: list[Piece]) -> Iterator[str]:
    """Yield match expressions from strict to loose: all words, prefixes, typo-tolerant, all but one."""
    found = _shortest(found)
    if not found:
        return
    yield all_of(found)
    yield " AND ".join(map(_prefix, found))
    tolerant = [_tolerant(connection, piece) for piece in found]
    yield " AND ".join(tolerant)
    for at, piece in enumerate(found):
        rest = tolerant[:at] + tolerant[at + 1 :]
        yield from (" AND ".join([*rest, *other]) for other in _loose(piece) if rest or other)


def quoted(token: str) -> str:
    """Return a token as FTS5 reads it; tokens hold letters and digits only."""
    return f'"{token}"'


def likeness(query: str, name: str) -> float:
    """Return how alike two folded names are, from 0 to 100."""
    if query == name:
        return 100.0
    if squeeze(query) == squeeze(name):
        return 99.0
    # a name that holds the query is near, the nearer the shorter it is
    part = 86 + 8 * len(query) / len(name) if len(query) > 1 and query in name else 0.0
    words, others = utils.default_process(query), utils.default_process(name)
    return max(
        fuzz.ratio(query, name),
        part,
        90.0 if squeeze(query.partition(",")[0]) == squeeze(name) else 0.0,  # "Jinan, Shandong"
        0.95 * fuzz.token_sort_ratio(words, others),  # the same words in another order
        0.8 * fuzz.token_set_ratio(words, others),  # all words of one in the other
    )


def _singular(word: str) -> str:
    if len(word) < 4 or not word.endswith("s") or word.endswith("ss"):
        return word
    return f"{word[:-3]}y" if word.endswith("ies") and len(word) > 5 else word[:-1]


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
    return [
        [quoted(pair) for at, pair in enumerate(piece) if wrong not in (at, at + 1)]
        + [quoted(char) for at, char in enumerate(single) if at != wrong]
        for wrong in range(len(single))
    ] or [[]]
