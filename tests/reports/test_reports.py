"""Reports that only a program read: parts, spotting, what may be said of years without a report, and firsts."""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path

import pytest

from kg import text
from kg.check import reports as checks
from kg.check.texts import find_files
from kg.compile import reports as compiled
from kg.query.graph import Graph
from kg.read import parts, reports, seeds, spotting
from kg.read.reports import Reports, Spotted
from tests.conftest import ROOT, absent

HERE = Path(__file__).parent
SEEDS = ROOT / "seeds"


def rows(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def tables() -> seeds.Seeds:
    found, problems = seeds.read_seeds(SEEDS)
    assert not problems
    return found


@pytest.fixture(scope="module")
def files(tables: seeds.Seeds) -> dict[str, Path]:
    from kg import locations

    found = find_files(locations.texts())
    if any(report.sha256 not in found for report in tables.reports.reports):
        absent("the texts of the reports")
    return found


def paragraphs(report: reports.ReportRow, files: dict[str, Path]) -> list[str]:
    return text.paragraphs(files[report.sha256].read_text(encoding="utf-8"))


# ---- parts ----

TITLES = [
    ("2029年工作回顾", 2030, "review"),
    ("过去五年的工作", 2030, "review"),
    ("2029年和“十四五”时期工作回顾", 2030, "review"),
    ("1999年工作回顾和2000年工作的总体要求", 2000, "mixed"),
    ("今后五年的奋斗目标", 2018, "several-years"),
    ("“十三五”时期的主要目标任务", 2016, "several-years"),
    ("今后五年及2018年的工作", 2018, "mixed"),
    ("二〇〇一年的政府工作", 2001, "year-ahead"),
    ("2018年重点工作", 2018, "year-ahead"),
    ("今年工作的总体要求", 2018, "year-ahead"),
    ("确保“十三五”实现良好开局", 2016, "year-ahead"),
    ("全面加强政府自身建设", 2018, "government"),
    ("切实转变政府职能", 2018, "government"),
    ("大力发展旅游业", 2018, ""),
    ("认真贯彻党的十五届五中全会精神", 2001, ""),
    ("扎实编制“十三五”规划", 2015, ""),
]


@pytest.mark.parametrize(("title", "year", "part"), TITLES)
def test_the_title_decides_the_part(title: str, year: int, part: str) -> None:
    assert parts.title_part(text.fold(title).text, year, begun="开局" in title) == part


def test_parts_of_a_report_that_has_the_editors_sign() -> None:
    lines = ["政府工作报告", "各位代表：", "请予审议。", "一、2017年工作回顾", "去年建成两座桥。"] * 1
    lines += [
        "二&、建设美好家园",
        "今后五年，经济总量再上新台阶。到2022年建成五座桥。",
        "三、2018年重点工作",
        "今年修路。",
    ]
    lines += ["四、加强政府自身建设", "依法行政。"]
    assert parts.find_parts(lines, 2018) == [
        (1, "review", "heading"),
        (6, "several-years", "sign"),
        (8, "year-ahead", "heading"),
        (10, "government", "heading"),
    ]


def test_parts_read_by_a_person(tables: seeds.Seeds, files: dict[str, Path]) -> None:
    read: dict[str, set[tuple[int, str]]] = {}
    for row in rows("parts-read.csv"):
        read.setdefault(row["report"], set()).add((int(row["first"]), row["part"]))
    assert len(read) >= 60
    known = {report.id: report for report in tables.reports.reports}
    found = {
        name: {
            (part.first, part.part)
            for part in parts.find_parts(paragraphs(known[name], files), known[name].year)
        }
        for name in read
    }
    number = sum(map(len, read.values()))
    right = sum(len(read[name] & found[name]) for name in read)
    wrong = sum(len(found[name] - read[name]) for name in read)
    assert right >= 0.95 * number
    assert wrong <= 0.05 * number


def test_recorded_parts_are_those_of_the_texts(tables: seeds.Seeds, files: dict[str, Path]) -> None:
    compared = 0
    for report in tables.reports.counted:
        recorded = [(part.first, part.part, part.found) for part in tables.reports.parts_of[report.id]]
        if all(found != "hand" for _, _, found in recorded):
            assert parts.find_parts(paragraphs(report, files), report.year) == recorded, report.id
            compared += 1
    assert compared > 700


# ---- spotting ----


def spotter(*guards: str, **names: list[str]) -> spotting.Spotter:
    return spotting.compile_spotter({f"topic/{topic}": some for topic, some in names.items()}, guards)


def test_counts_by_part_and_the_place_in_the_plan() -> None:
    lines = ["去年大数据发展快。", "今年建设大数据中心，发展大数据。", "政府用好大数据。"]
    found = spotting.spot(
        lines, 2018, [(1, "review"), (2, "year-ahead"), (3, "government")],
        spotter(data=["大数据"], centre=["大数据中心"]),
    )  # fmt: skip
    assert found == [
        Spotted(2018, "topic/centre", (0, 0, 1, 0, 0), 2, 4, "今年建设大数据中心，发展大数据"),
        Spotted(2018, "topic/data", (1, 0, 1, 1, 0), 2, 12, "据中心，发展大数据"),
    ]


GUARDED = [
    ("扩大数据开放", "扩大数据", "大数据"),
    ("让群众共享经济发展成果", "共享经济发展成果", "共享经济"),
    ("加大预算力度", "预算力度", "算力"),
    ("奇瑞量子下线", "奇瑞量子", "量子"),
    ("发射直播卫星", "直播卫星", "直播"),
    ("建成五大数据库", "五大数据库", "大数据"),
]


@pytest.mark.parametrize(("sentence", "guard", "name"), GUARDED)
def test_guard_words_are_matched_and_dropped(sentence: str, guard: str, name: str) -> None:
    assert spotting.spot([sentence], 2018, [(1, "review")], spotter(topic=[name]))
    assert spotting.spot([sentence], 2018, [(1, "review")], spotter(guard, topic=[name])) == []
    [once] = spotting.spot([f"{sentence}，发展{name}"], 2018, [(1, "review")], spotter(guard, topic=[name]))
    assert once.counts == (1, 0, 0, 0, 0)


def test_guards_of_the_tables_hold_over_the_examples(tables: seeds.Seeds) -> None:
    compiled_all = spotting.compile_spotter(
        checks.names_to_spot(tables), [guard.words for guard in tables.reports.guards]
    )
    over = {name for _, _, name in GUARDED}
    names = {topic for topic, some in checks.names_to_spot(tables).items() if over & set(some)}
    assert names
    for sentence, _, _ in GUARDED:
        found = {row.entity for row in spotting.spot([sentence], 2018, [(1, "review")], compiled_all)}
        assert not found & names, sentence


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("发展５Ｇ网络", 1),
        ("发展5g网络", 1),
        ("投资15G元", 0),
        ("5GHz频段", 0),
        ("“5G”应用", 1),
        ("5 G应用", 1),
    ],
)
def test_latin_names_stand_alone_whatever_their_width(line: str, number: int) -> None:
    assert len(spotting.spot([line], 2018, [(1, "review")], spotter(topic=["5G"]))) == number


def test_words_are_the_texts_own_and_short() -> None:
    [row] = spotting.spot(
        ["甲乙丙。丁戊“互联　网＋”己庚。辛"], 2018, [(1, "review")], spotter(plus=["互联网+"])
    )
    assert row.words == "丁戊“互联　网＋”己庚"
    assert (row.paragraph, row.start) == (1, 7)
    [row] = spotting.spot(
        ["一二三四五六七大数据一二三四五六七八九"], 2018, [(1, "review")], spotter(data=["大数据"])
    )
    assert row.words == "二三四五六七大数据一二三四五六"


def test_recorded_rows_against_a_simple_search(tables: seeds.Seeds, files: dict[str, Path]) -> None:
    """Names sought one by one by ``re``, longest first at each place, in reports drawn over the years."""
    catalogue = tables.reports
    entities = {
        spotting._form(name): topic for topic, some in checks.names_to_spot(tables).items() for name in some
    }
    forms = {**entities, **{spotting._form(guard.words): "" for guard in catalogue.guards}}
    pattern = re.compile("|".join(map(re.escape, sorted(forms, key=lambda form: (-len(form), form)))))
    compared = 0
    for report in catalogue.counted[::64]:
        recorded = {
            row.entity: sum(row.counts)
            for row in reports.read_spotted(SEEDS, report.region)
            if row.year == report.year
        }
        found: Counter[str] = Counter()
        for raw in paragraphs(report, files):
            plain = re.sub(
                r"""[\s"'“”‘’「」『』《》〈〉&\u200b-\u200f\ufeff\xad]""", "", text.fold(raw).text
            ).casefold()
            for match in pattern.finditer(plain):
                name, before, after = match[0], plain[: match.start()][-1:], plain[match.end() :][:1]
                inside = re.compile("[a-z0-9]").match
                if not (inside(before) and inside(name)) and not (inside(after) and inside(name[-1])):
                    found[forms[name]] += 1
        found.pop("", None)
        assert sum(abs(found[one] - recorded.get(one, 0)) for one in found | recorded) <= 1, report.id
        compared += len(recorded)
    assert compared > 500


def test_shards_by_processes_give_the_same_rows(tables: seeds.Seeds, files: dict[str, Path]) -> None:
    few = Reports(SEEDS, tables.reports.reports[:24], tables.reports.parts, tables.reports.guards)
    some = seeds.Seeds(SEEDS, tables.entities, tables.names, (), (), {}, reports=few)
    alone = list(checks.spot_regions(some, files))
    assert len(alone) == 1
    assert alone == list(checks.spot_regions(some, files, jobs=2))


def test_the_tables_are_those_of_the_texts(tables: seeds.Seeds, files: dict[str, Path]) -> None:
    assert list(checks.check_spotted(tables, files)) == []


# ---- the catalogue ----


def test_wrong_files_count_nowhere(tables: seeds.Seeds) -> None:
    wrong = {report.id for report in tables.reports.reports if report.excluded}
    assert wrong >= {"qinghai-gwr-2001", "guangxi-gwr-2001", "henan-gwr-2000", "heilongjiang-gwr-1999"}
    for name in wrong:
        region, year = name.split("-gwr-")
        assert all(row.year != int(year) for row in reports.read_spotted(SEEDS, region)), name
    assert set(tables.reports.missing()) >= {
        ("place/qinghai", 2001),
        ("place/tibet", 2024),
        ("place/tibet", 2025),
    }


def test_missing_and_wrong_reports_are_listed(whole: Graph, tables: seeds.Seeds) -> None:
    left_out = {(row["region"], row["year"]) for row in whole.ask("reports", state="left-out")}
    assert left_out == {(report.place, report.year) for report in tables.reports.reports if report.excluded}
    missing = {(row["region"], row["year"]) for row in whole.ask("reports", state="missing", year=2024)}
    assert missing == {(place, 2024) for place, year in tables.reports.missing() if year == 2024}
    assert len(missing) == 30
    [row] = whole.ask("reports", region="China", year=2026)
    assert (row["status"], "one in twenty" in str(row["fault"])) == ("at-hand", True)


def test_problems_of_the_catalogue_are_named(tables: seeds.Seeds) -> None:
    first, second, *_ = tables.reports.reports
    bad = Reports(
        SEEDS,
        (first, first, second.model_copy(update={"id": "x-gwr-1900"})),
        (
            reports.PartRow.model_validate(
                {
                    "file": "parts.csv",
                    "line": 2,
                    "report": first.id,
                    "first": "3",
                    "part": "review",
                    "found": "hand",
                }
            ),
        ),
    )
    codes = Counter(problem.code for problem in checks.check_catalogue(bad, tables.register))
    assert codes == {"duplicate-id": 1, "report-id": 1, "report-parts": 3}


def test_a_damaged_table_of_mentions_is_a_problem(tables: seeds.Seeds, tmp_path: Path) -> None:
    report = tables.reports.reports[0]
    catalogue = Reports(tmp_path, (report,))
    path = reports.mentions_path(tmp_path, report.region)
    path.parent.mkdir(parents=True)
    header = ",".join(reports.SPOTTED_COLUMNS)
    cases = {
        "": "empty-table",
        f"{report.year},topic/steel,1,,,,,1,0,钢铁\n": "",
        f"{report.year},topic/nothing,1,,,,,1,0,钢铁\n": "unknown-entity",
        "1901,topic/steel,1,,,,,1,0,钢铁\n": "unknown-source",
        f"{report.year},topic/steel,1,,,,,9999,0,钢铁\n": "bad-cell",
        f"{report.year},topic/steel,,,,,,1,0,钢铁\n": "bad-cell",
        f"{report.year},topic/steel,1,,,,,1,0,{'钢' * 17}\n": "bad-cell",
        f"{report.year},topic/steel,many,,,,,1,0,钢铁\n": "bad-csv",
        f"{report.year},topic/steel,1,,,,,1,0,钢铁\n" * 2: "unsorted",
    }
    for body, code in cases.items():
        path.write_text(f"{header}\n{body}", encoding="utf-8")
        assert [one.code for one in checks.check_form(catalogue, tables.register)] == [code] * bool(code), (
            body
        )


# ---- answers ----


@pytest.mark.parametrize("row", rows("council-firsts.csv"), ids=lambda row: row["name"])
def test_firsts_of_the_state_council_that_others_report(row: dict[str, str], whole: Graph) -> None:
    [found] = whole.ask("firsts", topic=row["name"], region="China")
    assert (found["when"], found["seen"]) == (row["year"], "spotted")
    assert found["source"] == f"china-gwr-{row['year']}"
    assert found["quote"]


def test_missing_years_never_count_as_zero(whole: Graph) -> None:
    trend = {row["year"]: row for row in whole.ask("trend", topic="低空经济")}
    assert (trend[2025]["read"], trend[2025]["named"], trend[2025]["times"]) == (0, None, None)
    assert (trend[2024]["read"], trend[2024]["missing"]) == (1, 30)
    assert trend[2010]["named"] == 0
    assert trend[2010]["read"] == 31
    when = {row["region"]: row["when"] for row in whole.ask("firsts", topic="低空经济")}
    assert (when["place/fujian"], when["place/jiangxi"]) == ("2024 to 2026", "2017")


def test_a_trend_of_one_region_says_nothing_of_the_council(whole: Graph) -> None:
    [row] = whole.ask("trend", topic="topic/tourism", region="Anhui", since=2024, until=2024)
    assert (row["read"], row["missing"], row["named"], row["council"]) == (0, 1, None, "")


def test_the_same_year_is_neither_before_nor_after(whole: Graph) -> None:
    council = {row["region"]: (row["when"], row["council"]) for row in whole.ask("spread", topic="人工智能")}
    assert council["place/anhui"] == ("2017", "same year")
    assert council["place/shanghai"] == ("2015", "before")
    assert council["place/henan"] == ("2020", "after")
    tourism = {row["when"]: row["council"] for row in whole.ask("spread", topic="topic/tourism")}
    assert tourism["by 1998"] in ("", "unclear")


def test_places_count_those_that_were_earlier(whole: Graph) -> None:
    answer = list(whole.ask("spread", topic="人工智能"))
    years = [int(str(row["when"])[-4:]) for row in answer]
    assert [row["place"] for row in answer] == [1 + sum(other < year for other in years) for year in years]
    tourism = list(whole.ask("spread", topic="topic/tourism"))
    years = [int(str(row["when"])[-4:]) for row in tourism]
    assert [row["place"] for row in tourism] == [1 + sum(other < year for other in years) for year in years]


def test_an_absence_bears_the_faults_of_the_text(whole: Graph) -> None:
    notes = [row["note"] for row in whole.ask("firsts", topic="低空经济") if not row["year"]]
    assert notes
    assert all(str(note).startswith("no name found in the text at hand") for note in notes)


def test_counts_open_to_words(whole: Graph) -> None:
    answer = whole.cite(whole.ask("trend", topic="低空经济", since=2024, until=2024))
    assert answer[0]["sources"] == "report/china-gwr-2024 | report/chongqing-gwr-2024"
    assert "低空经济" in str(answer[0]["quotes"])


def test_rising_and_fading_need_years_with_reports(whole: Graph) -> None:
    up = {row["topic"]: row["change"] for row in whole.ask("rising", earlier=2013, later=2023)}
    assert up["topic/digital-economy"] == 100
    assert len(whole.ask("rising", earlier=2013, later=2024)) == 0
    down = {row["topic"] for row in whole.ask("fading", earlier=2013, later=2023)}
    assert down
    assert not down & up.keys()


def test_a_profile_is_what_others_name_less() -> None:
    regions = {
        f"r{number}": [
            Spotted(2018, "topic/a", (5, 0, 0, 0, 0), 1, 0, "a"),
            Spotted(2018, "topic/b", (20, 0, 0, 0, 0), 1, 0, "b"),
        ]
        for number in range(10)
    }
    regions["odd"] = [Spotted(2018, "topic/a", (60, 0, 0, 0, 0), 1, 0, "a")]
    regions["few"] = [Spotted(2019, "topic/a", (60, 0, 0, 0, 0), 1, 0, "a")]
    assert list(compiled.distinctness(regions)) == [("odd", 2018, "topic/a")]


def test_attention_is_of_a_report(whole: Graph) -> None:
    rows = whole.ask("attention", region="Anhui", year=2023)
    assert {row["source"] for row in rows} == {"anhui-gwr-2023"}
    assert all(0 < float(str(row["share"])) < 100 for row in rows)
    assert len(whole.ask("attention", region="Anhui", year=2024)) == 0


def test_spottings_state_nothing(whole: Graph) -> None:
    everywhere = whole.select("SELECT (COUNT(*) AS ?n) { ?any a kg:Spotting }")
    assert everywhere[0]["n"] == 0
    assert (
        whole.select("SELECT ?p { ?s ?p ?o FILTER (STRSTARTS(STR(?s), STR(spotting:))) } LIMIT 1").terms == ()
    )
