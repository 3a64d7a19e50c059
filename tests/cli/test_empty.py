"""Answers without rows say why, and each command that they suggest runs."""

import shlex
from pathlib import Path

import pytest

from kg.read import queries
from tests.cli.test_consoles import inside

#: Values of which no question that takes them has rows together.
NOTHING = {
    "place": "Tianshui", "topic": "6G", "entity": "spatial layout", "tiers": "pillar", "flags": "cancelled",
    "number": "1", "text": "zzzz", "source": "gwr-2024",
}  # fmt: skip


def _values(name: str) -> list[str]:
    found = []
    for parameter in queries.find(name).parameters:
        value = next((v for kind, v in NOTHING.items() if kind in parameter.type.split("|")), None)
        found += [f"--{parameter.name}", value] if value else []
    return found


@pytest.mark.parametrize("name", sorted(queries.catalogue()))
def test_an_empty_answer_says_why(built: Path, name: str) -> None:
    done = inside("ask", name, *_values(name), "--graph", str(built))
    if done.returncode == 0 and "\n0 rows" in done.stdout:
        notes = [line for line in done.stderr.splitlines() if line.startswith("note: ")]
        assert any("kg ask" in line or "kg show" in line for line in notes), done.stderr
    else:
        assert done.stdout or done.stderr


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("tiers --tier emerging Beijing", "no row has --tier emerging with the rest; without it"),
        ("backing 6G Tianshui", "kg ask coverage 6G Tianshui"),
        ("statements --section zzzz", "kg search zzzz"),
        ("tiers --tier pillar", "kg ask tiers --help"),
    ],
)
def test_the_reason_uses_the_values_given(built: Path, words: str, reason: str) -> None:
    done = inside("ask", *shlex.split(words), "--graph", str(built))
    assert "\n0 rows" in done.stdout
    assert reason in done.stderr


def test_a_search_in_vain_suggests_names(built: Path) -> None:
    done = inside("search", "silicon", "carbonate", "--graph", str(built))
    assert (done.returncode, "kg find 'silicon carbonate'" in done.stderr) == (1, True)


def test_words_alike_find_each_other(built: Path) -> None:
    done = inside("search", "future", "industry", "pilot", "zone", "--graph", str(built), "--format", "csv")
    found = {line.split(",")[0] for line in done.stdout.splitlines()[1:]}
    assert {"place/guangdong", "place/shandong", "place/sichuan"} <= found
