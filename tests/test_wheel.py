"""The wheel works far from the checkout: ontology, seeds, queries and page assets travel in it."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.conftest import ROOT, absent


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    try:
        import hatchling  # noqa: F401
    except ImportError:
        absent("hatchling, which makes the wheel,")
    folder = tmp_path_factory.mktemp("wheel")
    pip = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "-q",
        "--no-deps",
        "--no-build-isolation",
        "--disable-pip-version-check",
    ]
    subprocess.run([*pip, "-w", str(folder), str(ROOT)], check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def test_the_wheel_holds_what_the_package_needs(unpacked: Path) -> None:
    names = {p.relative_to(unpacked).as_posix() for p in unpacked.rglob("*") if p.is_file()}
    for folder, inside in (("ontology", "kg/data/ontology"), ("seeds", "kg/data/seeds"), ("kg", "kg")):
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                assert f"{inside}/{path.relative_to(ROOT / folder).as_posix()}" in names
    assert not [name for name in names if name.startswith(("tests", "texts", "build", "notebooks"))]
    licences = [name for name in names if "licenses/LICENSE" in name]
    assert licences


def test_it_answers_from_anywhere(unpacked: Path, tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "PYTHONPATH": str(unpacked),
        "XDG_CACHE_HOME": str(tmp_path),
        "COLUMNS": "100",
    }
    done = subprocess.run(
        [sys.executable, "-m", "kg", "ask", "promoters", "silicon carbide", "-f", "csv"],
        capture_output=True, text=True, cwd="/", env=environment,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    (folder,) = (tmp_path / "regiograph").iterdir()
    assert done.stderr == f"building the graph in {folder} (once)\n"
    assert "place/shandong,Shandong" in done.stdout
