"""kg read as a curator calls it, and that its page is published nowhere."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.annotation.conftest import TEXTS
from tests.conftest import ROOT, absent


def kg(folder: Path, *arguments: str) -> tuple[int, str]:
    command = [sys.executable, "-m", "kg", *arguments, "--seeds", "seeds", "--texts", str(TEXTS)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
    return done.returncode, done.stdout + done.stderr


def test_the_page_lies_beside_the_draft(sample: Path) -> None:
    folder = sample.parent
    first = kg(folder, "read", "hubei-2030")
    assert first == (
        0,
        "drafts/hubei-2030.html: 5 statements, 1 target, 0 proposals, 1 gap, 10 mentions, 0 problems\n",
    )
    page = (folder / "drafts" / "hubei-2030.html").read_bytes()
    kg(folder, "draft", "hubei-2030")
    assert "0 proposals" not in kg(folder, "read", "hubei-2030", "-o", "again.html")[1]
    (folder / "drafts" / "hubei-2030.csv").unlink()
    assert kg(folder, "read", "hubei-2030", "-o", "again.html")[0] == 0
    assert (folder / "again.html").read_bytes() == page


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere"], "no source nowhere: sources: hubei-2030, wuhan-2030"),
        (["hubei-2030", "-o", "seeds/hubei-2030/read.html"], "could be published with its whole text"),
        (["hubei-2030", "--draft", "none.csv"], "no draft at none.csv: kg draft SOURCE writes one"),
    ],
)
def test_mistakes_are_explained(sample: Path, arguments: list[str], message: str) -> None:
    code, said = kg(sample.parent, "read", *arguments)
    assert (code, said.count("\n")) == (2, 1)
    assert message in said


def test_in_a_checkout_it_is_written_where_git_ignores_it(sample: Path) -> None:
    (sample.parent / ".git").mkdir()
    code, said = kg(sample.parent, "read", "hubei-2030", "-o", "read.html")
    assert (code, "write it to drafts/, texts/, build/ or elsewhere" in said) == (2, True)
    assert kg(sample.parent, "read", "hubei-2030", "-o", "build/read.html")[0] == 0


def test_drafts_are_no_part_of_repository_or_distributions(tmp_path: Path) -> None:
    git = shutil.which("git") or ""
    if not git or not (ROOT / ".git").exists():
        absent("git and a checkout")
    for name in ("gwr-2024.csv", "gwr-2024.html"):
        assert (
            subprocess.run([git, "check-ignore", "-q", f"drafts/{name}"], cwd=ROOT, check=False).returncode
            == 0
        )
    assert (
        subprocess.run([git, "ls-files", "drafts"], cwd=ROOT, check=True, capture_output=True).stdout == b""
    )
    try:
        from hatchling.builders.sdist import SdistBuilder
        from hatchling.builders.wheel import WheelBuilder
    except ImportError:
        absent("hatchling")
    copy = tmp_path / "project"
    ignored = shutil.ignore_patterns(
        ".git", ".venv", "build", "drafts", "texts", "tests", "__pycache__", ".*_cache"
    )
    shutil.copytree(ROOT, copy, ignore=ignored)
    (copy / "drafts").mkdir()
    (copy / "drafts" / "gwr-2024.html").write_text("a whole text", encoding="utf-8")
    for builder in (SdistBuilder, WheelBuilder):
        taken = [file.distribution_path for file in builder(str(copy)).recurse_included_files()]
        assert len(taken) > 50
        assert not [path for path in taken if "drafts" in path]
