"""A release: what it holds, that it opens, and that equal tables make equal files."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path

from kg import locations
from kg.export import release
from kg.query import graph
from kg.store import build
from tests.cli.test_cli import kg
from tests.conftest import SAMPLE

SEEDS = SAMPLE / "seeds"
FILES = {
    "regiograph.html", "regiograph.nq", "statements.csv", "tables.zip", "DATA-VERSION.json", "DATA-CHANGES.md"
}  # fmt: skip


def test_a_release_holds_what_an_analyst_needs(tmp_path: Path) -> None:
    done = kg("dist", str(tmp_path / "dist"), "--seeds", str(SEEDS), "--graph", str(tmp_path / "build"))
    assert (done.returncode, done.stderr) == (0, "")
    folder = tmp_path / "dist"
    assert {path.name for path in folder.iterdir()} == FILES
    assert all(str(folder / name) in done.stdout for name in FILES)
    about = json.loads((folder / "DATA-VERSION.json").read_text())
    assert about["data"] == release.version(SEEDS)
    assert about["code"] == locations.VERSION
    opened = graph.open_graph(folder / "regiograph.nq")
    assert len(opened.store) == about["quads"]
    rows = list(csv.DictReader(io.StringIO((folder / "statements.csv").read_text(encoding="utf-8"))))
    assert len(rows) == about["statements"] + about["targets"] == 10
    with zipfile.ZipFile(folder / "tables.zip") as archive:
        names = archive.namelist()
        archive.extractall(tmp_path / "again")
    assert "hubei-2030/statements.csv" in names
    built, _ = build.build_graph(tmp_path / "again", locations.ontology(), tmp_path / "rebuilt")
    assert built.quads == about["quads"]


def test_equal_tables_make_equal_files(tmp_path: Path) -> None:
    build.build_graph(SEEDS, locations.ontology(), tmp_path / "build")
    for name in ("one", "two"):
        release.write(SEEDS, tmp_path / "build", tmp_path / name)
    for name in FILES:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes(), name


def test_changes_since_the_release_before(tmp_path: Path, sample: Path) -> None:
    build.build_graph(SEEDS, locations.ontology(), tmp_path / "old")
    release.write(SEEDS, tmp_path / "old", tmp_path / "first")
    assert "nothing to compare with" in (tmp_path / "first/DATA-CHANGES.md").read_text()
    before = release.version(sample)
    path = sample / "places.csv"
    path.write_text(path.read_text().replace("30.5", "31.5"))
    (sample / "CHANGELOG.md").write_text("# Changes\n\n## 1.2.0\n\n## 1.1.0\n")
    assert release.version(sample).startswith("1.2.0+")
    assert release.version(sample) != before
    line = ["dist", str(tmp_path / "second"), "--seeds", str(sample), "--graph", str(tmp_path / "new")]
    assert kg(*line, "-q", "--since", str(tmp_path / "first/regiograph.nq")).stdout == ""
    assert (tmp_path / "second/DATA-CHANGES.md").read_text() == (
        f"# Data {release.version(sample)}\n\nSince regiograph.nq:\n\n- Entities: 1 changed\n\n"
        "## Entities changed\n\n- Sample City, city [place/sample-city]\n  - lat: 30.5 → 31.5\n"
    )


def test_unsound_tables_make_no_release(tmp_path: Path, sample: Path) -> None:
    (sample / "orgs.csv").write_text("id,kind,note\norg/acme-optics,Firm,\n")
    done = kg("dist", str(tmp_path / "dist"), "--seeds", str(sample), "--graph", str(tmp_path / "build"))
    assert done.returncode == 1
    assert "nothing was built" in done.stderr
    assert not (tmp_path / "dist").exists()
