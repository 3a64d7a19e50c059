from __future__ import annotations

import json

from kg.export.statements import COLUMNS, statement_bytes, statement_rows
from kg.query.graph import Graph
from tests.conftest import SAMPLE

TARGET = {
    "source": "hubei-2030", "paragraph": 3, "quote": "exceed 65.8 billion yuan", "start": 40,
    "subject": "place/sample-province", "subject_label": "sample province", "predicate": "targets", "object": None,
    "object_label": "output value of optics: more than 65.8 billion yuan (../2030)", "value": 65800000000, "unit": "CNY",
    "comparator": "more-than", "period": "../2030", "stage": None, "tier": None, "flags": [],
    "indicator": "indicator/output-value", "scope": "topic/optics", "end": 64, "object_kind": "literal",
    "note": None, "doubt": None,
}  # fmt: skip
STATEMENT = {
    "source": "wuhan-2030", "paragraph": 2, "quote": "光谷 二期", "start": 7, "subject": "place/sample-city",
    "subject_label": "Sample City", "predicate": "builds", "object": "project/optics-valley-2",
    "object_label": "Optics Valley Phase II", "value": None, "unit": None, "comparator": None, "period": None,
    "stage": "planned", "tier": None, "flags": [], "indicator": None, "scope": None, "end": 12, "object_kind": "Project",
    "note": None, "doubt": "Optics Valley Phase II: identity probable: Optics Valley Phase II (made up for tests)",
}  # fmt: skip


def test_every_row_is_a_statement_or_target(sample_graph: Graph) -> None:
    found = statement_rows(sample_graph)
    assert len(found) == 10
    assert all(tuple(item) == COLUMNS for item in found)
    rows = [{key: value for key, value in item.items() if key != "id"} for item in found]
    assert TARGET in rows
    assert STATEMENT in rows
    withheld = next(item for item in found if item["quote"] == "发展激光")
    assert withheld["flags"] == ["object-not-in-quote", "unresolved"]
    assert "unresolved" in str(withheld["doubt"])


def test_positions_are_code_points_of_the_raw_paragraph(sample_graph: Graph) -> None:
    texts = {"hubei-2030": "english.txt", "wuhan-2030": "chinese.txt"}
    checked = 0
    for item in statement_rows(sample_graph):
        text = (SAMPLE / "texts" / texts[str(item["source"])]).read_text(encoding="utf-8")
        paragraphs = [line for line in text.split("\n") if line.strip()]
        raw = paragraphs[int(str(item["paragraph"])) - 1]
        assert raw[int(str(item["start"])) : int(str(item["end"]))] == item["quote"]
        checked += 1
    assert checked == 10


def test_jsonl_is_one_object_a_line(sample_graph: Graph) -> None:
    lines = statement_bytes(sample_graph, "jsonl").decode().splitlines(keepends=True)
    assert [json.loads(line) for line in lines] == statement_rows(sample_graph)
    assert all(line.endswith("}\n") and line.count("\n") == 1 for line in lines)


def test_curated_statements_are_all_there(curated: Graph) -> None:
    found = statement_rows(curated)
    assert len({item["id"] for item in found}) == len(found) > 1000
    assert {item["source"] for item in found} == {"gwr-2024", "sh-sei-2021"}
    assert all(item["start"] is not None for item in found)
    investment = next(item for item in found if item["quote"] and "65.8 billion" in str(item["quote"]))
    assert (investment["subject"], investment["value"], investment["unit"]) == (
        "place/tianshui",
        65800000000,
        "CNY",
    )
