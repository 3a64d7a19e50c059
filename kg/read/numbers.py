"""Numbers as documents write them, in English and Chinese.

Strict grammars: a text that is not one well-formed number is no number, rather than a likely one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal

Range = tuple[Decimal, Decimal]

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
_UNIT = {word: n for n, word in enumerate(_ONES, 1)}
_TEEN = {word: n for n, word in enumerate(_TEENS, 10)}
_TEN = {word: n * 10 for n, word in enumerate(_TENS, 2)}
_BELOW_100 = _UNIT | _TEEN | _TEN | {f"{a} {b}": x + y for a, x in _TEN.items() for b, y in _UNIT.items()}
_SCALE = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_SHORT = {
    "k": 10**3, "m": 10**6, "mn": 10**6, "mln": 10**6, "bn": 10**9, "bln": 10**9, "tn": 10**12, "trn": 10**12,
}  # fmt: skip
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

_DIGITS = {c: n for n, c in enumerate("〇一二三四五六七八九")}
_HAN_SCALE = {"": 1, "百": 100, "千": 1_000, "万": 10**4, "亿": 10**8, "万亿": 10**12}
#: Traditional, financial and variant forms, each as the simple one.
_VARIANTS = str.maketrans(
    "零○萬億兩俩倆點負餘壹贰貳叁參肆伍陆陸柒捌玖拾佰仟", "〇〇万亿两两两点负余一二二三三四五六六七八九十百千"
)
_HAN = re.compile(r"[〇一二两三四五六七八九十百千万亿]")
_PLACES = re.compile(r"[一二三四五六七八九][〇一二三四五六七八九]{2,23}|[一二三四五六七八九]〇")
_SECTION = re.compile(
    r"(?:(?P<k>[一二两三四五六七八九1-9]?)千)?(?:(?P<h>[一二两三四五六七八九1-9]?)百)?"
    r"(?:(?P<gap10>〇?)(?P<t>[一二三四五六七八九]?)十)?(?:(?P<gap>〇?)(?P<o>[一二三四五六七八九]))?"
)
_COEFFICIENT = re.compile(r"(?P<head>[^百千万亿]+?) ?(?P<small>[百千]?)(?P<large>万亿|万|亿|)")
_PAIR = re.compile(r"一[二两]|[二两]三|三四|四五|五六|六七|七八|八九")

_FIGURE = re.compile(
    r"(?:[0-9]{1,24}|[1-9][0-9]{0,2}(?P<mark>[ ,'’])[0-9]{3}(?:(?P=mark)[0-9]{3}){0,6})(?:\.[0-9]{1,24})?"
)
_FRACTION = re.compile(r"(?:([0-9]{1,6}) )?([0-9]{1,6})[/⁄]([0-9]{1,6})")
_PERCENT = re.compile(r" ?(?:%|\bper ?cent(?:age points?)?|\bpct|个?百分点)$")
_SIGN = re.compile(r"(?:([-−–]|minus |negative |负)|\+) ?(?=[^-−–+])")
_JOINT = re.compile(r"\s*(?:[-–—~〜∼至到]|\bto\b)\s*")
_ABBREVIATED = rf"(?:{'|'.join(sorted(_SHORT, reverse=True))})\b"
_LARGE = rf"(?:{'|'.join(_SCALE)}|(?<=[0-9]){_ABBREVIATED}|(?<=[0-9] ){_ABBREVIATED}|万|亿|成)"
#: What parts words: a hyphen after a scale is the sign of a range (one hundred-two hundred).
_GAP = re.compile(r" +|(?<=[a-z])(?<!hundred)(?<!thousand)(?<!illion)-(?=[a-z])|-(?=and\b)")
_TAIL = re.compile(rf"(?P<head>.*?)[ -]*(?P<small>hundred|百|千|)[ -]*(?P<large>(?:{_LARGE}[ -]*)*)")
#: Bounds further apart than this are not read as written where one scale could stand for both.
_APART = 100


def parse(written: str, *, percent: bool = False) -> Decimal | None:
    """The number a text stands for, or None: ``65.8 billion``, ``eight``, ``1.2万亿``, ``百分之二十``.

    A percentage is the number before its sign (20, not 0.2), 三成 likewise 30; a multiple is its factor
    (翻两番 is 4). With ``percent`` a fraction counts in hundredths: ``half`` is 50 and not 0.5.
    """
    return _signed(_fold(written), percent=percent)


def parse_range(written: str, *, percent: bool = False) -> Range | None:
    """Lower and upper bound of ``3-4``, ``三至四`` or ``二三百``; None where the text is no range.

    A scale that only the upper bound names holds for both: 100-150亿 is 10 to 15 billion.
    """
    text = _fold(written)
    if _signed(text, percent=percent) is not None:
        return None
    found = {bounds for low, high in _splits(text) if (bounds := _bounds(low, high, percent=percent))}
    return found.pop() if len(found) == 1 else None


def _fold(written: str) -> str:
    """The text in lower case and simple characters; only full-width forms and spaces are made alike.

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


def _signed(text: str, *, percent: bool) -> Decimal | None:
    sign = _SIGN.match(text)
    found = _unsigned(text[sign.end() :] if sign else text, percent=percent)
    return -found if found is not None and sign and sign[1] else found


def _unsigned(text: str, *, percent: bool) -> Decimal | None:
    text = text.removesuffix("+").rstrip()
    if _PERCENT.search(text):
        return _whole(_PERCENT.sub("", text))
    if text.startswith("百分之"):
        return _whole(text.removeprefix("百分之"))
    found = _whole(text)
    if found is None:
        found = _multiple(text)
    if found is None and (part := _fraction(text)) is not None:
        return part * 100 if percent else part
    return found


def _whole(text: str) -> Decimal | None:
    """A figure or a number in words, without sign, per cent or fraction."""
    if _FIGURE.fullmatch(text):
        return Decimal(re.sub("[ ,'’]", "", text))
    return _chinese(text) if _HAN.search(text) else _english(text)


def _multiple(text: str) -> Decimal | None:
    if text in _MULTIPLES:
        return Decimal(_MULTIPLES[text])
    if match := re.fullmatch(r"翻了?([一二两三四五六七八九1-9])番", text):
        return Decimal(2) ** _digit(match[1])
    if match := re.fullmatch(r"([一二三四五六七八九十1-9])成([一二三四五六七八九]?)", text):
        return Decimal(10 * (10 if match[1] == "十" else _digit(match[1])) + _digit(match[2]))
    if match := re.fullmatch(r"(.+?)(?: ?倍| times)", text):
        return _whole(match[1])
    return None


def _fraction(text: str) -> Decimal | None:
    if text in _HALVES:
        return Decimal("0.5")
    if match := _FRACTION.fullmatch(text):
        part = _part(Decimal(match[2]), Decimal(match[3]))
        return part if part is None else part + Decimal(match[1] or 0)
    below, joint, above = text.partition("分之")
    if joint:
        return _part(_whole(above), _whole(below))
    return _worded_fraction(re.split("[ -]", text))


def _worded_fraction(words: list[str]) -> Decimal | None:
    """``two thirds``, ``a quarter``: singular after one, plural after more."""
    if len(words) != 2:
        return None
    above = 1 if words[0] == "a" else _UNIT.get(words[0], 0)
    name = words[1] if above == 1 else words[1].removesuffix("s")
    if above > 1 and name == words[1]:
        return None
    return _part(Decimal(above), Decimal(_ORDINAL.get(name, 0)))


def _part(above: Decimal | None, below: Decimal | None) -> Decimal | None:
    """A proper fraction; others are dates and ratios (24/7)."""
    return None if above is None or below is None or not 0 < above < below else above / below


def _english(text: str) -> Decimal | None:
    """A figure or words with their scale: ``two hundred and fifty thousand``, ``65.8bn``."""
    short = re.fullmatch(r"([0-9][0-9,. '’]*?) ?([a-z]{1,3})", text)
    if short and short[2] in _SHORT:
        return _times(_whole(short[1]), _SHORT[short[2]])
    match = re.fullmatch(rf"(.*?)[ -]+((?:hundred|{'|'.join(_SCALE)})(?:[ -]+(?:{'|'.join(_SCALE)}))*)", text)
    if match and _FIGURE.fullmatch(match[1]):
        return _times(_whole(match[1]), _scale(re.split("[ -]+", match[2])))
    words = _GAP.split(text)
    if words == ["zero"]:
        return Decimal(0)
    return _half_of(words) or _words(words)


def _half_of(words: list[str]) -> Decimal | None:
    """``half a million``, ``two and a half billion``."""
    if words[0] == "half" and words[1:-1] in ([], ["a"]) and words[-1] in _SCALE:
        return Decimal(_SCALE[words[-1]]) / 2
    joined = " ".join(words)
    match = re.fullmatch(rf"([a-z ]+) and a half(?: ({'|'.join(_SCALE)}))?", joined)
    if match and match[1] in _BELOW_100:
        return (_BELOW_100[match[1]] + Decimal("0.5")) * _SCALE.get(match[2], 1)
    return None


def _words(words: list[str]) -> Decimal | None:
    """Parts of falling scale (``one million two hundred thousand and five``), each below the one before."""
    total, limit = Decimal(0), Decimal(10**18)
    if words[0] in ("a", "hundred", *_SCALE):
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
        while end < len(words) and words[end] not in _SCALE:
            end += 1
        stop = end
        while stop < len(words) and words[stop] in _SCALE:
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
        value *= 100 if word == "hundred" else _SCALE[word]
    return value


def _times(number: Decimal | None, scale: int) -> Decimal | None:
    return None if number is None or not scale else number * scale


def _chinese(text: str) -> Decimal | None:
    text = re.sub("[多余](?=[万亿]*$)", "", text)
    if text == "两":
        return Decimal(2)
    if _PLACES.fullmatch(text):
        return Decimal("".join(str(_DIGITS[char]) for char in text))
    match = _COEFFICIENT.fullmatch(text)
    if match and (_FIGURE.fullmatch(match["head"]) or "点" in match["head"]):
        head = _whole(match["head"]) if "点" not in match["head"] else _pointed(match["head"])
        return _times(head, _HAN_SCALE[match["small"]] * _HAN_SCALE[match["large"]])
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
    return Decimal(_of(k) * 1_000 + _of(h) * 100 + _of(t) * 10 + _digit(o or "") * place)


def _gaps_hold(match: re.Match[str]) -> bool:
    """Whether each 零 of a section stands where a place is left out."""
    k, h, t = match["k"], match["h"], match["t"]
    tens = not match["gap10"] or (k is not None and h is None)
    ones = not match["gap"] or (t is None and not k is h is None)
    return tens and ones


def _of(digit: str | None) -> int:
    """How many of a unit: none where it is absent, one where it stands without a digit."""
    return 0 if digit is None else _digit(digit) or 1


def _digit(char: str) -> int:
    if char.isascii():
        return int(char or 0)
    return 2 if char == "两" else _DIGITS[char]


def _splits(text: str) -> Iterator[tuple[str, str]]:
    """Each way to cut a text into two bounds."""
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
    """The lower bound with the upper bound's scale, where it fits; None where two readings would."""
    scales = [_SCALE.get(s) or _SHORT.get(s) or _HAN_SCALE.get(s, 10) for s in re.findall(_LARGE, upper)]
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
