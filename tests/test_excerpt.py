"""Tables with some sources alone are sound, and the same however many others there are."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg import locations
from kg.check import run
from tests import excerpt


def _files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.*")}


def test_an_excerpt_of_an_excerpt_is_the_same(first_seeds: Path, tmp_path: Path) -> None:
    assert _files(excerpt.copy_seeds(first_seeds, tmp_path / "again")) == _files(first_seeds)


@pytest.mark.parametrize("sources", [excerpt.FIRST, excerpt.FIRST[:1], excerpt.FIRST[1:]], ids="-".join)
def test_an_excerpt_is_sound(sources: tuple[str, ...], tmp_path: Path) -> None:
    report = run.check_seeds(
        excerpt.copy_seeds(locations.seeds(), tmp_path / "seeds", sources), locations.ontology()
    )
    assert [str(problem) for problem in report.problems] == []
    assert tuple(report.seeds.documents) == sources
