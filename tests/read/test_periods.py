from __future__ import annotations

from datetime import date

import pytest

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
    "2021/2023/2025": None, "by 2025": None, "2025-": None, "0000": None, "２０２４": None,
}  # fmt: skip


@pytest.mark.parametrize(("edtf", "expected"), PERIODS.items())
def test_periods(edtf: str, expected: Period | None) -> None:
    assert periods.parse(edtf) == expected
