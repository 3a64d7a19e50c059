"""Numbers in English words, and figures with an English scale: ``two hundred and fifty``, ``65.8bn``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from kg.read import figures

_ONES = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
_TEENS = [
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
UNIT = {word: n for n, word in enumerate(_ONES, 1)}
_TEEN = {word: n for n, word in enumerate(_TEENS, 10)}
_TEN = {word: n * 10 for n, word in enumerate(_TENS, 2)}
_BELOW_100 = UNIT | _TEEN | _TEN | {f"{a} {b}": x + y for a, x in _TEN.items() for b, y in UNIT.items()}
SCALE = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
SHORT = {
    "k": 10**3, "m": 10**6, "mn": 10**6, "mln": 10**6, "bn": 10**9, "bln": 10**9, "tn": 10**12, "trn": 10**12,
}  # fmt: skip
#: What parts words: a hyphen after a scale is the sign of a range (one hundred-two hundred).
_GAP = re.compile(r" +|(?<=[a-z])(?<!hundred)(?<!thousand)(?<!illion)-(?=[a-z])|-(?=and\b)")


def parse(text: str) -> Decimal | None:
    """A figure or words with their scale: ``two hundred and fifty thousand``, ``65.8bn``."""
    short = re.fullmatch(r"([0-9][0-9,. '’]*?) ?([a-z]{1,3})", text)
    if short and short[2] in SHORT:
        return figures.times(figures.parse(short[1]), SHORT[short[2]])
    match = re.fullmatch(rf"(.*?)[ -]+((?:hundred|{'|'.join(SCALE)})(?:[ -]+(?:{'|'.join(SCALE)}))*)", text)
    if match and match[1][:1].isdigit():
        return figures.times(figures.parse(match[1]), _scale(re.split("[ -]+", match[2])))
    words = _GAP.split(text)
    if words == ["zero"]:
        return Decimal(0)
    return _half_of(words) or _words(words)


def _half_of(words: list[str]) -> Decimal | None:
    """``half a million``, ``two and a half billion``."""
    if words[0] == "half" and words[1:-1] in ([], ["a"]) and words[-1] in SCALE:
        return Decimal(SCALE[words[-1]]) / 2
    joined = " ".join(words)
    match = re.fullmatch(rf"([a-z ]+) and a half(?: ({'|'.join(SCALE)}))?", joined)
    if match and match[1] in _BELOW_100:
        return (_BELOW_100[match[1]] + Decimal("0.5")) * SCALE.get(match[2], 1)
    return None


def _words(words: list[str]) -> Decimal | None:
    """Parts of falling scale (``one million two hundred thousand and five``), each below the one before."""
    total, limit = Decimal(0), Decimal(10**18)
    if words[0] in ("a", "hundred", *SCALE):
        words = ["one", *(words[1:] if words[0] == "a" else words)]
        if len(words) == 1:
            return None
    for joined, count, scale in _chunks(words):
        value = Decimal(count) * scale
        if not count or not scale or value >= limit or (joined and (count >= 100 or scale > 1 or not total)):
            return None
        total, limit = total + value, Decimal(scale)
    return total


def _chunks(words: list[str]) -> Iterator[tuple[bool, int, int]]:
    """Each part of a number in words: whether ``and`` leads to it, its count, its scale; 0 for neither."""
    at = 0
    while at < len(words):
        end = at
        while end < len(words) and words[end] not in SCALE:
            end += 1
        stop = end
        while stop < len(words) and words[stop] in SCALE:
            stop += 1
        joined = words[at] == "and"
        yield joined, _below_scale(words[at + joined : end]), _scale(words[end:stop])
        at = stop


def _below_scale(words: list[str]) -> int:
    """``two hundred and fifty`` → 250; 0 for what is no such number."""
    head, hundred, tail = _cut(words, "hundred")
    if not hundred:
        return _BELOW_100.get(" ".join(words), 0)
    count = _BELOW_100.get(" ".join(head), 0)
    rest = _BELOW_100.get(" ".join(tail[1:] if tail[:1] == ["and"] else tail), 0)
    return 0 if not count or (tail and not rest) else count * 100 + rest


def _cut(words: list[str], word: str) -> tuple[list[str], bool, list[str]]:
    if word not in words:
        return words, False, []
    at = words.index(word)
    return words[:at], True, words[at + 1 :]


def _scale(words: list[str]) -> int:
    """One scale word, also after ``hundred`` or ``thousand`` (a thousand million); 1 for none, else 0."""
    if not words:
        return 1
    *firsts, last = words
    if (firsts and firsts not in (["hundred"], ["thousand"], ["hundred", "thousand"])) or last in firsts:
        return 0
    value = 1
    for word in words:
        value *= 100 if word == "hundred" else SCALE[word]
    return value
