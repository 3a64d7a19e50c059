"""Overlapping marks part a paragraph into segments that are together its raw text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kg.annotation.marks import Mark, Segment, segments

RAW = "建设“光谷 二期”项目"


def test_a_quote_inside_a_name_and_one_across_it() -> None:
    marks = [
        Mark(1, 0, 8, "statement-quote", "s2"),
        Mark(1, 2, 10, "mention", "m0"),
        Mark(1, 3, 5, "mention", "m1"),
    ]
    assert list(segments(RAW, marks)) == [
        Segment("建设", ("statement-quote",), ("s2",)),
        Segment("“", ("statement-quote", "mention"), ("s2", "m0")),
        Segment("光谷", ("statement-quote", "mention"), ("s2", "m0", "m1")),
        Segment(" 二期", ("statement-quote", "mention"), ("s2", "m0")),
        Segment("”项", ("mention",), ("m0",)),
        Segment("目"),
    ]


def test_marks_outside_the_paragraph_are_left_out() -> None:
    outside = [Mark(1, -1, 2, "gap", "g1"), Mark(1, 9, 99, "gap", "g2"), Mark(1, 4, 4, "gap", "g3")]
    assert list(segments(RAW, outside)) == [Segment(RAW)]
    assert list(segments("", [])) == []


@given(
    st.text(max_size=40),
    st.lists(
        st.tuples(st.integers(0, 40), st.integers(0, 40), st.sampled_from(["a", "b", "c"])), max_size=12
    ),
)
def test_segments_are_the_text_and_hold_each_mark_whole(raw: str, places: list[tuple[int, int, str]]) -> None:
    marks = [Mark(1, start, end, role, f"{role}{at}") for at, (start, end, role) in enumerate(places)]
    found = list(segments(raw, marks))
    assert "".join(one.words for one in found) == raw
    for mark in marks:
        if mark.start < mark.end <= len(raw):
            under = [one for one in found if mark.row in one.rows]
            assert "".join(one.words for one in under) == raw[mark.start : mark.end]
            assert all(mark.role in one.roles for one in under)
        else:
            assert not any(mark.row in one.rows for one in found)
