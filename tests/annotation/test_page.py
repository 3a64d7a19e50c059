"""What the page of an annotated text holds: entries with their words, problems, gaps, proposals, safe labels."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kg.annotation.entries import Entry
from kg.annotation.page import AnnotatedText, render_annotated
from kg.draft.rows import COLUMNS, DraftRow
from tests.annotation.conftest import TEXTS, Annotate

ENGLISH = (TEXTS / "english.txt").read_text(encoding="utf-8")


def entries(found: AnnotatedText, *kinds: str) -> list[Entry]:
    listed = [
        one for section in found.sections for paragraph in section.paragraphs for one in paragraph.entries
    ]
    return [one for one in listed if one.kind in kinds]


def words(found: AnnotatedText, entry: Entry) -> list[tuple[int, str, str]]:
    """The words of an entry's marks with their paragraph and role, as the segments show them."""
    shown: dict[tuple[int, str], str] = {}
    for paragraph in (one for section in found.sections for one in section.paragraphs):
        for segment in paragraph.segments:
            if entry.id in segment.rows:
                for role in {mark.role for mark in entry.marks} & set(segment.roles):
                    key = (paragraph.number, role)
                    shown[key] = shown.get(key, "") + segment.words
    return [(number, role, run) for (number, role), run in sorted(shown.items())]


def draft(**cells: str) -> DraftRow:
    return DraftRow.model_validate({**dict.fromkeys(COLUMNS, ""), **cells, "file": "draft.csv", "line": 2})


def test_every_row_stands_beside_its_words(annotated: Annotate) -> None:
    found = annotated()
    assert [
        (one.paragraph, one.subject, one.relation, one.object, one.where, words(found, one))
        for one in entries(found, "statement", "target", "coverage", "gap")
    ] == [
        (1, "", "", "page furniture", "coverage.csv:2", [(1, "coverage", "Report of the sample province")]),
        (2, "", "", "qualifies a statement", "coverage.csv:3", [(2, "coverage", "The sample province will")]),
        (2, "sample province", "builds", "optics park", "statements.csv:2", [
            (2, "statement-cue", "will build"), (2, "statement-quote", "build an optics park")]),
        (2, "optics park", "located in", "Sample City", "statements.csv:3", [
            (2, "statement-quote", "optics park in Sample City")]),
        (2, "sample province", "promotes", "lidar", "statements.csv:4", [
            (2, "statement-cue", "future industries"), (2, "statement-quote", "such as lidar"),
            (2, "statement-said", "cultivate")]),
        (3, "", "", "8 words", "", [(3, "gap", "By 2030 the output value of optics will")]),
        (3, "sample province", "output value", "more than 65.8 billion yuan", "targets.csv:2", [
            (3, "target-quote", "exceed 65.8 billion yuan")]),
        (3, "optics park", "focuses on", "optics", "statements.csv:5", [
            (3, "statement-quote", "focuses on optics")]),
        (3, "Acme Optics", "in sector", "optics", "statements.csv:6", [(3, "statement-quote", "Acme Optics")]),
    ]  # fmt: skip
    raw = ENGLISH.split("\n\n")
    for paragraph in found.sections[0].paragraphs:
        assert "".join(one.words for one in paragraph.segments) == raw[paragraph.number - 1].rstrip("\n")


def test_words_of_a_text_that_had_to_be_folded(annotated: Annotate) -> None:
    found = annotated("wuhan-2030")
    shown = [run for one in entries(found, "statement", "target") for *_, run in words(found, one)]
    assert shown == ["将建设", "光谷 二期", "发展激光", "６５８亿元", "百分之二十"]
    assert {one.object: one.quote for one in entries(found, "mention")}[
        "Optics Valley Phase II"
    ] == "光谷 二期"


def test_problems_stand_at_their_rows(annotated: Annotate, sample: Path) -> None:
    table = sample / "hubei-2030" / "statements.csv"
    content = table.read_text(encoding="utf-8").replace("2,build an optics park", "2,build a power station")
    table.write_text(content.replace("org/acme-optics,inSector", "org/acme-optics,founds"), encoding="utf-8")
    sections = sample / "hubei-2030" / "sections.csv"
    sections.write_text(sections.read_text(encoding="utf-8").replace("1,3,", "1,2,"), encoding="utf-8")
    found = annotated()
    rows = {one.where: one.problems for one in entries(found, "statement") if one.problems}
    assert set(rows) == {"statements.csv:2", "statements.csv:6"}
    assert [problem.partition(" (")[0] for problem in rows["statements.csv:2"]] == [
        "quote: no name of place/optics-park stands in the quote 'build a power station'",
        "quote: the quote is not in paragraph 2 'build a power station'",
    ]
    [moved] = (one for one in entries(found, "statement") if one.where == "statements.csv:2")
    assert words(found, moved) == [(2, "statement-cue", "will build")]
    assert len(found.sections) == 1  # the whole text is shown although no section holds its end
    assert any("the last section should end at paragraph 3" in one for one in found.problems)
    assert found.counts()["problem"] == sum(map(len, rows.values())) + len(found.problems)
    html = render_annotated(found)
    assert all(html.count(f'id="{one.id}"') == 1 for one in entries(found, "statement"))


def test_gaps_are_shown_where_reading_has_begun(annotated: Annotate, sample: Path) -> None:
    folder = sample / "hubei-2030"
    for name in ("statements.csv", "targets.csv", "coverage.csv"):
        head, *rows = (folder / name).read_text(encoding="utf-8").splitlines()
        kept = [row for row in rows if row.startswith("2,")]
        (folder / name).write_text("\n".join([head, *kept]) + "\n", encoding="utf-8")
    head = (folder / "sections.csv").read_text(encoding="utf-8").splitlines()[0]
    two = "1,2,place/sample-province,Opening,,,\n3,3,place/sample-province,Aims,,{},\n"
    (folder / "sections.csv").write_text(f"{head}\n{two.format('')}", encoding="utf-8")
    assert [one.paragraph for one in entries(annotated(), "gap")] == []
    (folder / "sections.csv").write_text(f"{head}\n{two.format('2030-01-04')}", encoding="utf-8")
    found = annotated()
    assert [words(found, one) for one in entries(found, "gap")] == [
        [(3, "gap", ENGLISH.split("\n\n")[2].rstrip("\n"))]
    ]
    assert [section.state for section in found.sections] == ["", "read 2030-01-04"]


def test_proposals_stand_beside_the_rows(annotated: Annotate) -> None:
    proposed = [
        draft(kind="statement", paragraph="2", quote="cultivate future industries", subject="place/sample-province",
              predicate="promotes", object="new:future industries", accept="no", why="known name"),
        draft(kind="entity", paragraph="2", name="future industries", start="72", end="89", model="small-1",
              **{"class": "Sector"}),
        draft(kind="target", paragraph="3", quote="65.8 billion yuan", place="place/sample-province",
              comparator="exactly", written="65.8 billion", unit_written="yuan", accept="yes"),
    ]  # fmt: skip
    found = annotated("hubei-2030", proposed)
    assert sorted((one.relation, one.object, one.state) for one in entries(found, "proposal")) == [
        ("indicator to be filled", "exactly 65.8 billion yuan", "accepted"),
        ("new Sector", "future industries", "proposed"),
        ("promotes", "future industries (new)", "rejected"),
    ]
    assert [run for one in entries(found, "proposal") for *_, run in words(found, one)][:1] == [
        "cultivate future industries"
    ]
    assert "model small-1" in render_annotated(found)


@pytest.mark.parametrize(
    "hostile",
    [
        "<img src=x onerror=alert(1)>",
        '"><script>alert(1)</script>',
        "</style><script>alert(1)</script>",
        "{{ 7 * 7 }}",
        "\u202egnp.exe",
    ],
)
def test_hostile_names_stay_text(annotated: Annotate, sample: Path, hostile: str) -> None:
    for table in (sample / "names.csv", sample / "hubei-2030" / "sections.csv"):
        cell = '"' + hostile.replace('"', '""') + '"'
        content = table.read_text(encoding="utf-8").replace(",lidar,", f",{cell},")
        table.write_text(content.replace("The report of the sample province", cell), encoding="utf-8")
    html = render_annotated(annotated())
    assert html.count("<script>") == 1
    assert html.count("<style>") == 1
    assert "<img" not in html
    assert "49" not in re.sub(r"<(script|style)>.*?</\1>", "", html, flags=re.DOTALL)


def test_the_page_loads_nothing_and_runs_its_own_script_alone(annotated: Annotate) -> None:
    html = render_annotated(annotated())
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', html)
    assert policy
    assert re.fullmatch(
        "default-src 'none'; style-src 'sha256-[^']{44}'; script-src 'sha256-[^']{44}'; base-uri 'none'; form-action 'none'",
        policy[1].replace("&#39;", "'"),
    )
    assert not re.findall(r"""(?:src|href)=["'](?!#)""", html)
    assert "style=" not in html
    assert "http://" not in html
    assert "https://" not in html
