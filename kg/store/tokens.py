"""Tokens of the names index.

SQLite's own tokenizers find nothing for 芯片. Here a Latin word is one token, without accents and a plural's
s; a run of Han characters gives its pairs of neighbours and its single characters.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import chain

from kg import text

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
    """Return a folded name without white space and hyphens: "silicon carbide" is "siliconcarbide"."""
    return re.sub(r"[\s-]+", "", folded)


def pieces(folded: str) -> list[Piece]:
    """Return the words and Han runs of a folded text, in order."""
    found: list[Piece] = []
    for match in _PIECE.finditer(folded):
        if word := match["word"]:
            found.append((_singular(_bare(word)),))
        else:
            run = match["han"]
            found.append(tuple(run[at : at + 2] for at in range(len(run) - 1)) or (run,))
    return found


def characters(piece: Piece) -> tuple[str, ...]:
    """Return the characters of a run of at least two Han characters; none for any other piece."""
    if len(piece[0]) != 2 or not _IS_HAN.match(piece[0]):
        return ()
    return (*(pair[0] for pair in piece), piece[-1][1])


def tokens(folded: str) -> str:
    """Return all tokens of a folded text, separated by spaces."""
    return " ".join(chain.from_iterable((*piece, *characters(piece)) for piece in pieces(folded)))


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def _bare(word: str) -> str:
    """Return a word without accents."""
    if word.isascii():
        return word
    return "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))
