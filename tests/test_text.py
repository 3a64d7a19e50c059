from __future__ import annotations

import pytest
from hypothesis import given
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


@given(st.text(max_size=60), st.data())
def test_any_run_of_a_text_is_found_where_it_stands(raw: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(raw)))
    end = data.draw(st.integers(start, len(raw)))
    quote = raw[start:end]
    spans, _ = text.find(raw, quote)
    if text.fold(quote).text and text.fold(raw).text.find(text.fold(quote).text) >= 0:
        assert spans
        assert all(text.fold(quote).text in text.fold(raw[s.start : s.end]).text for s in spans)


@given(st.text(max_size=80))
def test_the_offset_map_is_sound(raw: str) -> None:
    folded = text.fold(raw)
    assert len(folded.text) == len(folded.start) == len(folded.end)
    assert all(0 <= a < b <= len(raw) for a, b in zip(folded.start, folded.end, strict=True))
    assert list(folded.start) == sorted(folded.start)
