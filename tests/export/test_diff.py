"""The difference of two builds, in words: what was edited is said, what follows from it is not."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path

import pytest

from kg import iris, locations
from kg.errors import BadStore
from kg.export import diff
from kg.export.diff import Change
from kg.store import build, bulk
from tests.cli.test_cli import kg
from tests.conftest import SAMPLE

S = "hubei-2030/statements.csv"
T = "hubei-2030/targets.csv"
PARK = "optics park lies in Sample City; hubei-2030 ¶2: “optics park in Sample City”"
LIDAR = "sample province promotes lidar; hubei-2030 ¶2: “lidar”"
Edit = tuple[str, str, str]
EDITS: dict[str, tuple[Edit, list[tuple[str, str, str, tuple[str, ...]]]]] = {
    "a statement goes": (
        (S, "2,optics park in Sample City,,,place/optics-park,locatedIn,place/sample-city,,,,,,\n", ""),
        [("statement", "removed", PARK, ())],
    ),
    "a statement comes": (
        (S, "3,Acme", "3,focuses on optics,,,place/sample-province,researches,topic/optics,,,,,,\n3,Acme"),
        [
            (
                "statement",
                "added",
                "sample province seeks breakthroughs in optics; hubei-2030 ¶3: “focuses on optics”",
                (),
            )
        ],
    ),
    "a quote is mended": (
        (S, "2,such as lidar,", "2,lidar,"),
        [("statement", "changed", LIDAR, ("quote: “such as lidar” → “lidar”",))],
    ),
    "a note is written": (
        (S, "planned,,will build,,,", "planned,,will build,,,noted"),
        [
            (
                "statement",
                "changed",
                "sample province builds optics park (planned); hubei-2030 ¶2: “build an optics park”",
                ("note: nothing → noted",),
            )
        ],
    ),
    "a target's comparator": (
        (T, "more-than", "at-least"),
        [
            (
                "target",
                "changed",
                "sample province: output value of optics: at least 65.8 billion yuan (../2030); "
                "hubei-2030 ¶3: “exceed 65.8 billion yuan”",
                (),
            )
        ],
    ),
    "a place moves": (
        ("places.csv", "30.5", "31.5"),
        [("entity", "changed", "Sample City, city", ("lat: 30.5 → 31.5",))],
    ),
    "an alias comes": (
        (
            "names.csv",
            "topic/optics,optics,en",
            "topic/optics,light technology,en,alias,certain,made up,2030-01-04\ntopic/optics,optics,en",
        ),
        [("name", "added", "“light technology” (en, alias) of topic/optics", ())],
    ),
    "a link's ground": (
        ("hierarchy.csv", "topic/sensor,broader,topic/optics,made up for tests", "topic/sensor,broader,topic/optics,guess"),
        [
            (
                "link",
                "changed",
                "sensors is a kind or branch of optics (assumed: guess)",
                ("ground: made up for tests → guess",),
            )
        ],
    ),
    "a source's title": (
        ("sources.csv", "A sample report in English", "A report in English"),
        [
            (
                "source",
                "changed",
                "A report in English, source",
                ("prefLabel: A sample report in English → A report in English",),
            )
        ],
    ),
    "a section's heading": (
        ("hubei-2030/sections.csv", "The report of the sample province", "The report"),
        [
            (
                "section",
                "changed",
                "The report",
                ("title: The report of the sample province → The report",),
            )
        ],
    ),
}  # fmt: skip


def edited(folder: Path, *edits: Edit) -> Path:
    shutil.copytree(SAMPLE / "seeds", folder)
    for file, before, after in edits:
        path = folder / file
        text = path.read_text(encoding="utf-8")
        assert before in text
        path.write_text(text.replace(before, after), encoding="utf-8")
    return folder


def built(seeds: Path, folder: Path) -> Path:
    build.build_graph(seeds, locations.ontology(), folder)
    return folder


@pytest.fixture(scope="session")
def old(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(SAMPLE / "seeds", tmp_path_factory.mktemp("old"))


@pytest.mark.parametrize("what", EDITS)
def test_an_edit_is_told_in_words(tmp_path: Path, old: Path, what: str) -> None:
    edit, expected = EDITS[what]
    found = diff.compare(old, built(edited(tmp_path / "seeds", edit), tmp_path / "new"))
    told = [(c.what, c.how, c.words, c.details) for c in found.changes]
    if what == "a target's comparator":  # its id is another: one goes, one comes
        assert [t[:2] for t in told] == [("target", "added"), ("target", "removed")]
        assert told[0][2] == expected[0][2]
    else:
        assert told == expected


def test_ids_hold_and_backwards_is_the_reverse(tmp_path: Path, old: Path) -> None:
    new = built(edited(tmp_path / "seeds", *(edit for edit, _ in EDITS.values())), tmp_path / "new")
    there, back = diff.compare(old, new), diff.compare(new, old)
    assert len(there.changes) == len(back.changes) >= len(EDITS)
    turned = {"added": "removed", "removed": "added", "changed": "changed"}
    assert {(c.id, turned[c.how]) for c in there.changes} == {(c.id, c.how) for c in back.changes}
    assert there.moved == back.moved > 0


def test_equal_builds_say_the_same(tmp_path: Path, old: Path) -> None:
    again = built(SAMPLE / "seeds", tmp_path / "again")
    found = diff.compare(old, again)
    assert found == diff.Difference((), 0, 0)
    assert diff.render(found) == "The two say the same.\n"
    bulk.load(SAMPLE / "seeds", locations.ontology(), tmp_path / "bulk")
    assert not (tmp_path / "bulk/graph.nq").exists()
    assert diff.compare(old, tmp_path / "bulk") == found


def test_files_in_any_order_are_compared_too(tmp_path: Path, old: Path) -> None:
    lines = (old / "graph.nq").read_text(encoding="utf-8").splitlines()
    random.Random(1).shuffle(lines)
    shuffled = tmp_path / "shuffled.nq"
    shuffled.write_text("\n".join([*lines, lines[0]]), encoding="utf-8")
    assert diff.compare(old, shuffled).changes == ()
    (tmp_path / "empty.nq").write_bytes(b"")
    counts = diff.compare(tmp_path / "empty.nq", shuffled).counts()
    assert counts["statement"] == {"added": 7, "removed": 0, "changed": 0}
    assert counts["entity"]["added"] == 11  # one is retired
    assert diff.compare(shuffled, tmp_path / "empty.nq").counts()["target"]["removed"] == 3


def test_a_subject_is_found_among_its_like(old: Path) -> None:
    subjects = {line.partition(" ")[0][1:-1] for line in (old / "graph.nq").read_text().splitlines()}
    assert len(subjects) > 100
    with diff.open_quads(old, old) as (opened, _):
        total = sum(len(opened.about(subject)) for subject in subjects)
        assert total == len((old / "graph.nq").read_text().splitlines())
        assert opened.about("place/nowhere") == opened.about("zzz") == opened.about("") == []
        assert opened.label("topic/lidar") == "lidar"
        assert opened.value("topic/lidar", "skos:prefLabel", lang="zh") == "激光雷达"


def test_escapes_come_back_as_written(tmp_path: Path) -> None:
    text = 'a "quote" \\ and a tab\t'
    line = f'<{iris.BASE}x> <{iris.NS}note> "a \\"quote\\" \\\\ and a tab\\t"@en .\n'
    (tmp_path / "x.nq").write_text(line, encoding="utf-8")
    with diff.open_quads(tmp_path / "x.nq", tmp_path / "x.nq") as (opened, same):
        assert opened.about("x") == [diff.Property("note", text, "en", "")]
        assert opened.differing(same) == []


def test_what_is_no_build_is_said_so(tmp_path: Path, old: Path) -> None:
    (tmp_path / "x.ttl").write_text("")
    with pytest.raises(BadStore, match="neither a folder of kg build nor an N-Quads file"):
        diff.compare(old, tmp_path / "x.ttl")
    with pytest.raises(BadStore, match="no graph in"):
        diff.compare(tmp_path, old)


def test_the_command_prints_markdown_or_json(tmp_path: Path, old: Path) -> None:
    edits = [EDITS[what][0] for what in ("a statement goes", "a place moves")]
    new = built(edited(tmp_path / "seeds", *edits), tmp_path / "new")
    done = kg("diff", str(old), str(new))
    assert (done.returncode, done.stderr) == (0, "")
    [change] = [c for c in diff.compare(old, new).changes if c.what == "statement"]
    assert done.stdout == (
        "- Statements: 1 removed\n- Entities: 1 changed\n"
        "- 3 statements and targets only moved to another row of their table\n\n"
        f"## Statements removed\n\n- {PARK} [{change.id}]\n\n"
        "## Entities changed\n\n- Sample City, city [place/sample-city]\n  - lat: 30.5 → 31.5\n"
    )
    found = json.loads(kg("diff", str(old), str(new), "--json").stdout)
    assert found["counts"] == {
        "statement": {"added": 0, "removed": 1, "changed": 0},
        "entity": {"added": 0, "removed": 0, "changed": 1},
    }
    assert [Change(**{**c, "details": tuple(c["details"])}) for c in found["changes"]] == list(
        diff.compare(old, new).changes
    )
