from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.read import periods
from kg.read.periods import Period

PERIODS = {
    "2024": Period(date(2024, 1, 1), date(2024, 12, 31)),
    "2024-02": Period(date(2024, 2, 1), date(2024, 2, 29)),
    "2024-01-21": Period(date(2024, 1, 21), date(2024, 1, 21)),
    "2021/2025": Period(date(2021, 1, 1), date(2025, 12, 31)),
    "../2025": Period(None, date(2025, 12, 31)),
    "/2025": Period(None, date(2025, 12, 31)),
    "2021/..": Period(date(2021, 1, 1), None),
    "2024?": Period(date(2024, 1, 1), date(2024, 12, 31)),
    "2024-02-30": None, "2024-13": None, "24": None, "../..": None, "/": None, "2025/2021": None,
    "2021/2023/2025": None, "by 2025": None, "2025-": None, "0000": None, "0000-01-01": None, "2023-02-29": None, "2024-02-30/2025": None, "2024/2024-06-31": None, "2024-01-0１": None, "2024-00": None, "2024-01-00": None, "２０２４": None,
}  # fmt: skip


@pytest.mark.parametrize(("edtf", "expected"), PERIODS.items())
def test_periods(edtf: str, expected: Period | None) -> None:
    assert periods.parse(edtf) == expected


@pytest.mark.parametrize("text", ["0001-01-01", "2024-02-29", "9999-12-31"])
def test_days(text: str) -> None:
    assert periods.is_day(text)


@pytest.mark.parametrize(
    "text",
    [
        "", "2024", "2024-01", "2024-02-30", "2023-02-29", "1900-02-29", "2024-00-01", "2024-13-01", "2024-01-00", "2024-01-32",
        "0000-01-01", "-2024-01-01", "12024-01-01", "2024-1-1", "20240101", "2024-W01-1", "2024-001", "2024-01-01?", "2024-01-01\n",
        "2024-01-01T00:00", "２０２４-01-01", "2024-01-0१", "2024/01/01", "2024-01-01/2024-01-02",
    ],
)  # fmt: skip
def test_what_is_no_day(text: str) -> None:
    assert not periods.is_day(text)


@given(st.dates(), st.integers(0, 99), st.integers(0, 99))
def test_days_are_those_of_the_calendar(day: date, month: int, number: int) -> None:
    assert periods.is_day(day.isoformat())
    text = f"{day.year:04}-{month:02}-{number:02}"
    try:
        exists = date(day.year, month, number).isoformat() == text
    except ValueError:
        exists = False
    assert periods.is_day(text) == exists == (periods.parse(text) is not None)
