"""Numbers and ranges as documents write them, with signs, per cent, fractions and multiples."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from kg.read import numerals

Range = tuple[Decimal, Decimal]

_ORDINAL = {
    word: n
    for n, word in enumerate(["third", "quarter", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"], 3)
} | {"half": 2, "fourth": 4}  # fmt: skip
_MULTIPLES = {
    "double": 2, "doubled": 2, "doubles": 2, "doubling": 2, "twice": 2, "twofold": 2, "two-fold": 2,
    "triple": 3, "tripled": 3, "triples": 3, "tripling": 3, "threefold": 3, "three-fold": 3,
    "quadruple": 4, "quadrupled": 4, "quadruples": 4, "quadrupling": 4, "fourfold": 4, "four-fold": 4,
    "翻番": 2, "翻倍": 2, "翻了番": 2, "倍增": 2,
}  # fmt: skip
_HALVES = {"half", "a half", "one half", "one-half", "半", "一半"}

_PAIR = re.compile(r"一[二两]|[二两]三|三四|四五|五六|六七|七八|八九")

_FRACTION = re.compile(r"(?:([0-9]{1,6}) )?([0-9]{1,6})[/⁄]([0-9]{1,6})")
_PERCENT = re.compile(r" ?(?:%|\bper ?cent(?:age points?)?|\bpct|个?百分点)$")
_SIGN = re.compile(r"(?:([-−–]|minus |negative |负)|\+) ?(?=[^-−–+])")
_JOINT = re.compile(r"\s*(?:[-–—~〜∼至到]|\bto\b)\s*")
_ABBREVIATED = rf"(?:{'|'.join(sorted(numerals.SHORT, reverse=True))})\b"
_LARGE = rf"(?:{'|'.join(numerals.SCALE)}|(?<=[0-9]){_ABBREVIATED}|(?<=[0-9] ){_ABBREVIATED}|万|亿|成)"
_TAIL = re.compile(rf"(?P<head>.*?)[ -]*(?P<small>hundred|百|千|)[ -]*(?P<large>(?:{_LARGE}[ -]*)*)")
_SCALES = {**numerals.SCALE, **numerals.SHORT, **numerals.HAN_SCALE, "成": 10}
#: Bounds further apart than this are not read as written where one scale could stand for both.
_APART = 100


def parse(written: str, *, percent: bool = False) -> Decimal | None:
    """Return the number of ``65.8 billion``, ``eight``, ``1.2万亿``, ``百分之二十``; None for other texts.

    A percentage is the number before its sign (20, not 0.2), 三成 likewise 30; a multiple is its factor
    (翻两番 is 4). With ``percent`` a fraction counts in hundredths: ``half`` is 50 and not 0.5.
    """
    return _signed(numerals.fold(written), percent=percent)


def parse_range(written: str, *, percent: bool = False) -> Range | None:
    """Return the lower and upper bound of ``3-4``, ``三至四`` or ``二三百``; None where the text is no range.

    A scale that only the upper bound names holds for both: 100-150亿 is 10 to 15 billion.
    """
    text = numerals.fold(written)
    if _signed(text, percent=percent) is not None:
        return None
    found = {bounds for low, high in _splits(text) if (bounds := _bounds(low, high, percent=percent))}
    return found.pop() if len(found) == 1 else None


def _signed(text: str, *, percent: bool) -> Decimal | None:
    sign = _SIGN.match(text)
    found = _unsigned(text[sign.end() :] if sign else text, percent=percent)
    return -found if found is not None and sign and sign[1] else found


def _unsigned(text: str, *, percent: bool) -> Decimal | None:
    text = text.removesuffix("+").rstrip()
    if _PERCENT.search(text):
        return numerals.parse_numeral(_PERCENT.sub("", text))
    if text.startswith("百分之"):
        return numerals.parse_numeral(text.removeprefix("百分之"))
    found = numerals.parse_numeral(text)
    if found is None:
        found = _multiple(text)
    if found is None and (part := _fraction(text)) is not None:
        return part * 100 if percent else part
    return found


def _multiple(text: str) -> Decimal | None:
    if text in _MULTIPLES:
        return Decimal(_MULTIPLES[text])
    if match := re.fullmatch(r"翻了?([一二两三四五六七八九1-9])番", text):
        return Decimal(2) ** numerals.digit(match[1])
    if match := re.fullmatch(r"([一二三四五六七八九十1-9])成([一二三四五六七八九]?)", text):
        tens = 10 if match[1] == "十" else numerals.digit(match[1])
        return Decimal(tens * 10 + numerals.digit(match[2]))
    if match := re.fullmatch(r"(.+?)(?: ?倍| times)", text):
        return numerals.parse_numeral(match[1])
    return None


def _fraction(text: str) -> Decimal | None:
    if text in _HALVES:
        return Decimal("0.5")
    if match := _FRACTION.fullmatch(text):
        part = _part(Decimal(match[2]), Decimal(match[3]))
        return part if part is None else part + Decimal(match[1] or 0)
    below, joint, above = text.partition("分之")
    if joint:
        return _part(numerals.parse_numeral(above), numerals.parse_numeral(below))
    return _worded_fraction(re.split("[ -]", text))


def _worded_fraction(words: list[str]) -> Decimal | None:
    """Return the part of ``two thirds``, ``a quarter``: singular after one, plural after more."""
    if len(words) != 2:
        return None
    above = 1 if words[0] == "a" else numerals.UNIT.get(words[0], 0)
    name = words[1] if above == 1 else words[1].removesuffix("s")
    if above > 1 and name == words[1]:
        return None
    return _part(Decimal(above), Decimal(_ORDINAL.get(name, 0)))


def _part(above: Decimal | None, below: Decimal | None) -> Decimal | None:
    """Return a proper fraction; others are dates and ratios (24/7)."""
    return None if above is None or below is None or not 0 < above < below else above / below


def _splits(text: str) -> Iterator[tuple[str, str]]:
    """Yield each way to cut a text into two bounds."""
    if text.startswith("between "):
        for joint in re.finditer(" and ", text):
            yield text[len("between ") : joint.start()], text[joint.end() :]
        return
    text = text.removeprefix("from ")
    for joint in _JOINT.finditer(text):
        yield text[: joint.start()], text[joint.end() :]
    pairs = list(_PAIR.finditer(text))
    if len(pairs) == 1 and "点" not in text:
        before, pair, after = text[: pairs[0].start()], pairs[0].group(), text[pairs[0].end() :]
        low, high = (char.replace("两", "二") for char in pair)
        yield f"{before}{low}{after}", f"{before}{high}{after}"


def _bounds(lower: str, upper: str, *, percent: bool) -> Range | None:
    low, high = _signed(lower, percent=percent), _signed(upper, percent=percent)
    if low is None or high is None or (_PERCENT.search(lower) and not _PERCENT.search(upper)):
        return None
    scaled = re.findall(_LARGE, lower)
    if scaled or "百分之" in lower or "番" in lower:
        tail = _TAIL.fullmatch(upper)
        chain = re.findall(_LARGE, tail["large"]) if tail else []
        if len(chain) > 1 and scaled and scaled[-1] == chain[0]:
            return None  # 三万至五万亿: is it 三万亿?
    else:
        found = _carried(low, high, upper, percent=percent)
        if found is None:
            return None
        low = found
    return (low, high) if low < high else None


def _carried(low: Decimal, high: Decimal, upper: str, *, percent: bool) -> Decimal | None:
    """Return the lower bound with the upper bound's scale, where it fits; None where two readings would."""
    scales = [_SCALES[name] for name in re.findall(_LARGE, upper)]
    tail = _TAIL.fullmatch(upper)
    simple = tail is not None and not re.search(_LARGE, tail["head"])
    if simple and tail:
        for head in (tail["head"], upper[: tail.start("large")].rstrip(" -")):
            count = _signed(head, percent=percent) if head else Decimal(1)
            if count and count > 0 and low * (high / count) < high and (scales or tail["small"]):
                return low * (high / count)
    elif any(low * scale < high for scale in scales):
        return None
    return low if not scales or low * _APART >= high else None
