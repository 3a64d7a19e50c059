"""What a curator's tools write: scaffolds for a new source, and tables put in order."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from kg import iris, text
from kg.errors import KgError
from kg.read import models as row_models
from kg.read import seeds, tables

_DOCUMENT_ORDER = ("statements.csv", "targets.csv", "coverage.csv")


def scaffold(folder: Path, file: Path, name: str, *, address: str = "", title: str = "") -> list[str]:
    """Tables for a new source read from a text: its row in sources.csv and a folder with empty tables.

    What the text cannot tell (publisher, date) is left empty for the check to ask for. Returns the
    paragraphs. Raises KgError where the source exists, the file is no UTF-8 text, or a row of sources.csv
    cannot be read and so would be lost; nothing is written then.
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
    if not re.fullmatch(iris.SLUG, name):
        raise KgError(f"{name!r} is no id for a source: lower-case letters, digits and hyphens")
    cells = {
        "id": name,
        "title": title,
        "address": address,
        "sha256": hashlib.sha256(raw).hexdigest(),
        "paragraphs": str(len(paragraphs)),
    }
    sources = folder / "sources.csv"
    present = _rows(sources, row_models.SourceRow.columns())
    if any(one["id"] == name for one in present) or (folder / name).exists():
        raise KgError(f"the source {name} exists already")
    (folder / name).mkdir(parents=True)
    for file_name, model in seeds.SOURCE_TABLES.items():
        if file_name != "positions.csv":
            first = [{"first": 1, "last": len(paragraphs), "heading": "The whole document"}]
            tables.write_table(
                folder / name / file_name, model.columns(), first if model is row_models.SectionRow else []
            )
    tables.write_table(sources, row_models.SourceRow.columns(), [*present, cells])
    return paragraphs


def _rows(path: Path, columns: Sequence[str]) -> list[Mapping[str, str]]:
    """All rows of a table that is to be written again; raises KgError where one of them cannot be read."""
    records, problems = tables.read_table(path, columns, name=str(path))
    if problems:
        first = min(problems)
        where = ":".join(part for part in (first.file, str(first.line or ""), first.column) if part)
        more = f" (and {len(problems) - 1} more: kg check)" if len(problems) > 1 else ""
        raise KgError(f"{where}: {first.what}; {first.remedy}{more}; nothing was written")
    return [record.cells for record in records]


def tidy(path: Path, *, encoding: str = "utf-8") -> bool:
    """Put one table in order: UTF-8, commas, newlines, its columns and rows in their order.

    Returns whether the file changed. Rows are never dropped: a table whose rows cannot be read raises
    KgError and stays as it was.
    """
    model = model_of(path)
    raw = path.read_bytes()
    try:
        content = raw.decode("utf-8-sig" if encoding == "utf-8" else encoding).removeprefix("\ufeff")
    except (UnicodeDecodeError, LookupError) as error:
        raise KgError(f"{path}: {error}; name its encoding with --encoding gb18030 or utf-16") from None
    content = content.replace("\r\n", "\n").replace("\r", "\n")
    columns = model.columns()
    if not content.strip():
        raise KgError(f"{path} cannot be read as a table: it is empty")
    try:
        header, *cells = list(
            csv.reader(io.StringIO(content, newline=""), delimiter=tables.separator(content), strict=True)
        )
    except csv.Error as error:
        raise KgError(f"{path} cannot be read as a table: {error}") from None
    if sorted(header) != sorted(columns) or any(len(line) != len(header) for line in cells):
        raise KgError(f"{path}: the columns are not {','.join(columns)} throughout; kg check names the rows")
    rows = [dict(zip(header, line, strict=True)) for line in cells]
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(sorted(rows, key=_order(path)))
    if out.getvalue().encode() == raw:
        return False
    tables.replace(path, out.getvalue())
    return True


def model_of(path: Path) -> type[row_models.Row]:
    """The rows that a table of this name holds; raises KgError for another file."""
    models = {**seeds.COMMON_TABLES, **seeds.SOURCE_TABLES}
    if path.name not in models:
        raise KgError(f"{path} is none of the curated tables: {', '.join(models)}")
    return models[path.name]


def _order(path: Path) -> Callable[[Mapping[str, str]], tuple[object, ...]]:
    """How the rows of a table are ordered: by paragraph and position, by id, or as they stand."""
    if path.name in _DOCUMENT_ORDER:
        positions = path.parent / "positions.csv"
        found = {}
        if positions.exists():
            # what cannot be read there orders nothing; the positions themselves are not written here
            records, _ = tables.read_table(positions, row_models.PositionRow.columns(), name="positions.csv")
            found = {(r.cells["paragraph"], r.cells["quote"]): _whole(r.cells["start"]) for r in records}
        return lambda cells: (
            _whole(cells["paragraph"]),
            found.get((cells["paragraph"], cells.get("quote", "")), 1 << 40),
        )
    if path.name in seeds.ENTITY_TABLES:
        return lambda cells: (cells["id"],)
    if path.name == "names.csv":
        roles = ("label", "alias", "abbreviation", "printed")
        return lambda cells: (
            cells["entity"],
            roles.index(cells["role"]) if cells["role"] in roles else len(roles),
            cells["lang"],
            cells["name"],
        )
    if path.name == "hierarchy.csv":
        return lambda cells: (cells["child"], cells["relation"], cells["parent"])
    return lambda _cells: ()


def _whole(cell: str) -> int:
    """A cell as a number to order rows by; what is none comes first, for the check to name."""
    return int(cell) if re.fullmatch("[0-9]{1,18}", cell) else 0
