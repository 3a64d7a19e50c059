"""The check of Chinese originals: cues, limits, gaps by clauses, numbers with their comparators."""

from pathlib import Path

import pytest

from kg import locations, ontology, text
from kg.check import run, sections, targets
from kg.check.cues import check_cue, read_cue
from kg.read import models
from kg.read.seeds import Document
from tests.conftest import SAMPLE


@pytest.fixture(scope="module")
def known() -> ontology.Ontology:
    return ontology.read(locations.ontology())


@pytest.mark.parametrize(
    ("cue", "speaks_for"),
    [
        ("已建成", [("已建成", {"completed"})]),
        ("建成投用", [("建成投用", {"completed"})]),
        ("实现量产", [("量产", {"in-production"})]),
        ("加快建成", [("加快", {"under-way"}), ("建成", {"completed"})]),
        ("持续推进", [("持续", {"under-way"}), ("推进", {"under-way"})]),
        ("启动建设", [("启动建设", {"planned"})]),
        ("谋划新建", [("谋划", {"planned"}), ("新建", {"planned"})]),
        ("鼓励支持", [("鼓励", {"encouraged"}), ("支持", {"encouraged"})]),
        ("已终止", [("终止", {"cancelled"})]),
        ("put into production", [("put into production", {"in-production"})]),
        ("反应堆", []),
    ],
)
def test_words_of_the_list_are_found_within_han_text(
    known: ontology.Ontology, cue: str, speaks_for: list[tuple[str, set[str]]]
) -> None:
    assert read_cue(cue, known.schemes["stages"]) == speaks_for


@pytest.mark.parametrize(
    ("cue", "tiers"),
    [
        ("战略性新兴产业", [{"strategic-emerging"}]),
        ("传统产业", [{"traditional"}]),
        ("新兴支柱产业", [{"emerging", "pillar"}]),
        ("未来产业", [{"future"}]),
        ("特色优势产业", [{"characteristic"}, {"advantageous"}]),
    ],
)
def test_a_longer_word_for_a_tier_hides_those_in_it(
    known: ontology.Ontology, cue: str, tiers: list[set[str]]
) -> None:
    assert [names for _, names in read_cue(cue, known.schemes["tiers"])] == tiers


def stage_codes(cue: str, stage: str, period: str, known: ontology.Ontology) -> list[str]:
    place = {"file": "s", "line": 2}
    empty = dict.fromkeys(models.SectionRow.columns(), "")
    section = models.SectionRow.model_validate(
        {**place, **empty, "first": "1", "last": "9", "heading": "一", "period": period}
    )
    source = models.SourceRow.model_construct(file="sources.csv", line=2, id="s", published="2030-02-01")
    row = models.StatementRow.model_validate(
        {
            **place, **dict.fromkeys(models.StatementRow.columns(), ""), "source": "s", "paragraph": "1",
            "quote": "光谷", "subject": "place/a", "predicate": "builds", "object": "project/b",
            "stage": stage, "cue": cue,
        }
    )  # fmt: skip
    document = Document(source, (section,), (row,), (), (), ())
    return [problem.code for problem in check_cue(row, document, known)]


@pytest.mark.parametrize(
    ("cue", "stage", "period", "codes"),
    [
        ("加快建成", "under-way", "", []),
        ("加快建成", "completed", "", ["cue-of-another-stage"]),
        ("推动量产", "in-production", "", ["cue-of-another-stage"]),
        ("建成投产", "completed", "", []),
        ("建成并量产", "in-production", "", []),
        ("推进", "cancelled", "", ["cue-of-another-stage"]),
        ("推动", "completed", "", ["cue-of-another-stage"]),
        ("将支持", "planned", "", []),
        ("年内建成", "planned", "2030", []),  # an aim of the year in which the source appeared
        ("已建成", "planned", "2029", ["cue-of-another-stage"]),
        ("年内", "planned", "2030", []),  # the list says nothing
        ("新建", "completed", "2029", []),  # told of a time before the source appeared
        ("新建", "completed", "", ["cue-of-another-stage"]),
        ("加快推进", "completed", "2029", ["cue-of-another-stage"]),
        ("开工建设", "planned", "", []),
        ("加快推进光谷二期项目", "under-way", "", ["cue-too-long"]),
    ],
)
def test_the_first_word_of_a_chinese_cue_governs(
    known: ontology.Ontology, cue: str, stage: str, period: str, codes: list[str]
) -> None:
    assert stage_codes(cue, stage, period, known) == codes


@pytest.mark.parametrize(
    ("words", "length"),
    [
        ("“两芯一生态”", (0, 5)),
        ("“33618”现代制造业", (1, 5)),
        ("《规划》—— “十五五”", (0, 5)),
        ("10—15亿元", (1, 2)),
    ],
)
def test_marks_are_no_words(words: str, length: tuple[int, int]) -> None:
    assert text.length(words) == length


RAW = "加快建设光谷二期，支持样本市、甲市、乙市发展激光雷达；扎实做好各项基础性工作，进一步优化全省营商环境。"


@pytest.mark.parametrize(
    ("quotes", "gaps"),
    [
        (["光谷二期", "样本市", "激光雷达"], [(27, 2, 22, "扎实做好各项基础性工作，进一步优化")]),
        (["光谷二期", "样本市", "基础性", "营商环境"], []),
        (["光谷二期", "样本市", "营商环境"], [(15, 3, 21, "甲市、乙市发展激光雷达；扎实做好各项")]),
        ([], [(0, 6, 45, "加快建设光谷二期，支持样本市、甲市、乙")]),
    ],
)
def test_a_gap_is_whole_clauses_printed_as_they_stand(
    quotes: list[str], gaps: list[tuple[int, int, int, str]]
) -> None:
    spans = [text.Span(RAW.index(quote), RAW.index(quote) + len(quote)) for quote in quotes]
    found = sections.gaps("s", [RAW], {1: spans})
    assert [(gap.start, gap.clauses, gap.words, gap.opening) for gap in found] == gaps


def test_a_long_run_beside_a_quote_in_one_clause_is_a_gap() -> None:
    raw = "支持样本市围绕人工智能和低空经济以及商业航天等领域建设一批特色园区"
    [gap] = sections.gaps("s", [raw], {1: [text.Span(2, 5)]})
    assert str(gap) == "s:1: 1 clause, 28 characters from position 5, '围绕人工智能和低空经济以及商业航' …"


@pytest.mark.parametrize(
    ("written", "unit_written", "comparator", "value", "upper", "codes"),
    [
        ("超9000", "", "more-than", "9000", None, []),
        ("超9000", "", "about", "9000", None, ["comparator-mismatch"]),
        ("3%左右", "", "about", "3", None, []),
        ("3%左右", "", "exactly", "3", None, ["comparator-mismatch"]),
        ("三成以上", "", "at-least", "30", None, []),
        ("两成", "", "exactly", "20", None, []),
        ("2000余", "", "more-than", "2000", None, []),
        ("近万", "", "about", "10000", None, []),
        ("1270万吨", "吨", "exactly", "12700000", None, []),
        ("450亿", "千瓦时", "exactly", "45000000000", None, []),
        ("1270万吨", "吨", "exactly", "1270", None, ["number-mismatch"]),
        ("300亿斤左右", "斤", "about", "30000000000", None, []),
        ("10—15亿元", "元", "range", "1000000000", "1500000000", []),
        ("翻一番", "", "exactly", "2", None, []),
        ("1/3", "", "exactly", "0.333", None, []),
        ("几十", "", "several", None, None, []),
        ("几十", "", "exactly", None, None, ["missing-note"]),
        ("几十", "", "about", "30", None, ["unread-number"]),
        ("同步", "", "in-step-with", None, None, []),
    ],
)
def test_numbers_are_read_with_unit_and_comparator(
    known: ontology.Ontology, written: str, unit_written: str, comparator: str, value: str | None,
    upper: str | None, codes: list[str],
) -> None:  # fmt: skip
    row = models.TargetRow.model_validate(
        {
            **dict.fromkeys(models.TargetRow.columns(), ""), "file": "s", "line": 2, "source": "s",
            "paragraph": "1", "quote": written + unit_written, "place": "place/a", "indicator": "indicator/b",
            "comparator": comparator, "value": value or "", "upper": upper or "", "unit": "count",
            "written": written, "unit_written": unit_written,
        }
    )  # fmt: skip
    assert [problem.code for problem in targets._check_value(row, known)] == codes


@pytest.mark.parametrize(
    ("subject", "flags", "note", "codes"),
    [
        ("place/sample-city", "", "", []),  # the region of the section
        ("project/optics-valley-2", "", "", []),  # named in the paragraph
        ("org/acme-optics", "", "", ["subject-not-named"]),
        ("org/acme-optics", "subject-not-named", "", ["missing-note"]),
        ("org/acme-optics", "subject-not-named", "The office of the firm is meant.", []),
        ("source/wuhan-2030", "", "", []),  # the document itself
    ],
)
@pytest.mark.parametrize("at_hand", [True, False])
def test_a_subject_is_named_near_its_statement(
    sample: Path, subject: str, flags: str, note: str, codes: list[str], at_hand: bool
) -> None:
    path = sample / "wuhan-2030" / "statements.csv"
    header, first, *others = path.read_text(encoding="utf-8").splitlines()
    cells = first.split(",")
    cells[4:6], cells[11:13] = [subject, "inSector"], [flags, note]
    path.write_text("\n".join([header, ",".join(cells), *others]) + "\n", encoding="utf-8")
    report = run.check_seeds(sample, locations.ontology(), SAMPLE / "texts" if at_hand else None)
    found = {p.code for p in report.problems if p.file == "wuhan-2030/statements.csv" and p.line == 2}
    assert sorted(found & {"subject-not-named", "missing-note"}) == codes


@pytest.mark.parametrize(("line", "codes"), [("2", []), ("", ["object-not-in-quote"])])
def test_a_name_broken_over_two_lines_is_quoted_in_two_parts(
    sample: Path, line: str, codes: list[str]
) -> None:
    table = sample / "wuhan-2030" / "statements.csv"
    header = "paragraph,quote,said,said_paragraph,subject,predicate,object,stage,tier,cue,period,flags,note"
    broken = f"3,雷达产业,激光,{line},place/sample-city,focusesOn,topic/lidar,,,,,,"
    first = table.read_text(encoding="utf-8").splitlines()[1]
    table.write_text(
        "\n".join([header, *([first] if first.count(",") == 12 else []), broken, ""]), encoding="utf-8"
    )
    found = run.check_seeds(sample, locations.ontology()).problems
    assert [p.code for p in found if p.file.startswith("wuhan") and p.column == "quote" and p.line] == codes
