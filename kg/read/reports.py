"""Tables of the reports that only a program read (``reports/``): catalogue, parts, guard words, mentions."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, NamedTuple

from kg.errors import Problem
from kg.read import models, tables

FOLDER = "reports"
_MENTIONS = "mentions"
#: Parts of a report in the order of a report, and the columns of mentions that count in them.
PARTS = ("review", "several-years", "year-ahead", "government", "mixed", "unknown")
COUNTED = ("review", "several_years", "year_ahead", "government", "other")
_Part = Annotated[str, models.matches("|".join(PARTS)), models.Form(f"one of {', '.join(PARTS)}")]
_Found = Annotated[
    str, models.matches("heading|sign|words|hand"), models.Form("heading, sign, words or hand")
]


class ReportRow(models.Row):
    """A government work report that a program searched for names; nobody read it for its statements."""

    id: models.Slug = models.about("Its short name: region, gwr, year.")
    place: models.Id = models.about("Whose government reports; China stands for the State Council.")
    year: models.Whole = models.about("The year in which it was given.")
    spoken: models.MaybeDay = models.about("The day on which it was spoken, where its first lines say so.")
    language: models.Language = models.about("The language of the text.")
    characters: models.Whole = models.about("Length of the text in characters, white space left out.")
    paragraphs: models.Whole = models.about("How many lines of the text are not blank.")
    sha256: models.Hash = models.about("SHA-256 of the text's bytes.")
    address: models.MaybeAddress = models.about("The publisher's page, where it is known.")
    origin: models.Text = models.about("The public collection that the copy came from, with its commit.")
    faults: models.Cell = models.about("What is known to be wrong with the copy.")
    excluded: models.Cell = models.about("Why it is left out of every count; nothing for most.")

    @property
    def region(self) -> str:
        """Return the slug of its place, which names its table of mentions."""
        return self.place.partition("/")[2]


class PartRow(models.Row):
    """Where a part of a report begins."""

    report: models.Slug = models.about("The id of the report.")
    first: models.Whole = models.about("Its first paragraph; the part ends where the next one begins.")
    part: _Part = models.about(
        "review, several-years, year-ahead, government (its own work), mixed (several of these), unknown."
    )
    found: _Found = models.about(
        "heading: its title; sign: the editors' sign and what follows; words: of a paragraph; hand: a person."
    )


class GuardRow(models.Row):
    """Words that hold a name and mean something else: found, and dropped."""

    words: models.Text = models.about("The words; a name by itself is an everyday word, never looked for.")
    over: models.Text = models.about("The name in them.")
    reason: models.Text = models.about("What they mean.")


class Spotted(NamedTuple):
    """How often names of an entity stand in the parts of a report, and one place.

    ``counts`` are those of COUNTED; ``paragraph`` counts from 1 and ``start`` code points from 0; ``words``
    are the name with at most six characters on either side, 16 in all. The place is the first in the parts on
    what is planned, else the first.
    """

    year: int
    entity: str
    counts: tuple[int, ...]
    paragraph: int
    start: int
    words: str


SPOTTED_COLUMNS = ("year", "entity", *COUNTED, "paragraph", "start", "words")


@dataclass(frozen=True)
class Reports:
    """The catalogue: reports, their parts, and guard words, in the order of the tables."""

    folder: Path = Path()
    reports: tuple[ReportRow, ...] = ()
    parts: tuple[PartRow, ...] = ()
    guards: tuple[GuardRow, ...] = ()

    @cached_property
    def counted(self) -> tuple[ReportRow, ...]:
        """Return the reports that count: those that are what they are said to be."""
        return tuple(report for report in self.reports if not report.excluded)

    @cached_property
    def parts_of(self) -> Mapping[str, list[PartRow]]:
        """Return the parts of each report by its id."""
        found: dict[str, list[PartRow]] = {}
        for part in self.parts:
            found.setdefault(part.report, []).append(part)
        return found

    @cached_property
    def regions(self) -> Mapping[str, list[ReportRow]]:
        """Return the reports that count by the slug of their place, in order of years."""
        found: dict[str, list[ReportRow]] = {}
        for report in sorted(self.counted, key=lambda one: (one.region, one.year)):
            found.setdefault(report.region, []).append(report)
        return found

    def missing(self) -> Iterator[tuple[str, int]]:
        """Yield place and year for which no report is at hand, between the first and the last year of all."""
        known = {(report.place, report.year) for report in self.counted}
        years = {report.year for report in self.counted}
        for place in sorted({report.place for report in self.counted}):
            for year in range(min(years), max(years) + 1):
                if (place, year) not in known:
                    yield place, year


#: Tables of the folder, and the models of their rows.
TABLES: Mapping[str, type[models.Row]] = {
    "reports.csv": ReportRow, "parts.csv": PartRow, "guards.csv": GuardRow,
}  # fmt: skip


def read_reports(folder: Path) -> tuple[Reports, list[Problem]]:
    """Read the catalogue from the folder of all tables, without mentions; there need not be one."""
    problems: list[Problem] = []
    if not (folder / FOLDER / "reports.csv").is_file():
        return Reports(folder), problems
    found: list[list[models.Row]] = []
    for name, model in TABLES.items():
        rows = list(tables.read_rows(folder / FOLDER / name, model, name=f"{FOLDER}/{name}"))
        problems += [row for row in rows if isinstance(row, Problem)]
        found.append([row for row in rows if not isinstance(row, Problem)])
    reports, parts, guards = map(tuple, found)
    return Reports(folder, reports, parts, guards), problems  # type: ignore[arg-type]


def mentions_path(folder: Path, region: str) -> Path:
    """Return the table of the mentions in the reports of a region."""
    return folder / FOLDER / _MENTIONS / f"{region}.csv"


def read_spotted(folder: Path, region: str) -> list[Spotted]:
    """Read the mentions in the reports of a region; raise ValueError, with the line, at a row of wrong form.

    These are many rows of a program, so their form is tested by reading them alone.
    """
    path = mentions_path(folder, region)
    if not path.is_file():
        return []
    found = []
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        if tuple(next(rows, ())) != SPOTTED_COLUMNS:
            raise ValueError(f"1: the header is {','.join(SPOTTED_COLUMNS)}")
        for cells in rows:
            try:
                year, entity, a, b, c, d, e, paragraph, start, words = cells
                counts = (int(a or 0), int(b or 0), int(c or 0), int(d or 0), int(e or 0))
                found.append(Spotted(int(year), entity, counts, int(paragraph), int(start), words))
            except ValueError:
                raise ValueError(f"{rows.line_num}: the row has another form") from None
    return found


def spotted_lines(rows: Iterable[Spotted]) -> Iterator[tuple[object, ...]]:
    """Yield mentions as the rows of their table."""
    for one in rows:
        yield (one.year, one.entity, *(n or "" for n in one.counts), one.paragraph, one.start, one.words)
