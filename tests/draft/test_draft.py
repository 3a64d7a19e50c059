"""Drafts of a made-up report, and what holds of every draft."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg import locations, text
from kg import ontology as ontologies
from kg.check.texts import find_files, match_text, read_paragraphs
from kg.draft import clauses, document, rows
from kg.draft.vocabulary import Vocabulary
from kg.read import seeds
from tests.draft import evaluate
from tests.draft.conftest import REPORT, SOURCE, Ground

ROOT = Path(__file__).parent.parent.parent
STATEMENTS = [  # paragraph, quote, said, predicate, object, stage, tier, cue
    ("3", "建成光谷二期", "", "builds", "project/optics-valley-2", "completed", "", "建成"),
    ("5", "加快发展激光雷达", "", "promotes", "topic/lidar", "", "future", "未来产业"),
    ("5", "量子纺织", "加快发展", "promotes", "new:量子纺织", "", "future", "未来产业"),
    ("5", "云纹陶瓷", "加快发展", "promotes", "new:云纹陶瓷", "", "future", "未来产业"),
    ("5", "打造“银杏谷”产业园", "", "builds", "new:“银杏谷”产业园", "planned", "", "打造"),
    ("5", "深入实施“蓝鲸+”行动", "", "implements", "new:“蓝鲸+”行动", "under-way", "", "深入实施"),
    ("6", "制定《样本市深空规划》", "", "implements", "new:《样本市深空规划》", "planned", "", "制定"),
    ("6", "新建星火实验室", "", "builds", "new:星火实验室", "planned", "", "新建"),
]
ENTITIES = [
    ("量子纺织", "Technology"), ("云纹陶瓷", "Technology"), ("“银杏谷”产业园", "Park"),
    ("“蓝鲸+”行动", "Programme"), ("《样本市深空规划》", "PolicyDocument"), ("星火实验室", "Laboratory"),
]  # fmt: skip
TARGETS = [  # paragraph, quote, indicator, comparator, value, unit, written, unit_written, period, status
    ("3", "12.5%", "", "exactly", "12.5", "percent", "12.5", "%", "2030", "achieved"),
    ("6", "30个", "", "at-least", "30", "count", "30", "个", "2031", ""),
    (
        "6",
        "1.2万亿元",
        "indicator/output-value",
        "more-than",
        "1200000000000",
        "CNY",
        "1.2万亿",
        "元",
        "2031",
        "",
    ),
]


def cells(rows_: list[dict[str, str]], kind: str, *columns: str) -> list[tuple[str, ...]]:
    return [tuple(row[column] for column in columns) for row in rows_ if row["kind"] == kind]


def test_a_chinese_report_is_drafted(ground: Ground) -> None:
    found = ground.propose()
    about = ("paragraph", "quote", "said", "predicate", "object", "stage", "tier", "cue")
    assert cells(found, "statement", *about) == STATEMENTS
    assert cells(found, "entity", "name", "class") == ENTITIES
    assert {row["label"] for row in found if row["kind"] == "entity"} == {""}
    columns = (
        "paragraph",
        "quote",
        "indicator",
        "comparator",
        "value",
        "unit",
        "written",
        "unit_written",
        "period",
        "status",
    )
    assert cells(found, "target", *columns) == TARGETS
    assert {row["subject"] or row["place"] for row in found if row["kind"] != "entity"} == {
        "place/sample-city"
    }


def test_a_draft_is_the_same_each_time(ground: Ground) -> None:
    assert ground.propose() == ground.propose()


def test_what_the_tables_hold_is_not_proposed(ground: Ground) -> None:
    path = ground.seeds / "sample-2031" / "statements.csv"
    path.write_text(path.read_text() + "5,发展激光雷达,,,place/sample-city,promotes,topic/lidar,,,,,,\n")
    assert ("topic/lidar",) not in cells(ground.propose(), "statement", "object")


def test_an_english_report_is_drafted() -> None:
    sample, _ = seeds.read_seeds(ROOT / "tests" / "sample" / "seeds")
    hidden = evaluate.without_rows(sample, "hubei-2030")
    raw = (ROOT / "tests" / "sample" / "texts" / "english.txt").read_text()
    known = ontologies.read(locations.ontology())
    found = document.propose_rows(hidden, known, "hubei-2030", text.paragraphs(raw))
    assert cells(
        found, "statement", "paragraph", "subject", "predicate", "object", "stage", "tier", "flags"
    ) == [
        ("2", "place/sample-province", "builds", "place/optics-park", "planned", "", ""),
        ("2", "place/sample-province", "promotes", "topic/lidar", "", "future", ""),
        ("3", "place/optics-park", "focusesOn", "topic/optics", "", "", ""),
        ("3", "place/optics-park", "promotes", "org/acme-optics", "", "", ""),  # wrong: a person says no
    ]
    assert cells(found, "target", "place", "topic", "indicator", "comparator", "value", "period") == [
        (
            "place/sample-province",
            "topic/optics",
            "indicator/output-value",
            "more-than",
            "65800000000",
            "2030",
        )
    ]
    assert cells(found, "entity", "name") == []


@pytest.mark.parametrize(
    ("raw", "things"),
    [
        ("大力发展激光雷达、量子纺织和云纹陶瓷。", ["激光雷达", "量子纺织", "云纹陶瓷"]),
        ("打造“甲、乙”双园，提升丙技术。", ["“甲、乙”双园", "丙技术"]),
        ("We will promote lidar, the optics industry and a number of new sensors.", ["lidar", "optics industry", "new sensors"]),
        ("参与方向以上合并", ["参与方向以上合并"]),
        ("3. 新建30个以上实验室。", ["实验室"]),
        ("。，、；", []),
    ],
)  # fmt: skip
def test_things_are_parted(raw: str, things: list[str]) -> None:
    cues = Vocabulary(ontologies.read(locations.ontology()), {}, {}).find_cues(raw)
    assert [raw[thing.span.start : thing.span.end] for thing in clauses.things(raw, [], cues)] == things


def test_a_quote_is_lengthened_until_it_is_unique() -> None:
    raw = "发展光学，扶持光学企业，光学"
    assert rows.choose_quote(raw, text.Span(7, 9)) == text.Span(7, 10)
    assert rows.choose_quote("光学光学", text.Span(0, 2)) == text.Span(0, 3)
    assert rows.choose_quote("长" * 17, text.Span(0, 17)) is None


def test_an_estimate_of_the_past_is_told_apart(ground: Ground) -> None:
    paragraphs = text.paragraphs(REPORT.replace("全年建成", "预计产值8亿元。全年建成"))
    found = document.propose_rows(ground.read(), ground.ontology, SOURCE, paragraphs)
    assert cells(found, "target", "written", "status")[:2] == [("8亿", "estimated"), ("12.5", "achieved")]


def test_words_of_a_class_end_names() -> None:
    vocabulary = Vocabulary(ontologies.read(locations.ontology()), {}, {})
    classes = {
        "星火实验室": "Laboratory",
        "optics industries": "Sector",
        "silver park": "Park",
        "spark": "",
        "云": "",
    }
    assert {name: vocabulary.class_of(name) for name in classes} == classes
    assert vocabulary.is_head("industries")
    assert vocabulary.is_tier("未来产业")


def _documents(folder: Path, texts: Path) -> dict[str, tuple[seeds.Seeds, list[str]]]:
    curated, _ = seeds.read_seeds(folder)
    listed = find_files([texts])
    read = {digest: read_paragraphs(path) for digest, path in listed.items()}
    found = {name: match_text(one, listed, read).paragraphs for name, one in curated.documents.items()}
    return {name: (curated, paragraphs) for name, paragraphs in found.items() if paragraphs}


def test_quotes_keep_to_the_limits_and_stand_once(first_seeds: Path, texts: Path) -> None:
    known = ontologies.read(locations.ontology())
    documents = _documents(first_seeds, texts)
    assert documents
    for name, (curated, paragraphs) in documents.items():
        found = document.propose_rows(evaluate.without_rows(curated, name), known, name, paragraphs)
        evidence = [row for row in found if row["kind"] != "entity"]
        assert len(evidence) > 300
        for row in evidence:
            raw = paragraphs[int(row["paragraph"]) - 1]
            words, han = text.length(row["quote"])
            assert (words <= text.MAX_WORDS, han <= rows.QUOTE_HAN, len(text.find(raw, row["quote"])[0])) == (
                True,
                True,
                1,
            )
            assert raw[int(row["start"]) : int(row["end"])] == row["quote"]
            assert row["said"] in raw
            assert text.length(row["said"]) <= (rows.SAID_WORDS, rows.SAID_HAN)


def test_the_figures_in_the_docs_are_measured(first_seeds: Path, texts: Path) -> None:
    documents = _documents(first_seeds, texts)
    assert len(documents) == 2
    scores = {name: evaluate.evaluate(*arguments) for name, arguments in (
        (name, (curated, name, paragraphs)) for name, (curated, paragraphs) in documents.items()
    )}  # fmt: skip
    assert evaluate.markdown(scores) in (ROOT / "docs" / "explanation" / "methods.md").read_text()
    assert all(found["object in its paragraph"].precision > 0.5 for found in scores.values())
