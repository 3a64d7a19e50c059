"""Tables of delimited text: curated CSV with every fault reported, users' own files, and writing."""

from __future__ import annotations

import csv
import io
import re
import shlex
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Protocol

from kg.errors import KgError, Problem
from kg.read.files import replace as replace  # every writer of a file finds it here

_UTF8 = "save it as UTF-8 (Excel: CSV UTF-8)"
_QUOTING = (
    "a cell with a separator, a line break or a quotation mark needs quotation marks around it, and a mark "
    "inside is written twice"
)
#: Words that Excel would turn into a date or another number.
_MISREAD = re.compile(
    r"\d{1,2}[-/.]\d{1,2}([-/.]\d{2,4})?|\d{4}[-/.](0?[1-9]|1[0-2])([-/.]\d{1,2})?|0\d+|\d+[eE]\d+|\d{16,}"
)
#: What a spreadsheet takes for the beginning of a formula, behind apostrophes or not; a number is none.
_FORMULA = re.compile(r"(?![+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?\Z)'*[=+\-@\t\r\n]")


@dataclass(frozen=True)
class Record:
    """A row: the line of the file at which it begins, and its cells by column."""

    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True)
class Cell:
    """A cell without blanks at its ends, and its place: line from 0, and offsets in that line."""

    text: str
    line: int
    start: int
    end: int


@dataclass(frozen=True)
class Delimited:
    """A user's file: its bytes, its lines (split at the newline alone), its columns, its rows by column."""

    raw: bytes
    lines: Sequence[str]
    header: Sequence[str]
    rows: Sequence[Mapping[str, Cell]]


class _Reader(Protocol):
    """A reader of the csv module."""

    line_num: int

    def __next__(self) -> list[str]: ...


def read_table(
    path: Path, columns: Sequence[str], *, name: str, optional: Collection[str] = ()
) -> tuple[list[Record], list[Problem]]:
    """Read a curated table with these columns; ``name`` is the file's name in problems.

    Rows that cannot be read are problems; a file with wrong columns has no rows.
    """
    if not path.is_file():
        remedy = f"create it with the header {','.join(columns)}"
        return [], [Problem(name, 0, "", "missing-file", "the file is missing", "", remedy)]
    raw = path.read_bytes()
    if fault := encoding_fault(raw):
        line, what, guess = fault
        command = f"kg fmt {shlex.quote(str(path))} --encoding {guess}"
        remedy = f"save it as UTF-8, or: {command}" if guess else _UTF8
        return [], [Problem(name, line, "", "encoding", what, "", remedy)]
    problems = []
    if raw.startswith(b"\xef\xbb\xbf"):
        what = "the file begins with a byte order mark"
        problems.append(Problem(name, 1, "", "byte-order-mark", what, "", "kg fmt removes it"))
    if b"\r" in raw:
        line, what = _line(raw, raw.index(b"\r")), "lines end with a carriage return"
        problems.append(Problem(name, line, "", "line-ends", what, "", "kg fmt writes newlines alone"))
    content = unify_line_ends(raw.decode("utf-8-sig"))
    if (delimiter := separator(content)) != ",":
        what = "cells are not separated by commas"
        problems.append(Problem(name, 1, "", "separator", what, delimiter, "kg fmt writes commas"))
    records = []
    lines = io.StringIO(content, newline="")
    for found in parse_rows(lines, columns, name=name, delimiter=delimiter, optional=optional):
        if isinstance(found, Record):
            records.append(found)
        else:
            problems.append(found)
    return records, problems


def parse_rows(
    lines: Iterable[str],
    columns: Sequence[str],
    *,
    name: str,
    delimiter: str = ",",
    optional: Collection[str] = (),
) -> Iterator[Record | Problem]:
    """Yield the rows below a header with these columns, and a problem for each unsound one.

    A header may lack the ``optional`` columns; wrong columns give problems and no rows. Empty rows, and
    columns without a name and cells, are one problem each and left out.
    """
    header: list[str] | None = None
    empty: list[int] = []
    for line, _, cells in _numbered(csv.reader(lines, delimiter=delimiter, strict=True)):
        if isinstance(cells, csv.Error):
            yield Problem(name, line, "", "bad-csv", f"the row cannot be read: {cells}", "", _QUOTING)
        elif not "".join(cells).strip():
            empty.append(line)
        elif header is None:
            header = [printable(cell) for cell in cells]
            faults = list(column_problems(header, columns, name=name, optional=optional))
            yield from faults
            if any(fault.column for fault in faults):
                return
        else:
            yield _record(name, line, header, cells)
    if empty and header:
        what = "the row is empty" if len(empty) == 1 else f"{len(empty)} rows are empty"
        yield Problem(name, empty[0], "", "empty-row", what, "", "kg fmt drops empty rows")
    if header is None:
        remedy = f"its first line must be {','.join(columns)}"
        yield Problem(name, 0, "", "empty-table", "the file is empty", "", remedy)


def column_problems(
    header: Sequence[str], columns: Sequence[str], *, name: str, optional: Collection[str] = ()
) -> Iterator[Problem]:
    """Yield what is wrong with a header that must hold these columns, in any order."""
    extra = [column for column in header if column and column not in columns]
    remedy = f"the header is {','.join(columns)}"
    for column in columns:
        if column not in header and column not in optional:
            near = get_close_matches(column, extra, 1)
            written = near[0] if near else ""
            yield Problem(name, 1, column, "missing-column", "the column is missing", written, remedy)
    for column in extra:
        near = get_close_matches(column, columns, 1)
        hint = f"did you mean {near[0]}?" if near else remedy
        yield Problem(name, 1, column, "extra-column", "the column is not known", column, hint)
    if unnamed := len([column for column in header if not column]):
        what = "a column has no name" if unnamed == 1 else f"{unnamed} columns have no name"
        hint = "kg fmt drops it where all its cells are empty"
        yield Problem(name, 1, "", "extra-column", what, "", hint)
    named = [column for column in header if column]
    for column in dict.fromkeys(column for column in named if named.count(column) > 1):
        what = f"{named.count(column)} columns have this name"
        yield Problem(name, 1, column, "extra-column", what, column, "leave one of them")


def printable(text: str) -> str:
    """Replace lone surrogates, which stand for bytes that are not UTF-8."""
    return text.encode("utf-8", "replace").decode()


def unify_line_ends(content: str) -> str:
    """Replace carriage returns, alone or before a newline, by newlines."""
    return content.replace("\r\n", "\n").replace("\r", "\n")


def separator(content: str) -> str:
    """Return the cell separator that gives the header most columns: a comma, semicolon or tab."""
    return max(",;\t", key=lambda one: _width(content, one))


def read_delimited(file: Path) -> Delimited:
    """Read a UTF-8 file whose cells are separated by commas, semicolons or tabs; empty rows are skipped.

    Raises KgError that names file, line and remedy where it cannot be read for certain.
    """
    try:
        raw = file.read_bytes()
    except OSError as error:
        raise KgError(f"cannot read {file}: {error.strerror}") from None
    if fault := encoding_fault(raw):
        line, what, guess = fault
        raise KgError(f"{file}:{line}: {what}{f', perhaps {guess}' if guess else ''}: {_UTF8}")
    content = raw.decode()
    if not content.removeprefix("\ufeff").strip():
        raise KgError(f"{file} is empty: its first line holds the names of its columns")
    if "\r" in content and "\n" not in content.strip():
        raise KgError(f"{file}: its lines end with carriage returns alone: save it with newlines")
    lines = content.split("\n")
    # a byte order mark stays in the lines, since the check counts it as a character of the text
    physical = [f"{line}\n" for line in (lines[0].removeprefix("\ufeff"), *lines[1:])]
    reader = csv.reader(physical, delimiter=separator("".join(physical)), strict=True, skipinitialspace=True)
    header: list[str] = []
    rows = []
    for first, last, cells in _numbered(reader):
        if isinstance(cells, csv.Error):
            raise KgError(f"{file}:{first}: the row cannot be read: {cells}: {_QUOTING}")
        if not any(cell.strip() for cell in cells):
            continue
        if not header:
            header = [cell.strip() for cell in cells]
            continue
        placed = _placed("".join(physical[first - 1 : last]), cells, first - 1)
        if len(placed) < len(header) or any(cell.text for cell in placed[len(header) :]):
            what = f"{len(cells)} cells where the header has {len(header)}"
            raise KgError(f"{file}:{first}: {what}: {_QUOTING}")
        rows.append(dict(zip(header, placed, strict=False)))
    return Delimited(raw, lines, header, rows)


def csv_text(columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> str:
    """Return a curated table as CSV text: commas, newlines, the columns in this order."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, columns, lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def write_table(path: Path, columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> None:
    """Write a curated table in one step; raise OSError where that fails."""
    replace(path, csv_text(columns, rows))


def spreadsheet(
    rows: Iterable[Iterable[object]], *, delimiter: str = ",", excel: bool = False
) -> Iterator[str]:
    """Yield the lines of a CSV file for spreadsheets: no text in it is run as a formula.

    A text that begins like a formula gets an apostrophe before it. Numbers, also those that are texts
    such as -3, and empty cells stay as they are. The curated tables are not written so, since programs
    read them back. With ``excel`` texts that Excel would turn into dates or numbers are protected too.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")  # so that a lone \r is quoted
    for row in rows:
        writer.writerow(_as_text(cell, excel=excel) if isinstance(cell, str) else cell for cell in row)
        yield out.getvalue().removesuffix("\r\n") + "\n"
        out.seek(0)
        out.truncate()


def plain_text(cell: str) -> str:
    """Return the text that ``spreadsheet`` wrote into a cell."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def _as_text(cell: str, *, excel: bool) -> str:
    if excel and _MISREAD.fullmatch(cell):
        return f'="{cell}"'
    return f"'{cell}" if _FORMULA.match(cell) else cell


def encoding_fault(raw: bytes) -> tuple[int, str, str] | None:
    """Return line, fault and likely encoding (empty: none) of bytes that are not UTF-8 text, or None."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return 1, "not UTF-8 at byte 0", "utf-16"
    if 0 in raw:
        likely = ("utf-16-be" if raw[0] == 0 else "utf-16-le") if raw.count(0) > len(raw) / 4 else ""
        return _line(raw, raw.index(0)), "a NUL character", likely
    try:
        raw.decode()
    except UnicodeDecodeError as error:
        return _line(raw, error.start), f"not UTF-8 at byte {error.start}", _guess(raw)
    return None


def _guess(raw: bytes) -> str:
    """Return the likely encoding; empty if part of the text is UTF-8, so that no single one can be right.

    Some words in a Western encoding are also Chinese characters of GB18030, but not of GB2312.
    """
    for encoding, guess in (("gb2312", "gb18030"), ("gb18030", "gb18030 (or windows-1252)")):
        try:
            raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        return guess
    return "" if re.search("[一-鿿]", raw.decode(errors="ignore")) else "windows-1252"


def _line(raw: bytes, at: int) -> int:
    return raw.count(b"\n", 0, at) + 1


def _numbered(reader: _Reader) -> Iterator[tuple[int, int, list[str] | csv.Error]]:
    """Yield the first and last line of each row, from 1, and its cells or why it cannot be read."""
    while True:
        first = reader.line_num + 1
        cells: list[str] | csv.Error
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            cells = error
        yield first, reader.line_num, cells


def _record(name: str, line: int, header: Sequence[str], cells: Sequence[str]) -> Record | Problem:
    if len(cells) != len(header):
        what = f"{len(cells)} cells where the header has {len(header)}"
        text = printable(",".join(cells))
        return Problem(name, line, "", "cell-count", what, text, "quote cells that hold a comma")
    found = dict(zip(header, cells, strict=True))
    if "" in found:
        stray = "".join(cell for column, cell in zip(header, cells, strict=True) if not column).strip()
        if stray:
            what = "a cell below a column without a name"
            return Problem(name, line, "", "extra-column", what, printable(stray), "name the column")
        del found[""]
    return Record(line, found)


def _width(content: str, delimiter: str) -> int:
    """Return how many columns the header has if this separates them."""
    try:
        rows = csv.reader(io.StringIO(content, newline=""), delimiter=delimiter, skipinitialspace=True)
        return len(next(cells for cells in rows if any(cell.strip() for cell in cells)))
    except (csv.Error, StopIteration):
        return 0


def _placed(raw: str, cells: Sequence[str], first: int) -> list[Cell]:
    """Return the cells of a row with their places; ``raw`` is the row as written, from line ``first`` on."""
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
