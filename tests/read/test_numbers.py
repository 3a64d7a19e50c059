from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.read import numbers

NUMBERS = {
    "65.8 billion": "65800000000", "1 trillion": "1000000000000", "8,500": "8500", "400,000": "400000",
    "eight": "8", "thirty-five": "35", "two hundred and fifty": "250", "one million two hundred thousand": "1200000",
    "20%": "20", "doubling": "2", "350 billion": "350000000000", "1000": "1000", "10": "10", "a": None,
    "several": None, "": None, "12-inch": None, "1.2.3": None, "3 4": None, "and": None, "five and six": "11",
    "658亿": "65800000000", "1.2万亿": "1200000000000", "百分之二十": "20", "百分之20": "20", "两": "2", "两千亿": "200000000000",
    "二十五": "25", "十": "10", "一百零五": "105", "三万五千": "35000", "六百五十八亿": "65800000000",
    "６５８亿": "65800000000", "翻一番": "2", "若干": None, "万亿": "1000000000000", "九千八百万": "98000000",
}  # fmt: skip


@pytest.mark.parametrize(("written", "expected"), NUMBERS.items())
def test_numbers_as_written(written: str, expected: str | None) -> None:
    assert numbers.parse(written) == (None if expected is None else Decimal(expected))


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("3-4", (3, 4)),
        ("3–4", (3, 4)),
        ("three to four", (3, 4)),
        ("三至四", (3, 4)),
        ("5", None),
        ("a-b", None),
        ("1-2-3", None),
    ],
)
def test_ranges(written: str, expected: tuple[int, int] | None) -> None:
    found = numbers.parse_range(written)
    assert (found and tuple(map(int, found))) == expected


@given(st.text(max_size=20))
def test_no_text_breaks_it(written: str) -> None:
    assert numbers.parse(written) is None or numbers.parse(written) is not None
    numbers.parse_range(written)


@given(st.integers(0, 10**15))
def test_figures_are_themselves(value: int) -> None:
    assert numbers.parse(str(value)) == numbers.parse(f"{value:,}") == value
