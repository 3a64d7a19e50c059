"""One number without sign or unit: figures, English words, Chinese numerals, each with its scales.

Strict grammars: a text that is not one well-formed number is no number, rather than a likely one.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

#: Traditional, financial and variant forms, each as the simple one.
_VARIANTS = str.maketrans(
    "零○萬億兩俩倆點負餘壹贰貳叁參肆伍陆陸柒捌玖拾佰仟", "〇〇万亿两两两点负余一二二三三四五六六七八九十百千"
)
_FIGURE = re.compile(
    r"(?:[0-9]{1,24}|[1-9][0-9]{0,2}(?P<mark>[ ,'’])[0-9]{3}(?:(?P=mark)[0-9]{3}){0,6})(?:\.[0-9]{1,24})?"
)
_HAN = re.compile(r"[〇一二两三四五六七八九十百千万亿]")

_WORDS = (
    "one two three four five six seven eight nine",
    "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen",
    "twenty thirty forty fifty sixty seventy eighty ninety",
)
UNIT = {word: n for n, word in enumerate(_WORDS[0].split(), 1)}
_TENS = {word: n * 10 for n, word in enumerate(_WORDS[2].split(), 2)}
_BELOW_100 = {
    **{f"{ten} {one}": tens + ones for ten, tens in _TENS.items() for one, ones in UNIT.items()},
    **{word: n for n, word in enumerate(_WORDS[1].split(), 10)}, **_TENS, **UNIT,
}  # fmt: skip
SCALE = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
SHORT = {
    "k": 10**3, "m": 10**6, "mn": 10**6, "mln": 10**6, "bn": 10**9, "bln": 10**9, "tn": 10**12, "trn": 10**12,
}  # fmt: skip
#: What parts words: a hyphen after a scale is the sign of a range (one hundred-two hundred).
_GAP = re.compile(r" +|(?<=[a-z])(?<!hundred)(?<!thousand)(?<!illion)-(?=[a-z])|-(?=and\b)")
_S, _B = "|".join(SCALE), "|".join(_BELOW_100)
_SCALED_FIGURE = re.compile(rf"([0-9].*?)[ -]+((?:hundred|{_S})(?:[ -]+(?:{_S}))*)")
_PART = re.compile(
    rf"(?P<joined>and )?(?:(?P<hundreds>{_B}) hundred(?: (?:and )?(?P<rest>{_B})(?= |$))?|(?P<units>{_B}))"
    rf"(?P<scales>(?: (?:{_S}))*)(?: (?=.)|$)"
)

_DIGITS = {c: n for n, c in enumerate("〇一二三四五六七八九")}
HAN_SCALE = {"": 1, "百": 100, "千": 1_000, "万": 10**4, "亿": 10**8, "万亿": 10**12}
_LARGE = (("亿", 10**8), ("万", 10**4))
_PLACES = re.compile(r"[一二三四五六七八九][〇一二三四五六七八九]{2,23}|[一二三四五六七八九]〇")
_SECTION = re.compile(
    r"(?:(?P<k>[一二两三四五六七八九1-9]?)千)?(?:(?P<h>[一二两三四五六七八九1-9]?)百)?"
    r"(?:(?P<gap10>〇?)(?P<t>[一二三四五六七八九]?)十)?(?:(?P<gap>〇?)(?P<o>[一二三四五六七八九]))?"
)
_COEFFICIENT = re.compile(r"(?P<head>[^百千万亿]+?) ?(?P<small>[百千]?)(?P<large>万亿|万|亿|)")


def fold(written: str) -> str:
    """Return the text in lower case and simple characters: full-width forms and spaces made alike.

    Full compatibility folding would read 10² as 102 and 1½ as 11/2.
    """
    folded = []
    for char in written:
        if "\uff01" <= char <= "\uff5e":
            folded.append(chr(ord(char) - 0xFEE0))
        elif unicodedata.category(char) == "Zs":
            folded.append(" ")
        elif unicodedata.decomposition(char).startswith("<fraction>"):
            folded.append(f" {unicodedata.normalize('NFKC', char)}")
        else:
            folded.append(char)
    return "".join(folded).translate(_VARIANTS).strip().lower()


def parse_numeral(text: str) -> Decimal | None:
    """Return the number of a folded text such as 10,000, 65.8bn, two hundred and fifty, 1.2万亿."""
    if (found := _figure(text)) is not None:
        return found
    return _chinese(text) if _HAN.search(text) else _english(text)


def digit(char: str) -> int:
    """Return the value of an Arabic or Chinese digit; 0 for none."""
    if char.isascii():
        return int(char or 0)
    return 2 if char == "两" else _DIGITS[char]


def _figure(text: str) -> Decimal | None:
    """Return the number of 65.8 or 10,000; None for 1,5 and 12,34, which are no thousands."""
    return Decimal(re.sub("[ ,'’]", "", text)) if _FIGURE.fullmatch(text) else None


def _times(number: Decimal | None, scale: int) -> Decimal | None:
    return None if number is None or not scale else number * scale


def _english(text: str) -> Decimal | None:
    short = re.fullmatch(r"([0-9][0-9,. '’]*?) ?([a-z]{1,3})", text)
    if short and short[2] in SHORT:
        return _times(_figure(short[1]), SHORT[short[2]])
    if match := _SCALED_FIGURE.fullmatch(text):
        return _times(_figure(match[1]), _scale(re.split("[ -]+", match[2])))
    words = _GAP.sub(" ", text)
    if words == "zero":
        return Decimal(0)
    return _half_of(words) or _english_words(words)


def _half_of(words: str) -> Decimal | None:
    """Return the number of ``half a million``, ``two and a half billion``."""
    if match := re.fullmatch(rf"half (?:a )?({_S})", words):
        return Decimal(SCALE[match[1]]) / 2
    match = re.fullmatch(rf"({_B}) and a half(?: ({_S}))?", words)
    return (_BELOW_100[match[1]] + Decimal("0.5")) * SCALE.get(match[2], 1) if match else None


def _english_words(words: str) -> Decimal | None:
    """Add parts of falling scale (``one million two hundred thousand and five``)."""
    total, limit, at = Decimal(0), 10**18, 0
    if re.match(rf"a |(?:hundred|{_S})\b", words):
        words = f"one {words.removeprefix('a ')}"
    while at < len(words):
        part = _PART.match(words, at)
        if not part:
            return None
        count = _BELOW_100.get(part["hundreds"], 0) * 100 + _BELOW_100.get(part["rest"] or part["units"], 0)
        scale = _scale(part["scales"].split())
        if (
            not scale
            or count * scale >= limit
            or (part["joined"] and (count >= 100 or scale > 1 or not total))
        ):
            return None
        total, limit, at = total + count * scale, scale, part.end()
    return total or None


def _scale(words: list[str]) -> int:
    """Return one scale, also after ``hundred`` or ``thousand`` (a thousand million); 1 for none, else 0."""
    *firsts, last = words or [""]
    if (firsts and firsts not in (["hundred"], ["thousand"], ["hundred", "thousand"])) or last in firsts:
        return 0
    value = 1
    for word in filter(None, words):
        value *= 100 if word == "hundred" else SCALE[word]
    return value


def _chinese(text: str) -> Decimal | None:
    text = re.sub("[多余](?=[万亿]*$)", "", text)
    if text in ("两", "〇"):
        return Decimal(digit(text))
    if _PLACES.fullmatch(text):
        return Decimal("".join(str(_DIGITS[char]) for char in text))
    match = _COEFFICIENT.fullmatch(text)
    head = match and (_pointed(match["head"]) if "点" in match["head"] else _figure(match["head"]))
    if match and head is not None:
        return head * HAN_SCALE[match["small"]] * HAN_SCALE[match["large"]]
    return _pointed(text) if "点" in text else _integer(text, _LARGE)


def _pointed(text: str) -> Decimal | None:
    """Return the number of ``三点一四``: digits by place after the point."""
    head, _, tail = text.partition("点")
    whole = Decimal(0) if head == "〇" else _integer(head, _LARGE)
    if whole is None or not tail or len(tail) > 24 or any(char not in _DIGITS for char in tail):
        return None
    return whole + Decimal("0." + "".join(str(_DIGITS[char]) for char in tail))


def _integer(
    text: str, scales: tuple[tuple[str, int], ...], *, first: bool = True, last: bool = True
) -> Decimal | None:
    """Return a number in 亿, 万 and what is below; ``first``, ``last``: where it is in the whole number."""
    if not scales:
        return _section(text, first=first, last=last)
    (sign, scale), *lower = scales
    head, found, tail = text.rpartition(sign)
    if not found:
        return _integer(text, tuple(lower), first=first, last=last)
    high = _integer(head, tuple(lower), first=first, last=False) if head or tail or not first else Decimal(1)
    if high is None or not _follows(sign, tail):
        return None
    if tail in _DIGITS:  # 一亿二 is 120 million: a lone digit counts in the place after the scale
        doubtful = not last or tail == "〇" or head.endswith(("百", "千", "万"))
        return None if doubtful else high * scale + _DIGITS[tail] * scale // 10
    low = _integer(tail.removeprefix("〇"), tuple(lower), first=False, last=last) if tail else Decimal(0)
    return None if low is None else high * scale + low


def _follows(sign: str, tail: str) -> bool:
    """Return whether what follows a scale has one meaning; 1万5 and 一亿五千 (or 一亿五千万?) have two."""
    if sign == "亿" and tail and tail not in _DIGITS and "万" not in tail and tail[0] != "〇":
        return False
    return not tail.endswith("两") and not re.fullmatch("[0-9]{1,3}", tail)


def _section(text: str, *, first: bool, last: bool) -> Decimal | None:
    """Return a number below 10,000: ``三千二百零五``; where it is the last of all 一百五 is 150."""
    if re.fullmatch("[1-9][0-9]{0,3}", text):
        return Decimal(text)
    if text == "两":
        return Decimal(2)
    match = _SECTION.fullmatch(text)
    if not match or not text:
        return None
    k, h, t, o, gap = (match[name] for name in ("k", "h", "t", "o", "gap"))
    if ("" in (k, h) and not (first and len(text) == 1)) or not _gaps_fit(match):
        return None
    place = 1
    if o and not gap and t is None and not k is h is None:
        place = 10 if h is not None else 100
    if place > 1 and not last:
        return None
    return Decimal(_of(k) * 1_000 + _of(h) * 100 + _of(t) * 10 + digit(o or "") * place)


def _gaps_fit(match: re.Match[str]) -> bool:
    """Return whether each 零 of a section is where a place is left out."""
    k, h, t = match["k"], match["h"], match["t"]
    tens = not match["gap10"] or (k is not None and h is None)
    ones = not match["gap"] or (t is None and not k is h is None)
    return tens and ones


def _of(unit: str | None) -> int:
    """Return how many of a unit: none where it is absent, one where it has no digit."""
    return 0 if unit is None else digit(unit) or 1
