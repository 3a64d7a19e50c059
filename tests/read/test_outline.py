"""The outline of Chinese reports: headings, parts, periods, sections; and the source scaffolded from them."""

import csv
from pathlib import Path

import pytest

from kg import locations, text
from kg.errors import KgError
from kg.read import outline, scaffold

REPORT = """\
样本省政府工作报告
各位代表：
一、2029年和“十四五”时期工作回顾
过去一年，我们做了这些事。
2.5
其余数据如下。
二&、今后五年主要目标
产值翻一番。
三、2030年工作安排
今年要做好以下工作。
（一）加快建设现代化产业体系。支持样本市发展激光雷达。
建设光谷二期。
（二）全面加强政府自身建设
依法行政。
一、办好民生实事
1.“双提升”：指两方面提升。
2.“一张图”：指一张图。
""".splitlines()


def test_sections_follow_the_headings_and_parts_their_titles() -> None:
    found = outline.propose_sections(REPORT, region="place/a", year=2030, place_of=lambda _: "")
    assert [(s.first, s.last, s.heading, s.part, s.under, s.period) for s in found] == [
        (1, 2, "title and opening", "", None, ""),
        (3, 6, '2029年和"十四五"时期工作回顾', "past", None, "2021/2025"),
        (7, 8, "今后五年主要目标", "several years", None, "2030/2034"),
        (9, 10, "2030年工作安排", "year ahead", None, "2030"),
        (11, 12, "加快建设现代化产业体系", "year ahead", 9, "2030"),
        (13, 14, "全面加强政府自身建设", "government", 9, "2030"),
        (15, 17, "annex and notes", "annex", None, ""),
    ]
    assert {s.region for s in found} == {"place/a"}


def test_what_the_past_did_for_the_government_stays_past() -> None:
    raw = [
        "一、2029年工作回顾",
        "（一）着力推动政府治理提效",
        "甲",
        "二、2030年工作安排",
        "（一）加强政府自身建设",
    ]
    found = outline.propose_sections(raw, year=2030, place_of=lambda _: "")
    assert [section.part for section in found] == ["past", "past", "year ahead", "government"]


@pytest.mark.parametrize(
    ("title", "part", "period"),
    [
        ("2029年工作回顾", "past", "2029"),
        ("过去五年和2029年工作回顾", "past", "2029"),
        ("工作回顾", "past", "2029"),
        ("“十七五”时期的主要目标和重点任务", "several years", "2036/2040"),
        ("“十四五”时期发展成就和“十七五”时期目标", "past and several years", ""),
        ("今后五年的奋斗目标", "several years", "2030/2034"),
        ("2030年工作总体要求和目标任务", "year ahead", "2030"),
        ("扎实抓好全年重点工作", "year ahead", "2030"),
        ("2029年主要工作", "past", "2029"),
        ("2030年，为了更好的明天", "year ahead", "2030"),
        ("全面加强政府自身建设", "government", "2030"),
        ("深入推进政府治理创新", "government", "2030"),
        ("办好民生实事", "", ""),
    ],
)
@pytest.mark.parametrize("sign", ["", "&"])
def test_the_title_decides_the_part(title: str, part: str, period: str, sign: str) -> None:
    [found] = outline.propose_sections([f"二{sign}、{title}"], year=2030, place_of=lambda _: "")
    assert (found.part, found.period) == (part, period)


@pytest.mark.parametrize(
    ("line", "heading"),
    [
        ("十一、绿色发展", (1, 11, "绿色发展")),
        ("(十二)用心用情。办好大事", (2, 12, "用心用情")),
        ("（二十）安全", (2, 20, "安全")),
        ("3.创新", (3, 3, "创新")),
        ("2.5", None),
        ("一是创新", None),
        ("第一、二产业", None),
    ],
)
def test_headings(line: str, heading: tuple[int, int, str] | None) -> None:
    found = [(h.level, h.number, h.title) for h in outline.find_headings([line])]
    assert found == ([heading] if heading else [])


def test_a_source_is_scaffolded_with_its_row_and_sections(sample: Path, tmp_path: Path) -> None:
    file = tmp_path / "report.txt"
    file.write_text("\n".join(REPORT), encoding="utf-8")
    cells = {"kind": "government work report", "publisher": "样本日报", "published": "2030-01-20"}
    name, _, sections = scaffold.scaffold_source(
        sample, file, "sample-2030", cells=cells, place="place/sample-province", year=2030
    )
    assert len(sections) == 7
    with (sample / name / "sections.csv").open(encoding="utf-8", newline="") as table:
        first = next(csv.DictReader(table))
    given = {column: cell for column, cell in first.items() if cell}
    assert given == {
        "first": "1",
        "last": "2",
        "region": "place/sample-province",
        "heading": "title and opening",
    }
    [row] = [line for line in (sample / "sources.csv").read_text().splitlines() if line.startswith(name)]
    assert row.startswith("sample-2030,government work report,,,样本日报,2030-01-20,zh,,,,,")
    with pytest.raises(KgError, match="no such place place/nowhere"):
        scaffold.scaffold_source(sample, file, "other", place="place/nowhere")


def test_a_heading_that_begins_with_a_place_is_about_it(sample: Path, tmp_path: Path) -> None:
    file = tmp_path / "digest.txt"
    file.write_text("摘编\n一、样本市：发展光谷\n甲\n二、其他\n乙\n", encoding="utf-8")
    _, _, sections = scaffold.scaffold_source(sample, file, "digest")
    assert [section.region for section in sections] == ["", "place/sample-city", ""]


PLAN = ("past", "several years", "year ahead")
REPORTS = {
    **dict.fromkeys(["2026/anhui", "2026/jiangsu", "2026/shandong", "2026/zhejiang"], PLAN),
    **dict.fromkeys(["2026/guangdong", "2026/sichuan"], (*PLAN, "annex")),
    **dict.fromkeys(["2026/chongqing", "2026/shanghai", "2023/anhui"], (*PLAN, "government")),
    "2026/beijing": ("past", "past and several years", "year ahead"),
    "2024/chongqing": ("past", "year ahead", "government"),
}


@pytest.mark.parametrize("report", REPORTS)
def test_the_parts_of_real_reports(report: str) -> None:
    files = [folder / f"{report}.txt" for folder in locations.texts()]
    if not (file := next(filter(Path.is_file, files), None)):
        pytest.skip("the folder of work reports is not at hand (KG_TEXTS)")
    paragraphs = text.paragraphs(file.read_text(encoding="utf-8"))
    found = outline.propose_sections(paragraphs, year=int(report[:4]), place_of=lambda _: "")
    assert [section.part for section in found if section.under is None][1:] == list(REPORTS[report])
    assert [found[0].first, *(section.last + 1 for section in found)] == [
        *(section.first for section in found), len(paragraphs) + 1
    ]  # fmt: skip
