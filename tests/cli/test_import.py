"""The command ``kg import``: a proposal, an import, and its mistakes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.test_cli import kg

TABLE = "company,country\nAcme,Norway\n极光科技,China\nBeta,\n"
COLUMNS = (
    "--entity",
    "company=Company",
    "--entity",
    "country=Country",
    "--statement",
    "company:locatedIn:country",
)
ORIGIN = ("--publisher", "me", "--published", "2024-03-01")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "my table.csv"
    path.write_text(TABLE, encoding="utf-8")
    return path


def test_without_columns_the_rows_and_a_proposal_are_printed(file: Path, tmp_path: Path) -> None:
    done = kg("import", str(file), cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    shown, _, proposal = done.stdout.partition("\nThe headers suggest (change what is wrong):\n")
    assert shown.startswith(f"{file}: 3 rows\n")
    assert "极光科技  China" in shown
    assert proposal == (
        f"  kg import '{file}' \\\n    --entity company=Company \\\n    --entity country=Country \\\n"
        "    --statement company:locatedIn:country \\\n    --publisher NAME --published DAY --out FOLDER\n"
    )
    assert list(tmp_path.iterdir()) == [file]


def test_a_table_is_imported_checked_and_built(file: Path, tmp_path: Path) -> None:
    """The commands that the import prints work as they are, whatever signs the paths hold."""
    done = kg("import", str(file), *COLUMNS, *ORIGIN, "--out", "my seeds", cwd=tmp_path)
    assert (done.returncode, done.stderr, done.stdout) == (0, "", (
        "wrote my seeds: 2 statements on 4 names, source my-table\nNext:\n"
        f"  kg check --seeds 'my seeds' --texts {tmp_path} --write\n  kg build --seeds 'my seeds' --graph GRAPH\n"
    ))  # fmt: skip
    checked = json.loads(
        kg("check", "--seeds", "my seeds", "--texts", str(tmp_path), "--write", "--json", cwd=tmp_path).stdout
    )
    assert (checked["problems"], checked["verified"], checked["unverified"]) == ([], 2, 0)
    built = kg("import", str(file), *COLUMNS, *ORIGIN, "--out", "again", "--build", "graph", cwd=tmp_path)
    assert built.stdout.startswith("wrote again: 2 statements on 4 names, source my-table\nbuilt graph: ")
    asked = kg("ask", "statements", "--entity", "Norway", "--graph", "graph", "-f", "json", cwd=tmp_path)
    assert [row["subject"] for row in json.loads(asked.stdout)] == ["org/acme"]


MISTAKES = {
    "no columns at all are a proposal": (("--publisher", "me"), 0, ""),
    "nothing said of the origin": (COLUMNS, 2, "missing --publisher, --published, --out"),
    "no folder": ((*COLUMNS, *ORIGIN), 2, "missing --out"),
    "a class": (("--entity", "company=Compny", *COLUMNS[2:], *ORIGIN, "--out", "s"), 2, "did you mean Company"),
    "a column": (("--entity", "firm=Company", *COLUMNS[2:], *ORIGIN, "--out", "s"), 2, "'firm' is no column with a class"),
    "a predicate": ((*COLUMNS[:4], "--statement", "company:in:country", *ORIGIN, "--out", "s"), 2, "'in' is no predicate"),
    "a form": ((*COLUMNS[:4], "--statement", "company", *ORIGIN, "--out", "s"), 2, "must be COLUMN:PREDICATE:COLUMN"),
    "a day": ((*COLUMNS, "--publisher", "me", "--published", "2024-02-30", "--out", "s"), 2, "not '2024-02-30'"),
    "a folder that is used": ((*COLUMNS, *ORIGIN, "--out", "."), 2, "is not empty"),
}  # fmt: skip


@pytest.mark.parametrize("what", MISTAKES)
def test_mistakes_are_named_and_nothing_is_written(what: str, file: Path, tmp_path: Path) -> None:
    arguments, code, message = MISTAKES[what]
    done = kg("import", str(file), *arguments, cwd=tmp_path)
    assert done.returncode == code
    assert message in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == [file]
