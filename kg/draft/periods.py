"""The parts of a work report, and the time of which each speaks."""

import re
from collections.abc import Sequence
from typing import NamedTuple

#: Words of a heading → the years from the one in which the report was given, and whether it was done.
_HEADINGS = (
    (re.compile(r"回顾|过去[一五]年|[一五]年来"), (-1, -1), True),
    (
        re.compile(r"今后五年|未来五年|[“\"]?十[一二三四五六七八]五[”\"]?时期[^工]*(?:目标|任务|思路|要求)"),
        (0, 4),
        False,
    ),
    (
        re.compile(r"今年|年[^，。]{0,8}(?:工作安排|工作任务|重点工作|重点任务|总体要求|主要任务)"),
        (0, 0),
        False,
    ),
    (re.compile(r"政府自身建设"), (0, 0), False),
)
_HEADING = re.compile(r"^\s*[一二三四五六七八九十]&?、.{2,40}$")


class Part(NamedTuple):
    """The time of which a part speaks, in EDTF, and whether it tells what was done."""

    period: str = ""
    done: bool = False


def find_parts(paragraphs: Sequence[str], year: int) -> list[Part]:
    """Return the part to which each paragraph of a report given in a year belongs, by the headings."""
    now, parts = Part(), []
    for raw in paragraphs:
        if _HEADING.match(raw):
            now = next(
                (_part(years, year, done=done) for sign, years, done in _HEADINGS if sign.search(raw)), now
            )
        parts.append(now)
    return parts


def _part(years: tuple[int, int], year: int, *, done: bool) -> Part:
    first, last = (str(year + number) for number in years)
    return Part(first if first == last else f"{first}/{last}", done)
