"""Reads tables with the columns of curated ones, CSV, JSON Lines or Parquet; every fault is a problem."""

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from difflib import get_close_matches
from itertools import chain
from math import isfinite
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from kg.errors import KgError, Problem, missing_extra
from kg.read import models
from kg.read.files import encoding_problem, line_at

R = TypeVar("R", bound=models.Row)
ENDINGS = (".csv", ".jsonl", ".parquet")
BATCH = 10_000
_CONTROL = re.compile(r"[\x00-\x1f]")
csv.field_size_limit(1 << 24)  # users' tables have cells longer than 128 KiB
QUOTING = "put quotation marks around a cell with a separator, line break or such a mark; double marks inside"


@dataclass(frozen=True)
class Record:
    """A row: the line of the file at which it begins, and its cells by column."""

    line: int
    cells: Mapping[str, str]


_Found = Iterator[Record | Problem]


#: Columns of a text's own words, in which white space may stand at an end.
_AS_PRINTED = ("exact", "prefix", "suffix", "words", "within")


def parse_row(model: type[R], record: Record, *, file: str, source: str = "") -> R | list[Problem]:
    """Return the row of a record, or what is wrong with each of its cells.

    ``source`` is the one that the row belongs to, where the table's folder does not say it.
    """
    where: dict[str, Any] = {"file": file, "line": record.line}
    if "source" in model.place_keys:
        where["source"] = source or file.partition("/")[0]
    spaced = {column: wrong for column, cell in record.cells.items() if (wrong := _spaces(column, cell))}
    if spaced:
        return [Problem(file, record.line, column, "bad-cell", *wrong) for column, wrong in spaced.items()]
    try:
        return model.model_validate({**record.cells, **where})
    except ValidationError as error:
        fields = {field.alias or name: field for name, field in model.model_fields.items()}
        problems = []
        for fault in error.errors(include_url=False, include_context=False):
            column = str(fault["loc"][0])
            cell, remedy = record.cells[column], f"it should hold {models.form(fields[column])}"
            what = "the cell has another form" if cell else "the cell is empty"
            problems.append(Problem(file, record.line, column, "bad-cell", what, cell, remedy))
        return problems


def _spaces(column: str, cell: str) -> tuple[str, str, str] | None:
    """Return fault, cell and remedy of a cell with blanks around it or control characters in it."""
    inner = cell.strip()
    if column in _AS_PRINTED or (inner == cell and not _CONTROL.search(cell)):
        return None
    fault = "a line break or control character" if _CONTROL.search(inner) else "white space at an end"
    remedy = f"write {' '.join(inner.split())!r}" if inner else "kg fmt trims cells"
    return f"{fault} of the cell", cell, remedy


def read_rows(path: Path, model: type[R], *, name: str) -> Iterator[R | Problem]:
    """Yield the problems of a curated table as a whole, then its rows and those of its cells."""
    found, problems = read_table(path, model.columns(), name=name, optional=model.optional)
    yield from problems
    for record in found:
        row = parse_row(model, record, file=name)
        yield from row if isinstance(row, list) else [row]


def find_table(folder: Path, stem: str) -> Path | None:
    """Return the one file of a table, whatever its format; raise KgError where there are several."""
    found = [path for ending in ENDINGS if (path := folder / f"{stem}{ending}").is_file()]
    if len(found) > 1:
        raise KgError(f"{folder} has a table twice: {', '.join(path.name for path in found)}; keep one")
    return found[0] if found else None


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
    if problem := encoding_problem(path, raw, name=name):
        return [], [problem]
    problems = []
    if raw.startswith(b"\xef\xbb\xbf"):
        what = "the file begins with a byte order mark"
        problems.append(Problem(name, 1, "", "byte-order-mark", what, "", "kg fmt removes it"))
    if b"\r" in raw:
        line, what = line_at(raw, raw.index(b"\r")), "lines end with a carriage return"
        problems.append(Problem(name, line, "", "line-ends", what, "", "kg fmt writes newlines alone"))
    content = unify_line_ends(raw.decode("utf-8-sig"))
    if (delimiter := separator(content)) != ",":
        what = "cells are not separated by commas"
        problems.append(Problem(name, 1, "", "separator", what, delimiter, "kg fmt writes commas"))
    lines = io.StringIO(content, newline="")
    found = list(parse_rows(lines, columns, name=name, delimiter=delimiter, optional=optional))
    problems += [one for one in found if isinstance(one, Problem)]
    return [one for one in found if isinstance(one, Record)], problems


def records(path: Path, columns: Sequence[str], *, name: str, optional: Collection[str] = ()) -> _Found:
    """Yield the rows of a table of any length and format; what cannot be read is a problem in its place.

    ``name`` stands in problems for the file. A table may lack ``optional`` columns; with wrong columns it
    has no rows. Cells are text as written; in JSON Lines a missing or null value is an empty cell, a list
    is joined by semicolons.
    """
    readers = {".csv": _csv, ".jsonl": _jsonl, ".parquet": _parquet}
    for found in readers[path.suffix](path, columns, name, optional):
        whole = "".join(found.cells.values()) if isinstance(found, Record) else ""
        if not whole.isascii() and (text := printable(whole)) != whole:
            remedy = "save the file as UTF-8"
            found = Problem(name, found.line, "", "encoding", "the row is not UTF-8", text, remedy)
        yield found


def parse_rows(
    lines: Iterable[str], columns: Sequence[str], *, name: str, delimiter: str = ",",
    optional: Collection[str] = (), trim: bool = False,
) -> _Found:  # fmt: skip
    """Yield the rows below a header with these columns, and a problem for each unsound one.

    A header may lack the ``optional`` columns; wrong columns give problems and no rows. Empty rows, and
    columns without a name and cells, are one problem each and left out. With ``trim`` blanks at the ends of
    cells and empty cells beyond the header are dropped.
    """
    header: list[str] | None = None
    empty: list[int] = []
    for line, _, cells in numbered_rows(lines, delimiter):
        if isinstance(cells, csv.Error):
            yield Problem(name, line, "", "bad-csv", f"the row cannot be read: {cells}", "", QUOTING)
        elif not "".join(cells).strip():
            empty.append(line)
        elif header is None:
            header = [printable(cell.strip() if trim else cell) for cell in cells]
            faults = list(column_problems(header, columns, name=name, optional=optional))
            yield from faults
            if any(fault.column for fault in faults):
                return
        else:
            if trim:
                beyond = [cell for cell in cells[len(header) :] if cell.strip()]
                cells = [cell.strip() for cell in cells[: len(header)]] + beyond
            yield _record(name, line, header, cells)
    if empty and header:
        what = "the row is empty" if len(empty) == 1 else f"{len(empty)} rows are empty"
        yield Problem(name, empty[0], "", "empty-row", what, "", "kg fmt drops empty rows")
    if header is None:
        remedy = f"its first line must be {','.join(columns)}"
        yield Problem(name, 0, "", "empty-table", "the file is empty", "", remedy)


def numbered_rows(
    lines: Iterable[str], delimiter: str, *, skip_blanks: bool = False
) -> Iterator[tuple[int, int, list[str] | csv.Error]]:
    """Yield the first and last line of each row, from 1, and its cells or why it cannot be read."""
    reader = csv.reader(lines, delimiter=delimiter, strict=True, skipinitialspace=skip_blanks)
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


def column_problems(
    header: Sequence[str], columns: Sequence[str], *, name: str, optional: Collection[str] = ()
) -> Iterator[Problem]:
    """Yield what is wrong with a header that must hold these columns, in any order."""
    named = list(filter(None, header))
    extra = [column for column in named if column not in columns]
    remedy = f"the header is {','.join(columns)}"
    for column in columns:
        if column not in header and column not in optional:
            near = "".join(get_close_matches(column, extra, 1))
            yield Problem(name, 1, column, "missing-column", "the column is missing", near, remedy)
    for column in extra:
        near = "".join(get_close_matches(column, columns, 1))
        hint = f"did you mean {near}?" if near else remedy
        yield Problem(name, 1, column, "extra-column", "the column is not known", column, hint)
    if unnamed := len(header) - len(named):
        what = "a column has no name" if unnamed == 1 else f"{unnamed} columns have no name"
        yield Problem(name, 1, "", "extra-column", what, "", "kg fmt drops it where all its cells are empty")
    for column, number in Counter(named).items():
        if number > 1:
            what = f"{number} columns have this name"
            yield Problem(name, 1, column, "extra-column", what, column, "leave one of them")


def printable(text: str) -> str:
    """Replace lone surrogates, which stand for bytes that are not UTF-8."""
    return text.encode("utf-8", "replace").decode()


def unify_line_ends(content: str) -> str:
    """Replace carriage returns, alone or before a newline, by newlines."""
    return content.replace("\r\n", "\n").replace("\r", "\n")


def separator(content: str) -> str:
    """Return the cell separator that gives the header most columns: a comma, semicolon, tab or bar."""

    def width(delimiter: str) -> int:
        rows = csv.reader(io.StringIO(content, newline=""), delimiter=delimiter, skipinitialspace=True)
        with suppress(csv.Error, StopIteration):
            return len(next(cells for cells in rows if any(cell.strip() for cell in cells)))
        return 0

    return max(",;\t|", key=width)


def _record(name: str, line: int, header: Sequence[str], cells: Sequence[str]) -> Record | Problem:
    if len(cells) != len(header):
        what = f"{len(cells)} cells where the header has {len(header)}"
        text = printable(",".join(cells))
        short = len(cells) < len(header)
        remedy = "an empty cell has its comma, too" if short else "quote cells that hold a comma"
        return Problem(name, line, "", "cell-count", what, text, remedy)
    if stray := "".join(cell for column, cell in zip(header, cells, strict=True) if not column).strip():
        what = "a cell below a column without a name"
        return Problem(name, line, "", "extra-column", what, printable(stray), "name the column")
    return Record(line, {column: cell for column, cell in zip(header, cells, strict=True) if column})


def _csv(path: Path, columns: Sequence[str], name: str, optional: Collection[str]) -> _Found:
    # wrong bytes become lone surrogates, which no cell may hold: the row is reported, the next one read
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        yield from parse_rows(file, columns, name=name, optional=optional)


def _jsonl(path: Path, columns: Sequence[str], name: str, _optional: Collection[str]) -> _Found:
    empty = dict.fromkeys(columns, "")
    first = True
    with path.open("rb") as file:
        for line, raw in enumerate(file, 1):
            if not raw.strip():
                continue
            try:  # numbers stay as written: 65.80 is not 65.8
                found = json.loads(raw, parse_float=str, parse_int=str, object_pairs_hook=_json_object)
                if not isinstance(found, dict):
                    raise ValueError("not an object")
            except ValueError as error:
                spread = first and (raw.lstrip()[:1] == b"[" or raw.rstrip()[-1:] in b"{,")
                what = "one JSON value spread over lines" if spread else f"the row cannot be read: {error}"
                yield Problem(name, line, "", "bad-json", what, "", "write one JSON object a line")
                if spread:
                    return
            else:
                yield from _typed_record(name, line, {**empty, **found}, columns)
            first = False


def _json_object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    keys = [key for key, _ in pairs]
    if twice := [key for key in keys if keys.count(key) > 1]:
        raise ValueError(f"the key {twice[0]!r} occurs twice")
    return dict(pairs)


def _parquet(path: Path, columns: Sequence[str], name: str, optional: Collection[str]) -> _Found:
    try:
        import pyarrow.parquet as parquet  # late: slow, and optional
    except ImportError:
        raise missing_extra("bulk", "reading Parquet") from None
    try:
        with parquet.ParquetFile(path) as file:
            header = list(file.schema_arrow.names)
            if faults := list(column_problems(header, columns, name=name, optional=optional)):
                yield from faults
                return
            rows = chain.from_iterable(batch.to_pylist() for batch in file.iter_batches(BATCH))
            for line, row in enumerate(rows, 2):  # as in a CSV file, whose header is line 1
                yield from _typed_record(name, line, row, columns)
    except OSError as error:  # pyarrow's own errors are among them, or are values
        raise KgError(f"{name} cannot be read: {error}") from None
    except ValueError as error:
        raise KgError(f"{name} is not a Parquet file that can be read: {error}") from None


def _typed_record(name: str, line: int, values: Mapping[str, object], columns: Sequence[str]) -> _Found:
    """Yield a row of typed values as cells, or a problem for each key and value that no table can hold."""
    cells: dict[str, str] = {}
    problems: list[Record | Problem] = []
    what, remedy = "the column is not known", f"the columns are {','.join(columns)}"
    for column in sorted(values.keys() - set(columns)):
        problems.append(Problem(name, line, "", "extra-column", what, column, remedy))
    remedy = "write a text, a number, a day, or a list of these"
    for column, value in values.items():
        try:
            cells[column] = _cell(value)
        except ValueError as error:
            problems.append(Problem(name, line, column, "bad-cell", str(error), str(value)[:200], remedy))
    yield from problems or [Record(line, cells)]


def _cell(value: object) -> str:
    """Return a value as a cell has it; raise ValueError for one that is no text, number, day or list."""
    match value:
        case None:
            return ""
        case str():
            return value
        case bytes():  # strings as Impala and old writers leave them
            try:
                return value.decode()
            except UnicodeDecodeError:
                raise ValueError("the bytes are not UTF-8") from None
        case list() | tuple() if not any(isinstance(part, list | tuple) for part in value):
            return ";".join(map(_cell, value))
        case datetime():
            return (value.date() if value.time() == time() else value).isoformat()
        case date():
            return value.isoformat()
        case int() | float() | Decimal() if not isinstance(value, bool):
            if not isfinite(value):
                raise ValueError(f"{value} is not a number")
            return str(value)
    raise ValueError(f"a cell cannot hold a value of type {type(value).__name__}")
