"""Bad input of checks and of texts: the exact problems, the cause alone, within a few lines."""

from __future__ import annotations

import datetime
import hashlib
import shutil
from pathlib import Path

import pytest

from kg import locations
from kg.check import quotes, run
from kg.errors import Problem
from kg.read import seeds as tables
from tests.check.test_check import EN, ZH, Edit, S, T, cell, content, drop, without
from tests.check.test_check import read as rows_of
from tests.check.test_check import write as write_rows
from tests.conftest import SAMPLE

TEXTS = SAMPLE / "texts"
SECTIONS = f"{EN}/sections.csv"


def every(file: str, column: str, value: str) -> Edit:
    def edit(folder: Path) -> None:
        rows = rows_of(folder / file)
        write_rows(folder / file, [{**row, column: value} for row in rows])

    return edit


def all_of(*edits: Edit) -> Edit:
    def edit(folder: Path) -> None:
        for one in edits:
            one(folder)

    return edit


#: One mistake each, and all that the check says of it.
MISTAKES: list[tuple[Edit, list[str]]] = [
    (
        content("topics.csv", b"note", b"notes"),
        ["topics.csv:1:note: the column is missing 'notes' [missing-column]\n    the header is id,kind,note"],
    ),
    (
        content("names.csv", "样".encode(), "样".encode("gb18030")),
        ["names.csv:8: not UTF-8 at byte 539 [encoding]\n    save it as UTF-8 (Excel: CSV UTF-8)"],
    ),
    (
        without("hierarchy.csv"),
        ["hierarchy.csv: the file is missing [missing-file]\n    create it with the header child,relation,parent,ground"],
    ),
    (
        cell("sources.csv", 2, "published", "4.2.2030"),
        ["sources.csv:2:published: the cell has another form '4.2.2030' [bad-cell]\n    it should hold a day that exists: 2024-01-21"],
    ),
    (
        cell("topics.csv", 2, "note", "two\nlines"),
        ["topics.csv:2:note: a line break or control character of the cell 'two\\nlines' [bad-cell]\n    write 'two lines'"],
    ),
    (
        cell(S, 2, "quote", "build an optics park\xa0"),
        [f"{S}:2:quote: white space at an end of the cell 'build an optics park\\xa0' [bad-cell]\n    write 'build an optics park'"],
    ),
    (
        cell(SECTIONS, 2, "first", "one"),
        [f"{SECTIONS}:2:first: the cell has another form 'one' [bad-cell]\n    it should hold a whole number from 1"],
    ),
    (
        cell(SECTIONS, 2, "last", "2"),
        [f"{SECTIONS}:2:last: the last section should end at paragraph 3 '2' [section-bounds]\n    sources.csv counts the paragraphs"],
    ),
    (
        drop(SECTIONS, 2),
        [f"{S}:2:paragraph: no section holds the paragraph, in 5 rows '2' [no-section]\n    add it to a section in sections.csv",
         f"{T}:2:paragraph: no section holds the paragraph '3' [no-section]\n    add it to a section in sections.csv"],
    ),
    (
        cell(S, 4, "object", "topic/Lidar"),
        [f"{S}:4:object: no such entity 'topic/Lidar' [unknown-entity]\n    did you mean topic/lidar? Or add it to topics.csv"],
    ),
    (
        cell(S, 4, "object", "cluster/memory-chips"),
        [f"{S}:4:object: no such segment 'cluster' 'cluster/memory-chips' [unknown-entity]\n    An id begins with event, indicator, org, person, place, programme, project, source, topic"],
    ),
    (
        cell(S, 4, "object", "Sample City"),
        [f"{S}:4:object: no id of an entity 'Sample City' [unknown-entity]\n    did you mean place/sample-city? Write an id such as place/jinan"],
    ),
    (
        all_of(*(cell(S, line, "subject", "place/wuhan") for line in (2, 4))),
        [f"{S}:2:subject: no such entity, in 2 rows 'place/wuhan' [unknown-entity]\n    add it to places.csv"],
    ),
    (
        cell(T, 2, "comparator", "at least"),
        [f"{T}:2:comparator: the cell has another form 'at least' [bad-cell]\n    it should hold one word of its list: about, at-least, at-most, "],
    ),
    (
        cell(S, 2, "stage", "planed"),
        [f"{S}:2:stage: no such term 'planed' [unknown-term]\n    did you mean planned? It is one of"],
    ),
    (
        cell(S, 2, "quote", "Build an optics park"),
        [f"{S}:2:quote: the quote is not in paragraph 2 'Build an optics park' [quote-missing]\n    the paragraph has 'build an optics park'",
         f"{EN}/positions.csv:5:start: no row has these words any more 'build an optics park' [stale-position]\n    kg check --texts DIR --write"],
    ),
    (
        cell(T, 2, "written", "5.8 billion"),
        [f"{T}:2:value: the words '5.8 billion' say 5800000000 '65800000000' [number-mismatch]\n    write 5800000000, or correct the words",
         f"{T}:2:written: the quote does not hold it as a word or figure of its own '5.8 billion' [value-not-in-quote]\n    write it as the quote has it, with its sign, decimals and scale"],
    ),
    (
        without(f"{EN}/positions.csv"),
        [f"{EN}/positions.csv:quote: 12 positions are not recorded yet [stale-position]\n    kg check --texts DIR --write"],
    ),
    (
        cell("sources.csv", 2, "paragraphs", "2"),
        ["sources.csv:2:paragraphs: the text has 3 paragraphs '2' [paragraph-count]\n    write 3"],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("edit", "expected"), MISTAKES)
def test_a_mistake_is_said_once_with_its_remedy(sample: Path, edit: Edit, expected: list[str]) -> None:
    edit(sample)
    found = [str(problem) for problem in run.check_seeds(sample, locations.ontology(), TEXTS).problems]
    expected = [line.replace("{seeds}", str(sample)) for line in expected]
    assert len(found) == len(expected), found
    assert all(one.startswith(begin) for one, begin in zip(found, expected, strict=True)), found


def test_the_cause_comes_first(sample: Path) -> None:
    content("orgs.csv", b"note\n", b"note\r\n")(sample)
    cell("places.csv", 3, "latitude", "91")(sample)
    cell(S, 4, "tier", "futur")(sample)
    cell("names.csv", 2, "confidence", "sure")(sample)
    codes = [(p.file, p.code) for p in run.check_seeds(sample, locations.ontology(), TEXTS).problems]
    assert codes == [
        ("orgs.csv", "line-ends"),
        ("places.csv", "bad-cell"),
        ("names.csv", "unknown-term"),
        (S, "unknown-term"),
    ]


@pytest.mark.parametrize(
    "name", ["topic.csv", "Topics.csv", "topics (1).csv", "topics_old.csv", "topics.tsv", "topics.parquet"]
)
def test_a_table_that_is_not_read_is_a_problem(sample: Path, name: str) -> None:
    (sample / name).write_bytes(b"")
    (sample / EN / name.replace("opic", "arget")).write_bytes(b"")
    for other in ("notes.csv", ".topics.csv.swp", "~$topics.xlsx", "CHANGELOG.md"):
        (sample / other).write_bytes(b"")
    found = [
        (problem.code, problem.file) for problem in run.check_seeds(sample, locations.ontology()).problems
    ]
    source = name.replace("opic", "arget")
    assert found == [("unread-file", name), ("unread-file", f"{EN}/{source}")]


def test_a_near_miss_is_of_the_right_kind(sample: Path) -> None:
    """A place for a place: topics and places whose class the predicate does not take are not offered."""
    cell(S, 2, "object", "place/optics")(sample)
    cell(S, 5, "object", "place/sample-cit")(sample)
    found = [p.remedy for p in run.check_seeds(sample, locations.ontology()).problems if p.file == S]
    assert found == ["did you mean place/optics-park? Or add it to places.csv", "add it to places.csv"]


def texts_of(folder: Path, **files: str | bytes) -> Path:
    folder.mkdir()
    for name, text in files.items():
        path = folder / name.replace("__", "/")
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


ENGLISH = (TEXTS / "english.txt").read_text(encoding="utf-8")
CHINESE = (TEXTS / "chinese.txt").read_text(encoding="utf-8")
ABSENT = "the text is not at hand, so its quotes could not be verified"
#: Files of a folder of texts; quotes verified and not; notices that begin with the name of a source.
FOLDERS: list[tuple[dict[str, str | bytes], int, int, list[str]]] = [
    ({}, 0, 10, []),
    ({"any_name": ENGLISH}, 6, 4, []),
    ({"2030__deep": ENGLISH, "b__zh.txt": CHINESE}, 10, 0, []),
    ({".hidden": ENGLISH}, 0, 10, []),
    ({"empty.txt": ""}, 0, 10, []),
    ({"image.png": b"\x89PNG\xff\xfe"}, 0, 10, []),
    ({"twice.txt": ENGLISH, "again.txt": ENGLISH}, 6, 4, []),
    (
        {"page.txt": f"{ENGLISH}\nA new footer\n"}, 6, 4,
        [f"{EN}: the file's hash is not the recorded one; 3 of 3 paragraphs are as they were"],
    ),
    (
        {"crlf.txt": ENGLISH.replace("\n", "\r\n")}, 6, 4,
        [f"{EN}: the file's hash is not the recorded one; 3 of 3 paragraphs are as they were"],
    ),
    (
        {"bom.txt": f"\ufeff{ENGLISH}"}, 6, 4,
        [f"{EN}: the file's hash is not the recorded one; 3 of 3 paragraphs are as they were"],
    ),
    (
        {"other.txt": f"{ENGLISH.splitlines()[0]}\n\nQuite another text."}, 0, 10,
        [f"{EN}: other.txt seems another edition, 1 of 3 paragraphs are as they were; its quotes were not verified"],
    ),
    (
        {"gb.txt": CHINESE.encode("gb18030")}, 0, 10,
        [f"{EN}: gb.txt is there, but not UTF-8 at byte 0", f"{ZH}: gb.txt is there, but not UTF-8 at byte 0"],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("files", "verified", "unverified", "notices"), FOLDERS)
def test_texts_are_found_by_content(
    sample: Path,
    tmp_path: Path,
    files: dict[str, str | bytes],
    verified: int,
    unverified: int,
    notices: list[str],
) -> None:
    folder = texts_of(tmp_path / "texts", **files)
    report = run.check_seeds(sample, locations.ontology(), folder)
    assert (report.verified, report.unverified) == (verified, unverified)
    said = [n for n in report.notices if n.startswith((f"{EN}: ", f"{ZH}: ")) and "quotes cover" not in n]
    assert said == notices
    assert {problem.code for problem in report.problems} <= {"stale-position"}


def test_a_text_with_the_recorded_hash_that_is_not_utf8_is_a_problem(sample: Path, tmp_path: Path) -> None:
    raw = CHINESE.encode("gb18030")
    digest = hashlib.sha256(raw).hexdigest()
    cell("sources.csv", 3, "sha256", digest)(sample)
    report = run.check_seeds(sample, locations.ontology(), texts_of(tmp_path / "texts", zh=raw))
    assert report.problems == (
        Problem(
            "sources.csv",
            3,
            "sha256",
            "encoding",
            "the text is there, but not UTF-8 at byte 0",
            "zh",
            "save it as UTF-8, and write the hash of that file here",
        ),
    )
    assert not [notice for notice in report.notices if ABSENT in notice and ZH in notice]


def table_of(number: int, text: list[str]) -> tuple[tables.Document, list[str]]:
    """A source of many rows, each with a quote of its own paragraph, and another text to verify it with."""
    found, _ = tables.read_seeds(SAMPLE / "seeds")
    document = found.documents[EN]
    [row] = document.statements[:1]
    rows = tuple(
        row.model_copy(update={"paragraph": n, "line": n + 1, "quote": f"firm {n} of {7 * n} makes lidar", "cue": ""})
        for n in range(1, number + 1)
    )  # fmt: skip
    return tables.Document(document.source, document.sections, rows, (), (), ()), text


LINES = [f"Line {n}: firm {n} of {7 * n} makes lidar." for n in range(1, 4_611)]


@pytest.mark.parametrize(
    ("text", "verified", "expected"),
    [
        (["Inserted.", *LINES], 0, "4610 quotes all stand 1 paragraph later than their rows say, from paragraph 1 on"),
        ([*LINES[:99], "One.", "Two.", *LINES[99:]], 99, "4511 quotes all stand 2 paragraphs later than their rows say, from paragraph 100 on"),
        (LINES[1:], 0, "4608 quotes all stand 1 paragraph earlier than their rows say, from paragraph 2 on"),
        ([f"Other words {n}." for n in range(4_610)], 0, "4610 quotes are not in the text: it is another edition, or another text"),
    ],
)  # fmt: skip
def test_a_text_that_shifts_is_one_problem(text: list[str], verified: int, expected: str) -> None:
    document, text = table_of(len(LINES), text)
    found = quotes.verify_quotes(document, text)
    assert len(found.quotes) == verified
    problems = list(quotes.missing_problems(document, found))
    assert problems[-1].what == expected
    assert len(problems) <= 2


def test_few_quotes_that_moved_are_told_one_by_one() -> None:
    document, text = table_of(9, [*LINES[:7], "Inserted.", *LINES[7:9]])
    found = quotes.missing_problems(document, quotes.verify_quotes(document, text))
    assert [(p.line, p.remedy) for p in found] == [
        (9, "it stands in paragraph 9"),
        (10, "it stands in paragraph 10"),
    ]


def test_an_own_table_may_be_quoted_whole(sample: Path) -> None:
    changes = ["The park focuses on optics, and Acme Optics is its first firm.", "Acme Optics"]
    for line, quote in zip((5, 6), changes, strict=True):
        cell(S, line, "quote", quote)(sample)
    cell(S, 4, "quote", "The sample province will build an optics park in Sample City")(sample)
    cell(T, 2, "quote", "By 2030 the output value of optics will exceed 65.8 billion yuan")(sample)
    for kind, expected in (("report", True), ("table", False)):
        cell("sources.csv", 2, "kind", kind)(sample)
        report = run.check_seeds(sample, locations.ontology(), TEXTS)
        assert any(p.code == "too-much-quoted" for p in report.problems) is expected


def test_gaps_are_printed_as_they_stand(sample: Path, tmp_path: Path) -> None:
    text = CHINESE.replace("报告", "报告：2025 年，全市经济运行")
    cell("sources.csv", 3, "sha256", hashlib.sha256(text.encode()).hexdigest())(sample)
    write_rows(
        sample / ZH / "coverage.csv",
        [],
        header=["paragraph", "from", "to", "reason", "repeats", "read", "reread"],
    )
    report = run.check_seeds(sample, locations.ontology(), texts_of(tmp_path / "texts", zh=text))
    assert next(str(gap) for gap in report.gaps if gap.source == ZH) == (
        f"{ZH}:1: 3 clauses, 12 characters from position 0, '样本市报告：2025 年，全市经济运行' …"
    )


def test_the_day_of_verification_is_kept(sample: Path) -> None:
    day = datetime.date(2030, 2, 1)
    run.check_seeds(sample, locations.ontology(), TEXTS, write=True, today=day)
    report = run.check_seeds(sample, locations.ontology())
    assert (report.verified, report.unverified, report.recorded) == (0, 10, 10)
    assert report.verified_on() == "on 2030-02-01"
    assert [notice for notice in report.notices if ABSENT in notice] == []
    cell(S, 2, "quote", "an optics park")(sample)
    report = run.check_seeds(sample, locations.ontology())
    assert (report.unverified, report.recorded) == (10, 9)
    assert [notice for notice in report.notices if ABSENT in notice] == [f"{EN}: {ABSENT}"]
    only = shutil.copytree(TEXTS, sample.parent / "only", ignore=shutil.ignore_patterns("chinese*"))
    run.check_seeds(sample, locations.ontology(), only, write=True, today=datetime.date(2030, 3, 1))
    report = run.check_seeds(sample, locations.ontology())
    assert report.verified_on() == "between 2030-02-01 and 2030-03-01"
    assert rows_of(sample / "verified.csv") == [
        {"source": name, "date": date, "sha256": hashlib.sha256((TEXTS / file).read_bytes()).hexdigest()}
        for name, date, file in ((EN, "2030-03-01", "english.txt"), (ZH, "2030-02-01", "chinese.txt"))
    ]


def test_the_projects_own_quotes_were_verified() -> None:
    """The tables say when, and against which texts; the notices raise no alarm."""
    report = run.check_seeds(locations.seeds(), locations.ontology())
    assert report.recorded == report.unverified > 1_000
    assert {row.source: row.sha256 for row in report.seeds.verified.values()} == {
        name: document.source.sha256 for name, document in report.seeds.documents.items()
    }
    assert not [notice for notice in report.notices if "not at hand" in notice]
    assert report.problems == ()


def test_texts_lie_in_several_folders(sample: Path, tmp_path: Path) -> None:
    folders = [texts_of(tmp_path / "a", en=ENGLISH), texts_of(tmp_path / "b", zh=CHINESE)]
    assert run.check_seeds(sample, locations.ontology(), folders).verified == 10
