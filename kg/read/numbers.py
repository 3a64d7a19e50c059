"""Numbers as documents write them, in English and Chinese."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

_SCALE = {"hundred": 100, "thousand": 1_000, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_WORDS = {
    word: value
    for value, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
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
    )
} | {
    word: value * 10
    for value, word in enumerate(
        ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], start=2
    )
}
_MULTIPLES = {"double": 2, "doubled": 2, "doubling": 2, "翻番": 2, "翻一番": 2, "triple": 3, "tripled": 3}
_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "俩": 2}
_SMALL = {"十": 10, "百": 100, "千": 1_000}
_LARGE = {"万": 10**4, "亿": 10**8}
_FIGURE = re.compile(r"\d[\d,]*(?:\.\d+)?")
_RANGE = re.compile(r"\s*(?:-|–|—|~|至|到|\bto\b)\s*")


def parse(written: str) -> Decimal | None:
    """The number a text stands for, or None: ``65.8 billion``, ``eight``, ``1.2万亿``, ``百分之二十``.

    A percentage is the number before its sign (20, not 0.2); other words must be scale words.
    """
    text = unicodedata.normalize("NFKC", written).strip().casefold()
    text = text.removesuffix("%").removeprefix("百分之").strip()
    if text in _MULTIPLES:
        return Decimal(_MULTIPLES[text])
    return _chinese(text) if re.search(r"[零〇一二两俩三四五六七八九十百千万亿]", text) else _english(text)


def parse_range(written: str) -> tuple[Decimal, Decimal] | None:
    """Lower and upper bound of ``3-4`` or ``三至四``; None where the text is no range."""
    parts = _RANGE.split(unicodedata.normalize("NFKC", written).strip())
    if len(parts) != 2:
        return None
    low, high = (parse(part) for part in parts)
    return (low, high) if low is not None and high is not None else None


def _english(text: str) -> Decimal | None:
    total = part = Decimal(0)
    seen = False
    for word in re.split(r"[\s-]+", text):
        if _FIGURE.fullmatch(word):
            if seen:
                return None
            part = Decimal(word.replace(",", ""))
        elif word in _WORDS:
            part += _WORDS[word]
        elif word in _SCALE:
            part = (part if seen else Decimal(1)) * _SCALE[word]
            if _SCALE[word] > 100:
                total, part = total + part, Decimal(0)
        elif word != "and" or not seen:
            return None
        seen = True
    return total + part if seen else None


def _chinese(text: str) -> Decimal | None:
    total = section = Decimal(0)
    current: Decimal | None = None
    at = 0
    while at < len(text):
        figure = _FIGURE.match(text, at)
        char = text[at]
        if figure:
            current, at = Decimal(figure.group().replace(",", "")), figure.end()
            continue
        if char in _DIGITS:
            current = Decimal(_DIGITS[char])
        elif char in _SMALL:
            section += (Decimal(1) if current is None else current) * _SMALL[char]
            current = None
        elif char in _LARGE:
            section += current or Decimal(0)
            if section == 0 and total:
                total *= _LARGE[char]
            else:
                total += (section or Decimal(1)) * _LARGE[char]
            section, current = Decimal(0), None
        else:
            return None
        at += 1
    return total + section + (current or Decimal(0))
