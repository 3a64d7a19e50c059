"""Numbers in Chinese numerals, and figures with a Chinese scale: ``六百五十八亿``, ``1.2万亿``."""

from __future__ import annotations

import re
from decimal import Decimal

from kg.read import figures

_DIGITS = {c: n for n, c in enumerate("〇一二三四五六七八九")}
SCALE = {"": 1, "百": 100, "千": 1_000, "万": 10**4, "亿": 10**8, "万亿": 10**12}
_PLACES = re.compile(r"[一二三四五六七八九][〇一二三四五六七八九]{2,23}|[一二三四五六七八九]〇")
_SECTION = re.compile(
    r"(?:(?P<k>[一二两三四五六七八九1-9]?)千)?(?:(?P<h>[一二两三四五六七八九1-9]?)百)?"
    r"(?:(?P<gap10>〇?)(?P<t>[一二三四五六七八九]?)十)?(?:(?P<gap>〇?)(?P<o>[一二三四五六七八九]))?"
)
_COEFFICIENT = re.compile(r"(?P<head>[^百千万亿]+?) ?(?P<small>[百千]?)(?P<large>万亿|万|亿|)")


def parse(text: str) -> Decimal | None:
    text = re.sub("[多余](?=[万亿]*$)", "", text)
    if text == "两":
        return Decimal(2)
    if _PLACES.fullmatch(text):
        return Decimal("".join(str(_DIGITS[char]) for char in text))
    match = _COEFFICIENT.fullmatch(text)
    head = match and (_pointed(match["head"]) if "点" in match["head"] else figures.parse(match["head"]))
    if match and head is not None:
        return figures.times(head, SCALE[match["small"]] * SCALE[match["large"]])
    return _pointed(text) if "点" in text else _integer(text)


def _pointed(text: str) -> Decimal | None:
    """``三点一四``: digits by place after the point."""
    head, _, tail = text.partition("点")
    whole = Decimal(0) if head == "〇" else _integer(head)
    if whole is None or not tail or len(tail) > 24 or any(char not in _DIGITS for char in tail):
        return None
    return whole + Decimal("0." + "".join(str(_DIGITS[char]) for char in tail))


def _integer(text: str) -> Decimal | None:
    """A number in 亿, 万 and what lies below, any of them but one."""
    if text == "〇":
        return Decimal(0)
    head, large, tail = text.rpartition("亿")
    if not large:
        return _below_yi(text, first=True, last=True)
    high = _below_yi(head, first=True, last=False) if head or tail else Decimal(1)
    if tail in _DIGITS:
        return _next_place(high, 10**8, head, tail)
    if tail and "万" not in tail and not tail.startswith("〇"):
        return None  # 一亿五千 is 一亿零五千 to one writer and 一亿五千万 to another
    low = _below_yi(tail.removeprefix("〇"), first=False, last=True) if tail else Decimal(0)
    return None if high is None or low is None else high * 10**8 + low


def _below_yi(text: str, *, first: bool, last: bool) -> Decimal | None:
    head, large, tail = text.partition("万")
    if not large:
        return _section(text, first=first, last=last)
    high = _section(head, first=first, last=False) if head or tail or not first else Decimal(1)
    if tail in _DIGITS:
        return _next_place(high, 10**4, head, tail) if last else None
    if re.fullmatch("[0-9]{1,3}", tail):
        return None  # 1万5
    low = _section(tail.removeprefix("〇"), first=False, last=last) if tail else Decimal(0)
    return None if high is None or low is None or tail.endswith("两") else high * 10**4 + low


def _next_place(high: Decimal | None, scale: int, head: str, digit: str) -> Decimal | None:
    """一亿二 is 120 million: a lone digit counts in the place after the scale."""
    if high is None or digit == "〇" or head.endswith(("百", "千", "万")):
        return None
    return high * scale + _DIGITS[digit] * scale // 10


def _section(text: str, *, first: bool, last: bool) -> Decimal | None:
    """A number below 10,000: ``三千二百零五``; where it is the last of all 一百五 is 150."""
    if re.fullmatch("[1-9][0-9]{0,3}", text):
        return Decimal(text)
    if text == "两":
        return Decimal(2)
    match = _SECTION.fullmatch(text)
    if not match or not text:
        return None
    k, h, t, o, gap = (match[name] for name in ("k", "h", "t", "o", "gap"))
    if ("" in (k, h) and not (first and len(text) == 1)) or not _gaps_hold(match):
        return None
    place = 1
    if o and not gap and t is None and not k is h is None:
        place = 10 if h is not None else 100
    if place > 1 and not last:
        return None
    return Decimal(_of(k) * 1_000 + _of(h) * 100 + _of(t) * 10 + digit(o or "") * place)


def _gaps_hold(match: re.Match[str]) -> bool:
    """Whether each 零 of a section stands where a place is left out."""
    k, h, t = match["k"], match["h"], match["t"]
    tens = not match["gap10"] or (k is not None and h is None)
    ones = not match["gap"] or (t is None and not k is h is None)
    return tens and ones


def _of(unit: str | None) -> int:
    """How many of a unit: none where it is absent, one where it stands without a digit."""
    return 0 if unit is None else digit(unit) or 1


def digit(char: str) -> int:
    if char.isascii():
        return int(char or 0)
    return 2 if char == "两" else _DIGITS[char]
