from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kg import locations
from kg.errors import BadStore, KgError
from kg.query import graph
from kg.store import build, manifest, names, oxigraph
from tests.conftest import SAMPLE


def run(folder: Path, seeds: Path = SAMPLE / "seeds") -> tuple[manifest.Built, bool]:
    return build.build_graph(seeds, locations.ontology(), folder)


def count(folder: Path) -> int:
    return len(graph.open_graph(folder).store)


def test_a_build_is_done_once(tmp_path: Path) -> None:
    built, fresh = run(tmp_path)
    assert fresh
    assert built.counts == {"sources": 2, "entities": 10, "names": 14, "statements": 7, "targets": 3}
    assert built.quads == count(tmp_path) == len((tmp_path / "graph.nq").read_text().splitlines())
    assert run(tmp_path) == (built, False)


def test_the_fingerprint_covers_all_code_that_a_build_loads(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import sys, kg.store.build; print(*sys.modules)"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    loaded = {
        name.removeprefix("kg.").replace(".", "/") for name in done.stdout.split() if name.startswith("kg.")
    }
    covered = {
        path.relative_to(locations.PACKAGE).with_suffix("").as_posix().removesuffix("/__init__")
        for path in build.code_files()
    }
    assert len(loaded) > 30
    assert loaded <= covered
    assert {"store/names_fill", "query/named/backing", "query/internal/indexed-names"} <= covered


def test_a_change_of_any_file_of_the_code_changes_the_fingerprint(tmp_path: Path) -> None:
    package = tmp_path / "kg"
    shutil.copytree(locations.PACKAGE, package, ignore=shutil.ignore_patterns("__pycache__"))
    seen = {build.code(locations.ontology(), package)}
    assert seen == {build.code(locations.ontology())}
    files = build.code_files(package)
    assert len(files) > 60
    for path in files:
        path.write_bytes(path.read_bytes() + b"\n")
        seen.add(build.code(locations.ontology(), package))
    assert len(seen) == len(files) + 1


def test_the_current_store_stays_until_the_new_one_is_in_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built, _ = run(tmp_path)
    names.index_path(built.path(tmp_path)).unlink()

    def full(*_: object) -> None:
        assert count(tmp_path) == built.quads
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(names, "write_index", full)
    with pytest.raises(KgError, match="what was there is intact"):
        run(tmp_path)
    monkeypatch.undo()
    assert count(tmp_path) == built.quads
    again, fresh = run(tmp_path)
    assert fresh
    assert count(tmp_path) == again.quads == built.quads
    assert run(tmp_path) == (again, False)


def test_two_builds_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        run(tmp_path / name)
    assert (tmp_path / "a/graph.nq").read_bytes() == (tmp_path / "b/graph.nq").read_bytes()


#: Where str.splitlines cuts a text besides the newline; the check lets them through.
@pytest.mark.parametrize("char", "\x85\u2028\u2029", ids=lambda char: f"U+{ord(char):04X}")
def test_a_table_may_hold_any_line_separator(tmp_path: Path, sample: Path, char: str) -> None:
    path = sample / "hubei-2030/statements.csv"
    text = path.read_text(encoding="utf-8")
    assert "planned,,will build,,," in text
    path.write_text(
        text.replace("planned,,will build,,,", f"planned,,will build,,,a{char}b"), encoding="utf-8"
    )
    built, _ = run(tmp_path, sample)
    lines = (tmp_path / manifest.TEXT).read_text(encoding="utf-8").split("\n")[:-1]
    assert sum(f"a{char}b" in line for line in lines) == 1
    assert all(line.endswith(" .") for line in lines)
    assert len(lines) == built.quads


def test_changed_seeds_are_built_again_and_old_stores_go(tmp_path: Path, sample: Path) -> None:
    run(tmp_path, sample)
    path = sample / "places.csv"
    for before, after in (("30.5", "31.5"), ("31.5", "32.5"), ("32.5", "33.5")):
        path.write_text(path.read_text().replace(before, after))
        _, fresh = run(tmp_path, sample)
        assert fresh
    assert len(list(tmp_path.glob("store-*"))) == 2  # the current store and the one before


def test_unsound_seeds_leave_the_old_graph(tmp_path: Path, sample: Path) -> None:
    built, _ = run(tmp_path, sample)
    (sample / "orgs.csv").write_text("id,kind,note\norg/acme-optics,Firm,\n")
    with pytest.raises(build.Unsound) as caught:
        run(tmp_path, sample)
    assert [problem.code for problem in caught.value.problems] == ["unknown-kind"]
    assert manifest.current(tmp_path) == built


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    with pytest.raises(KgError, match="cannot build into"):
        run(blocked / "build")


def test_a_full_disk_leaves_the_old_graph(
    tmp_path: Path, sample: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built, _ = run(tmp_path, sample)
    (sample / "topics.csv").write_text(
        (sample / "topics.csv").read_text().replace("Technology,\ntopic/o", "Sector,\ntopic/o")
    )

    def full(_folder: Path, _lines: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(oxigraph, "create", full)
    with pytest.raises(KgError, match="No space left on device; what was there is intact"):
        run(tmp_path, sample)
    assert manifest.current(tmp_path) == built
    assert count(tmp_path) == built.quads


def test_a_build_killed_at_any_moment_leaves_a_whole_graph(tmp_path: Path, sample: Path) -> None:
    built, _ = run(tmp_path, sample)
    outcomes = set()
    for step in range(8):
        path = sample / "places.csv"
        path.write_text(path.read_text().replace("made up for tests", f"made up for tests {step}", 1))
        child = subprocess.Popen(
            [sys.executable, "-m", "kg", "build", "-q", "--seeds", str(sample), "--graph", str(tmp_path)],
            start_new_session=True,
        )
        time.sleep(0.15 * (step + 1))
        if child.poll() is None:
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        found = manifest.current(tmp_path)
        outcomes.add(found.made_from)
        assert count(tmp_path) == found.quads == built.quads
    assert run(tmp_path, sample)[0].quads == built.quads
    assert not [p for p in tmp_path.iterdir() if p.name.startswith(".store")]
    assert outcomes


def test_two_builds_at_once_both_end_well(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "kg",
        "build",
        "-q",
        "--seeds",
        str(SAMPLE / "seeds"),
        "--graph",
        str(tmp_path),
    ]
    children = [subprocess.Popen(command) for _ in range(3)]
    assert [child.wait() for child in children] == [0, 0, 0]
    assert count(tmp_path) == manifest.current(tmp_path).quads


def test_a_missing_or_damaged_graph_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(BadStore, match="no graph in"):
        graph.open_graph(tmp_path)
    built, _ = run(tmp_path)
    place = tmp_path / manifest.NAME
    whole = json.loads(place.read_text())
    for content, message in (
        ("{", "is damaged"),
        ("[]", "is damaged"),
        (json.dumps({**whole, "format": 99}), "built by a newer version"),
        (json.dumps({"format": 99, "a new field": 1}), "built by a newer version .unknown."),
        (json.dumps({**whole, "a new field": 1}), "is damaged"),
        (json.dumps({**whole, "store": "store-gone"}), "has lost its store"),
    ):
        place.write_text(content)
        with pytest.raises(BadStore, match=message):
            graph.open_graph(tmp_path)
    place.write_text(json.dumps(whole))
    for path in built.path(tmp_path).iterdir():
        if path.is_file():
            path.write_bytes(b"damaged")
    with pytest.raises(BadStore, match="cannot be opened"):
        graph.open_graph(tmp_path)
