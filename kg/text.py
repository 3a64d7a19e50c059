"""Paragraphs of a source, and quotes found in them whatever their width, spacing, marks or invisible signs.

A text is folded for comparison, with a map back to the raw offsets: what is found is an exact run of the raw
text, and what had to be folded is reported. Compatibility forms (NFKC), radicals, ligatures, quotation marks
and dashes are folded, invisible characters go, and so does white space next to Han script. No fold makes one
number of another: superscripts, circled figures and fractions stay, and no sign between figures is dropped.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

MAX_WORDS = 12
MAX_HAN = 16
#: Han characters of a quote from a user's own table.
MAX_HAN_OF_TABLE = 30

_HAN = r"\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_CJK = re.compile(rf"[{_HAN}\u2e80-\u2fdf\u3000-\u303f\uff00-\uff0f\uff1a-\uff65]")
_HAN_CHAR = re.compile(rf"[{_HAN}\u2e80-\u2fdf]")
_MARKS = {
    **dict.fromkeys("“”„‟«»「」『』＂″〝〞", '"'),
    **dict.fromkeys("‘’‚‛′`´＇", "'"),
    **dict.fromkeys("‐‑‒–—―−﹣－", "-"),
    **dict.fromkeys("〜∼～", "~"),
}
_RADICALS = (
    "⺁⺂⺃⺄⺅⺆⺇⺈⺉⺊⺋⺌⺍⺎⺏⺐⺑⺒⺓⺔⺕⺖⺗⺘⺙⺛⺜⺝⺞⺠⺡⺢⺣⺤⺥⺦⺧⺨⺩⺪⺫⺬⺭⺮⺯⺰⺱⺲⺳⺴⺵⺶⺷⺸⺹⺺⺻⺼⺽⺾⺿"
    "⻀⻁⻂⻃⻄⻅⻆⻇⻈⻉⻊⻋⻌⻍⻎⻏⻐⻑⻒⻓⻔⻕⻖⻗⻘⻙⻚⻛⻜⻝⻞⻟⻠⻡⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻭⻮⻯⻰⻱⻲"
)
_IDEOGRAPHS = (
    "厂乛乚乙亻冂𠘨刀刂卜㔾小小兀尣尢𡯂巳幺彑彐忄心扌攵旡日月歺民氵氺灬爫爫丬牛犭王𤴔目示礻𥫗糹纟罓罒㓁冗𦉫羊𦍌𦍋耂肀聿肉𦥑艹艹"
    "艹虎衤覀西见角𧢲讠贝𧾷车辶辶辶邑钅長镸长门𨸏阝雨青韦页风飞食𩙿飠饣𩠐马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀"
)
#: Ligatures, and the CJK radicals that NFKC leaves (Unicode, EquivalentUnifiedIdeograph.txt).
_FORMS = {"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", **dict(zip(_RADICALS, _IDEOGRAPHS, strict=True))}
#: Default-ignorable characters but for the invisible operators (U+2061 to U+2064), which carry a sense.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060\u2066-\u206f\ufe00-\ufe0f\ufeff"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_UNEVEN = re.compile(rf"^\s|\s$|\s\s|[^\S ]|(?<={_CJK.pattern}) | (?={_CJK.pattern})|{_INVISIBLE.pattern}")
_NUMERALS = "〇零一二两三四五六七八九十百千万亿"
_SCALES = _NUMERALS[12:]
#: Punctuation that some pages lose: in numbers (between figures or signs) it stays, and so do dashes there.
_LOST = re.compile(r"""[][(){}"',;:!?、。〈〉《》【】〔〕·]+|-+""")
_SIGNS = ".,%‰+~<>=±×/:-"
#: Letters of scripts that part their words.
_LETTER = r"[^\W\d_\xb2\xb3\xb9\xbc-\xbe\u0e00-\u109f\u1100-\u1dff\u2000-\U0003ffff]"
#: But a currency stands before its figure.
_CURRENCY = "".join(rf"(?<!{name}(?=\d))" for name in ("CNY", "RMB", "USD", "HKD", "EUR", "JPY", "GBP"))
_RAISED = r"\xb2\xb3\xb9\xbc-\xbe\u2070-\u2089\u2150-\u215f"
#: Places inside a word or a figure: its digits, decimals, thousands, sign and scale, and a letter before it.
_WITHIN = re.compile(
    rf"""(?<={_LETTER})(?={_LETTER}|\d){_CURRENCY} | (?<={_LETTER})(?=\+\+|\#(?!\w)) | (?<=\d0)(?=s\b)
    | (?<=\d)(?=(?:G|D|st|nd|rd|th)(?!{_LETTER}))
    | (?<=\d)(?=\d|[.:/]\d|,\d{{3}}(?!\d)|[{_RAISED}]) | (?<=\d[.:/])(?=\d) | (?<=\d,)(?=\d{{3}}(?!\d))
    | (?<![\w)\]%-][-+±])(?<=[-+±])(?=\d) | (?<=[\d{_NUMERALS}])(?=[{_SCALES}](?![瓦克米分]))
    | (?<=[{_NUMERALS}])(?=[{_NUMERALS}](?![瓦克米分]))""",
    re.VERBOSE | re.IGNORECASE,
)
_PER_CENT = re.compile(r"(?<=\d)[ ]?[%‰]")
#: What stands between the bounds of a range; they are one figure.
_RANGE = re.compile(rf"(?<=[\d{_NUMERALS}%])[ ]?[-~][ ]?(?=[\d{_NUMERALS}])")


@dataclass(frozen=True)
class Folded:
    """A folded text; ``start[i]`` and ``end[i]`` bound in the raw text what became character i."""

    text: str
    start: Sequence[int]
    end: Sequence[int]

    def span(self, first: int, last: int) -> "Span":
        """Return the raw run that became the characters from ``first`` up to but not including ``last``."""
        return Span(self.start[first], self.end[last - 1])


class Span(NamedTuple):
    """A run of a raw text, 0-based, in code points, ``end`` exclusive."""

    start: int
    end: int


def paragraphs(text: str) -> list[str]:
    """Return the non-blank lines of a source, split on the newline alone; paragraph n is the item n - 1."""
    return [line for line in text.split("\n") if line.strip()]


@lru_cache(maxsize=4_096)
def fold(raw: str, *, loose: bool = False) -> Folded:
    """Fold for comparison; ``loose`` also drops punctuation that some pages lose, but none within numbers."""
    if loose:
        return _without_lost(fold(raw))
    inner = raw.strip()
    if not _UNEVEN.search(inner):
        even, first = inner.translate(_EVEN), raw.find(inner)
        if len(even) == len(inner):  # character by character, as nearly all texts are
            places = range(first, first + len(even) + 1)
            return Folded(even, places[:-1], places[1:])
    return _fold_by_cluster(raw)


def find(raw: str, quote: str) -> tuple[list[Span], list[str]]:
    """Return where a quote stands in a raw paragraph, and what had to be folded to find it.

    A quote neither begins nor ends within a word or a figure of the paragraph. The second value names, for
    the first place, how raw text and quote differ: ``width``, ``forms`` (ligatures, radicals),
    ``invisible``, ``space``, ``marks``, ``punctuation``, ``composition``. An exact match has none.
    """
    for loose in (False, True) if _HAN_CHAR.search(quote) else (False,):
        hay, needle = fold(raw, loose=loose), fold(quote, loose=loose).text
        found = [(at, at + len(needle)) for at in places(hay.text, needle)]
        # words may be named apart from a sign after them, a quote may not be cut there
        spans = [hay.span(*at) for at in found if not _PER_CENT.match(hay.text, at[1])]
        if spans:
            return spans, _differences(raw[spans[0].start : spans[0].end], quote)
    return [], []


def near(raw: str, quote: str) -> str:
    """Say what in a paragraph is nearly a quote that is not in it; return the empty text if nothing is."""
    hay, needle = fold(raw), fold(quote).text
    match = re.search(re.escape(needle), hay.text, re.IGNORECASE)
    if not needle or not match:
        return ""
    first = next(at for at in range(match.start(), -1, -1) if is_border(hay.text, at))
    last = next(at for at in range(match.end(), len(hay.text) + 1) if is_border(hay.text, at))
    sign = _PER_CENT.match(hay.text, last)
    start, end = hay.span(first, sign.end() if sign else last)
    return f"the paragraph has {raw[start:end]!r}"


def contains(text: str, name: str) -> bool:
    """Whether a name or figure stands in a text as words of its own, folded and without regard to case."""
    return holds(key(text), key(name))


def holds(text_key: str, name_key: str) -> bool:
    """Compare as ``contains`` does, for texts that ``key`` returned."""
    return not name_key or next(places(text_key, name_key), None) is not None


def places(hay: str, needle: str) -> Iterator[int]:
    """Yield where a folded text stands in another as words of its own."""
    at = hay.find(needle) if needle else -1
    while at >= 0:
        # a unit such as 亿元 or 千瓦 may follow its figure at once
        begins = (needle[0] in _SCALES and hay[at - 1 : at].isdecimal()) or is_border(hay, at)
        if begins and is_border(hay, at + len(needle)):
            yield at
        at = hay.find(needle, at + 1)


def is_border(folded: str, at: int) -> bool:
    """Whether no word or figure of a folded text goes on across a place."""
    if not 0 < at < len(folded):
        return True
    if unicodedata.combining(folded[at]) or _WITHIN.match(folded, at):
        return False
    ranges = _RANGE.finditer(folded, max(0, at - 4), at + 4)
    return not any(found.start() <= at <= found.end() for found in ranges)


@lru_cache(maxsize=8_192)
def key(text: str) -> str:
    """Return a text as names are compared: folded, without case."""
    if text.isascii():  # the same, a good deal faster
        return " ".join(text.replace("`", "'").split()).lower()
    return fold(text).text.casefold()


def length(text: str) -> tuple[int, int]:
    """Count the words of a text outside Han script, without lone marks there, and its Han characters."""
    if text.isascii():
        return len(text.split()), 0
    return len(re.findall(r"\S*\w\S*", _CJK.sub(" ", text))), len(_HAN_CHAR.findall(text))


@lru_cache(maxsize=4_096)
def folded_hash(raw: str) -> str:
    """Return the SHA-256 of the folded text: equal for two prints of one paragraph."""
    return hashlib.sha256(fold(raw).text.encode()).hexdigest()


def _fold_by_cluster(raw: str) -> Folded:
    found: list[tuple[str, int, int]] = []  # a character, and the bounds of what became it
    for first, last in _clusters(raw):
        for char in _compatible(_INVISIBLE.sub("", raw[first:last])):
            spaced = bool(found) and found[-1][0] == " "
            if char.isspace():
                if spaced:
                    found[-1] = (" ", found[-1][1], last)
                elif found:
                    found.append((" ", first, last))
                continue
            if spaced and _is_gap(raw[found[-2][1]], found[-2][0], raw[first], char):
                found.pop()
            found.append((char, first, last))
    if found and found[-1][0] == " ":
        found.pop()
    return Folded("".join(c for c, _, _ in found), [at for _, at, _ in found], [end for _, _, end in found])


class _Even(dict[int, str]):
    """Folded characters by code point; twice the character where it cannot be folded by itself."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        self[code] = ("" if unicodedata.combining(char) else _compatible(char)) or char * 2
        return self[code]


_EVEN = _Even()


def _compatible(cluster: str) -> str:
    cluster = _MARKS.get(cluster, cluster)
    folded = unicodedata.normalize("NFC" if any(map(_is_distinct, cluster)) else "NFKC", cluster)
    return "".join(_MARKS.get(c, _FORMS.get(c, c)) for c in folded)


@lru_cache(maxsize=4_096)
def _is_distinct(char: str) -> bool:
    """Whether NFKC would make another number of a text with the character: ² in 10², ① in 2①, ½, ㏠."""
    tag = unicodedata.decomposition(char).partition(">")[0]
    if tag not in ("<super", "<sub", "<circle", "<fraction", "<square", "<compat"):
        return False
    folded = unicodedata.normalize("NFKC", char)
    numeric = any(unicodedata.numeric(c, None) is not None for c in folded)
    if tag in ("<super", "<sub"):
        return numeric or not folded.isalpha()
    return numeric and (tag != "<compat" or len(folded) > 1)


def _clusters(raw: str) -> list[tuple[int, int]]:
    """Bounds of each visible character together with the combining marks that follow it."""
    bounds: list[tuple[int, int]] = []
    for i, char in enumerate(raw):
        if bounds and unicodedata.combining(char):
            bounds[-1] = (bounds[-1][0], i + 1)
        elif not _INVISIBLE.match(char):
            bounds.append((i, i + 1))
    return bounds


def _is_gap(before: str, folded_before: str, after: str, folded_after: str) -> bool:
    """Whether white space is layout: next to Han script, or to its punctuation outside numbers."""
    numeric = _is_numeric(folded_before) and _is_numeric(folded_after)
    return bool((_HAN_CHAR if numeric else _CJK).search(before + after))


def _without_lost(folded: Folded) -> Folded:
    lost = {i for run in _LOST.finditer(folded.text) if not _has_sense(run) for i in range(*run.span())}
    kept = [i for i in range(len(folded.text)) if i not in lost]
    start, end = ([bounds[i] for i in kept] for bounds in (folded.start, folded.end))
    return Folded("".join(folded.text[i] for i in kept), start, end)


def _has_sense(run: re.Match[str]) -> bool:
    """Whether punctuation belongs to a number, or a dash joins anything but two Han words."""
    start, end = run.span()
    before, after = (
        "".join(char for char in beside if not unicodedata.combining(char))
        for beside in (run.string[max(0, start - 8) : start], run.string[end : end + 8])
    )
    sides = before.removesuffix(" ")[-1:], after.removeprefix(" ")[:1]
    if run.group().startswith("-"):
        return not all(_HAN_CHAR.match(side) and side not in _NUMERALS for side in sides)
    return all(map(_is_numeric, sides))


def _is_numeric(char: str) -> bool:
    """Whether a character is part of a number, or a mark on one."""
    if not char or char in _SIGNS:
        return bool(char)
    return unicodedata.combining(char) > 0 or unicodedata.numeric(char, None) is not None


def _differences(raw: str, quote: str) -> list[str]:
    if raw == quote:
        return []
    both = set(raw + quote)
    wide = {c for c in both if not c.isspace() and c not in _MARKS}
    differences = {
        "width": any(unicodedata.normalize("NFKC", c) != c for c in wide),
        "forms": not both.isdisjoint(_FORMS),
        "invisible": any(map(_INVISIBLE.match, both)),
        "space": re.findall(r"\s+", raw) != re.findall(r"\s+", quote),
        "marks": [c for c in raw if c in _MARKS] != [c for c in quote if c in _MARKS],
        "punctuation": fold(raw).text != fold(quote).text,
    }
    return [name for name, differ in differences.items() if differ] or ["composition"]
