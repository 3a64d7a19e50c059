from __future__ import annotations

from pathlib import Path

import pytest

from kg.errors import Problem
from kg.read import files, tables
from kg.read.tables import Record

COLUMNS = ("id", "name")
BAD = {
    "empty-table": b"",
    "byte-order-mark": b"\xef\xbb\xbfid,name\na,b\n",
    "line-ends": b"id,name\r\na,b\r\n",
    "encoding": "id,name\na,集成电路\n".encode("gb18030"),
    "separator": b"id;name\na;b\n",
    "missing-column": b"id\na\n",
    "extra-column": b"id,name,nmae\na,b,c\n",
    "cell-count": b"id,name\na,b,c\n",
    "bad-csv": b'id,name\na,"b"c\n',
}


@pytest.mark.parametrize(("code", "content"), BAD.items())
def test_bad_tables_are_problems(tmp_path: Path, code: str, content: bytes) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    _, problems = tables.read_table(path, COLUMNS, name="t.csv")
    assert code in {problem.code for problem in problems}
    assert all(problem.file == "t.csv" and problem.remedy for problem in problems)
    assert path.read_bytes() == content


def test_utf16_is_named() -> None:
    assert tables.separator("a\tb\tc\n1,2") == "\t"


def test_rows_keep_their_line(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text('name,id\n"two\nlines",a\nb,c\n', encoding="utf-8")
    records, problems = tables.read_table(path, COLUMNS, name="t.csv")
    assert problems == []
    assert records == [Record(2, {"name": "two\nlines", "id": "a"}), Record(4, {"name": "b", "id": "c"})]


def test_good_rows_survive_bad_ones(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("id,name\na,b\nc\nd,e\n", encoding="utf-8")
    records, problems = tables.read_table(path, COLUMNS, name="t.csv")
    assert [record.cells["id"] for record in records] == ["a", "d"]
    assert problems == [
        Problem(
            "t.csv",
            3,
            "",
            "cell-count",
            "1 cells where the header has 2",
            "c",
            "an empty cell has its comma, too",
        )
    ]


def test_too_few_cells_and_too_many_have_other_remedies(tmp_path: Path) -> None:
    path = tmp_path / "topics.csv"
    path.write_text("id,kind,note\ntopic/x,Sector\ntopic/y,Sector,a, b\n")
    _, problems = tables.read_table(path, ["id", "kind", "note"], name="topics.csv")
    assert [(p.line, p.code, p.remedy) for p in problems] == [
        (2, "cell-count", "an empty cell has its comma, too"),
        (3, "cell-count", "quote cells that hold a comma"),
    ]


def test_missing_file_is_a_problem(tmp_path: Path) -> None:
    assert [p.code for p in tables.read_table(tmp_path / "no.csv", COLUMNS, name="no.csv")[1]] == [
        "missing-file"
    ]


def test_write_then_read(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    rows = [{"id": "a", "name": 'x, "y"\n'}, {"id": "b", "name": "集成电路"}]
    files.write_table(path, COLUMNS, rows)
    assert [dict(r.cells) for r in tables.read_table(path, COLUMNS, name="t")[0]] == rows
    assert b"\r" not in path.read_bytes()
