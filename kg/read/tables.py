"""Curated tables: strict CSV (UTF-8, commas, newline ends), read with every fault reported."""

from __future__ import annotations

import csv
import io
import os
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from kg.errors import Problem

_UTF16 = (b"\xff\xfe", b"\xfe\xff")
#: Words that Excel would turn into a date or another number.
_MISREAD = re.compile(
    r"\d{1,2}[-/.]\d{1,2}([-/.]\d{2,4})?|\d{4}[-/.](0?[1-9]|1[0-2])([-/.]\d{1,2})?|0\d+|\d+[eE]\d+|\d{16,}"
)
#: What a spreadsheet takes for the beginning of a formula, behind apostrophes or not; a number is none.
_FORMULA = re.compile(r"(?![+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?\Z)'*[=+\-@\t\r\n]")


@dataclass(frozen=True)
class Record:
    """One row: the line of the file at which it begins, and its cells by column."""

    line: int
    cells: Mapping[str, str]


def read(path: Path, columns: Sequence[str], *, name: str) -> tuple[list[Record], list[Problem]]:
    """Read a table with exactly these columns; ``name`` stands in problems for the file.

    What can be read is returned, what cannot is a problem; a file with wrong columns has no rows.
    """
    problems: list[Problem] = []

    def report(line: int, column: str, code: str, what: str, text: str = "", remedy: str = "") -> None:
        problems.append(Problem(name, line, column, code, what, text, remedy))

    if not path.is_file():
        report(
            0, "", "missing-file", "the file is missing", "", f"create it with the header {','.join(columns)}"
        )
        return [], problems
    raw = path.read_bytes()
    if raw.startswith(b"\xef\xbb\xbf"):
        report(1, "", "byte-order-mark", "the file begins with a byte order mark", "", "kg fmt takes it away")
    if b"\r" in raw:
        line = raw[: raw.index(b"\r")].count(b"\n") + 1
        report(line, "", "line-ends", "line ends with a carriage return", "", "kg fmt mends the line ends")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        guess = "utf-16" if raw.startswith(_UTF16) else "gb18030"
        report(
            line,
            "",
            "encoding",
            f"not UTF-8 at byte {error.start}",
            "",
            f"save it as UTF-8, or: kg fmt {path} --encoding {guess}",
        )
        return [], problems
    if "\x00" in text:
        report(
            text[: text.index("\x00")].count("\n") + 1,
            "",
            "bad-csv",
            "the file holds a NUL character",
            "",
            "delete it",
        )
        return [], problems
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        report(0, "", "empty-table", "the file is empty", "", f"its first line must be {','.join(columns)}")
        return [], problems
    delimiter = separator(text)
    if delimiter != ",":
        report(1, "", "separator", "cells are not separated by commas", delimiter, "kg fmt puts commas")
    records, header = [], None
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        line = 1
        for cells in reader:
            if header is None:
                header = cells
                if not report_columns(header, columns, report):
                    return [], problems
            elif len(cells) != len(header):
                report(
                    line,
                    "",
                    "cell-count",
                    f"{len(cells)} cells where the header has {len(header)}",
                    delimiter.join(cells),
                    "quote cells that hold a comma",
                )
            else:
                records.append(Record(line, dict(zip(header, cells, strict=True))))
            line = reader.line_num + 1
    except csv.Error as error:
        report(
            line,
            "",
            "bad-csv",
            f"the row cannot be read: {error}",
            "",
            "a quotation mark inside a quoted cell is written twice",
        )
    return records, problems


def write(path: Path, columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> None:
    """Write a table in one step: readers see the old file or the new one, never a part."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, columns, lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    replace(path, out.getvalue())


def replace(path: Path, content: str | bytes) -> None:
    """Replace a file's content in one step; on any failure the old file stays as it was."""
    data = content.encode() if isinstance(content, str) else content
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask()
        Path(temporary).chmod(mode)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def spreadsheet(
    rows: Iterable[Iterable[object]], *, delimiter: str = ",", excel: bool = False
) -> Iterator[str]:
    """Lines of a CSV file that people open in a spreadsheet: no text in it is run as a formula.

    A text that begins like a formula gets an apostrophe before it. Numbers, also those that are texts
    such as -3, and empty cells stay as they are. The curated tables are not written so, since programs
    read them back.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")  # so that a lone \r is quoted
    for row in rows:
        writer.writerow(_as_text(cell, excel=excel) if isinstance(cell, str) else cell for cell in row)
        yield out.getvalue().removesuffix("\r\n") + "\n"
        out.seek(0)
        out.truncate()


def plain_text(cell: str) -> str:
    """The text that ``spreadsheet`` wrote into a cell."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def separator(text: str) -> str:
    """The cell separator that the header line uses."""
    header = text.partition("\n")[0]
    return max(",;\t", key=header.count) if any(c in header for c in ",;\t") else ","


def _as_text(cell: str, *, excel: bool) -> str:
    if excel and _MISREAD.fullmatch(cell):
        return f'="{cell}"'
    return f"'{cell}" if _FORMULA.match(cell) else cell


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def report_columns(header: Sequence[str], columns: Sequence[str], report: object) -> bool:
    """Whether a header has just these columns; what is amiss is reported."""
    assert callable(report)
    extra = [column for column in header if column not in columns]
    for column in columns:
        if column not in header:
            near = get_close_matches(column, extra, 1)
            report(
                1,
                column,
                "missing-column",
                "the column is missing",
                near[0] if near else "",
                f"the header is {','.join(columns)}",
            )
    for column in extra:
        near = get_close_matches(column, columns, 1)
        report(
            1,
            column,
            "extra-column",
            "the column is not known",
            column,
            f"did you mean {near[0]}?" if near else f"the header is {','.join(columns)}",
        )
    if len(set(header)) != len(header):
        report(1, "", "extra-column", "a column stands twice", ",".join(header), "leave one of them")
        return False
    return sorted(header) == sorted(columns)
