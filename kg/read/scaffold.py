"""Scaffolds the tables of a new source, and formats curated tables."""

import hashlib
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from kg import iris, text
from kg.errors import KgError, Problem
from kg.read import files, models, outline, seeds, tables

_ROLES = {"label": 0, "alias": 1, "abbreviation": 2, "printed": 3}
_SORTED_BY: Mapping[str, Sequence[str]] = {
    "names.csv": ("entity", "role", "lang", "name"),
    "hierarchy.csv": ("child", "relation", "parent"),
    **dict.fromkeys(seeds.ENTITY_TABLES, ("id",)),
}


def scaffold_source(
    folder: Path,
    file: Path,
    name: str = "",
    *,
    cells: Mapping[str, str] | None = None,
    place: str = "",
    year: int = 0,
) -> tuple[str, list[str], list[outline.Section]]:
    """Add a source to the curated tables: its row in sources.csv, and a folder with empty tables.

    ``name`` is the source's id, by default made from the file's name; ``cells`` are those of its row that are
    known, the others are left empty for the check to ask for. Sections are proposed from the headings, about
    ``place``, for the ``year`` of a report. Returns the id, the paragraphs of the text, and the sections.
    Raises KgError, and writes nothing, where the source or the place is not as it should be, the file is no
    UTF-8 text, or a row of a table cannot be read.
    """
    try:
        raw = file.read_bytes()
        paragraphs = text.paragraphs(raw.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise KgError(f"{file} is not UTF-8 at byte {error.start}: save it as UTF-8 first") from None
    except OSError as error:
        raise KgError(f"cannot read {file}: {error.strerror}") from None
    if not paragraphs:
        raise KgError(f"{file} has no paragraph: a paragraph is a line that is not blank")
    name = name or iris.assign_slugs([file.stem])[file.stem]
    if not re.fullmatch(iris.SLUG, name):
        raise KgError(f"{name!r} is no id for a source: lower-case letters, digits and hyphens")
    is_chinese = 3 * text.length("".join(paragraphs))[1] > sum(map(len, paragraphs))
    row = {
        "language": "zh" if is_chinese else "en", **(cells or {}), "id": name,
        "sha256": hashlib.sha256(raw).hexdigest(), "paragraphs": str(len(paragraphs)),
    }  # fmt: skip
    sections = outline.propose_sections(
        paragraphs, region=place, year=year, place_of=_place_of(folder, place)
    )
    sources, columns = folder / "sources.csv", models.SourceRow.columns()
    present = read_cells(sources)
    if any(cells["id"] == name for cells in present) or (folder / name).exists():
        raise KgError(f"the source {name} exists already")
    with files.new_folder(folder / name) as new:
        for table, model in seeds.SOURCE_TABLES.items():
            if table not in seeds.WRITTEN_TABLES:
                rows = map(_section_row, sections) if table == "sections.csv" else ()
                files.write_table(new / table, model.columns(), rows)
        files.write_table(sources, columns, [*present, row])
    return name, paragraphs, sections


def _section_row(section: outline.Section) -> dict[str, object]:
    heading = f"{section.part}: {section.heading}" if section.part else section.heading
    return {**asdict(section), "heading": heading, "under": section.under or ""}


def _place_of(folder: Path, place: str) -> Callable[[str], str]:
    """Return a function that returns the province or city that a heading begins with, if it is another.

    Raises KgError if the place is unknown, or a row cannot be read.
    """
    kinds, names = (read_cells(folder / table) for table in ("places.csv", "names.csv"))
    known = {row["id"]: row["kind"] for row in kinds}
    if place and place not in known:
        raise KgError(f"no such place {place}: kg new entity adds it; nothing was written")
    regions = {
        text.key(row["name"]): row["entity"]
        for row in names
        if known.get(row["entity"]) in ("Province", "City") and row["role"] != "printed"
    }
    within = re.compile("|".join(map(re.escape, sorted(regions, key=len, reverse=True))) or "(?!)")

    def place_of(heading: str) -> str:
        found = within.match(text.key(heading))
        return regions[found[0]] if found else ""

    return (lambda _: "") if place else place_of


def read_cells(path: Path) -> list[dict[str, str]]:
    """Return the rows of a table that is to be written again; raise KgError if one cannot be read."""
    model = {**seeds.COMMON_TABLES, **seeds.SOURCE_TABLES}[path.name]
    found, problems = tables.read_table(path, model.columns(), name=str(path), optional=model.optional)
    raise_first(problems, "; nothing was written")
    return [{**dict.fromkeys(model.optional, ""), **record.cells} for record in found]


def format_tables(paths: Iterable[Path], *, encoding: str = "utf-8") -> dict[Path, bool | KgError]:
    """Format each of the tables; return whether it changed, or why it cannot be formatted."""
    done: dict[Path, bool | KgError] = {}
    for path in paths:
        try:
            done[path] = format_table(path, encoding=encoding)
        except KgError as error:
            done[path] = error
    return done


def format_table(path: Path, *, encoding: str = "utf-8") -> bool:
    """Format one table: UTF-8, commas, newlines, cells trimmed, columns and rows sorted.

    Empty rows, rows that repeat an earlier one whole, and columns without a name and cells, are dropped. A
    table that is not UTF-8 is decoded by ``encoding``; one that is UTF-8 stays so. Returns whether the file
    changed. Raises KgError, and leaves the file as it is, where a row cannot be read.
    """
    known = {**seeds.COMMON_TABLES, **seeds.SOURCE_TABLES}
    if path.name not in known:
        raise KgError(f"{path} is none of the curated tables: {', '.join(known)}")
    model = known[path.name]
    columns = model.columns()
    raw = path.read_bytes()
    content = tables.unify_line_ends(_decode(path, raw, encoding))
    found = tables.parse_rows(
        io.StringIO(content, newline=""), columns, name=str(path), delimiter=tables.separator(content),
        optional=model.optional, trim=path.name not in seeds.WRITTEN_TABLES,
    )  # fmt: skip
    rows: list[Mapping[str, str]] = []
    problems: list[Problem] = []
    for one in found:
        if isinstance(one, tables.Record):
            rows.append({**dict.fromkeys(model.optional, ""), **one.cells})
        elif one.code != "empty-row" and (one.code != "extra-column" or one.text):
            problems.append(one)
    raise_first(problems)
    rows = list({tuple(row[column] for column in columns): row for row in rows}.values())
    rows.sort(key=sort_key(path))
    formatted = files.csv_text(columns, rows).encode()
    if formatted != raw:
        files.replace_file(path, formatted)
    return formatted != raw


def raise_first(problems: list[Problem], more: str = "") -> None:
    """Raise the first of the problems of a table that is to be written again."""
    if problems:
        first = min(problems)
        where = ":".join(part for part in (first.file, str(first.line or ""), first.column) if part)
        others = f" (and {len(problems) - 1} more: kg check)" if len(problems) > 1 else ""
        raise KgError(f"{where}: {first.what}; {first.remedy}{others}{more}")


def _decode(path: Path, raw: bytes, encoding: str) -> str:
    fault = files.encoding_problem(path, raw, name=str(path))
    if not fault:
        return raw.decode("utf-8-sig")
    if encoding == "utf-8":
        raise_first([fault])
    try:
        content = raw.decode(encoding).removeprefix("\ufeff")
    except (UnicodeDecodeError, LookupError) as error:
        raise KgError(f"{path}: {error}; {fault.remedy}") from None
    if "\x00" in content:
        raise KgError(f"{path} is not {encoding}: it holds a NUL character; {fault.remedy}")
    return content


def sort_key(path: Path) -> Callable[[Mapping[str, str]], tuple[object, ...]]:
    """Return the key that sorts a table: by paragraph, by id, or as the rows are.

    It depends on the rows alone, so that a table has one order wherever it is formatted.
    """
    if path.name in ("statements.csv", "targets.csv", "coverage.csv"):
        return lambda cells: (_number(cells["paragraph"]),)
    columns = _SORTED_BY.get(path.name, ())
    return lambda cells: tuple(
        _ROLES.get(cells[name], 9) if name == "role" else cells[name] for name in columns
    )


def _number(cell: str) -> int:
    """Return a cell as a number to sort rows by; what is none comes first, for the check to report."""
    return int(cell) if re.fullmatch("[0-9]{1,18}", cell) else 0
