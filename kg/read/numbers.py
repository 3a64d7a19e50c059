"""Numbers and ranges as documents write them: figures, English words and Chinese numerals.

A text that is not one well-formed number is no number, rather than a likely one.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from decimal import Decimal
from math import prod

Range = tuple[Decimal, Decimal]

#: Traditional, financial and variant forms, each as the simple one.
_VARIANTS = str.maketrans(
    "零○萬億兩俩倆點負餘壹贰貳叁參肆伍陆陸柒捌玖拾佰仟", "〇〇万亿两两两点负余一二二三三四五六六七八九十百千"
)
_FIGURE = re.compile(
    r"(?:[0-9]{1,24}|[1-9][0-9]{0,2}(?P<mark>[ ,'’])[0-9]{3}(?:(?P=mark)[0-9]{3}){0,6})(?:\.[0-9]{1,24})?"
)

_WORDS = (
    "one two three four five six seven eight nine",
    "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen",
    "twenty thirty forty fifty sixty seventy eighty ninety",
)
_UNIT = {word: n for n, word in enumerate(_WORDS[0].split(), 1)}
_TENS = {word: n * 10 for n, word in enumerate(_WORDS[2].split(), 2)}
_BELOW_100 = {
    **{f"{ten} {one}": tens + ones for ten, tens in _TENS.items() for one, ones in _UNIT.items()},
    **{word: n for n, word in enumerate(_WORDS[1].split(), 10)}, **_TENS, **_UNIT,
}  # fmt: skip
_WORD_SCALE = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_SHORT_SCALE = {
    "k": 10**3, "mn": 10**6, "mln": 10**6, "m": 10**6, "bn": 10**9, "bln": 10**9, "tn": 10**12, "trn": 10**12,
}  # fmt: skip
_HAN_SCALE = {"万亿": 10**12, "亿": 10**8, "万": 10**4, "千": 1_000, "百": 100, "十": 10}
_SCALE = {**_WORD_SCALE, **_SHORT_SCALE, **_HAN_SCALE, "hundred": 100, "成": 10}
_S, _B = "|".join(_WORD_SCALE), "|".join(_BELOW_100)
_SCALED_FIGURE = re.compile(
    rf"([0-9].*?)(?: ?({'|'.join(_SHORT_SCALE)})"
    rf"|[ -]+((?:hundred\b[ -]*)?(?:thousand\b[ -]*)?(?:{_S})?)(?<=[a-z]))"
)
#: What parts words: a hyphen after a scale is the sign of a range (one hundred-two hundred).
_GAP = re.compile(r" +|(?<=[a-z])(?<!hundred)(?<!thousand)(?<!illion)-(?=[a-z])|-(?=and\b)")
_PART = re.compile(
    rf"(?P<joined>and )?(?:(?P<hundreds>{_B}) hundred(?: (?:and )?(?P<rest>{_B})(?= |$))?|(?P<units>{_B}))"
    r"(?P<scales>(?: thousand)?(?: [mbt]r?illion)?)(?: (?=.)|$)"
)

_HAN = "一二两三四五六七八九十百千万亿"
_DIGITS = {char: n for n, char in enumerate("〇一二三四五六七八九")}
_PLACES = re.compile(r"[一二三四五六七八九][〇一二三四五六七八九]{2,23}|[一二三四五六七八九]〇")
_COEFFICIENT = re.compile(r"([^百千万亿]+?) ?([百千]?)(万亿|万|亿|)")
#: What has no meaning, or more than one: 一百零, 两十, 1万5, 三百万五, 一亿五千 (or 一亿五千万?).
_DOUBTFUL = re.compile(
    "(?<![百千万亿])〇|〇(?![一二两三四五六七八九十])|两(?![百千万亿])|[十〇]两(?=[万亿])|十[0-9]|[0-9]十|[百千万亿][0-9]{1,3}$"
    "|[百千万][万亿][^百千万亿十]$|亿(?:[十百千]|[^〇万][^万]+)$"
)

_ORDINAL = {
    "half": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8,
    "ninth": 9, "tenth": 10,
}  # fmt: skip
_MULTIPLES = {
    2: "double doubled doubles doubling twice twofold two-fold 翻番 翻倍 翻了番 倍增",
    3: "triple tripled triples tripling threefold three-fold",
    4: "quadruple quadrupled quadruples quadrupling fourfold four-fold",
}
_PAIR = re.compile(r"一[二两]|[二两]三|三四|四五|五六|六七|七八|八九")
_FRACTION = re.compile(r"(?:([0-9]{1,6}) )?([0-9]{1,6})[/⁄]([0-9]{1,6})")
_PERCENT = re.compile(r" ?(?:%|\bper ?cent(?:age points?)?|\bpct|个?百分点)$")
_SIGN = re.compile(r"(?:([-−–]|minus |negative |负)|\+) ?(?=[^-−–+])")
_JOINT = re.compile(r"\s*(?:[-–—~〜∼至到]|\bto\b)\s*")
_SHORT = rf"(?:{'|'.join(_SHORT_SCALE)})\b"
_LARGE = rf"(?:{_S}|(?<=[0-9]){_SHORT}|(?<=[0-9] ){_SHORT}|万|亿|成)"
_TAIL = re.compile(rf"(?P<head>.*?)(?P<small>[ -]*(?:hundred|百|千)|)(?P<large>(?:[ -]*{_LARGE})*)")
#: Bounds further apart than this are not read as written where one scale could stand for both.
_APART = 100


def parse(written: str, *, percent: bool = False) -> Decimal | None:
    """Return the number of ``65.8 billion``, ``eight``, ``1.2万亿``, ``百分之二十``; None for other texts.

    A percentage is the number before its sign (20, not 0.2), 三成 likewise 30; a multiple is its factor
    (翻两番 is 4). With ``percent`` a fraction counts in hundredths: ``half`` is 50 and not 0.5.
    """
    return _signed(_fold(written), percent=percent)


def parse_range(written: str, *, percent: bool = False) -> Range | None:
    """Return the lower and upper bound of ``3-4``, ``三至四`` or ``二三百``; None where the text is no range.

    A scale that only the upper bound names holds for both: 100-150亿 is 10 to 15 billion.
    """
    text = _fold(written)
    if _signed(text, percent=percent) is not None:
        return None
    found = {bounds for low, high in _splits(text) if (bounds := _bounds(low, high, percent=percent))}
    return found.pop() if len(found) == 1 else None


def split_comparator(written: str, words: Mapping[str, str]) -> tuple[str, str]:
    """Return the comparator that a number is written with, empty if there is none, and the number alone.

    ``words`` are the words of comparators, which stand before or after a number: 超9000, 3%左右, over 50.
    """
    text = written.strip()
    for word in sorted(words, key=len, reverse=True):
        gap = " ?" if word[-1] > "\u2e80" else " "
        figure = rf"(?P<number>[0-9〇零{_HAN}].*)" if word[-1] > "\u2e80" else "(?P<number>.+)"
        for pattern in (rf"{re.escape(word)}{gap}{figure}", rf"(?P<number>.+?){gap}{re.escape(word)}"):
            if match := re.fullmatch(pattern, text, re.IGNORECASE):
                return words[word], match["number"]
    return "", text


def _fold(written: str) -> str:
    """Return the text in lower case and simple characters; other compatibility forms, as in 10², stay."""
    folded = []
    for char in written:
        form = unicodedata.decomposition(char).partition(">")[0]
        plain = unicodedata.normalize("NFKC", char) if form in ("<wide", "<noBreak", "<compat") else char
        folded.append(f" {unicodedata.normalize('NFKC', char)}" if form == "<fraction" else plain)
    return "".join(folded).translate(_VARIANTS).strip().lower()


def _signed(text: str, *, percent: bool) -> Decimal | None:
    sign = _SIGN.match(text)
    text = (text[sign.end() :] if sign else text).removesuffix("+").rstrip()
    whole = _PERCENT.sub("", text) if _PERCENT.search(text) else text.removeprefix("百分之")
    found = _numeral(whole)
    if found is None and whole == text:
        found = _multiple(text)
        if found is None and (part := _fraction(text)) is not None:
            found = part * 100 if percent else part
    return -found if found is not None and sign and sign[1] else found


def _numeral(text: str) -> Decimal | None:
    """Return the number of a folded text such as 10,000, 65.8bn, two hundred and fifty, 1.2万亿."""
    if (found := _figure(text)) is not None:
        return found
    return _chinese(text) if re.search("[〇一二两三四五六七八九十百千万亿]", text) else _english(text)


def _figure(text: str) -> Decimal | None:
    """Return the number of 65.8 or 10,000; None for 1,5 and 12,34, which are no thousands."""
    return Decimal(re.sub("[ ,'’]", "", text)) if _FIGURE.fullmatch(text) else None


def _english(text: str) -> Decimal | None:
    if match := _SCALED_FIGURE.fullmatch(text):
        figure = _figure(match[1])
        scales = re.findall("[a-z]+", match[2] or match[3])
        return None if figure is None else figure * prod(_SCALE[word] for word in scales)
    words = _GAP.sub(" ", text)
    if words == "zero":
        return Decimal(0)
    if match := re.fullmatch(rf"half (?:a )?({_S})", words):
        return Decimal(_SCALE[match[1]]) / 2
    if match := re.fullmatch(rf"({_B}) and a half(?: ({_S}))?", words):
        return (_BELOW_100[match[1]] + Decimal("0.5")) * _SCALE.get(match[2], 1)
    return _english_words(words)


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
        scale = prod(_SCALE[word] for word in part["scales"].split())
        if count * scale >= limit or (part["joined"] and (count >= 100 or scale > 1 or not total)):
            return None
        total, limit, at = total + count * scale, scale, part.end()
    return total or None


def _chinese(text: str) -> Decimal | None:
    text = re.sub("[多余](?=[万亿]*$)", "", text)
    if _PLACES.fullmatch(text):
        return Decimal("".join(str(_DIGITS[char]) for char in text))
    if match := _COEFFICIENT.fullmatch(text):
        head = _pointed(match[1]) if "点" in match[1] else _figure(match[1])
        if head is not None:
            return head * _SCALE.get(match[2], 1) * _SCALE.get(match[3], 1)
    return _pointed(text) if "点" in text else _integer(text)


def _pointed(text: str) -> Decimal | None:
    """Return the number of ``三点一四``: digits by place after the point."""
    head, _, tail = text.partition("点")
    whole = _integer(head)
    if whole is None or not tail or len(tail) > 24 or any(char not in _DIGITS for char in tail):
        return None
    return whole + Decimal("0." + "".join(str(_DIGITS[char]) for char in tail))


def _integer(text: str) -> Decimal | None:
    """Return the number of a Chinese numeral if it is written as that number is."""
    if text in ("两", "〇"):
        return Decimal(_digit(text))
    if _DOUBTFUL.search(text):
        return None
    plain = re.sub("[1-9][0-9]{0,3}", lambda match: _spell(int(match[0])), text).replace("两", "二")
    value = _value(plain)
    if value is None or not 0 < value < 10**16:
        return None
    form = re.sub("〇|(?<=[万亿])(?=[^〇万亿])", "〇?", _spell(value)).replace("一十", "一?十")
    form = re.sub(r"(?<=百)一\?十$", "(?:一?十|一)", form)
    form = re.sub("^一(?=[百千万亿]+$)", "一?", form)  # 万亿, but not 万五
    form = re.sub("(?<=[百千万亿?][一二三四五六七八九])(千万|[十百千])$", "(?:\\1)?", form)  # 一百五, 一亿二
    return Decimal(value) if re.fullmatch(form, plain) else None


def _value(text: str) -> int | None:
    """Add up a numeral; a lone digit counts in the place after the unit before it: 一百五 is 150."""
    for sign, unit in (("亿", 10**8), ("万", 10**4), ("千", 1_000), ("百", 100), ("十", 10)):
        head, found, tail = text.rpartition(sign)
        if found:
            high = _value(head) if head else 1
            low = _value(tail.removeprefix("〇")) if tail else 0
            place = unit // 10 if tail in _DIGITS else 1
            return None if high is None or low is None else high * unit + low * place
    return _DIGITS.get(text)


def _spell(value: int) -> str:
    """Return the numeral of a positive number, with 一 and 〇 wherever they may be."""
    if value < 10:
        return "〇一二三四五六七八九"[value]
    sign, unit = next((s, n) for s, n in _HAN_SCALE.items() if s != "万亿" and value >= n)
    rest = value % unit
    gap = "〇" if 0 < rest < unit // 10 else ""
    return _spell(value // unit) + sign + gap + (_spell(rest) if rest else "")


def _digit(char: str) -> int:
    """Return the value of an Arabic or Chinese digit; 0 for none."""
    return int(char or 0) if char.isascii() else 2 if char == "两" else _DIGITS[char]


def _multiple(text: str) -> Decimal | None:
    for factor, words in _MULTIPLES.items():
        if text in words.split():
            return Decimal(factor)
    if match := re.fullmatch(r"翻了?([一二两三四五六七八九1-9])番", text):
        return Decimal(2) ** _digit(match[1])
    if match := re.fullmatch(r"([一二两三四五六七八九十1-9])成([一二三四五六七八九]?)", text):
        return Decimal((10 if match[1] == "十" else _digit(match[1])) * 10 + _digit(match[2]))
    match = re.fullmatch(r"(.+?)(?: ?倍| times)", text)
    return _numeral(match[1]) if match else None


def _fraction(text: str) -> Decimal | None:
    """Return the number of ``1 1/4``, ``三分之一``, ``two thirds``; a date or ratio (24/7) is none."""
    above: Decimal | None
    below: Decimal | None
    whole = Decimal(0)
    if text in ("half", "半", "一半"):
        return Decimal("0.5")
    if match := _FRACTION.fullmatch(text):
        whole, above, below = Decimal(match[1] or 0), Decimal(match[2]), Decimal(match[3])
    elif "分之" in text:
        below, above = (_numeral(part) for part in text.split("分之", 1))
    else:  # singular after one, plural after more
        first, _, name = text.replace("-", " ").partition(" ")
        count = 1 if first == "a" else _UNIT.get(first, 0)
        if count > 1 and not name.endswith("s"):
            return None
        above, below = Decimal(count), Decimal(_ORDINAL.get(name.removesuffix("s") if count > 1 else name, 0))
    return whole + above / below if above and below and above < below else None


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
    """Return the numbers of two bounds; None where they do not rise, or the lower has two readings."""
    low, high = _signed(lower, percent=percent), _signed(upper, percent=percent)
    tail = _TAIL.fullmatch(upper)
    if low is None or high is None or tail is None or (_PERCENT.search(lower) and not _PERCENT.search(upper)):
        return None
    scaled, scales = re.findall(_LARGE, lower), re.findall(_LARGE, upper)
    if scaled or "百分之" in lower or "番" in lower:
        chain = re.findall(_LARGE, tail["large"])
        doubtful = len(chain) > 1 and scaled[-1:] == chain[:1]  # 三万至五万亿: is it 三万亿?
    elif re.search(_LARGE, tail["head"]):
        doubtful = any(low * _SCALE[name] < high for name in scales)
    else:
        for suffix in filter(None, (tail["small"] + tail["large"], tail["large"])):
            carried = _signed(lower + suffix, percent=percent)
            if carried is not None and carried < high:
                return carried, high
        doubtful = False
    doubtful = doubtful or (not scaled and bool(scales) and low * _APART < high)
    return (low, high) if low < high and not doubtful else None
