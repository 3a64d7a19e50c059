"""Scaffolds the tables of a new source, and formats curated tables."""

from __future__ import annotations

import csv
import hashlib
import io
import re
import shlex
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from kg import iris, text
from kg.errors import KgError
from kg.read import files, models, seeds, slugs, tables

_DOCUMENT_ORDER = ("statements.csv", "targets.csv", "coverage.csv")
_ROLES = ("label", "alias", "abbreviation", "printed")


def scaffold_source(
    folder: Path, file: Path, name: str = "", *, address: str = "", title: str = ""
) -> tuple[str, list[str]]:
    """Add a source to the curated tables: its row in sources.csv, and a folder with empty tables.

    ``name`` is the source's id, by default made from the file's name. Publisher and date are left empty
    for the check to ask for. Returns the id and the paragraphs of the text. Raises KgError, and writes
    nothing, where the source exists, the file is no UTF-8 text, or a row of sources.csv cannot be read.
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
    name = name or slugs.assign_slugs([file.stem])[file.stem]
    if not re.fullmatch(iris.SLUG, name):
        raise KgError(f"{name!r} is no id for a source: lower-case letters, digits and hyphens")
    cells = {
        "id": name, "title": title, "address": address, "sha256": hashlib.sha256(raw).hexdigest(),
        "paragraphs": str(len(paragraphs)),
    }  # fmt: skip
    sources = folder / "sources.csv"
    present = _whole_table(sources, models.SourceRow.columns())
    if any(one["id"] == name for one in present) or (folder / name).exists():
        raise KgError(f"the source {name} exists already")
    section = {"first": 1, "last": len(paragraphs), "heading": "The whole document"}
    with files.new_folder(folder / name) as new:
        for table, model in seeds.SOURCE_TABLES.items():
            if table != "positions.csv":
                rows = [section] if table == "sections.csv" else []
                tables.write_table(new / table, model.columns(), rows)
        tables.write_table(sources, models.SourceRow.columns(), [*present, cells])
    return name, paragraphs


def format_tables(paths: Iterable[Path], *, encoding: str = "utf-8") -> dict[Path, bool | KgError]:
    """Format each of the tables; return whether it changed, or why it cannot be formatted.

    A table that is not UTF-8 is decoded by ``encoding``; one that is UTF-8 stays so.
    """
    done: dict[Path, bool | KgError] = {}
    for path in paths:
        try:
            done[path] = format_table(path, encoding=encoding)
        except KgError as error:
            done[path] = error
    return done


def format_table(path: Path, *, encoding: str = "utf-8") -> bool:
    """Format one table: UTF-8, commas, newlines, cells trimmed, columns and rows sorted.

    Empty rows, and columns without a name and cells, are dropped. Returns whether the file changed.
    Raises KgError, and leaves the file as it is, where a row cannot be read.
    """
    model = model_of(path)
    columns = model.columns()
    raw = path.read_bytes()
    header, rows = _parse(path, tables.unify_line_ends(_decode(path, raw, encoding)))
    header += (absent := [column for column in model.optional if column not in header])
    if sorted(header) != sorted(columns):
        raise KgError(f"{path}: the columns are {','.join(header)}, not {','.join(columns)}")
    records = [dict(zip(header, [*cells, *[""] * len(absent)], strict=True)) for cells in rows]
    records.sort(key=_order(path))
    formatted = tables.csv_text(columns, records)
    if formatted.encode() == raw:
        return False
    files.replace(path, formatted)
    return True


def model_of(path: Path) -> type[models.Row]:
    """Return the model of the rows in a table of this name; raise KgError for another file."""
    known = {**seeds.COMMON_TABLES, **seeds.SOURCE_TABLES}
    if path.name not in known:
        raise KgError(f"{path} is none of the curated tables: {', '.join(known)}")
    return known[path.name]


def _whole_table(path: Path, columns: Sequence[str]) -> list[Mapping[str, str]]:
    """Return all rows of a table that is to be written again; raise KgError where one cannot be read."""
    records, problems = tables.read_table(path, columns, name=str(path))
    if problems:
        first = min(problems)
        where = ":".join(part for part in (first.file, str(first.line or ""), first.column) if part)
        more = f" (and {len(problems) - 1} more: kg check)" if len(problems) > 1 else ""
        raise KgError(f"{where}: {first.what}; {first.remedy}{more}; nothing was written")
    return [record.cells for record in records]


def _decode(path: Path, raw: bytes, encoding: str) -> str:
    fault = tables.encoding_fault(raw)
    if not fault:
        return raw.decode("utf-8-sig")
    if encoding == "utf-8":
        line, what, guess = fault
        remedy = f"kg fmt {shlex.quote(str(path))} --encoding {guess}" if guess else "delete it"
        raise KgError(f"{path}:{line}: {what}; {remedy}")
    try:
        content = raw.decode(encoding).removeprefix("\ufeff")
    except (UnicodeDecodeError, LookupError) as error:
        raise KgError(f"{path}: {error}; it may be {fault[2]}") from None
    if "\x00" in content:
        raise KgError(f"{path} is not {encoding}: it holds a NUL character; it may be {fault[2]}")
    return content


def _parse(path: Path, content: str) -> tuple[list[str], list[list[str]]]:
    """Return the named columns and their rows without those that are empty, cells trimmed."""
    reader = csv.reader(io.StringIO(content, newline=""), delimiter=tables.separator(content), strict=True)
    trim: Callable[[str], str] = str if path.name == "positions.csv" else str.strip
    rows = []
    first = 1
    try:
        for cells in reader:
            if "".join(cells).strip():
                rows.append((first, [trim(cell) for cell in cells]))
            first = reader.line_num + 1
    except csv.Error as error:
        raise KgError(f"{path}:{first}: the row cannot be read: {error}") from None
    if not rows:
        raise KgError(f"{path} is empty: its first line must be {','.join(model_of(path).columns())}")
    (_, header), *below = rows
    named = [at for at, column in enumerate(header) if column]
    for first, cells in below:
        stray = "".join(cell for at, cell in enumerate(cells) if at not in named)
        if stray or len(cells) <= named[-1]:
            what = f"{len(cells)} cells where the header names {len(named)} columns"
            raise KgError(f"{path}:{first}: {what}; quote cells that hold a comma")
    return [header[at] for at in named], [[cells[at] for at in named] for _, cells in below]


def _order(path: Path) -> Callable[[Mapping[str, str]], tuple[object, ...]]:
    """Return the key that sorts a table: by paragraph and position, by id, or as the rows are."""
    if path.name in _DOCUMENT_ORDER:
        positions = _positions(path.parent / "positions.csv")
        return lambda cells: (
            _number(cells["paragraph"]),
            positions.get((cells["paragraph"], cells.get("quote", "")), 1 << 40),
        )
    if path.name in seeds.ENTITY_TABLES:
        return lambda cells: (cells["id"],)
    if path.name == "names.csv":
        return lambda cells: (cells["entity"], _role(cells["role"]), cells["lang"], cells["name"])
    if path.name == "hierarchy.csv":
        return lambda cells: (cells["child"], cells["relation"], cells["parent"])
    return lambda _cells: ()


def _positions(path: Path) -> dict[tuple[str, str], int]:
    """Return where quotes begin, by paragraph and quote; what cannot be read there orders nothing."""
    if not path.exists():
        return {}
    records, _ = tables.read_table(path, models.PositionRow.columns(), name=path.name)
    return {(r.cells["paragraph"], r.cells["quote"]): _number(r.cells["start"]) for r in records}


def _role(cell: str) -> int:
    return _ROLES.index(cell) if cell in _ROLES else len(_ROLES)


def _number(cell: str) -> int:
    """Return a cell as a number to sort rows by; what is none comes first, for the check to report."""
    return int(cell) if re.fullmatch("[0-9]{1,18}", cell) else 0
