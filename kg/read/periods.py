"""Periods in EDTF (ISO 8601-2), level 0 and the open ends and marks of level 1."""

import calendar
import re
from dataclasses import dataclass
from datetime import date

_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?[?~%]?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_OPEN = ("..", "")


@dataclass(frozen=True)
class Period:
    """First and last day; None where the period is open on that side."""

    begins: date | None
    ends: date | None


def is_day(text: str) -> bool:
    """Whether a text is a day that exists, as 2024-02-29 and not 2024-02-30 or ２０２４-01-01."""
    return bool(_DAY.fullmatch(text)) and _bounds(text) is not None


def parse(edtf: str) -> Period | None:
    """``2024``, ``2024-01-21``, ``2021/2025``, ``../2025`` → Period; None for anything else."""
    parts = edtf.split("/")
    if len(parts) > 2 or all(part in _OPEN for part in parts):
        return None
    bounds = [None if part in _OPEN else _bounds(part) for part in parts]
    if any(bound is None and part not in _OPEN for bound, part in zip(bounds, parts, strict=True)):
        return None
    low, high = bounds[0], bounds[-1]
    if low and high and low[0] > high[1]:
        return None
    return Period(low[0] if low else None, high[1] if high else None)


def _bounds(text: str) -> tuple[date, date] | None:
    if not (match := _DATE.fullmatch(text)):
        return None
    year, month, day = (int(part) if part else None for part in match.groups())
    try:
        first = date(year or 0, 1 if month is None else month, 1 if day is None else day)
    except ValueError:
        return None
    month = month or 12
    return first, date(first.year, month, day or calendar.monthrange(first.year, month)[1])
