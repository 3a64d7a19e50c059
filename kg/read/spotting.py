"""Spotting: names of topics in many reports, counted by part, in one pass of an automaton over each text.

The automaton also holds guard words, which are found and dropped: of names and guards that begin at one place
the longest counts, and none within it. Names are looked for without regard to width, case, white space and
quotation marks; a name in Latin letters neither begins nor ends within a word.
"""

import hashlib
import re
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from kg import text
from kg.read import files, reports
from kg.read.reports import COUNTED, Reports, Spotted

#: Characters that fold into another one: letters and digits of full width, capitals, dashes, radicals.
_FOLDED = re.compile("[A-Z\u2010-\u2015\u2212\u2e80-\u2fdf\uf900-\ufaff０-９Ａ-Ｚａ-ｚ＋－＆／．]")
#: Characters that are skipped: white space, quotation marks, marks of titles, what is invisible.
_SKIPPED = re.compile(r"""[^\S\n]+|[\xad\u200b-\u200f\u2060\ufeff"'“”‘’＂＇「」『』《》〈〉&＆]+""")
_LATIN = re.compile("[a-z0-9]")
#: Characters of the words recorded, in all, and beside the name on either side.
MOST, _BESIDE = 16, 6
_SENTENCE = re.compile("[。;；!！?？]")
_COLUMN = {"review": 0, "several-years": 1, "year-ahead": 2, "government": 3, "mixed": 4, "unknown": 4}
_PLANNED = ("several-years", "year-ahead")


@dataclass(frozen=True)
class Spotter:
    """Names compiled for search: ``bearers`` has the entity of each pattern, nothing for guards."""

    find: Callable[[str], Sequence[tuple[int, int, int]]]
    bearers: Sequence[str]
    latin: Collection[int]


def compile_spotter(names: Mapping[str, Iterable[str]], guards: Iterable[str]) -> Spotter:
    """Compile the names of each entity with guard words; a name that is itself a guard is not looked for."""
    from ahocorasick_rs import AhoCorasick, Implementation, MatchKind  # late: only texts at hand are searched

    bearers = {
        form: entity for entity in sorted(names, reverse=True) for form in map(_form, names[entity]) if form
    }
    bearers |= dict.fromkeys(map(_form, guards), "")
    patterns = sorted(bearers)
    search = AhoCorasick(patterns, matchkind=MatchKind.LeftmostLongest, implementation=Implementation.DFA)
    latin = {at for at, form in enumerate(patterns) if _LATIN.match(form) or _LATIN.match(form[-1])}
    return Spotter(search.find_matches_as_indexes, tuple(bearers[form] for form in patterns), latin)


def names_hash(names: Mapping[str, Iterable[str]], guards: Iterable[str]) -> str:
    """Return 64 bits over all names and guards, in hexadecimal: tables made with others are stale."""
    lines = sorted(f"{entity}\t{name}" for entity, some in names.items() for name in some)
    return hashlib.sha256("\n".join([*lines, "", *sorted(guards)]).encode()).hexdigest()[:16]


def spot(
    paragraphs: Sequence[str], year: int, parts: Sequence[tuple[int, str]], spotter: Spotter
) -> list[Spotted]:
    """Return what stands in a report, sorted by entity; ``parts`` are first paragraphs and names."""
    raw = "\n".join(paragraphs)
    even = _FOLDED.sub(_fold_one, raw)
    gaps = [(found.start(), found.end()) for found in _SKIPPED.finditer(even)]
    hay = _SKIPPED.sub("", even)
    shifts, lost = [], 0
    for start, end in gaps:
        shifts.append(start - lost)
        lost += end - start
    lengths = _accumulated(end - start for start, end in gaps)
    begins = _accumulated(len(one) + 1 for one in paragraphs)
    firsts, kinds = [first for first, _ in parts], [part for _, part in parts]
    found: dict[str, tuple[list[int], int, int, bool]] = {}
    for pattern, start, end in spotter.find(hay):
        entity = spotter.bearers[pattern]
        if not entity or (pattern in spotter.latin and not _stands_alone(hay, start, end)):
            continue
        at = start + lengths[bisect_right(shifts, start)]
        paragraph = bisect_right(begins, at)
        kind = kinds[bisect_right(firsts, paragraph) - 1]
        counts, first, length, planned = found.get(entity, ([0] * len(COUNTED), -1, 0, False))
        counts[_COLUMN[kind]] += 1
        if first < 0 or (kind in _PLANNED and not planned):
            last = end - 1 + lengths[bisect_right(shifts, end - 1)]
            first, length, planned = at, last + 1 - at, kind in _PLANNED
        found[entity] = counts, first, length, planned
    rows = []
    for entity in sorted(found):
        counts, first, length, _ = found[entity]
        paragraph = bisect_right(begins, first)
        start = first - begins[paragraph - 1]
        words = _words(paragraphs[paragraph - 1], start, length)
        rows.append(Spotted(year, entity, tuple(counts), paragraph, start, words))
    return rows


def spot_region(
    catalogue: Reports, region: str, texts: Mapping[str, Path], spotter: Spotter
) -> list[Spotted] | None:
    """Return the mentions in all reports of a region, text after text; None if one is not at hand."""
    found: list[Spotted] = []
    for report in catalogue.regions[region]:
        if report.sha256 not in texts:
            return None
        paragraphs = text.paragraphs(texts[report.sha256].read_bytes().decode("utf-8"))
        parts = [(part.first, part.part) for part in catalogue.parts_of[report.id]]
        found += spot(paragraphs, report.year, parts, spotter)
    return found


def write_spotted(folder: Path, region: str, rows: Iterable[Spotted]) -> None:
    """Write the table of the mentions in the reports of a region."""
    named = (dict(zip(reports.SPOTTED_COLUMNS, cells, strict=True)) for cells in reports.spotted_lines(rows))
    path = reports.mentions_path(folder, region)
    path.parent.mkdir(parents=True, exist_ok=True)
    files.write_table(path, reports.SPOTTED_COLUMNS, named)


def _form(name: str) -> str:
    """Return a name as it is looked for."""
    return _SKIPPED.sub("", _FOLDED.sub(_fold_one, name)).strip()


@lru_cache(maxsize=512)
def _fold_char(char: str) -> str:
    folded = text.fold(char).text.casefold()
    return folded if len(folded) == 1 else char


def _fold_one(found: re.Match[str]) -> str:
    return _fold_char(found[0])


def _accumulated(lengths: Iterable[int]) -> list[int]:
    sums = [0]
    for length in lengths:
        sums.append(sums[-1] + length)
    return sums


def _stands_alone(hay: str, start: int, end: int) -> bool:
    """Whether no Latin word or number goes on across the ends of a match."""
    before, after = hay[start - 1 : start], hay[end : end + 1]
    open_before = bool(before and _LATIN.match(before) and _LATIN.match(hay[start]))
    return not open_before and not bool(after and _LATIN.match(after) and _LATIN.match(hay[end - 1]))


def _words(raw: str, start: int, length: int) -> str:
    """Return a name with what stands beside it in its sentence."""
    if length >= MOST:
        return raw[start : start + MOST]
    before = min(_BESIDE, (MOST - length) // 2)
    left = _SENTENCE.split(raw[max(0, start - before) : start])[-1]
    after = min(_BESIDE, MOST - length - len(left))
    right = _SENTENCE.split(raw[start + length : start + length + after])[0]
    return f"{left}{raw[start : start + length]}{right}".strip()
