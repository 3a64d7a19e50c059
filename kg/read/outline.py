"""The outline of a Chinese document: its numbered headings, the parts of a work report, and its sections.

Headings are 一、 then （一） then 1. A report tells what was done, what several coming years shall bring, and
what the year ahead shall, and speaks of the government's own work. The title of a part decides which it is:
the sign & that some editors put after a number (二&、) is no more than a sign.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from kg.text import fold, length

_NUMERALS = "一二三四五六七八九十"
_HEADINGS = (
    re.compile(rf"([{_NUMERALS}]{{1,3}})&?、"),
    re.compile(rf"\(([{_NUMERALS}]{{1,3}})\)"),
    re.compile(r"([0-9]{1,2})[.、](?![0-9])"),
)
#: Part of a report → words of its title, the first part that fits counts; both of the first two may.
PARTS = {
    "past": re.compile("回顾|成就|成绩|成效|过去(?:一年|五年)|(?:发展|基本)情况"),
    "several years": re.compile("今后五年|未来五年|十[一二三四五六七八九]五|第十[一二三四五六七八九]个五年"),
    "government": re.compile("(?:政府|自身)(?:的)?(?:自身)?建设|政府治理|政府系统|政府职能|履职效能"),
    "year ahead": re.compile(
        "新的一年|(?:[0-9]{4}|今|全)年.*(?:工作|任务|要求|目标|安排|部署|重点)|(?:工作|重点)(?:安排|任务)|目标任务|总体要求"
    ),
}
_PLAN = re.compile("十([一二三四五六七八九])五")
_YEAR = re.compile("((?:19|20)[0-9]{2})年")
#: A heading is recorded by so many of its Han characters.
MOST_HAN = 16
#: So many headings 1. to N. in a row, after the parts, are notes on words.
NOTES = 5


@dataclass(frozen=True)
class Heading:
    """A heading: its level from 1, the number it bears, its paragraph, and the words after the number."""

    level: int
    number: int
    paragraph: int
    title: str


@dataclass(frozen=True)
class Section:
    """A run of paragraphs under one heading, ``under`` a wider one, in a part of a report, of a period."""

    first: int
    last: int
    heading: str
    part: str = ""
    under: int | None = None
    region: str = ""
    period: str = ""


def find_headings(paragraphs: Sequence[str]) -> list[Heading]:
    """Return the numbered headings of a text."""
    found = []
    for number, raw in enumerate(paragraphs, 1):
        folded = fold(raw).text
        for level, pattern in enumerate(_HEADINGS, 1):
            if match := pattern.match(folded):
                title = re.split("[。;；]", folded[match.end() :], maxsplit=1)[0].strip()
                found.append(Heading(level, _number(match[1]), number, title))
    return found


def propose_sections(
    paragraphs: Sequence[str], *, region: str = "", year: int = 0, place_of: Callable[[str], str] = str
) -> list[Section]:
    """Propose the sections of a text: one a heading of its two widest levels, and what stands before.

    ``place_of`` returns the place that a heading begins with, empty if it begins with none (pass one that
    always does so to keep ``region``); ``year`` is that of a report.
    """
    headings = find_headings(paragraphs)
    end = _end_of_parts(headings)
    widest = sorted({heading.level for heading in headings if heading.paragraph < end})[:2]
    kept = [heading for heading in headings if heading.level in widest and heading.paragraph < end]
    if not kept:
        return [Section(1, len(paragraphs), "The whole document", region=region)]
    bounds = [heading.paragraph for heading in kept] + [min(end, len(paragraphs) + 1)]
    sections = list(_before(bounds[0], region))
    above: Section | None = None
    for heading, after in zip(kept, bounds[1:], strict=True):
        part, period = _part(heading.title, year)
        section = Section(heading.paragraph, after - 1, _shorten(heading.title), part, None, region, period)
        if heading.level == widest[0]:
            above = section
        elif above:
            section = replace(section, under=above.first)
            if part != "government" or above.part == "past":  # what was done for it, not its own work
                section = replace(section, part=above.part, period=above.period)
        sections.append(replace(section, region=place_of(heading.title) or region))
    if end <= len(paragraphs):
        sections.append(Section(end, len(paragraphs), "annex and notes", "annex", None, region))
    return sections


def _before(first: int, region: str) -> Iterator[Section]:
    if first > 1:
        yield Section(1, first - 1, "title and opening", "", None, region)


def _end_of_parts(headings: Sequence[Heading]) -> int:
    """Return where annexes begin, by 一、 that comes again or a run of notes; a late number without any."""
    tops = [heading for heading in headings if heading.level == 1]
    again = next((b.paragraph for a, b in pairwise(tops) if b.number <= a.number), None)
    last = max((heading.paragraph for heading in headings if heading.level < 3), default=0)
    after = [heading.paragraph for heading in headings if heading.paragraph > last]
    notes = after[0] if tops and len(after) >= NOTES else None
    return min((one for one in (again, notes) if one), default=10**9)


def _part(title: str, year: int) -> tuple[str, str]:
    """Return the part of a report that a title heads, and its period; both empty if it heads none."""
    parts = [name for name, words in PARTS.items() if words.search(title)]
    if parts[:2] == ["past", "several years"]:
        plans = sorted(_plan_years(title))
        if any(int(period[:4]) >= year for period in plans if year):
            return "past and several years", ""  # one title for both: a reader parts them
        return "past", f"{plans[0]}" if plans else ""
    years, plans = _YEAR.findall(title), sorted(_plan_years(title))
    if years and year and parts in ([], ["year ahead"]):  # 2029年主要工作 in the report of 2030
        parts = ["past" if int(max(years)) < year else "year ahead"]
    if not parts:
        return "", ""
    periods = {
        "past": years[0] if years else str(year - 1) if year else "",
        "several years": plans[-1] if plans else f"{year}/{year + 4}" if year else "",
    }
    return parts[0], periods.get(parts[0], years[0] if years else str(year or ""))


def _plan_years(title: str) -> Iterator[str]:
    """Yield the years of the five-year plans that a title names: 十五五 is 2026/2030."""
    for digit in _PLAN.findall(title):
        begins = 1951 + 5 * (10 + _number(digit))
        yield f"{begins}/{begins + 4}"


def _number(numeral: str) -> int:
    if numeral.isdigit() and numeral.isascii():
        return int(numeral)
    tens, ten, ones = numeral.rpartition("十")
    high = (_NUMERALS.index(tens) + 1 if tens else 1) * 10 if ten else 0
    return high + (_NUMERALS.index(ones) + 1 if ones else 0)


def _shorten(title: str) -> str:
    """Return the first clause of a title, cut where it is long."""
    clause = re.split("[，,:：]", title, maxsplit=1)[0] or title or "untitled"
    while length(clause)[1] > MOST_HAN:
        clause = clause[:-1]
    return clause
