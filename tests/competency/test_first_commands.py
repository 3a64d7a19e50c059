"""What users asked in vain of earlier questions: whole answers of the first command that asks for it."""

import json
from pathlib import Path
from typing import Any

import pytest

from kg.query.graph import Graph

ASKED = json.loads(Path(__file__).with_name("first_commands.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", ASKED, ids=[case["asked"] for case in ASKED])
def test_the_first_command_answers_completely(curated: Graph, case: dict[str, Any]) -> None:
    found = curated.ask(case["question"], **case["given"])
    rows = dict.fromkeys(tuple(_plain(row[column]) for column in case["columns"]) for row in found)
    assert [list(row) for row in rows] == case["rows"]


def test_many_questions_are_asked() -> None:
    assert len(ASKED) > 30
    assert len({case["question"] for case in ASKED}) > 15


def _plain(cell: Any) -> Any:
    """A cell as JSON has it, lists in it in alphabetical order."""
    if isinstance(cell, str):
        return ", ".join(sorted(cell.split(", ")))
    return cell if cell is None or isinstance(cell, int | float) else str(cell)
