"""Text: paragraphs of a source, and quotes found in them in spite of width, spacing and marks.

A text is folded for comparison (NFKC, white space, quotation marks, dashes; between Han characters
white space goes altogether) with a map back to the raw offsets, so that what is found is always an
exact run of the raw text, and what had to be folded can be reported.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

MAX_WORDS = 12
MAX_HAN = 30

_HAN = r"\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_CJK = re.compile(rf"[{_HAN}\u3000-\u303f\uff00-\uffef]")
_HAN_CHAR = re.compile(rf"[{_HAN}]")
_MARKS = {
    **dict.fromkeys("“”„‟«»「」『』＂″〝〞", '"'),
    **dict.fromkeys("‘’‚‛′`´＇", "'"),
    **dict.fromkeys("‐‑‒–—―−﹣－", "-"),
}
_PUNCTUATION = re.compile(r"[^\w\s%.]")
_UNEVEN = re.compile(rf"^\s|\s$|\s\s|[^\S ]|(?<={_CJK.pattern}) (?={_CJK.pattern})")


@dataclass(frozen=True)
class Folded:
    """A folded text; ``start[i]`` and ``end[i]`` bound in the raw text what became character i."""

    text: str
    start: Sequence[int]
    end: Sequence[int]


@dataclass(frozen=True, order=True)
class Span:
    """A run of a raw text, 0-based, in code points, ``end`` exclusive."""

    start: int
    end: int


def paragraphs(text: str) -> list[str]:
    """The non-blank lines of a source, split on the newline alone; paragraph n is item n - 1."""
    return [line for line in text.split("\n") if line.strip()]


class _Even(dict[int, str]):
    """Folded characters by code point; twice the character where it cannot be folded by itself."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        folded = _MARKS.get(char, char)
        folded = "".join(_MARKS.get(c, c) for c in unicodedata.normalize("NFKC", folded))
        self[code] = char * 2 if unicodedata.combining(char) or not folded else folded
        return self[code]


_EVEN = _Even()


@lru_cache(maxsize=4_096)
def fold(raw: str, *, loose: bool = False) -> Folded:
    """Fold for comparison; ``loose`` also drops punctuation, which some pages lose."""
    if not loose and not _UNEVEN.search(raw):
        even = raw.translate(_EVEN)
        if len(even) == len(raw):  # character by character, as nearly all texts are
            return Folded(even, range(len(raw)), range(1, len(raw) + 1))
    text: list[str] = []
    start: list[int] = []
    end: list[int] = []
    for first, last in _clusters(raw):
        cluster = raw[first:last]
        folded = "".join(
            _MARKS.get(c, c) for c in unicodedata.normalize("NFKC", _MARKS.get(cluster, cluster))
        )
        if loose:
            folded = _PUNCTUATION.sub("", folded)
        for char in folded:
            if char.isspace():
                if not text or text[-1] == " ":
                    if text:
                        end[-1] = last
                    continue
                char = " "
            elif text and text[-1] == " " and _han_gap(start, raw, cluster):
                text.pop(), start.pop(), end.pop()
            text.append(char)
            start.append(first)
            end.append(last)
    if text and text[-1] == " ":
        text.pop(), start.pop(), end.pop()
    return Folded("".join(text), tuple(start), tuple(end))


def find(raw: str, quote: str) -> tuple[list[Span], list[str]]:
    """Where a quote stands in a raw paragraph, and what had to be folded to see it.

    The second value names, for the first place found, how raw text and quote differ:
    ``width``, ``space``, ``marks``, ``punctuation``, ``composition``. An exact match has none.
    """
    for loose in (False, True):
        if loose and not _HAN_CHAR.search(quote):
            break
        spans = _find(raw, quote, loose=loose)
        if spans:
            return spans, _differences(raw[spans[0].start : spans[0].end], quote)
    return [], []


def contains(text: str, name: str) -> bool:
    """Whether a name stands in a text, folded and without regard to case."""
    return key(name) in key(text)


@lru_cache(maxsize=8_192)
def key(text: str) -> str:
    """A text as names are compared: folded, without case."""
    if text.isascii():  # the same, a good deal faster
        return " ".join(text.replace("`", "'").split()).lower()
    return fold(text).text.casefold()


def length(text: str) -> tuple[int, int]:
    """How many words a text has outside Han script, and how many Han characters."""
    if text.isascii():
        return len(text.split()), 0
    return len(re.findall(r"\S+", _CJK.sub(" ", text))), len(_HAN_CHAR.findall(text))


@lru_cache(maxsize=4_096)
def folded_hash(raw: str) -> str:
    """SHA-256 of the folded text: equal for two prints of one paragraph."""
    return hashlib.sha256(fold(raw).text.encode()).hexdigest()


def _find(raw: str, quote: str, *, loose: bool) -> list[Span]:
    hay, needle = fold(raw, loose=loose), fold(quote, loose=loose).text
    spans = []
    at = hay.text.find(needle) if needle else -1
    while at >= 0:
        spans.append(Span(hay.start[at], hay.end[at + len(needle) - 1]))
        at = hay.text.find(needle, at + 1)
    return spans


def _clusters(raw: str) -> list[tuple[int, int]]:
    """Bounds of each character together with the combining marks that follow it."""
    bounds: list[tuple[int, int]] = []
    for i, char in enumerate(raw):
        if bounds and unicodedata.combining(char):
            bounds[-1] = (bounds[-1][0], i + 1)
        else:
            bounds.append((i, i + 1))
    return bounds


def _han_gap(start: list[int], raw: str, following: str) -> bool:
    """White space with Han script on either side is a line break inside the text, not a word break."""
    before = raw[start[-2]] if len(start) > 1 else ""
    return bool(_CJK.match(following) and before and _CJK.match(before))


def _differences(raw: str, quote: str) -> list[str]:
    if raw == quote:
        return []
    found = []
    if any(
        unicodedata.normalize("NFKC", c) != c and not c.isspace() and c not in _MARKS for c in raw + quote
    ):
        found.append("width")
    if re.sub(r"\s", "", raw) != raw and re.findall(r"\s+", raw) != re.findall(r"\s+", quote):
        found.append("space")
    if [c for c in raw if c in _MARKS] != [c for c in quote if c in _MARKS]:
        found.append("marks")
    if fold(raw).text != fold(quote).text:
        found.append("punctuation")
    return found or ["composition"]
