"""Reports that only a program read: their catalogue, and the recorded mentions held against a new search."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from itertools import pairwise
from pathlib import Path

from kg import text
from kg.check.references import unknown_entity
from kg.errors import KgError, Problem
from kg.read import files, parts, reports, spotting
from kg.read.reports import PartRow, ReportRow, Reports, Spotted
from kg.read.seeds import EntityIndex, Seeds

#: Classes of the topics that are looked for.
SPOTTED = ("Sector", "Technology", "Idea")
_WRITE = "kg spot"


def names_to_spot(seeds: Seeds) -> dict[str, list[str]]:
    """Return the Chinese names by which topics are looked for: none ambiguous, none misprinted."""
    names: dict[str, list[str]] = {}
    for name in seeds.names:
        known = seeds.entities.get(name.entity)
        sure = name.lang == "zh" and name.role != "printed" and not name.ambiguous
        if known and known.kind in SPOTTED and sure:
            names.setdefault(name.entity, []).append(name.name)
    return names


def spot_regions(
    seeds: Seeds, texts: Mapping[str, Path], *, jobs: int = 1
) -> Iterator[tuple[str, list[Spotted]]]:
    """Yield each region with the mentions in its reports, where all its texts are at hand, in order.

    ``texts`` are paths by SHA-256. The regions are shared out to ``jobs`` processes; the rows are the same.
    """
    work = partial(_spot_region, seeds.reports, names_to_spot(seeds), texts)
    if jobs < 2:
        yield from ((region, rows) for region, rows in map(work, seeds.reports.regions) if rows is not None)
        return
    with ProcessPoolExecutor(jobs) as pool:
        for region, rows in pool.map(work, seeds.reports.regions):
            if rows is not None:
                yield region, rows


_spotters: dict[int, spotting.Spotter] = {}


def _spot_region(
    catalogue: Reports, names: Mapping[str, Sequence[str]], texts: Mapping[str, Path], region: str
) -> tuple[str, list[Spotted] | None]:
    guards = [guard.words for guard in catalogue.guards]
    key = int(spotting.names_hash(names, guards), 16)
    if key not in _spotters:  # once a process
        _spotters.clear()
        _spotters[key] = spotting.compile_spotter(names, guards)
    return region, spotting.spot_region(catalogue, region, texts, _spotters[key])


def check_catalogue(catalogue: Reports, register: EntityIndex) -> Iterator[Problem]:
    """Check reports and parts: ids, places, one report that counts for a place and year, parts in order."""
    known: dict[str, ReportRow] = {}
    counted: dict[tuple[str, int], str] = {}
    for report in catalogue.reports:
        name = f"{report.region}-gwr-{report.year}"
        if report.id in known:
            yield report.problem("id", "duplicate-id", "the id is used already", report.id, "keep one row")
        elif report.id != name:
            yield report.problem("id", "report-id", "the id is not that of place and year", report.id, name)
        known[report.id] = report
        if report.place not in register.kinds:
            yield unknown_entity(report, "place", register)
        if not report.excluded and counted.setdefault((report.place, report.year), report.id) != report.id:
            yield report.problem("year", "duplicate-id", "the place has a report of that year", report.year)
    for part in catalogue.parts:
        if part.report not in known:
            yield part.problem(
                "report", "unknown-source", "no such report", part.report, "add it, or drop the row"
            )
    for report in catalogue.counted:
        yield from _check_parts(report, catalogue.parts_of.get(report.id, []))


def _check_parts(report: ReportRow, found: Sequence[PartRow]) -> Iterator[Problem]:
    if not found or found[0].first != 1:
        what, remedy = (
            "no part begins with its first paragraph",
            "kg spot, or write one of parts.csv: unknown",
        )
        yield report.problem("id", "report-parts", what, report.id, remedy)
    for before, after in pairwise(found):
        if after.first <= before.first:
            yield after.problem("first", "report-parts", "it begins before the part above", after.first)
    for part in found:
        if part.first > report.paragraphs:
            what = f"the report has {report.paragraphs} paragraphs"
            yield part.problem("first", "out-of-range", what, part.first)


def check_form(catalogue: Reports, register: EntityIndex) -> Iterator[Problem]:
    """Check the tables of mentions without the texts: sorted, of known reports and topics."""
    for region, some in catalogue.regions.items():
        file, lengths = f"reports/mentions/{region}.csv", {one.year: one.paragraphs for one in some}
        try:
            rows = reports.read_spotted(catalogue.folder, region)
        except (ValueError, UnicodeDecodeError) as error:
            line, _, what = str(error).partition(": ")
            yield Problem(file, int(line) if line.isdigit() else 0, "", "bad-csv", what or line, "", _WRITE)
            continue
        if not rows:
            yield Problem(file, 0, "", "empty-table", "the region has no mentions yet", "", _WRITE)
        for before, after in pairwise(rows):
            if (after.year, after.entity) <= (before.year, before.entity):
                what = "rows are not sorted by year and entity, each once"
                yield Problem(file, 0, "entity", "unsorted", what, after.entity, _WRITE)
                break
        yield from _check_rows(file, rows, lengths, register)
    folder = reports.mentions_path(catalogue.folder, "x").parent
    for path in sorted(folder.glob("*.csv")) if folder.is_dir() else ():
        if path.stem not in catalogue.regions:
            what, remedy = "the file is not read", "delete it, or add the region's reports"
            yield Problem(f"reports/mentions/{path.name}", 0, "", "unread-file", what, "", remedy)


def _check_rows(
    file: str, rows: Iterable[Spotted], lengths: Mapping[int, int], register: EntityIndex
) -> Iterator[Problem]:
    for line, row in enumerate(rows, 2):
        if row.entity not in register.kinds:
            yield Problem(file, line, "entity", "unknown-entity", "no such entity", row.entity, _WRITE)
        elif row.year not in lengths:
            yield Problem(
                file, line, "year", "unknown-source", "no report of that year counts", str(row.year), _WRITE
            )
        elif (
            not 0 < row.paragraph <= lengths[row.year]
            or not sum(row.counts)
            or len(row.words) > spotting.MOST
        ):
            what = "no such paragraph, no count, or words that are too long"
            yield Problem(file, line, "paragraph", "bad-cell", what, row.words, _WRITE)


def check_spotted(seeds: Seeds, texts: Mapping[str, Path]) -> Iterator[Problem]:
    """Compare the recorded mentions with a search of the texts at hand."""
    for region, rows in spot_regions(seeds, texts):
        recorded = reports.read_spotted(seeds.reports.folder, region)
        if recorded != rows:
            old, new = set(recorded), set(rows)
            odd = next(iter(sorted(old ^ new)))
            what = f"{len(old - new)} rows are not in the texts, {len(new - old)} are not recorded"
            file = f"reports/mentions/{region}.csv"
            yield Problem(file, 0, "words", "stale-mention", what, f"{odd.year} {odd.entity}", _WRITE)


def find_parts(catalogue: Reports, texts: Mapping[str, Path]) -> Reports:
    """Return the catalogue with the parts found anew in the texts at hand; what a person parted stays."""
    rows: list[PartRow] = []
    for report in catalogue.reports:
        old = catalogue.parts_of.get(report.id, [])
        if report.excluded or report.sha256 not in texts or any(part.found == "hand" for part in old):
            rows += old
            continue
        lines = text.paragraphs(texts[report.sha256].read_text(encoding="utf-8"))
        where = {"file": "reports/parts.csv", "line": 0, "report": report.id}
        found = (part._asdict() for part in parts.find_parts(lines, report.year))
        rows += [PartRow.model_validate({**where, **part, "first": str(part["first"])}) for part in found]
    return replace(catalogue, parts=tuple(rows))


def write_spotted(seeds: Seeds, texts: Mapping[str, Path], *, jobs: int = 1) -> Iterator[tuple[str, int]]:
    """Write the parts and the tables of mentions; yield each region and its number of rows.

    Raises KgError where no region has all its texts at hand.
    """
    done = 0
    seeds = replace(seeds, reports=find_parts(seeds.reports, texts))
    path = seeds.folder / reports.FOLDER / "parts.csv"
    files.write_table(path, PartRow.columns(), [part.model_dump() for part in seeds.reports.parts])
    for region, rows in spot_regions(seeds, texts, jobs=jobs):
        spotting.write_spotted(seeds.folder, region, rows)
        done += 1
        yield region, len(rows)
    if not done and seeds.reports.reports:
        raise KgError("no region has the texts of all its reports at hand: name their folder with --texts")
