"""Every check is seen to fail, on the sample seeds changed in one place."""

from __future__ import annotations

import ast
import csv
import shutil
from collections.abc import Callable, Sequence
from itertools import chain
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg import locations
from kg.check import run as checks
from kg.check.entities import check_vanished
from kg.check.run import Report
from kg.compile import reference
from kg.read import files, models, scaffold, seeds
from tests.conftest import ROOT, SAMPLE

TEXTS = SAMPLE / "texts"
Edit = Callable[[Path], object]


def cell(file: str, line: int, column: str, value: str) -> Edit:
    def edit(folder: Path) -> None:
        rows = read(folder / file)
        rows[line - 2][column] = value
        write(folder / file, rows)

    return edit


def again(file: str, line: int, **changes: str) -> Edit:
    """Append a changed copy of a row."""

    def edit(folder: Path) -> None:
        rows = read(folder / file)
        write(folder / file, [*rows, {**rows[line - 2], **changes}])

    return edit


def content(file: str, old: bytes, new: bytes) -> Edit:
    def edit(folder: Path) -> None:
        raw = (folder / file).read_bytes()
        assert old in raw
        (folder / file).write_bytes(raw.replace(old, new, 1))

    return edit


def table(file: str, *lines: Sequence[str]) -> Edit:
    def edit(folder: Path) -> None:
        (folder / file).parent.mkdir(exist_ok=True)
        (folder / file).write_text("\n".join(chain.from_iterable(lines)) + "\n", encoding="utf-8")

    return edit


def both(*edits: Edit) -> Edit:
    def edit(folder: Path) -> None:
        for one in edits:
            one(folder)

    return edit


def without(file: str) -> Edit:
    def edit(folder: Path) -> None:
        path = folder / file
        shutil.rmtree(path) if path.is_dir() else path.unlink()

    return edit


def drop(file: str, line: int) -> Edit:
    def edit(folder: Path) -> None:
        rows = read(folder / file)
        write(folder / file, rows[: line - 2] + rows[line - 1 :], header=list(rows[0]))

    return edit


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def write(path: Path, rows: list[dict[str, str]], header: list[str] | None = None) -> None:
    files.write_table(path, header or list(rows[0]), rows)


EN, ZH = "hubei-2030", "wuhan-2030"
CROSSWALK = "crosswalks/topics-fields.sssom.tsv"
MAPPING = [
    "#mapping_set_id: https://example.org/crosswalk",
    "subject_id\tsubject_label\tpredicate_id\tobject_id\tobject_label\tmapping_justification\tconfidence\tcomment",
    "topic:lidar\tlidar\tskos:broadMatch\tfield:sei-2018-1\t\tsemapv:ManualMappingCuration\t0.8\t",
]
FIELD = ["code,scheme,name,name_zh,parent,ground", "1.1,sei-2018,networks,网络,1,made up for tests"]
S, T = f"{EN}/statements.csv", f"{EN}/targets.csv"
#: code, the change that brings it about, file, line and column it must name
FAULTS: list[tuple[str, Edit, str, int, str]] = [
    ("missing-file", without("orgs.csv"), "orgs.csv", 0, ""),
    ("empty-table", content("orgs.csv", b"id,kind,note\norg/acme-optics,Company,\n", b""), "orgs.csv", 0, ""),
    ("empty-table", both(content(S, (SAMPLE / "seeds" / S).read_bytes().partition(b"\n")[2], b""), drop(T, 2)), S, 0, ""),
    ("byte-order-mark", content("orgs.csv", b"id", b"\xef\xbb\xbfid"), "orgs.csv", 1, ""),
    ("line-ends", content("orgs.csv", b"note\n", b"note\r\n"), "orgs.csv", 1, ""),
    ("encoding", content("names.csv", "样".encode(), "样".encode("gb18030")), "names.csv", 8, ""),
    ("separator", content("redirects.csv", b"old,new,date,note", b"old;new;date;note"), "redirects.csv", 1, ""),
    ("missing-column", content("orgs.csv", b",note", b",nota"), "orgs.csv", 1, "note"),
    ("extra-column", content("orgs.csv", b"id,kind,note\norg/acme-optics,Company,", b"id,kind,note,size\norg/acme-optics,Company,,9"), "orgs.csv", 1, "size"),
    ("cell-count", content("orgs.csv", b"Company,", b"Company,,"), "orgs.csv", 2, ""),
    ("bad-csv", content("orgs.csv", b"Company", b'"Comp"any'), "orgs.csv", 2, ""),
    ("empty-row", content("orgs.csv", b"note\n", b"note\n,,\n"), "orgs.csv", 2, ""),
    ("bad-cell", cell(S, 2, "subject", "Sample Province"), S, 2, "subject"),
    ("bad-cell", cell(S, 2, "quote", ""), S, 2, "quote"),
    ("bad-cell", cell(S, 2, "quote", " build an optics park"), S, 2, "quote"),
    ("bad-cell", cell(S, 2, "paragraph", "0"), S, 2, "paragraph"),
    ("bad-cell", cell(S, 2, "paragraph", "٢"), S, 2, "paragraph"),
    ("bad-cell", cell(S, 4, "period", "by 2030"), S, 4, "period"),
    ("bad-cell", cell(T, 2, "value", "6.58e10"), T, 2, "value"),
    ("bad-cell", cell(T, 2, "value", "NaN"), T, 2, "value"),
    ("bad-cell", cell(S, 6, "flags", "read-from-name;;garbled"), S, 6, "flags"),
    ("bad-cell", cell("places.csv", 3, "latitude", "91"), "places.csv", 3, "latitude"),
    ("bad-cell", cell("sources.csv", 2, "published", "2.1.2030"), "sources.csv", 2, "published"),
    ("bad-cell", cell("sources.csv", 2, "id", "9" * 400), "sources.csv", 2, "id"),
    ("bad-cell", cell("sources.csv", 2, "published", "2030-02-30"), "sources.csv", 2, "published"),
    ("bad-cell", cell("sources.csv", 2, "published", ""), "sources.csv", 2, "published"),
    ("bad-cell", cell("names.csv", 2, "date", "2030-13-45"), "names.csv", 2, "date"),
    ("bad-cell", cell("redirects.csv", 2, "date", "２０３０-01-01"), "redirects.csv", 2, "date"),
    ("bad-cell", cell(f"{EN}/sections.csv", 2, "read", "2030-06-31"), f"{EN}/sections.csv", 2, "read"),
    ("bad-cell", cell(f"{EN}/sections.csv", 2, "reread", "2029-02-29"), f"{EN}/sections.csv", 2, "reread"),
    ("bad-cell", cell(f"{EN}/sections.csv", 2, "under", "１"), f"{EN}/sections.csv", 2, "under"),
    ("bad-cell", cell(f"{EN}/coverage.csv", 2, "read", "2030-00-01"), f"{EN}/coverage.csv", 2, "read"),
    ("bad-cell", cell(f"{EN}/coverage.csv", 2, "reread", "2030-01-00"), f"{EN}/coverage.csv", 2, "reread"),
    ("bad-cell", cell("places.csv", 3, "gb2260", "４２００００"), "places.csv", 3, "gb2260"),
    ("bad-cell", cell("places.csv", 3, "latitude", "３０"), "places.csv", 3, "latitude"),
    ("bad-cell", cell(T, 2, "value", "65_800_000_000"), T, 2, "value"),
    ("bad-cell", cell(T, 2, "value", "٦٥٨"), T, 2, "value"),
    ("bad-cell", cell(T, 2, "period", "2030-02-30"), T, 2, "period"),
    ("bad-cell", cell(T, 2, "period", "../２０３０"), T, 2, "period"),
    ("duplicate-id", again("orgs.csv", 2), "orgs.csv", 3, "id"),
    ("wrong-table", again("orgs.csv", 2, id="topic/acme"), "orgs.csv", 3, "id"),
    ("missing-folder", again("sources.csv", 2, id="nowhere"), "sources.csv", 4, "id"),
    ("unknown-source", lambda folder: (folder / "verified.csv").write_text(f"source,date,sha256\nnowhere,2030-01-04,{'0' * 64}\n"), "verified.csv", 2, "source"),
    ("missing-source", drop("sources.csv", 3), "sources.csv", 0, "id"),
    ("unknown-kind", cell("orgs.csv", 2, "kind", "Sector"), "orgs.csv", 2, "kind"),
    ("unused-entity", again("orgs.csv", 2, id="org/idle"), "orgs.csv", 3, "id"),
    ("missing-label", again("topics.csv", 2, id="topic/nameless"), "topics.csv", 5, "id"),
    ("second-label", again("names.csv", 2, name="growth"), "names.csv", 16, "role"),
    ("duplicate-name", again("names.csv", 2, role="alias"), "names.csv", 16, "name"),
    ("label-taken", again("names.csv", 2, entity="indicator/output-value"), "names.csv", 16, "name"),
    ("missing-ground", cell("places.csv", 3, "ground", ""), "places.csv", 3, "ground"),
    ("bad-point", cell("places.csv", 3, "latitude", ""), "places.csv", 3, "longitude"),
    ("coined-name", cell("names.csv", 2, "ground", "translated"), "names.csv", 2, "confidence"),
    ("unresolved-entity", again("names.csv", 2, entity="topic/lidar", role="label", confidence="unresolved", lang="zh"), S, 4, "object"),
    ("open-note", cell(S, 2, "note", "one of two alternatives"), S, 2, "note"),
    ("unknown-term", cell("names.csv", 2, "role", "lable"), "names.csv", 2, "role"),
    ("unknown-term", cell(S, 2, "stage", "planed"), S, 2, "stage"),
    ("unknown-term", cell(S, 4, "tier", "futur"), S, 4, "tier"),
    ("unknown-term", cell(S, 6, "flags", "read-from-nam"), S, 6, "flags"),
    ("unknown-term", cell(T, 2, "comparator", "over"), T, 2, "comparator"),
    ("unknown-term", cell("indicators.csv", 2, "unit", "ounce"), "indicators.csv", 2, "unit"),
    ("unknown-entity", cell(S, 2, "object", "place/optic-park"), S, 2, "object"),
    ("unknown-entity", cell(T, 2, "place", "place/nowhere"), T, 2, "place"),
    ("unknown-predicate", cell(S, 2, "predicate", "bilds"), S, 2, "predicate"),
    ("wrong-end", cell(S, 2, "predicate", "develops"), S, 2, "subject"),
    ("taxonomic-statement", cell(S, 2, "predicate", "broader"), S, 2, "predicate"),
    ("no-governing-words", cell(S, 4, "said", ""), S, 4, "said"),
    ("missing-note", cell(S, 4, "flags", "no-governing-words"), S, 4, "note"),
    ("said-missing", cell(S, 4, "said", "cultivated"), S, 4, "said"),
    ("said-missing", cell(S, 4, "said_paragraph", "1"), S, 4, "said"),
    ("said-too-long", cell(S, 4, "said", "The sample province will build an optics park in"), S, 4, "said"),
    ("missing-said", cell(S, 2, "said_paragraph", "1"), S, 2, "said_paragraph"),
    ("said-elsewhere", cell(S, 4, "said_paragraph", "3"), S, 4, "said_paragraph"),
    ("out-of-range", cell(S, 4, "said_paragraph", "9"), S, 4, "said_paragraph"),
    ("unknown-statement", cell("redirects.csv", 2, "new", f"statement/{32 * '0'}"), "redirects.csv", 2, "new"),
    ("missing-note", cell("redirects.csv", 2, "new", ""), "redirects.csv", 2, "note"),
    ("tier-in-hierarchy", cell("topics.csv", 3, "kind", "TierWord"), "hierarchy.csv", 4, "parent"),
    ("unmapped-topic", table(CROSSWALK, MAPPING), CROSSWALK, 0, "subject_id"),
    ("unknown-field", table(CROSSWALK, MAPPING), CROSSWALK, 3, "object_id"),
    ("duplicate-mapping", table(CROSSWALK, MAPPING, MAPPING[-1:]), CROSSWALK, 4, "object_id"),
    ("unknown-field", table("fields.csv", FIELD), "fields.csv", 2, "parent"),
    ("wrong-end", cell(S, 5, "object", "place/sample-city"), S, 5, "object"),
    ("wrong-end", cell(f"{EN}/sections.csv", 2, "region", "topic/optics"), f"{EN}/sections.csv", 2, "region"),
    ("wrong-end", cell(f"{EN}/sections.csv", 2, "region", "org/acme-optics"), f"{EN}/sections.csv", 2, "region"),
    ("wrong-end", cell(f"{EN}/sections.csv", 2, "region", f"source/{EN}"), f"{EN}/sections.csv", 2, "region"),
    ("unknown-entity", cell(f"{EN}/sections.csv", 2, "region", "place/nowhere"), f"{EN}/sections.csv", 2, "region"),
    ("bad-literal", cell(S, 2, "predicate", "heldOn"), S, 2, "object"),
    ("self-reference", again("hierarchy.csv", 2, parent="place/sample-city"), "hierarchy.csv", 5, "parent"),
    ("duplicate-link", again("hierarchy.csv", 2), "hierarchy.csv", 5, "child"),
    ("circle", again("hierarchy.csv", 3, child="topic/optics", parent="topic/lidar"), "hierarchy.csv", 5, "parent"),
    ("reused-id", cell("redirects.csv", 2, "old", "topic/optics"), "redirects.csv", 2, "old"),
    ("section-bounds", cell(f"{EN}/sections.csv", 2, "last", "2"), f"{EN}/sections.csv", 2, "last"),
    ("section-bounds", cell(f"{EN}/sections.csv", 2, "first", "2"), f"{EN}/sections.csv", 2, "first"),
    ("no-section", drop(f"{EN}/sections.csv", 2), S, 2, "paragraph"),
    ("out-of-range", cell(S, 6, "paragraph", "4"), S, 6, "paragraph"),
    ("out-of-range", cell(f"{EN}/sections.csv", 2, "under", "9"), f"{EN}/sections.csv", 2, "under"),
    ("quote-too-long", cell(S, 2, "quote", "one two three four five six seven eight nine ten eleven twelve thirteen"), S, 2, "quote"),
    ("quote-too-long", cell(S, 2, "quote", "光" * 31), S, 2, "quote"),
    ("quote-missing", cell(S, 2, "quote", "builds an optics park"), S, 2, "quote"),
    ("quote-repeated", cell(S, 5, "quote", "optics"), S, 5, "quote"),
    ("object-not-in-quote", cell(S, 4, "quote", "cultivate future industries"), S, 4, "quote"),
    ("missing-note", cell(f"{ZH}/statements.csv", 3, "note", ""), f"{ZH}/statements.csv", 3, "note"),
    ("missing-cue", cell(S, 2, "cue", ""), S, 2, "cue"),
    ("cue-too-long", cell(S, 2, "cue", "province will build an optics park"), S, 2, "cue"),
    ("cue-missing", cell(S, 2, "cue", "going to build"), S, 2, "cue"),
    ("cue-of-another-tier", cell(S, 4, "tier", "traditional"), S, 4, "cue"),
    ("subject-not-named", cell(S, 6, "subject", "project/optics-valley-2"), S, 6, "subject"),
    ("comparator-mismatch", both(cell(T, 2, "written", "exceed 65.8 billion"), cell(T, 2, "comparator", "about")), T, 2, "comparator"),
    ("span-words", cell(f"{ZH}/coverage.csv", 3, "from", "样本市将建设光谷二期"), f"{ZH}/coverage.csv", 3, "from"),
    ("cue-too-long", cell(f"{ZH}/statements.csv", 2, "cue", "样本市将建设光谷二期"), f"{ZH}/statements.csv", 2, "cue"),
    ("cue-of-another-stage", cell(f"{ZH}/statements.csv", 2, "stage", "cancelled"), f"{ZH}/statements.csv", 2, "cue"),
    ("cue-of-another-stage", cell(S, 2, "stage", "completed"), S, 2, "cue"),
    ("other-region", cell(f"{ZH}/statements.csv", 2, "subject", "place/sample-province"), f"{ZH}/statements.csv", 2, "subject"),
    ("duplicate-statement", again(S, 2, stage="", cue=""), S, 7, "object"),
    ("second-relation", again(S, 2, predicate="promotes"), S, 7, "predicate"),
    ("unsorted", again(S, 2, predicate="promotes"), S, 7, "paragraph"),
    ("number-without-unit", cell(T, 2, "unit", ""), T, 2, "unit"),
    ("number-without-unit", cell(T, 2, "unit_written", ""), T, 2, "unit_written"),
    ("unit-mismatch", cell(T, 2, "unit", "percent"), T, 2, "unit"),
    ("number-mismatch", cell(T, 2, "value", "65.8"), T, 2, "value"),
    ("unread-number", cell(T, 2, "written", "65.8 billion yuan"), T, 2, "note"),
    ("range-bounds", cell(T, 2, "upper", "70000000000"), T, 2, "upper"),
    ("range-bounds", cell(T, 2, "comparator", "range"), T, 2, "upper"),
    ("value-not-in-quote", cell(T, 2, "quote", "will exceed"), T, 2, "written"),
    ("missing-repeats", cell(f"{EN}/coverage.csv", 2, "repeats", "2"), f"{EN}/coverage.csv", 2, "repeats"),
    ("span-words", cell(f"{EN}/coverage.csv", 3, "to", "The sample province will build"), f"{EN}/coverage.csv", 3, "to"),
    ("span-missing", cell(f"{EN}/coverage.csv", 3, "from", "the"), f"{EN}/coverage.csv", 3, "from"),
    ("stale-position", cell(S, 2, "quote", "will build an optics park"), f"{EN}/positions.csv", 0, "quote"),
    ("stale-position", cell(f"{EN}/positions.csv", 4, "start", "1"), f"{EN}/positions.csv", 4, "start"),
    ("stale-mention", cell(f"{EN}/mentions.csv", 4, "start", "1"), f"{EN}/mentions.csv", 4, "words"),
    ("stale-mention", cell(f"{EN}/mentions.csv", 5, "within", "park"), f"{EN}/mentions.csv", 5, "within"),
    ("stale-mention", cell("names.csv", 8, "name", "样本城"), f"{EN}/searched.csv", 6, "forms"),
    ("paragraph-count", cell("sources.csv", 2, "paragraphs", "4"), "sources.csv", 2, "paragraphs"),
    ("too-much-quoted", cell(S, 4, "quote", "The sample province will build an optics park in Sample City"), "sources.csv", 2, "id"),
]  # fmt: skip


def run(folder: Path) -> Report:
    return checks.check_seeds(folder, locations.ontology(), TEXTS)


def test_the_sample_is_sound() -> None:
    report = run(SAMPLE / "seeds")
    assert report.problems == ()
    assert (report.verified, report.unverified) == (10, 0)
    assert [(gap.source, gap.paragraph, gap.words) for gap in report.gaps] == [(EN, 3, 8)]


@pytest.mark.parametrize(("code", "edit", "file", "line", "column"), FAULTS)
def test_a_fault_is_named_where_it_stands(
    sample: Path, code: str, edit: Edit, file: str, line: int, column: str
) -> None:
    if code == "too-much-quoted":
        for at in (5, 6):
            cell(
                S,
                at,
                "quote",
                ["The park focuses on optics, and Acme Optics is its first firm.", "Acme Optics"][at - 5],
            )(sample)
        cell(T, 2, "quote", "By 2030 the output value of optics will exceed 65.8 billion yuan")(sample)
    edit(sample)
    problems = run(sample).problems
    assert (code, file, line, column) in {(p.code, p.file, p.line, p.column) for p in problems}
    assert all(p.what and p.remedy for p in problems)


def test_a_region_is_a_place_and_the_problem_says_what_else_it_is(sample: Path) -> None:
    cell(f"{EN}/sections.csv", 2, "region", "topic/optics")(sample)
    report = run(sample)
    assert [str(p) for p in report.problems if p.column == "region"] == [
        f"{EN}/sections.csv:2:region: a section's region does not take a Sector here 'topic/optics' [wrong-end]\n"
        "    it takes Place"
    ]
    assert "topic/optics" not in report.seeds.regions


@pytest.mark.parametrize(
    ("day", "known"),
    [("2030-01-31", False), ("2030-02-30", True), ("2030-19-39", True), ("２０３０-01-01", True)],
)
def test_a_stated_day_exists(sample: Path, day: str, known: bool) -> None:
    cell(S, 2, "predicate", "heldOn")(sample)
    cell(S, 2, "object", day)(sample)
    found = {(p.text, p.remedy) for p in run(sample).problems if p.code == "bad-literal"}
    assert found == ({(day, "write it as 2024-01-21")} if known else set())


@pytest.mark.parametrize(
    ("written", "comparator", "value", "upper", "unit"),
    [
        ("100-150亿", "range", "10000000000", "15000000000", "CNY"),
        ("thirty-five", "exactly", "35", "", "CNY"),
        ("二三百亿", "range", "20000000000", "30000000000", "CNY"),
        ("-3", "exactly", "-3", "", "CNY"),
        ("1/3", "exactly", "0.333", "", "CNY"),
        ("三分之一", "exactly", "33.3", "", "percent"),
        ("half", "exactly", "50", "", "percent"),
        ("三成", "exactly", "30", "", "percent"),
        ("翻两番", "exactly", "4", "", "multiple"),
    ],
)
def test_a_target_has_the_value_of_its_words(
    sample: Path, written: str, comparator: str, value: str, upper: str, unit: str
) -> None:
    assert _target_codes(sample, written, comparator=comparator, value=value, upper=upper, unit=unit) == set()


@pytest.mark.parametrize(
    ("written", "value", "unit"),
    [
        ("1/3", "0.3", "CNY"), ("1/3", "0.34", "CNY"), ("1/3", "33", "CNY"), ("half", "5", "percent"),
        ("一万五", "10005", "CNY"), ("二〇二五", "5", "CNY"), ("三成", "3", "percent"), ("-3", "3", "CNY"),
    ],
)  # fmt: skip
def test_a_target_has_no_other_value(sample: Path, written: str, value: str, unit: str) -> None:
    assert _target_codes(sample, written, comparator="exactly", value=value, unit=unit) == {"number-mismatch"}


def test_words_that_are_not_read_stand_with_a_note(sample: Path) -> None:
    assert _target_codes(sample, "a few score", comparator="about", value="60") == {"unread-number"}
    cell(T, 2, "note", "three score, after the table")(sample)
    report = run(sample)
    assert {p.code for p in report.problems if p.file == T} == {"quote-missing"}
    assert [notice for notice in report.notices if notice.startswith(f"{T}:2: the value 60 ")]
    cell(T, 2, "upper", "70")(sample)
    assert {p.code for p in run(sample).problems if p.file == T} == {"quote-missing", "range-bounds"}


def test_a_figure_of_a_time_that_was_over_is_a_result(sample: Path) -> None:
    sections, targets = sample / "hubei-2030" / "sections.csv", sample / T
    text = sections.read_text(encoding="utf-8").replace("reread\n", "reread,period\n")
    sections.write_text(text.replace("2030-01-04,\n", "2030-01-04,,2029\n"), encoding="utf-8")
    assert not run(sample).problems  # its own period, up to 2030, makes it an aim
    cell(T, 2, "period", "")(sample)
    (problem,) = run(sample).problems
    assert (problem.file, problem.line, problem.column, problem.code) == (T, 2, "status", "past-aim")
    header, row, *_ = targets.read_text(encoding="utf-8").splitlines()
    targets.write_text(f"{header},status\n{row},achieved\n", encoding="utf-8")
    assert not run(sample).problems
    targets.write_text(f"{header},status\n{row},done\n", encoding="utf-8")
    assert [p.code for p in run(sample).problems] == ["unknown-term"]


def _target_codes(sample: Path, written: str, unit: str = "CNY", **changes: str) -> set[str]:
    """What the check finds in a target of these words; the text of the sample does not hold them."""
    changes |= {"quote": f"it is {written} yuan", "written": written, "unit_written": "yuan", "unit": unit}
    for column, value in changes.items():
        cell(T, 2, column, value)(sample)
    found = {p.code for p in run(sample).problems if p.file == T}
    return found - {"quote-missing", "unit-mismatch"}


def test_every_code_is_seen_to_fail() -> None:
    """The codes in the source are those of the list above, and a few that have tests of their own."""
    elsewhere = {
        "shacl",
        "bad-json",
        "unread-file",
        "unread-folder",
        "another-text",
        "quotes-moved",
        "vanished-id",
        "past-aim",
        "new-name",
        "report-id",
        "report-parts",
    }
    assert _codes() - elsewhere == {code for code, *_ in FAULTS}


def test_an_id_that_vanishes_is_a_problem_and_one_that_is_retired_is_none(sample: Path) -> None:
    before = seeds.read_seeds(sample)[0]
    ids = [*before.kinds, *(row.id for d in before.documents.values() for row in d.evidence())]
    assert len(ids) == 22
    cell(S, 6, "paragraph", "2")(sample)
    drop("orgs.csv", 2)(sample)
    after = seeds.read_seeds(sample)[0]
    gone = ["org/acme-optics", "statement/408a7ab8147bcad432b878be6a0b9b32"]
    found = list(check_vanished(after, ids))
    assert [(p.code, p.file, p.text) for p in found] == [
        ("vanished-id", "redirects.csv", one) for one in gone
    ]
    again("redirects.csv", 2, old=gone[0], new="", note="merged")(sample)
    again("redirects.csv", 2, old=gone[1], new="", note="another paragraph")(sample)
    assert list(check_vanished(seeds.read_seeds(sample)[0], ids)) == []
    assert list(check_vanished(before, ids)) == []


#: A changed cell of the recorded positions, or of a row, and whether the rest is still recorded.
UNFIT = [
    (f"{EN}/positions.csv", 5, "start", "24", ["stale-position"], 10),
    (f"{EN}/positions.csv", 5, "end", "200", ["stale-position"], 10),
    (f"{EN}/positions.csv", 5, "hash", 64 * "0", ["stale-position"], 10),
    (f"{EN}/positions.csv", 5, "exact", "Build", ["stale-position"], 10),
    (f"{EN}/positions.csv", 3, "end", "30", ["stale-position"], 10),
    (f"{ZH}/positions.csv", 5, "heading", "3", ["stale-position"], 9),
    (S, 4, "said", "build", [], 9),
    (S, 2, "cue", "build", [], 9),
    (S, 2, "quote", "an optics park", [], 9),
]


@pytest.mark.parametrize(("file", "line", "column", "value", "codes", "recorded"), UNFIT)
def test_recorded_positions_are_verified_without_the_texts(
    sample: Path, file: str, line: int, column: str, value: str, codes: list[str], recorded: int
) -> None:
    cell(file, line, column, value)(sample)
    report = checks.check_seeds(sample, locations.ontology())
    assert sorted({p.code for p in report.problems} - {"cue-of-another-stage", "no-governing-words"}) == codes
    assert (report.recorded, report.unverified) == (recorded, 10)


def test_all_problems_of_a_run_come_at_once(sample: Path) -> None:
    cell(S, 2, "predicate", "bilds")(sample)
    cell(S, 4, "tier", "futur")(sample)
    cell(T, 2, "unit", "")(sample)
    cell("orgs.csv", 2, "kind", "Firm")(sample)
    codes = [problem.code for problem in run(sample).problems]
    assert sorted(codes) == ["number-without-unit", "unknown-kind", "unknown-predicate", "unknown-term"]


def test_unknown_ids_suggest_the_nearest(sample: Path) -> None:
    cell(S, 4, "object", "topic/lider")(sample)
    assert "did you mean topic/lidar? Or add it to topics.csv" in {
        problem.remedy for problem in run(sample).problems
    }


def test_without_texts_the_check_says_what_it_could_not_verify() -> None:
    report = checks.check_seeds(SAMPLE / "seeds", locations.ontology())
    assert (report.verified, report.unverified) == (0, 10)
    assert report.recorded == 10
    assert not any("not at hand" in notice for notice in report.notices)


def test_a_page_fetched_again_is_known_by_its_paragraphs(sample: Path, tmp_path: Path) -> None:
    texts = tmp_path / "texts"
    texts.mkdir()
    (texts / "renamed.html.txt").write_text((TEXTS / "english.txt").read_text() + "\nA new footer\n")
    report = checks.check_seeds(sample, locations.ontology(), texts)
    assert report.verified == 6
    assert (
        f"{EN}: the file's hash is not the recorded one; 3 of 3 paragraphs are as they were" in report.notices
    )


def test_positions_are_written_and_then_hold(sample: Path) -> None:
    for name in (EN, ZH):
        (sample / name / "positions.csv").unlink()
    assert {p.code for p in run(sample).problems} == {"stale-position"}
    checks.check_seeds(sample, locations.ontology(), TEXTS, write=True)
    assert run(sample).problems == ()
    for name in (EN, ZH):
        positions = f"{name}/positions.csv"
        assert (sample / positions).read_bytes() == (SAMPLE / "seeds" / positions).read_bytes()


JUNK = ["", "x", " ", "\u202e", "=1+1", "9" * 400, "a,b", '"', "\n", "\x00", "集成电路", "place/sample-city", "-1", "🙂", "topic/", "../..", "2024"]  # fmt: skip
FREE = {
    "note",
    "ground",
    "title",
    "title_zh",
    "publisher",
    "translator",
    "kind",
    "heading",
    "name",
    "address",
    "original",
}


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_changed_cell_is_a_problem_there_or_changes_nothing(data: st.DataObject, tmp_path: Path) -> None:
    """Cells of closed form: a change is reported with file, line and column, or the graph is equal."""
    folder = Path(shutil.copytree(SAMPLE / "seeds", tmp_path / "seeds", dirs_exist_ok=True))
    files = sorted(p for p in folder.rglob("*.csv") if p.name != "positions.csv" and len(read(p)))
    path = data.draw(st.sampled_from(files))
    rows = read(path)
    line = data.draw(st.integers(0, len(rows) - 1))
    column = data.draw(
        st.sampled_from([c for c in rows[0] if c not in FREE or (path.name == "orgs.csv" and c == "kind")])
    )
    before = rows[line][column]
    rows[line][column] = data.draw(st.sampled_from(JUNK) | st.just(before + "x") | st.text(max_size=8))
    write(path, rows)
    report = run(folder)
    if report.problems:
        assert any(
            p.code == "stale-position" or (p.file and p.line and (p.column or p.code in WHOLE_LINE))
            for p in report.problems
        )
        return
    assert _graph(report) == _graph(run(SAMPLE / "seeds")) or column in OPEN.get(path.name, ())


#: Faults of a line that no column can be named for.
WHOLE_LINE = {"bad-csv", "encoding", "line-ends", "cell-count"}
#: Columns whose values are facts: another well-formed value is another fact, which no check can tell.
OPEN = {
    "names.csv": ("date", "confidence", "role", "lang", "entity"),
    "redirects.csv": ("old", "new", "date"),
    "sources.csv": ("published", "language", "translated_from", "sha256"),
    "places.csv": ("gb2260", "iso31662", "latitude", "longitude"),
    "statements.csv": (
        "period",
        "stage",
        "tier",
        "cue",
        "said",
        "flags",
        "object",
        "subject",
        "predicate",
        "quote",
    ),
    "targets.csv": ("period", "flags", "place", "topic", "indicator", "comparator", "quote", "unit_written"),
    "sections.csv": ("region", "read", "reread", "under"),
    "coverage.csv": ("reason", "read", "reread", "to", "from", "repeats"),
    "hierarchy.csv": ("child", "parent", "relation"),
}


def test_fmt_mends_what_a_spreadsheet_breaks(sample: Path) -> None:
    for file in ("orgs.csv", "names.csv", S):
        path = sample / file
        original = path.read_bytes()
        header, *lines = original.decode().splitlines()
        path.write_bytes(("\ufeff" + "\r\n".join([header, *reversed(lines)]) + "\r\n").encode())
        assert scaffold.format_table(path)
        assert not scaffold.format_table(path)
        if file == "orgs.csv":
            assert path.read_bytes() == original
        elif file == S:  # the rows of a paragraph stay as they are
            assert sorted(path.read_bytes().splitlines()) == sorted(original.splitlines())
    assert run(sample).problems == ()


def _graph(report: Report) -> list[str]:
    return reference.lines(report.seeds, report.ontology, locations.ontology(), version="")


def _codes() -> set[str]:
    """Codes that the source gives to problems, read from its calls."""
    places = {"Problem": 3, "problem": 1, "report": 2, "unknown_term": 2}
    found = set()
    for path in (ROOT / "kg").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                at = places.get(name)
                if at is not None and len(node.args) > at and isinstance(node.args[at], ast.Constant):
                    found.add(str(node.args[at].value))  # type: ignore[attr-defined]
    return {code for code in found if code.replace("-", "").isalpha() and code.islower()}


def test_models_know_every_table() -> None:
    tables = {**seeds.COMMON_TABLES, **seeds.SOURCE_TABLES}
    assert len(tables) == 20
    assert all(issubclass(model, models.Row) for model in tables.values())
