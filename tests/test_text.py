from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg import text
from kg.text import Span

FOUND = [
    # raw paragraph, quote, start, end, what was folded
    ("builds silicon carbide lines", "silicon carbide", 7, 22, []),
    ("builds  silicon\u00a0carbide lines", "silicon carbide", 8, 23, ["space"]),
    ("the “two cores” plan", '"two cores"', 4, 15, ["marks"]),
    ("Guangdong–Hong Kong", "Guangdong-Hong Kong", 0, 19, ["marks"]),
    ("力争产值６５８亿元", "658亿元", 4, 9, ["width"]),
    ("发展集成\n电路产业", "集成电路", 2, 7, ["space"]),
    ("发展集成 电路产业", "集成电路", 2, 7, ["space"]),
    ("印发《上海市规划》的通知", "上海市规划", 3, 8, []),
    ("印发《上海市规划》的通知", "印发上海市规划的通知", 0, 12, ["punctuation"]),
    ("建设“光谷”项目", "建设光谷项目", 0, 8, ["marks", "punctuation"]),
    ("增长百分之二十左右", "百分之二十", 2, 7, []),
    ("引进两家企业", "两家企业", 2, 6, []),
    ("总投资１．２万亿元", "1.2万亿元", 3, 9, ["width"]),
    ("cafe\u0301 society", "café", 0, 5, ["composition"]),
    ("ﬁve parks", "five", 0, 3, ["width"]),
    ("le Cœur", "Coeur", 3, 7, ["forms"]),
    ("semi\u00adconductor lines", "semiconductor", 0, 14, ["invisible"]),
    ("lidar\u200b, optics", "lidar", 0, 5, []),
    ("\ufeff集成\u00ad电路", "集成电路", 1, 6, ["invisible"]),
    ("e\ufe0fx", "ex", 0, 3, ["invisible"]),
    ("⻓三角", "长三角", 0, 3, ["forms"]),
    ("⼀带一路", "一带一路", 0, 4, ["width"]),
    ("到2024 年 12 月", "2024年12月", 1, 12, ["space"]),
    ("到2024年12月", "2024 年 12 月", 1, 9, ["space"]),
    ("发展 AI 技术", "发展AI技术", 0, 8, ["space"]),
    ("10—15亿元", "10-15亿元", 0, 7, ["marks"]),
    ("10～15亿元", "10~15亿元", 0, 7, ["marks"]),
    ("工程——光谷", "工程光谷", 0, 6, ["marks", "punctuation"]),
]


@pytest.mark.parametrize(("raw", "quote", "start", "end", "folded"), FOUND)
def test_a_quote_is_found_at_its_raw_place(
    raw: str, quote: str, start: int, end: int, folded: list[str]
) -> None:
    spans, how = text.find(raw, quote)
    assert spans == [Span(start, end)]
    assert how == folded


ABSENT = [
    ("silicon carbide", "silicon carbides"),
    ("Silicon carbide", "silicon carbide"),  # case is the document's own
    ("a word", ""),
    ("new energy", "newenergy"),  # words stay apart in Latin script
    ("two, cores", "two cores"),  # and so does its punctuation
    ("集成电路", "集成线路"),
    ("投资10-15亿元", "投资1015亿元"),
    ("投资1015亿元", "投资10-15亿元"),
    ("增长-5%的产业", "增长5%的产业"),
    ("增长1.5倍的产业", "增长15倍的产业"),
    ("二、三百家企业", "二三百家企业"),
    ("增长15%的产业", "增长15的产业"),
    ("grew by 15%", "grew by 15"),
    ("5《6》亿元", "56亿元"),
    ("5\u0301《6》亿元", "5\u03016亿元"),
    ("10² km", "102 km"),
    ("2① parts", "21 parts"),
    ("1½ parts", "11⁄2 parts"),
    ("５ ６家企业", "56家企业"),
    ("3\u20641 parts", "31 parts"),  # an invisible plus is a sign
    ("15 per cent", "5 per cent"),
    ("the public must", "IC"),
    ("投资二三百亿元", "百亿元"),
]


@pytest.mark.parametrize(("raw", "quote"), ABSENT)
def test_what_is_not_there_is_not_found(raw: str, quote: str) -> None:
    assert text.find(raw, quote) == ([], [])


def test_every_place_is_found() -> None:
    assert text.find("ab ab ab", "ab")[0] == [Span(0, 2), Span(3, 5), Span(6, 8)]


def test_paragraphs_are_lines_that_are_not_blank() -> None:
    assert text.paragraphs("one\n\n \u3000\ntwo\r\n three \x0c\n") == ["one", "two\r", " three \x0c"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("65.8 billion yuan", (3, 0)),
        ("集成电路", (0, 4)),
        ("第6代 BOE 产线", (2, 4)),
        ("", (0, 0)),
        ("《规划》", (0, 2)),
    ],
)
def test_length_counts_words_and_han(words: str, expected: tuple[int, int]) -> None:
    assert text.length(words) == expected


def test_hash_is_of_the_folded_text() -> None:
    assert text.folded_hash("集成\u3000电路") == text.folded_hash("集成电路") != text.folded_hash("集成线路")


#: What texts are made of where they are hard to match.
PIECES = st.sampled_from(
    [*"0159", *"５９", *"¹²½①", *"一二十百万亿", *".,:/%‰-−–~～±+", *"《》“”、，（）·", *" \u3000\n\xa0", *"aGœﬁ", *"甲乙⻓", "\u00ad", "\u200b", "\ufeff", "\u0301"]
)  # fmt: skip
HARD = st.lists(PIECES, max_size=12).map("".join)


@given(HARD | st.text(max_size=60), st.data())
def test_any_run_of_a_text_is_found_where_it_stands(raw: str, data: st.DataObject) -> None:
    """A run that ends at borders is found, and what is found is the run, folded."""
    start = data.draw(st.integers(0, len(raw)))
    end = data.draw(st.integers(start, len(raw)))
    quote = raw[start:end]
    spans, _ = text.find(raw, quote)
    hay, needle = text.fold(raw).text, text.fold(quote).text
    at = hay.find(needle)
    if needle and at >= 0 and text.is_border(hay, at) and text.is_border(hay, at + len(needle)):
        assert spans or hay[at + len(needle) :].lstrip()[:1] in "%‰"
    loose = text.fold(quote, loose=True).text
    for span in spans:
        run = raw[span.start : span.end]
        assert needle == text.fold(run).text or loose == text.fold(run, loose=True).text


SIGNS = "-~.%‰/±+"
HAN = r"[\u4e00-\u9fff\u2ed3]"


def numbers(raw: str) -> list[tuple[str, str]]:
    """The numerals of a text, each with what parts it from the one before; read without the folds."""
    raw = re.sub(r"[\u00ad\u200b\ufeff\u0301]", "", raw)
    raw = "".join(chr(ord(c) - 0xFEE0) if "！" <= c <= "～" else c for c in raw)
    raw = re.sub("[−–]", "-", re.sub(rf"(?<={HAN})\s+|\s+(?={HAN})", "", raw))
    found: list[tuple[str, str]] = []
    between = ""
    for char in raw:
        if unicodedata.numeric(char, None) is None:
            between += char
            continue
        if found and not re.search(r"[\w\u2ed3]", between):
            parted = re.sub(r"\s", "", between) or (between[:1] and " ")
        else:  # words part them: only signs at the numerals themselves count
            inner = between.strip()
            parted = "w" + "".join(c for c in (inner[:1] if found else "", inner[-1:]) if c and c in SIGNS)
        found.append((parted.replace("“", '"').replace("”", '"'), char))
        between = ""
    tail = between.lstrip()[:1]
    return [*found, (tail if found and tail and tail in SIGNS else "", "")]


@pytest.mark.parametrize("between", ["\u0301,", "\u0301\u0301\u0301,", ";", "、"])
def test_marks_on_figures_do_not_hide_what_parts_them(between: str) -> None:
    assert text.fold(f"0{between}0", loose=True).text != text.fold(f"0{between[:-1]}0", loose=True).text


@settings(max_examples=1_500)
@given(HARD, st.data())
def test_a_fold_never_equates_texts_whose_numbers_differ(raw: str, data: st.DataObject) -> None:
    """Of two texts that differ in a few characters, at any places."""
    other = list(raw)
    for _ in range(data.draw(st.integers(1, 2))):
        at = data.draw(st.integers(0, len(other)))
        other[at : at + data.draw(st.integers(0, 1))] = data.draw(st.sampled_from(["", " "]) | PIECES)
    for loose in (False, True):
        if text.fold(raw, loose=loose).text == text.fold("".join(other), loose=loose).text:
            assert numbers(raw) == numbers("".join(other))


BORDERS = [
    # text, words or figure, whether they stand there by themselves
    ("the public must", "IC", False),
    ("maintain the chair", "AI", False),
    ("IC and AI chips", "ai", True),
    ("an IC-based line", "IC", True),
    ("发展AI产业", "AI", True),
    ("15 per cent", "5", False),
    ("2020s", "2020", False),
    ("5G base stations", "5", False),
    ("65.8bn yuan", "65.8", True),
    ("65.8bn yuan", "8", False),
    ("1,015 firms", "1", False),
    ("1,015 firms", "015", False),
    ("5, 6 or 7 firms", "5", True),
    ("投资10-15亿元", "15亿", False),
    ("投资10～15亿元", "10", False),
    ("fell by -3 yuan", "3", False),
    ("fell by -3 yuan", "-3", True),
    ("投资十五亿元", "五亿", False),
    ("产值658亿元", "亿元", True),
    ("产值658亿元", "658", False),
    ("装机15千瓦", "15", True),
    ("1/3 of it", "3", False),
    ("10² km", "10", False),
    ("CO2 and H2", "2", False),
    ("C++ Ltd", "C", False),
    ("C++ Ltd", "C++", True),
    ("C# Ltd", "C", False),
    ("C+ and C", "C", True),
    ("in the 2020s", "2020", False),
    ("in the 2020s", "2020s", True),
    ("in the 2020 season", "2020", True),
    ("RMB100", "100", True),
    ("grew by 15%", "15", True),
    ("SICC’s line", "sicc", True),
    ("le Cœur", "coeur", True),
    ("any text", "", True),
]


@pytest.mark.parametrize(("raw", "name", "expected"), BORDERS)
def test_words_and_figures_end_at_borders(raw: str, name: str, expected: bool) -> None:
    assert text.contains(raw, name) is expected


@pytest.mark.parametrize(
    ("raw", "quote", "hint"),
    [
        ("Silicon carbide lines", "silicon carbide", "the paragraph has 'Silicon carbide'"),
        ("the public must", "ic", "the paragraph has 'public'"),
        ("投资10-15亿元", "15亿元", "the paragraph has '10-15亿元'"),
        ("grew by 15%", "grew by 15", "the paragraph has 'grew by 15%'"),
        ("a park", "lidar", ""),
        ("a park", "", ""),
    ],
)
def test_what_is_nearly_a_quote_is_shown(raw: str, quote: str, hint: str) -> None:
    assert text.near(raw, quote) == hint


@given(st.text(max_size=80) | HARD)
def test_the_offset_map_is_sound(raw: str) -> None:
    folded = text.fold(raw)
    assert len(folded.text) == len(folded.start) == len(folded.end)
    assert all(0 <= a < b <= len(raw) for a, b in zip(folded.start, folded.end, strict=True))
    assert list(folded.start) == sorted(folded.start)
