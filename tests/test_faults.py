"""Killed, out of space, twice at once, damaged: the old graph or the new one, never a broken one."""

from __future__ import annotations

import contextlib
import json
import os
import random
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from kg import locations
from kg.errors import BadStore, KgError
from kg.query import graph
from kg.store import build, bulk, manifest, names
from tests.bench import corpus
from tests.cli.test_cli import kg
from tests.conftest import ROOT

KILLS = 25
Command = list[str]


def command(*arguments: str | Path) -> Command:
    return [sys.executable, "-m", "kg", *map(str, arguments)]


def start(line: Command) -> subprocess.Popen[str]:
    return subprocess.Popen(
        line, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    )


def kill_at(line: Command, seconds: float) -> bool:
    """Run a command and kill it after so long; whether it was still running."""
    child = start(line)
    time.sleep(seconds)
    running = child.poll() is None
    if running:
        os.killpg(child.pid, signal.SIGKILL)
    child.communicate()
    return running


def whole(folder: Path) -> int:
    """Quads of the graph that a folder has: as many as its pointer says, none where there is no pointer."""
    if not (folder / manifest.NAME).exists():
        return 0
    opened = graph.open_graph(folder)
    assert len(opened.store) == manifest.current(folder).quads
    assert opened.names.labels
    return manifest.current(folder).quads


def lasting(line: Command) -> float:
    begin = time.perf_counter()
    child = start(line)
    _, said = child.communicate()
    assert child.returncode == 0, said
    return time.perf_counter() - begin


def test_a_bulk_load_killed_at_random_moments_completes_at_last(tmp_path: Path) -> None:
    corpus.write(tmp_path / "corpus", 3_000)
    line = command("bulk", "-q", tmp_path / "corpus", "--graph")
    seconds = lasting([*line, str(tmp_path / "whole")])
    expected = whole(tmp_path / "whole")
    chance = random.Random(1)
    killed = 0
    target = tmp_path / "graph"
    for _ in range(KILLS):
        killed += kill_at([*line, str(target)], chance.uniform(0.1, seconds))
        assert whole(target) in (0, expected)
    assert killed > 2
    lasting([*line, str(target)])
    assert whole(target) == expected
    left = {path.name for path in target.iterdir()}
    store_folder = manifest.current(target).path(target)
    assert left == {".lock", manifest.NAME, store_folder.name, names.index_path(store_folder).name}
    store = {str(quad) for quad in graph.open_graph(target).store}
    assert store == {str(quad) for quad in graph.open_graph(tmp_path / "whole").store}


def test_a_build_killed_at_random_moments_leaves_the_old_graph_or_the_new(
    tmp_path: Path, sample: Path
) -> None:
    target = tmp_path / "graph"
    line = command("build", "-q", "--seeds", sample, "--graph", target)
    seconds = lasting(line)
    expected = whole(target)
    chance = random.Random(2)
    path = sample / "places.csv"
    killed = 0
    for number in range(KILLS):
        path.write_text(path.read_text().replace(f"{number + 30}.5", f"{number + 31}.5"))
        killed += kill_at(line, chance.uniform(0.05, seconds))
        assert whole(target) == expected
    assert killed > 2
    lasting(line)
    assert whole(target) == expected
    full = tmp_path / "full"
    build.build_graph(sample, locations.ontology(), full)
    assert (target / manifest.TEXT).read_bytes() == (full / manifest.TEXT).read_bytes()
    assert not [p for p in target.iterdir() if p.name.startswith(".store")]


def test_a_page_killed_at_random_moments_is_the_old_one_or_the_new(tmp_path: Path, built: Path) -> None:
    page = tmp_path / "page.html"
    line = command("page", "-q", "--graph", built, "-o", page)
    seconds = lasting(line)
    expected = page.read_bytes()
    assert expected.rstrip().endswith(b"</html>")
    chance = random.Random(3)
    for old in (b"old", None):
        for _ in range(5):
            page.write_bytes(old) if old else page.unlink(missing_ok=True)
            kill_at(line, chance.uniform(seconds / 2, seconds))
            assert (
                not page.exists()
                if old is None and not page.exists()
                else page.read_bytes() in (old, expected)
            )
    lasting(line)
    assert page.read_bytes() == expected


@contextlib.contextmanager
def no_file_longer_than(size: int):  # type: ignore[no-untyped-def]
    """As on a full disk: what would make a file longer than this fails."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def fails_for_want_of_space(run: Callable[[], object], sizes: list[int]) -> int:
    """How many of the sizes were too small; every failure must be in words."""
    failed = 0
    for size in sizes:
        try:
            with no_file_longer_than(size):
                run()
        except KgError as error:
            assert "what was there is intact" in str(error)  # noqa: PT017
            failed += 1
    return failed


SIZES = [100, 2_000, 20_000, 60_000, 200_000]


def test_a_full_disk_leaves_the_old_graph(tmp_path: Path, sample: Path) -> None:
    target = tmp_path / "graph"
    build.build_graph(sample, locations.ontology(), target)
    before = manifest.current(target), whole(target)
    path = sample / "places.csv"
    path.write_text(path.read_text().replace("30.5", "31.5"))
    failed = fails_for_want_of_space(lambda: build.build_graph(sample, locations.ontology(), target), SIZES)
    assert failed == len(SIZES)
    assert (manifest.current(target), whole(target)) == before
    built, fresh = build.build_graph(sample, locations.ontology(), target)
    assert fresh
    assert whole(target) == built.quads


def test_a_full_disk_in_a_bulk_load_leaves_the_old_graph(tmp_path: Path) -> None:
    target = tmp_path / "graph"
    for name, rows in (("old", 200), ("new", 1_500)):
        corpus.write(tmp_path / name, rows)
    bulk.load(tmp_path / "old", locations.ontology(), target)
    before = manifest.current(target), whole(target)
    sizes = [*SIZES, 2_000_000, 10_000_000]
    failed = fails_for_want_of_space(lambda: bulk.load(tmp_path / "new", locations.ontology(), target), sizes)
    assert len(SIZES) <= failed
    if failed == len(sizes):
        assert (manifest.current(target), whole(target)) == before
    bulk.load(tmp_path / "new", locations.ontology(), target)
    assert whole(target) > before[1]


def test_two_loads_at_once_in_one_folder_both_end_well(tmp_path: Path) -> None:
    corpus.write(tmp_path / "corpus", 1_000)
    line = command("bulk", tmp_path / "corpus", "--graph", tmp_path / "graph")
    children = [start(line) for _ in range(3)]
    said = [child.communicate() for child in children]
    assert [child.returncode for child in children] == [0, 0, 0], said
    first = sorted(out.partition(" ")[0] for out, _ in said)
    assert first == ["built", "up", "up"]
    assert whole(tmp_path / "graph")


def test_a_folder_that_another_holds_is_refused_in_words(
    tmp_path: Path, sample: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build, "WAIT_SECONDS", 0.2)
    with (
        build.hold(tmp_path / "graph"),
        pytest.raises(KgError, match=r"another build holds .*graph; waited"),
    ):
        build.build_graph(sample, locations.ontology(), tmp_path / "graph")


def test_a_newer_or_damaged_store_is_said_so(tmp_path: Path) -> None:
    corpus.write(tmp_path / "corpus", 200)
    target = tmp_path / "graph"
    bulk.load(tmp_path / "corpus", locations.ontology(), target)
    at = target / manifest.NAME
    found = at.read_text()
    for content, message in (
        (json.dumps({**json.loads(found), "format": 99}), "built by a newer version"),
        ("{}", "is damaged: delete it and run kg build"),
    ):
        at.write_text(content)
        for arguments in (
            ("bulk", str(tmp_path / "corpus"), "--graph", str(target)),
            ("diff", str(target), str(target)),
            ("ask", "promoters", "--graph", str(target)),
        ):
            done = kg(*arguments)
            assert (done.returncode, done.stdout) == (2, "")
            assert message in done.stderr
            assert "Traceback" not in done.stderr
    at.write_text(found)
    store = manifest.current(target).path(target)
    for path in store.iterdir():
        if path.is_file():
            path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(BadStore, match=r"cannot be opened|damaged"):
        len(graph.open_graph(target).store)


@pytest.mark.parametrize("content", [None, b"", b"no index", "half"])
def test_a_lost_or_damaged_index_is_made_again(
    tmp_path: Path, sample: Path, content: bytes | str | None
) -> None:
    build.build_graph(sample, locations.ontology(), tmp_path)
    index = names.index_path(manifest.current(tmp_path).path(tmp_path))
    whole_index = index.read_bytes()
    index.unlink()
    if content is not None:
        index.write_bytes(whole_index[: len(whole_index) // 2] if isinstance(content, str) else content)
        with pytest.raises(BadStore, match="kg build makes it again"):
            graph.open_graph(tmp_path).names.search("chips")
    assert build.build_graph(sample, locations.ontology(), tmp_path)[1]
    again = names.index_path(manifest.current(tmp_path).path(tmp_path))
    assert again.read_bytes() == whole_index
    assert graph.open_graph(tmp_path).names.labels["place/sample-city"] == "Sample City"


def test_a_damaged_journal_means_to_begin_anew(tmp_path: Path) -> None:
    corpus.write(tmp_path / "corpus", 300)
    target = tmp_path / "graph"

    def stop(stage: str, _done: int, _all: int) -> None:
        if stage == "bytes":
            raise KeyboardInterrupt

    for content in (b"", b"no database", b"half"):
        with pytest.raises(KeyboardInterrupt):
            bulk.load(tmp_path / "corpus", locations.ontology(), target, progress=stop)
        [journal] = target.glob(".bulk-*/journal.sqlite")
        whole_journal = journal.read_bytes()
        journal.write_bytes(whole_journal[: len(whole_journal) // 2] if content == b"half" else content)
    loaded = bulk.load(tmp_path / "corpus", locations.ontology(), target)
    assert loaded.built
    assert whole(target) == loaded.built.quads
