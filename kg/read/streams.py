"""Tables of any length, record by record: CSV, JSON Lines or Parquet with the columns of curated tables."""

from __future__ import annotations

import importlib
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from math import isfinite
from pathlib import Path

from kg.errors import KgError, Problem, missing_extra
from kg.read import tables
from kg.read.tables import Record

ENDINGS = (".csv", ".jsonl", ".parquet")
BATCH = 10_000


def find(folder: Path, stem: str) -> Path | None:
    """The one file of a table, whatever its format; raises KgError where there are several."""
    found = [path for ending in ENDINGS if (path := folder / f"{stem}{ending}").is_file()]
    if len(found) > 1:
        raise KgError(f"{folder} has a table twice: {', '.join(path.name for path in found)}; keep one")
    return found[0] if found else None


def records(
    path: Path, columns: Sequence[str], *, name: str, optional: Collection[str] = ()
) -> Iterator[Record | Problem]:
    """The rows of a table, one at a time; what cannot be read is a problem in its place.

    ``name`` stands in problems for the file. A table may lack ``optional`` columns; with wrong columns
    it has no rows. Cells are text as written; in JSON Lines a missing or null value is an empty cell, a list
    is joined by semicolons.
    """
    readers = {".csv": _csv, ".jsonl": _jsonl, ".parquet": _parquet}
    for found in readers[path.suffix](path, columns, name, optional):
        if isinstance(found, Record) and not (whole := "".join(found.cells.values())).isascii():
            try:
                whole.encode()
            except UnicodeEncodeError:
                what, remedy = "the row is not UTF-8", "save the file as UTF-8"
                yield Problem(name, found.line, "", "encoding", what, tables.printable(whole), remedy)
                continue
        yield found


def _csv(
    path: Path, columns: Sequence[str], name: str, optional: Collection[str]
) -> Iterator[Record | Problem]:
    # wrong bytes become lone surrogates, which no cell may hold: the row is reported, the next one read
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        yield from tables.parse_rows(file, columns, name=name, optional=optional)


def _jsonl(
    path: Path, columns: Sequence[str], name: str, _optional: Collection[str]
) -> Iterator[Record | Problem]:
    known = set(columns)
    empty = dict.fromkeys(columns, "")
    first = True
    with path.open("rb") as file:
        for line, raw in enumerate(file, 1):
            if not raw.strip():
                continue
            try:
                # numbers stay as written: 65.80 is not 65.8
                found = json.loads(raw, parse_float=str, parse_int=str, object_pairs_hook=_json_object)
                if not isinstance(found, dict):
                    raise ValueError("not an object")
            except ValueError as error:
                spread = first and (raw.lstrip()[:1] == b"[" or raw.rstrip()[-1:] in b"{,")
                what = "one JSON value spread over lines" if spread else f"the row cannot be read: {error}"
                yield Problem(name, line, "", "bad-json", what, "", "write one JSON object a line")
                if spread:
                    return
                continue
            finally:
                first = False
            extra = found.keys() - known
            for column in sorted(extra):
                remedy = f"the columns are {','.join(columns)}"
                yield Problem(name, line, "", "extra-column", "the column is not known", column, remedy)
            if not extra:
                yield from _record(name, line, {**empty, **found})


def _json_object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        raise ValueError(f"the key {next(key for key in keys if keys.count(key) > 1)!r} occurs twice")
    return found


def _parquet(
    path: Path, columns: Sequence[str], name: str, optional: Collection[str]
) -> Iterator[Record | Problem]:
    try:
        parquet = importlib.import_module("pyarrow.parquet")
    except ImportError:
        raise missing_extra("bulk", "reading Parquet") from None
    try:
        with parquet.ParquetFile(path) as file:
            header = list(file.schema_arrow.names)
            if faults := list(tables.column_problems(header, columns, name=name, optional=optional)):
                yield from faults
                return
            line = 2  # as in a CSV file, whose header is line 1
            for batch in file.iter_batches(BATCH):
                for cells in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                    yield from _record(name, line, dict(zip(header, cells, strict=True)))
                    line += 1
    except OSError as error:  # pyarrow's own errors are among them, or are values
        raise KgError(f"{name} cannot be read: {error}") from None
    except ValueError as error:
        raise KgError(f"{name} is not a Parquet file that can be read: {error}") from None


def _record(name: str, line: int, values: Mapping[str, object]) -> Iterator[Record | Problem]:
    """Yield a row of typed values as cells, or a problem for each value that no cell can hold."""
    cells: dict[str, str] = {}
    problems: list[Record | Problem] = []
    for column, value in values.items():
        try:
            cells[column] = _cell(value)
        except ValueError as error:
            remedy = "write a text, a number, a day, or a list of these"
            problems.append(Problem(name, line, column, "bad-cell", str(error), str(value)[:200], remedy))
    yield from problems or [Record(line, cells)]


def _cell(value: object) -> str:
    """Return a value as a cell has it; raise ValueError for one that is no text, number, day or list."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bytes):  # strings as Impala and old writers leave them
        try:
            return value.decode()
        except UnicodeDecodeError:
            raise ValueError("the bytes are not UTF-8") from None
    if isinstance(value, list | tuple) and not any(isinstance(part, list | tuple) for part in value):
        return ";".join(map(_cell, value))
    if isinstance(value, datetime):
        return (value.date() if value.time() == time() else value).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise ValueError(f"a cell cannot hold a value of type {type(value).__name__}")
    if not isfinite(value):
        raise ValueError(f"{value} is not a number")
    return str(value)
