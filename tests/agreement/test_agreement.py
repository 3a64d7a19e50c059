"""Two readings of the documents agree as docs/explanation/methods.md says, and every difference is settled."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest

from kg import locations, text
from kg.read import seeds as tables
from kg.read.seeds import Seeds
from tests import excerpt
from tests.agreement import compare, report, score, verdict
from tests.agreement.compare import Claim, Section

SECTION = Section("d", 1, 3, "place/wuhan")


def claim(thing: str, *names: str, quote: str = "", predicate: str = "promotes", value: str = "") -> Claim:
    folded = frozenset(compare.fold(name) for name in names or (thing,))
    return Claim(
        SECTION,
        2,
        quote or (names or (thing,))[0],
        "Wuhan",
        frozenset(),
        predicate,
        thing,
        folded,
        "",
        value,
        f"{thing}{value}",
    )


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> Seeds:
    """The tables of the documents whose differences between two readings were settled one by one."""
    assert {one.source for one in verdict.decisions()} == set(excerpt.FIRST) < set(compare.read_twice())
    folder = tmp_path_factory.mktemp("agreement") / "seeds"
    found, problems = tables.read_seeds(excerpt.copy_seeds(locations.seeds(), folder))
    assert not problems
    return found


@pytest.mark.parametrize(
    ("words", "folded"),
    [
        ("The New-Energy Vehicles", "new energy vehicle"),
        ("“415X” cluster", "415x cluster"),
        ("batteries", "battery"),
        ("Guangdong's practice", "guangdong practice"),
        ("硅 chips", "硅 chip"),
    ],
)
def test_words_are_folded(words: str, folded: str) -> None:
    assert compare.fold(words) == folded


NUMBERS = {
    "65.8 billion": "65800000000", "8,500": "8500", "two": "2", "20%": "20", "1000P": "1000", "doubled": "2",
    "full": None, "the level of the 13th five-year Plan": None, "a number of": None,
}  # fmt: skip


@pytest.mark.parametrize(("words", "figure"), NUMBERS.items())
def test_figures_are_read(words: str, figure: str | None) -> None:
    assert compare.number(words) == (None if figure is None else Decimal(figure))


@pytest.mark.parametrize(
    ("words", "day"),
    [("2024-01-21", "01-21"), ("January 21", "01-21"), ("Jan. 3, 2019", "01-03"), ("steel", "")],
)
def test_days_are_read(words: str, day: str) -> None:
    assert compare.day(words) == day


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (claim("steel"), claim("topic/steel", "Steel", "iron and steel"), True),
        (claim("steel"), claim("topic/rice", "rice"), False),
        (
            claim("smart steel", quote="smart steel works"),
            claim("t", "steel works", quote="steel works"),
            False,
        ),
        (claim("steel works project"), claim("t", "steel works"), True),
        (
            claim("Unicom", quote="Unicom park"),
            claim("t", "Unicom big data park", quote="Unicom park"),
            False,
        ),
        (claim("January 21"), claim("2024-01-21"), True),
        (claim("Phase II", predicate="hasPhase"), claim("Phase 2", predicate="hasPhase"), True),
        (claim("output", value="65.8 billion"), claim("i", value="65.8 billion"), True),
        (claim("output", value="20%"), claim("output", value="30"), False),
        (claim("output", value="20%"), claim("output"), False),
    ],
)
def test_same_things_are_seen(one: Claim, other: Claim, same: bool) -> None:
    assert compare.same_object(one, other) is same
    assert bool(compare.match([one], [other])[0].others) is same


def test_a_name_goes_before_words_in_common() -> None:
    near, named = claim("t", "steel mill", quote="steel mill"), claim("u", "steel", quote="steel mill")
    found = compare.match([claim("steel", quote="steel mill")], [near, named])
    assert [match.others for match in found] == [(named,)]


def test_scores_before_cover_every_section(seeds: Seeds) -> None:
    before = score.read()
    now = score.score(seeds.folder)
    held = {one.section for one in now}  # a section whose rows were all withdrawn is left out
    assert [one.section for one in before if one.section in held] == [one.section for one in now]
    assert len(before) - len(now) <= 1
    second = {one.section: one.second for one in before}
    assert all(second[one.section] == one.second for one in now), "the second reading has changed"
    assert len(before) > 25
    written = StringIO()
    score.write(written, before)
    assert written.getvalue() == score.BEFORE.read_text(encoding="utf-8")
    for one in (*before, *now):
        counts = {name: count for name, count in asdict(one).items() if name != "section"}
        assert all(count >= 0 for count in counts.values())
        assert one.missed_by_first <= one.second
        assert one.predicate <= one.rows


def test_every_difference_is_settled(seeds: Seeds) -> None:
    assert verdict.unsettled(seeds.folder) == []
    rows = {claim.key: claim for claim in compare.read_second(seeds.folder)}
    decisions = verdict.decisions()
    assert len(decisions) > 100
    assert len({one.second_row for one in decisions if one.second_row}) == sum(
        bool(one.second_row) for one in decisions
    )
    for one in decisions:
        assert one.verdict in verdict.DECISIONS
        assert one.note
        assert bool(one.second_row) is (one.verdict not in {"removed", "mended"})
        if one.second_row:
            assert (rows[one.second_row].source, rows[one.second_row].paragraph) == (
                one.source,
                one.paragraph,
            )


def test_what_was_missed_is_held_now(seeds: Seeds) -> None:
    found = verdict.recall(seeds.folder)
    assert found.before < found.now == found.sound
    assert found.now >= Decimal("0.97") * found.mentions


def test_every_section_was_read_twice(seeds: Seeds) -> None:
    for document in seeds.documents.values():
        assert document.sections
        assert all(row.read and row.reread >= row.read for row in document.sections)
        assert all(row.read and row.reread >= row.read for row in document.coverage)


def test_sample_is_judged(seeds: Seeds) -> None:
    judged = verdict.sample()
    assert len(judged) == len({one.id for one in judged}) == 60
    assert verdict.lost(judged, seeds) == []
    counts = verdict.verdicts(judged)
    assert set(counts) <= set(verdict.SAMPLE)
    assert counts["not"] == 0 or all(one.changed for one in judged if one.verdict == "not")
    assert all(one.reason for one in judged)
    for one in judged:
        rows = [row for row in seeds.documents[one.source].statements if row.id == one.id]
        key = [(row.paragraph, row.subject, row.predicate, row.object) for row in rows]
        assert one.changed or key == [(one.paragraph, one.subject, one.predicate, one.object)]


def test_fresh_readings_find_nothing_false(seeds: Seeds) -> None:
    readings = verdict.readings()
    assert list(readings) == [str(number) for number in range(1, len(readings) + 1)]
    assert len(readings) >= 3
    known = {s.id for document in seeds.documents.values() for s in document.statements}
    retired = {row.old for row in seeds.redirects}
    for judged in readings.values():
        assert len(judged) == len({one.id for one in judged}) == 240
        assert {one.judgement for one in judged} <= {"plain", "weak"}
        assert [one for one in judged if bool(one.reason) is (one.judgement == "plain")] == []
        assert [one.id for one in judged if one.id not in known | retired] == []
        assert {one.source for one in judged} == set(seeds.documents)
    last = list(readings.values())[-1]
    assert sum(one.judgement == "plain" for one in last) >= 233


def test_rows_of_each_report_were_drawn_and_judged() -> None:
    seeds, _ = tables.read_seeds(locations.seeds())
    reports = sorted(set(compare.read_twice()) - set(excerpt.FIRST))
    assert len(reports) >= 10
    again = Counter[str]()
    for source in reports:
        assert all(row.reread for row in seeds.documents[source].sections if row.read)
        for kind in ("rows", "fresh"):
            judged = list(compare.rows(compare.HERE / f"{kind}-{source}.csv"))
            assert len({row["id"] for row in judged}) == len(judged) >= 20
            assert {row["source"] for row in judged} == {source}
            assert all((row["judgement"] == "plain") is not bool(row["reason"]) for row in judged)
            assert verdict.drawn(source, kind)["false"] == 0
        again += verdict.drawn(source, "fresh")
    assert again["plain"] >= 0.95 * again.total()


def test_page_shows_the_current_figures() -> None:
    assert report.shown() == report.render(), "run: python -m tests.agreement.report"


def test_quotes_of_second_reading_and_sample_stand_in_the_texts(texts: Path, seeds: Seeds) -> None:
    paragraphs = {}
    for path in texts.iterdir():
        content = path.read_text(encoding="utf-8")
        for name, document in seeds.documents.items():
            lines = text.paragraphs(content)
            if len(lines) == document.source.paragraphs:
                paragraphs[name] = lines
    assert set(paragraphs) == set(seeds.documents)
    quotes = [(c.source, c.paragraph, c.quote) for c in compare.read_second(seeds.folder)]
    quotes += [(one.source, one.paragraph, one.quote) for one in verdict.sample()]
    assert len(quotes) > 1_000
    missing = [
        (source, paragraph, quote)
        for source, paragraph, quote in quotes  # the second readers' quotes may end within a word
        if text.key(quote) not in text.key(paragraphs[source][paragraph - 1])
    ]
    assert missing == []


def test_page_and_readings_copy_no_sentence(texts: Path) -> None:
    reasons = [one.reason for judged in verdict.readings().values() for one in judged]
    words = compare.fold("\n".join([report.PAGE.read_text(encoding="utf-8"), *reasons])).split()
    page = {" ".join(words[i : i + 13]) for i in range(len(words) - 12)}
    contents = [compare.fold(path.read_text(encoding="utf-8")) for path in texts.iterdir()]
    assert contents
    assert [run for run in page for content in contents if run in content] == []
