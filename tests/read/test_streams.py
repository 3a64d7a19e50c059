"""Tables read record by record: what is wrong with a file is one problem at its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.errors import Problem
from kg.read import tables

COLUMNS = ("id", "name")
#: A file, and what is read of it: the cells of a row, or line and code of a problem.
FILES: dict[str, tuple[str, list[object]]] = {
    "rows": ('{"id": "a", "name": "x"}\n\n{"name": "y", "id": "b"}\n', ["ax", "by"]),
    "a key twice": ('{"id": "a", "id": "b"}\n{"id": "c"}\n', [(1, "bad-json"), "c"]),
    "a key twice inside a value": ('{"id": {"a": 1, "a": 2}}\n', [(1, "bad-json")]),
    "pretty-printed": ('\n{\n  "id": "a",\n  "name": "x"\n}\n{\n  "id": "b"\n}\n', [(2, "bad-json")]),
    "pretty-printed from the first key": ('{"id": "a",\n "name": "x"}\n', [(1, "bad-json")]),
    "an array": ('[{"id": "a"},\n{"id": "b"}]\n', [(1, "bad-json")]),
    "an array in one line": ('[{"id": "a"}]\n{"id": "b"}\n', [(1, "bad-json")]),
    "a row spread in the middle": ('{"id": "a"}\n{"id":\n"b"}\n', ["a", (2, "bad-json"), (3, "bad-json")]),
    "no object": ('"a"\n1\n{"id": "b"}\n', [(1, "bad-json"), (2, "bad-json"), "b"]),
    "another key": ('{"id": "a", "nmae": "x"}\n', [(1, "extra-column")]),
    "nothing": ("", []),
}  # fmt: skip


@pytest.mark.parametrize("what", FILES)
def test_json_lines(what: str, tmp_path: Path) -> None:
    content, expected = FILES[what]
    path = tmp_path / "t.jsonl"
    path.write_text(content)
    found = list(tables.records(path, COLUMNS, name="t.jsonl"))
    assert [
        (one.line, one.code) if isinstance(one, Problem) else "".join(one.cells.values()) for one in found
    ] == expected


def test_a_key_twice_is_named(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    path.write_text('{"id": "a", "name": "x", "name": "y"}\n')
    assert list(tables.records(path, COLUMNS, name="t")) == [
        Problem("t", 1, "", "bad-json", "the row cannot be read: the key 'name' occurs twice", "", "write one JSON object a line")
    ]  # fmt: skip


#: CSV, and what is read of it. The header's unnamed columns are one problem and their empty cells are left out.
CSV: dict[str, tuple[str, list[object]]] = {
    "rows": ("id,name\na,x\nb,y\n", ["ax", "by"]),
    "empty rows": ("id,name\na,x\n,\n\n , \nb,y\n", ["ax", "by", (3, "empty-row")]),
    "unnamed columns": ("id,,name,\na,,x,\nb,z,y,\n", [(1, "extra-column"), "ax", (3, "extra-column")]),
    "a column twice": ("id,name,name\na,x,y\n", [(1, "extra-column")]),
    "an error, and the rows after it": ('id,name\na,"x"y\nb,y\n', [(2, "bad-csv"), "by"]),
    "too many cells": ("id,name\na,x,y\nb,y\n", [(2, "cell-count"), "by"]),
    "nothing": ("\n\n", [(0, "empty-table")]),
}


@pytest.mark.parametrize("what", CSV)
def test_csv(what: str, tmp_path: Path) -> None:
    content, expected = CSV[what]
    path = tmp_path / "t.csv"
    path.write_text(content)
    found = list(tables.records(path, COLUMNS, name="t.csv"))
    assert [
        (one.line, one.code) if isinstance(one, Problem) else "".join(one.cells.values()) for one in found
    ] == expected
