"""Who backs a topic: the ways, their order and their evidence."""

from __future__ import annotations

from kg.query.graph import Graph


def test_silicon_carbide_is_backed_in_three_ways_and_by_nobody_else(curated: Graph) -> None:
    rows = [
        (row["region"], row["way"], row["what"], set(str(row["relations"]).split(", ")), row["flags"])
        for row in curated.ask("backing", topic="silicon carbide")
    ]
    assert rows == [
        ("place/shandong", "names it", None, {"promotes"}, ""),
        (
            "place/shanghai",
            "names something narrower",
            "topic/silicon-carbide-wafer-6-inch",
            {"promotes", "seeks breakthroughs in"},
            "",
        ),
        (
            "place/jinan",
            "through a project",
            "project/sicc-jinan",
            {"promotes", "belongs to"},
            "read-from-name",
        ),
    ]


def test_the_word_of_a_tier_has_two_parts(curated: Graph) -> None:
    rows = list(curated.ask("tiers", topic="traditional industries"))
    parts = {part: [row for row in rows if row["part"] == part] for part in ("classed so", "names the word")}
    assert all(parts.values())
    assert len(rows) == sum(map(len, parts.values()))
    assert {row["classed"] for row in parts["names the word"]} == {"topic/traditional-industry"}
    assert {row["tier"] for row in rows} >= {"tier-traditional"}


def test_fields_count_each_topic_once(curated: Graph) -> None:
    rows = {row["code"]: (row["here"], row["below"]) for row in curated.ask("matrix", region="Tianshui")}
    assert rows["1"] == (0, 1)
    assert rows["1.2"] == (1, 0)
    assert rows["C"] == (1, 3)
