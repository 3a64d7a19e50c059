"""The parts of a government work report: what was done, what several years and the year ahead shall bring.

The title of a heading decides. The editors of one collection put the sign & after the number of the first
part on the future (二&、); where its title tells nothing, the words that follow it decide, and so they do
where a text has no such heading at all.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from kg.read.outline import Heading, find_headings
from kg.text import fold

#: Parts in their order, by how far a report has come.
_STAGES = {"review": 0, "unknown": 0, "mixed": 1, "several-years": 1, "year-ahead": 1, "government": 2}
_FUTURE = ("several-years", "year-ahead", "mixed")
_NUMERALS = dict(zip("〇零○一二三四五六七八九", "000123456789", strict=True))
_WRITTEN_YEAR = re.compile("[一二][〇零○一二三四五六七八九]{3}(?=年)")
_YEAR = re.compile("((?:19|20)[0-9]{2})年?")
_PLAN = re.compile("([八九]|十[一二三四五]?)五(?![年个届大次中一二三四五六七八九十])")
_REVIEW = re.compile(
    "回顾|成就|成绩|成效|历程|(?:过去|上届|本届|[一二三四]年来|五年来)|(?:^|[^后来])五年(?:的)?工作"
    "|基本情况|执行情况|完成情况|去年|直辖以来|总结"
)
_SEVERAL = re.compile(
    "(?:今后|未来|下)(?:的)?[一三五]?(?:五|5|几|三|3|十)(?:个)?年|今后(?:一个)?时期|远景|跨世纪(?:发展|奋斗)?目标"
)
_AHEAD = re.compile("今年|新的?一年|新年度|全年|本年度|开局之年|届首之年|明年|今后一年")
_BEGINS = re.compile("开局|开好局|起步|开好头|起好步|开端|第一仗|新开局")
_GOVERNMENT = re.compile(
    "政府(?:系统)?(?:的)?(?:自身|作风|职能|效能|治理|行政|廉政|机关)|(?:自身|政风|作风|廉政|行政能力)(?:的)?建设"
    "|(?:建设|打造|建成|塑造).*政府|政府(?:的)?(?:改革|建设|形象|工作(?:效能|水平|作风))|依法行政|法治政府|执政为民"
    "|(?:改进|改善).{0,4}政府工作|(?:从严|勤政).{0,2}治?政|提高行政效能|施政履职"
)
_PLANS = re.compile(
    "任务|目标|要求|安排|部署|重点|思路|打算|布局|举措|纲要|工作|形势|战略|发展|奋斗|规划|计划|建议"
)
#: Titles of several clauses are cut to the first beyond so many characters.
_LONGEST = 34
#: So many characters of what follows a heading are looked at, where the heading tells nothing.
_LOOKED_AT = 400
_NEXT = re.compile("[一二三四五六七八九十]{1,3}&?、.{0,30}$")
_BEGINS_AHEAD = "(?:今年|新的一年|{year}年|全年)(?!年初|以来|[0-9]+月)"


class Part(NamedTuple):
    """Where a part begins, what it is, and how that was found: heading, sign or words."""

    first: int
    part: str
    found: str


def find_parts(paragraphs: Sequence[str], year: int) -> list[Part]:
    """Return the parts of the report of a year, in order, from its first paragraph on."""
    parts: list[Part] = []
    last: Heading | None = None  # the heading of the last part that a numbered heading of its own began
    for heading, signed in _headings(paragraphs):
        part = Part(heading.paragraph, title_part(heading.title, year, begun=_stage(parts) > 0), "heading")
        if signed and part.part not in _FUTURE:
            part = part._replace(part=_from_words(paragraphs, heading.paragraph, year), found="sign")
        elif not part.part:
            part = part._replace(part=_by_number(heading, last, parts, paragraphs, year))
        if _follows(part, parts):
            parts.append(part)
            last = heading
    return _completed(parts, paragraphs, year)


def title_part(title: str, year: int, *, begun: bool = False) -> str:
    """Return the part that a title heads in the report of a year; empty if it heads none.

    ``begun`` says that a part on the future came before.
    """
    title = _WRITTEN_YEAR.sub(lambda found: "".join(_NUMERALS[char] for char in found[0]), title)
    title = re.sub("(?<=[0-9]) (?=[0-9])", "", title)
    years = [int(found) for found in _YEAR.findall(title)]
    plans = [1951 + 5 * _number(found) for found in _PLAN.findall(title)] if "编制" not in title else []
    begins = bool(_BEGINS.search(title))
    ahead = bool(_AHEAD.search(title)) or year in years
    several = bool(_SEVERAL.search(title)) or (any(abs(first - year) <= 1 for first in plans) and not begins)
    review = "回顾" in title or (bool(_REVIEW.search(title) or (years and max(years) < year)) and not several)
    review = review or (bool(plans) and max(plans) < year - 1 and not several)
    if begins and plans and not several:
        review, ahead = review and not ahead and not begun, begun or ahead or max(plans) >= year
    future = "mixed" if several and ahead else "several-years" if several else "year-ahead" if ahead else ""
    if review and not (future and begun):
        after = re.split("回顾|成就|成绩", title)[-1] if "回顾" in title else ""
        return "mixed" if future and len(after) > 1 and title_part(after, year) in _FUTURE else "review"
    if future:
        return future if _PLANS.search(title) or begins or len(title) < 12 else ""
    clause = title if len(title) <= _LONGEST else re.split("[,，]", title)[0]
    return "government" if _GOVERNMENT.search(clause) else ""


def _number(digits: str) -> int:
    return 10 * digits.startswith("十") + int(_NUMERALS.get(digits.removeprefix("十"), "0"))


def _headings(paragraphs: Sequence[str]) -> Iterator[tuple[Heading, bool]]:
    """Yield the headings of the widest level, numbered or not, and whether they bear the editors' sign."""
    numbered = {heading.paragraph: heading for heading in find_headings(paragraphs)}
    for at, raw in enumerate(paragraphs, 1):
        heading, folded = numbered.get(at), fold(raw).text
        signed = "&" in folded[:6]
        if heading and (heading.level == 1 or signed):
            yield heading, signed
        elif (
            not heading
            and len(folded) <= _LONGEST
            and not re.search("[。;；!:：]$|^[-(]|各位代表|报告|年.{1,2}月.{1,3}日", folded)
            and at > 3
        ):
            yield Heading(0, 0, at, folded), signed


def _stage(parts: Sequence[Part]) -> int:
    return _STAGES[parts[-1].part] if parts else 0


def _follows(part: Part, parts: Sequence[Part]) -> bool:
    """Whether a part may come after those before: nothing is reviewed or done for itself at a wrong place."""
    before = parts[-1].part if parts else ""
    if not part.part or part.part == before or (part.part == "government" and _stage(parts) < 1):
        return False
    if before == "year-ahead" and part.part == "mixed":
        return False
    return _STAGES[part.part] >= _stage(parts) or (before == "government" and part.part in _FUTURE)


def _by_number(
    heading: Heading, last: Heading | None, parts: Sequence[Part], paragraphs: Sequence[str], year: int
) -> str:
    """Return the part of a heading without a telling title, by the one before it; empty if it has none."""
    if heading.level != 1 or not last or not parts:
        return ""
    if heading.number == last.number + 1 and parts[-1].part == "review" and last.level == 1:
        return _from_words(paragraphs, heading.paragraph, year)
    if heading.number == last.number + 1 and parts[-1].part == "government" and last.number > 4:
        return next((one.part for one in reversed(parts) if one.part in _FUTURE), "")
    if heading.number == 1 and parts[-1].part == "several-years":  # a list of its own, after what leads to it
        return (
            _from_words(paragraphs, heading.paragraph - 2, year)
            if _leads_on(paragraphs, heading, year)
            else ""
        )
    return ""


def _leads_on(paragraphs: Sequence[str], heading: Heading, year: int) -> bool:
    before = paragraphs[heading.paragraph - 3 : heading.paragraph - 1]
    return any(re.search(_BEGINS_AHEAD.format(year=year), fold(raw).text[:40]) for raw in before)


def _from_words(paragraphs: Sequence[str], first: int, year: int) -> str:
    """Return whether the words from a paragraph on speak of several years or of the year ahead."""
    folded = [fold(raw).text for raw in paragraphs[first - 1 : first + 8]]
    end = next((at for at, line in enumerate(folded) if at and _NEXT.match(line)), len(folded))
    words = " ".join(folded[:end])[:_LOOKED_AT]
    plans = sum(abs(1951 + 5 * _number(found) - year) <= 1 for found in _PLAN.findall(words))
    ahead = len(_AHEAD.findall(words)) + sum(int(found) == year for found in _YEAR.findall(words))
    return "several-years" if len(_SEVERAL.findall(words)) + plans > ahead else "year-ahead"


def _completed(parts: list[Part], paragraphs: Sequence[str], year: int) -> list[Part]:
    """Begin with the first paragraph, and let words tell where the year ahead begins if no heading does."""
    if not parts or parts[0].part in _FUTURE:
        parts = [
            Part(1, "review" if not parts or parts[0].first > len(paragraphs) // 10 else "unknown", "words"),
            *parts,
        ]
    parts = [parts[0]._replace(first=1), *parts[1:]]
    known = {part.part for part in parts}
    if "year-ahead" in known or "mixed" in known:
        return parts
    after = max(part.first for part in parts if part.part != "government")
    end = next((part.first for part in parts if part.part == "government"), len(paragraphs) + 1)
    begins = re.compile(
        _BEGINS_AHEAD.format(year=year) + ".{0,3}(?:是|我们|我[省市区]|全[省市区]|要|政府|经济|的?工作|的|,)"
    )
    for at in range(max(after + 2, len(paragraphs) // 10), end):
        if begins.match(re.sub(r"^\W+|^各位代表\W*", "", fold(paragraphs[at - 1]).text)):
            new = Part(at, "year-ahead", "words")
            return sorted([*parts, new])
    if len(parts) == 1:
        return [Part(1, "unknown", "words")]
    return parts
