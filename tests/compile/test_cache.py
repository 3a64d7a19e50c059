"""What did not change is not compiled again, and the result is that of a full build, byte by byte."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from kg import locations, ontology
from kg.compile import cache
from kg.read import seeds
from kg.read.seeds import EntityIndex
from kg.store import build, manifest

EN, ZH = "hubei-2030", "wuhan-2030"


def run(seeds: Path, folder: Path) -> bytes:
    build.build_graph(seeds, locations.ontology(), folder)
    return (folder / manifest.TEXT).read_bytes()


def kept(folder: Path) -> dict[str, tuple[str, int]]:
    """Name and time of the kept lines, by source."""
    files = (folder / cache.NAME).iterdir()
    return {path.name.partition(".")[0]: (path.name, path.stat().st_mtime_ns) for path in files}


def register_of(sample: Path) -> tuple[seeds.Seeds, EntityIndex]:
    found, problems = seeds.read_seeds(sample)
    assert not problems
    return found, found.register


def change(path: Path, before: str, after: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")


EDITS = {
    "statement": (f"{EN}/statements.csv", "Acme Optics,,,org/", "Acme Optics,,,org/", {EN}),
    "note": (f"{EN}/statements.csv", "planned,,will build,,,", "planned,,will build,,,noted", {EN}),
    "other source": (f"{ZH}/sections.csv", "2030-01-04", "2030-01-05", {ZH}),
    "place": ("places.csv", "30.5", "31.5", set()),
    "source": ("sources.csv", "A sample report in English", "A report", {EN}),
    "label of a target": ("names.csv", "indicator/output-value,output value", "indicator/output-value,output", {EN}),
    "label of none": ("names.csv", ",sensors,", ",sensor devices,", set()),
}  # fmt: skip


@pytest.mark.parametrize("what", EDITS)
def test_only_what_changed_is_compiled(tmp_path: Path, sample: Path, what: str) -> None:
    file, before, after, expected = EDITS[what]
    folder = tmp_path / "build"
    first = run(sample, folder)
    was = kept(folder)
    assert set(was) == {EN, ZH}
    change(sample / file, before, after)
    found = run(sample, folder)
    compiled = {source for source, state in kept(folder).items() if state != was[source]}
    if before == after:
        assert (compiled, found) == (set(), first)
        return
    if what == "label of a target":  # both sources have targets with this indicator, or only one
        assert EN in compiled
    else:
        assert compiled == expected
    assert found != first
    assert found == run(sample, tmp_path / "full")
    assert len(kept(folder)) == 2


def test_damaged_lines_are_compiled_again(tmp_path: Path, sample: Path) -> None:
    run(sample, tmp_path / "build")
    for path in (tmp_path / "build" / cache.NAME).iterdir():
        path.write_text(path.read_text(encoding="utf-8")[:-50], encoding="utf-8")
    change(sample / "places.csv", "30.5", "31.5")
    assert run(sample, tmp_path / "build") == run(sample, tmp_path / "full")


#: Where str.splitlines cuts a text besides the newline; N-Quads escapes some of them, and needs none to be.
BREAKS = "\x0b\x0c\r\x1c\x1d\x1e\x85\u2028\u2029"


@pytest.mark.parametrize("char", BREAKS, ids=lambda char: f"U+{ord(char):04X}")
def test_a_cell_may_hold_any_line_separator(tmp_path: Path, sample: Path, char: str) -> None:
    """A built graph is as it was when another table changes; a lone newline alone ends a line."""
    ids, labels = register_of(sample)
    kept = cache.Cache(tmp_path / "kept", "code", {EN: "state"})
    document = ids.documents[EN]
    statement = document.statements[0].model_copy(update={"note": f"a{char}b", "quote": f"c{char}d"})
    document = replace(document, statements=(statement, *document.statements[1:]))
    known = ontology.read(locations.ontology())
    lines = kept.lines(document, labels, known)
    assert any(line.count('"') for line in lines)
    assert kept.lines(document, labels, known) == lines
    assert all(line.endswith(" .\n") for line in lines)


@pytest.mark.parametrize("char", "\x85\u2028\u2029", ids=lambda char: f"U+{ord(char):04X}")
def test_a_table_may_hold_any_line_separator(tmp_path: Path, sample: Path, char: str) -> None:
    """Characters that the check lets through, in a cell and in the words that were found in a text."""
    change(sample / f"{EN}/statements.csv", "planned,,will build,,,", f"planned,,will build,,,a{char}b")
    run(sample, tmp_path / "build")
    change(sample / "places.csv", "30.5", "31.5")
    assert run(sample, tmp_path / "build") == run(sample, tmp_path / "full")
    assert char.encode() in (tmp_path / "build" / manifest.TEXT).read_bytes()


def test_kept_lines_that_are_no_text_are_compiled_again(tmp_path: Path, sample: Path) -> None:
    run(sample, tmp_path / "build")
    for path in (tmp_path / "build" / cache.NAME).iterdir():
        path.write_bytes(path.read_bytes()[:-9] + b"\xff\xfe")
    change(sample / "places.csv", "30.5", "31.5")
    assert run(sample, tmp_path / "build") == run(sample, tmp_path / "full")


def test_a_source_whose_tables_changed_while_read_is_not_kept(tmp_path: Path, sample: Path) -> None:
    found, register = register_of(sample)
    kept = cache.Cache(tmp_path / "kept", "code", {EN: "state"})
    known = ontology.read(locations.ontology())
    for document in found.documents.values():
        assert kept.lines(document, register, known) == kept.lines(document, register, known) != []
    kept.sweep(found.documents.values(), register)
    assert [path.name.partition(".")[0] for path in (tmp_path / "kept").iterdir()] == [EN]


def test_kept_lines_are_used(tmp_path: Path, sample: Path) -> None:
    """Lines with a sound hash are taken as they are: a doctored one shows in the result."""
    run(sample, tmp_path / "build")
    [path] = (tmp_path / "build" / cache.NAME).glob(f"{EN}.*")
    text = path.read_text(encoding="utf-8").partition("\n")[2].replace("build an optics park", "doctored")
    path.write_text(f"# {hashlib.sha256(text.encode()).hexdigest()}\n{text}", encoding="utf-8")
    change(sample / "places.csv", "30.5", "31.5")
    assert b"doctored" in run(sample, tmp_path / "build")


def test_a_source_that_goes_takes_its_lines_along(tmp_path: Path, sample: Path) -> None:
    state = cache.tables(sample)
    assert set(state) == {EN, ZH}
    change(sample / f"{EN}/statements.csv", "Acme Optics,,,org/", "Acme  Optics,org/")
    assert {name for name, found in cache.tables(sample).items() if found != state[name]} == {EN}
