"""Accepted rows of a draft move to the tables, all or none; bad input loses nothing."""

from __future__ import annotations

import csv
import resource
from pathlib import Path

import pytest

from kg import locations
from kg.check.run import check_seeds
from kg.draft import accept
from kg.draft.rows import COLUMNS
from kg.errors import KgError
from kg.read import files
from tests.draft.conftest import SOURCE, Ground

LABELS = {
    "量子纺织": "quantum textiles", "云纹陶瓷": "cloud-pattern ceramics", "“银杏谷”产业园": "Ginkgo Valley park",
    "“蓝鲸+”行动": "Blue Whale Plus action", "《样本市深空规划》": "deep space plan of Sample City",
    "星火实验室": "Spark Laboratory",
}  # fmt: skip
#: What follows acceptance: positions to be written, topics to be mapped.
LATER = {"stale-position", "stale-mention", "unmapped-topic"}


def draft(ground: Ground, changes: dict[str, dict[str, str]] | None = None) -> list[dict[str, str]]:
    """Write a draft with all statements and names accepted, then cells changed by the object or name of a row."""
    rows = ground.propose()
    for row in rows:
        row["accept"] = "" if row["kind"] == "target" else "yes"
        row["label"] = LABELS.get(row["name"], "")
        row.update((changes or {}).get(row["object"] or row["name"] or row["written"], {}))
    ground.draft.parent.mkdir(exist_ok=True)
    files.write_table(ground.draft, COLUMNS, rows)
    return rows


def run(ground: Ground) -> accept.Acceptance:
    return accept.accept_rows(ground.read(), locations.ontology(), SOURCE, ground.draft, [ground.texts])


def contents(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def table(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as lines:
        return list(csv.DictReader(lines))


def test_accepted_rows_move_to_the_tables(ground: Ground) -> None:
    before = {p.code for p in check_seeds(ground.seeds, texts=ground.texts).problems}
    draft(
        ground, {"1.2万亿": {"accept": "yes"}, "云纹陶瓷": {"accept": ""}, "new:云纹陶瓷": {"accept": "no"}}
    )
    found = run(ground)
    assert found.problems == ()
    assert found.added == {
        "topics.csv": 1, "names.csv": 10, "places.csv": 1, "programmes.csv": 2, "orgs.csv": 1,
        f"{SOURCE}/statements.csv": 7, f"{SOURCE}/targets.csv": 1,
    }  # fmt: skip
    statements = table(ground.seeds / SOURCE / "statements.csv")
    assert [row["object"] for row in statements] == [
        "project/optics-valley-2", "topic/lidar", "topic/quantum-textiles", "place/ginkgo-valley-park",
        "programme/blue-whale-plus-action", "programme/deep-space-plan-of-sample-city", "org/spark-laboratory",
    ]  # fmt: skip
    names = [row for row in table(ground.seeds / "names.csv") if row["entity"] == "topic/quantum-textiles"]
    assert [(row["name"], row["lang"], row["role"], row["confidence"], row["ground"]) for row in names] == [
        ("quantum textiles", "en", "label", "probable", "translated"),
        ("量子纺织", "zh", "label", "certain", f"document {SOURCE} 5"),
    ]
    assert [row["value"] for row in table(ground.seeds / SOURCE / "targets.csv")] == ["1200000000000"]
    left = table(ground.draft)
    assert [(row["kind"], row["accept"]) for row in left] == [
        ("target", ""), ("entity", ""), ("statement", "no"), ("target", ""),
    ]  # fmt: skip
    assert found.left == len(left)
    after = {p.code for p in check_seeds(ground.seeds, texts=ground.texts).problems}
    assert after - before <= LATER


def test_accepting_again_changes_nothing(ground: Ground) -> None:
    draft(ground)
    assert run(ground).added
    before = contents(ground.seeds)
    assert run(ground) == accept.Acceptance({}, (), 3)
    assert contents(ground.seeds) == before


def test_rows_that_are_there_already_are_not_added_twice(ground: Ground) -> None:
    rows = draft(ground)
    run(ground)
    before = contents(ground.seeds)
    known = [row for row in rows if row["kind"] == "statement" and not row["object"].startswith("new:")]
    files.write_table(
        ground.draft, COLUMNS, known
    )  # as if the run had broken off before the draft was written
    assert run(ground).problems == ()
    assert contents(ground.seeds) == before


def test_a_printed_form_is_added_to_an_entity_that_exists(ground: Ground) -> None:
    draft(ground, {"量子纺织": {"entity": "topic/sensor", "label": ""}})
    assert run(ground).problems == ()
    names = {(row["entity"], row["name"], row["role"]) for row in table(ground.seeds / "names.csv")}
    assert ("topic/sensor", "量子纺织", "printed") in names
    objects = {row["object"] for row in table(ground.seeds / SOURCE / "statements.csv")}
    assert "topic/sensor" in objects


BAD = {
    "a word that is no decision": ({"topic/lidar": {"accept": "maybe"}}, 4, "accept", "bad-cell"),
    "no paragraph": ({"topic/lidar": {"paragraph": ""}}, 4, "paragraph", "bad-cell"),
    "no label": ({"量子纺织": {"label": ""}}, 5, "label", "missing-label"),
    "a label that exists": ({"量子纺织": {"label": "lidar"}}, 5, "label", "duplicate-id"),
    "no class of entities": ({"量子纺织": {"class": "Textile"}}, 5, "class", "unknown-kind"),
    "a class of indicators": ({"量子纺织": {"class": "Indicator"}}, 5, "class", "unknown-kind"),
    "an entity that does not exist": ({"量子纺织": {"entity": "topic/loom"}}, 5, "entity", "unknown-entity"),
    "a name that is not accepted": ({"量子纺织": {"accept": "no"}}, 6, "object", "new-name"),
    "a name that nothing uses": ({"new:量子纺织": {"accept": ""}}, 5, "label", "unused-entity"),
    "an id that does not exist": ({"topic/lidar": {"object": "topic/radar"}}, 4, "object", "unknown-entity"),
    "no predicate": ({"topic/lidar": {"predicate": "likes"}}, 4, "predicate", "unknown-predicate"),
    "a predicate that does not fit": ({"topic/lidar": {"predicate": "implements"}}, 4, "object", "wrong-end"),
    "a quote that is not there": ({"topic/lidar": {"quote": "发展激光雷达业"}}, 4, "quote", "quote-missing"),
    "a stage that is none": ({"topic/lidar": {"stage": "soon"}}, 4, "stage", "unknown-term"),
    "white space": ({"topic/lidar": {"quote": "发展激光雷达 "}}, 4, "quote", "bad-cell"),
    "a target without indicator": ({"12.5": {"accept": "yes"}}, 3, "indicator", "bad-cell"),
    "another value": ({"1.2万亿": {"accept": "yes", "value": "12"}}, 18, "value", "number-mismatch"),
    "another unit": ({"1.2万亿": {"accept": "yes", "unit": "count"}}, 18, "unit", "unit-mismatch"),
}


@pytest.mark.parametrize(("changes", "line", "column", "code"), BAD.values(), ids=BAD)
def test_bad_rows_are_refused_and_nothing_is_lost(
    ground: Ground, changes: dict[str, dict[str, str]], line: int, column: str, code: str
) -> None:
    draft(ground, changes)
    before = contents(ground.seeds.parent)
    found = run(ground)
    assert found.added == {}
    where = {(p.file, p.line, p.column, p.code) for p in found.problems}
    assert (str(ground.draft), line, column, code) in where
    assert all(p.remedy for p in found.problems)
    assert contents(ground.seeds.parent) == before


def test_a_draft_with_other_columns_is_refused(ground: Ground) -> None:
    draft(ground)
    ground.draft.write_text(ground.draft.read_text().replace("quote", "qoute", 1))
    before = contents(ground.seeds.parent)
    assert {p.code for p in run(ground).problems} >= {"missing-column"}
    assert contents(ground.seeds.parent) == before


def test_without_a_draft_the_message_names_the_command(ground: Ground) -> None:
    with pytest.raises(KgError, match="kg draft SOURCE writes one"):
        run(ground)


def test_files_are_put_back_if_one_cannot_be_written(tmp_path: Path) -> None:
    small, large = tmp_path / "small.csv", tmp_path / "large.csv"
    small.write_text("before\n")
    large.write_text("before\n")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, limits[1]))
        with pytest.raises(OSError, match="too large"):
            accept.replace_all({small: "after\n", large: "x" * 2_000})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert [small.read_text(), large.read_text()] == ["before\n", "before\n"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["large.csv", "small.csv"]
