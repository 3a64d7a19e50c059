"""Delimited text from anywhere: rows of a CSV or TSV file, with the place of each cell in the file."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kg.errors import KgError

_UTF8 = "save it as UTF-8 (Excel: CSV UTF-8)"
_QUOTING = (
    "a cell with a separator, a line break or a quotation mark stands in quotation marks, and a mark inside "
    "is written twice"
)


@dataclass(frozen=True)
class Cell:
    """A cell without blanks at its ends, and where it stands: line from 0, and offsets in that line."""

    text: str
    line: int
    start: int
    end: int


@dataclass(frozen=True)
class Delimited:
    """A file: its bytes, its lines (split at the newline alone), its columns, and its rows by column."""

    raw: bytes
    lines: Sequence[str]
    header: Sequence[str]
    rows: Sequence[Mapping[str, Cell]]


def read(file: Path) -> Delimited:
    """Read a UTF-8 file whose cells are separated by commas, semicolons or tabs; empty rows are skipped.

    Raises KgError that names file, line and remedy where it cannot be read for certain.
    """
    try:
        raw = file.read_bytes()
    except OSError as error:
        raise KgError(f"cannot read {file}: {error.strerror}") from None
    lines = _decoded(file, raw).split("\n")
    # a byte order mark stays in the lines, since the check counts it as a character of the text
    physical = [f"{line}\n" for line in (lines[0].removeprefix("\ufeff"), *lines[1:])]
    delimiter = max(",;\t", key=lambda one: _width(physical, one))
    header: list[str] = []
    rows = []
    for first, last, cells in _records(file, physical, delimiter):
        if not header:
            header = [cell.strip() for cell in cells]
            continue
        placed = _placed("".join(physical[first:last]), cells, first)
        if len(placed) < len(header) or any(cell.text for cell in placed[len(header) :]):
            what = f"{len(cells)} cells where the header has {len(header)}"
            raise KgError(f"{file}:{first + 1}: {what}: {_QUOTING}")
        rows.append(dict(zip(header, placed, strict=False)))
    return Delimited(raw, lines, header, rows)


def _decoded(file: Path, raw: bytes) -> str:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise KgError(f"{file} is UTF-16: {_UTF8}")
    if b"\x00" in raw:
        line = raw.count(b"\n", 0, raw.index(b"\x00")) + 1
        raise KgError(f"{file}:{line}: a NUL character; the file is UTF-16 or no text: {_UTF8}")
    try:
        content = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise KgError(f"{file}:{line}: not UTF-8 at byte {error.start}, {_guess(raw)}: {_UTF8}") from None
    if not content.removeprefix("\ufeff").strip():
        raise KgError(f"{file} is empty: its first line holds the names of its columns")
    if "\r" in content and "\n" not in content.strip():
        raise KgError(f"{file}: its lines end with carriage returns alone: save it with newlines")
    return content


def _guess(raw: bytes) -> str:
    """What else than UTF-8 the bytes may be; of Western letters some are Chinese characters of GB18030."""
    for encoding, guess in (("gb2312", "perhaps GB18030"), ("gb18030", "perhaps GB18030 or Windows-1252")):
        try:
            raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        return guess
    return "perhaps Windows-1252"


def _records(file: Path, lines: Sequence[str], delimiter: str) -> Iterator[tuple[int, int, list[str]]]:
    """The rows that are not empty, each with its first line from 0 and the line after its last."""
    reader = csv.reader(lines, delimiter=delimiter, strict=True, skipinitialspace=True)
    first = 0
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield first, reader.line_num, cells
            first = reader.line_num
    except csv.Error as error:
        raise KgError(f"{file}:{first + 1}: the row cannot be read: {error}: {_QUOTING}") from None


def _width(lines: Sequence[str], delimiter: str) -> int:
    """How many columns the header has if this separates them."""
    try:
        rows = csv.reader(lines, delimiter=delimiter, skipinitialspace=True)
        return len(next(cells for cells in rows if any(cell.strip() for cell in cells)))
    except (csv.Error, StopIteration):
        return 0


def _placed(raw: str, cells: Sequence[str], first: int) -> list[Cell]:
    """Where each cell of a row stands; ``raw`` is the row as it is written, from line ``first`` on."""
    found, at = [], 0
    for cell in cells:
        while raw[at : at + 1] == " ":
            at += 1
        quoted = raw[at : at + 1] == '"'
        begin = at + quoted
        end = begin + len(cell.replace('"', '""') if quoted else cell)
        start, stop = begin + len(cell) - len(cell.lstrip()), end - len(cell) + len(cell.rstrip())
        within = raw.rfind("\n", 0, start) + 1
        found.append(Cell(cell.strip(), first + raw.count("\n", 0, start), start - within, stop - within))
        at = end + quoted + 1
    return found
