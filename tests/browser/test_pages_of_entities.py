"""The pages of regions and topics: what the named questions answer, told from the first screen in two clicks."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from kg import locations
from kg.query.graph import Graph
from kg.read import seeds
from tests.browser.conftest import Open, Page

ALIKE = """() => { const { data, alike } = window.regiograph; return data.regions.flatMap((region) => alike(region, data).map((row) =>
  [region.id, row.peer.id, row.likeness.toFixed(3), row.shared.length, row.all])); }"""
CHANGES = """() => window.regiograph.data.regions.flatMap((region) => region.changes.map((row) =>
  [region.id, row.earlier.id, row.later.id, row.thing.id, row.turn, row.records.map((r) => `statement/${r.id}`).sort()]))"""
COMPANIES = """() => window.regiograph.data.regions.flatMap((region) => region.inventory.filter((row) => row.thing.kind.id === "Company")
  .map((row) => [region.id, row.thing.id]))"""
ONLY_SEEN = """() => { const { data, backing } = window.regiograph; return data.entities.filter((e) => { const backed = backing(e, data).map((r) => r.region);
  return e.seen.some(({ source, region }) => !backed.includes(region) && !source.sections.some((s) => s.read)); }).map((e) => e.id); }"""
FIGURES = """() => window.regiograph.data.targets.map((t) => [t.id, t.status])"""


def opened(tab: Page, region: str, part: str) -> str:
    """What a part of a region's page says, two clicks from the first screen."""
    tab.locator(".cloud a", has_text=re.compile(f"^{region}$")).click()
    tab.wait_for_selector(f"#panel h2:has-text('{region}')")
    tab.locator(f".part[data-part={part}] > summary").click()
    tab.wait_for_selector(f".part[data-part={part}] > .body > *")
    text: str = tab.locator(f".part[data-part={part}]").inner_text()
    return text


def test_regions_are_as_like_as_the_question_says(visit: Open, whole: Graph, whole_page: Path) -> None:
    regions = [entity.id for entity in whole.entities if entity.is_region]
    asked = whole.ask("alike", region=regions)
    wanted = [
        [row["region"], row["peer"], f"{row['likeness']:.3f}", row["shared"], row["all"]] for row in asked
    ]
    assert len(wanted) > 100
    assert sorted(visit(file=whole_page).evaluate(ALIKE)) == sorted(wanted)


def test_changes_are_those_of_the_question(visit: Open, whole: Graph, whole_page: Path) -> None:
    names = ("region", "earlier", "later", "object", "turn")
    asked = whole.ask("change")
    wanted = [
        [*(row[name] for name in names), sorted({f"statement/{one.rpartition('/')[2]}" for one in str(row["statements"]).split()})]
        for row in asked
    ]  # fmt: skip
    assert len({row[4] for row in wanted}) > 4
    assert sorted(visit(file=whole_page).evaluate(CHANGES)) == sorted(wanted)


def test_companies_are_those_of_the_question(visit: Open, whole: Graph, whole_page: Path) -> None:
    regions = [entity.id for entity in whole.entities if entity.is_region]
    wanted = {
        (region, row["thing"]) for region in regions for row in whole.ask("inventory", region=region, kind="Company")
    }  # fmt: skip
    assert len(wanted) > 50
    assert {(region, company) for region, company in visit(file=whole_page).evaluate(COMPANIES)} == wanted


def test_results_are_told_apart_from_targets(visit: Open, whole: Graph, whole_page: Path) -> None:
    wanted = {target.id.partition("/")[2]: target.status for target in whole.targets()}
    assert min(Counter(map(bool, wanted.values())).values()) > 50
    tab = visit("#sel=place/shanghai", file=whole_page)
    assert dict(tab.evaluate(FIGURES)) == wanted
    aims, results = (
        tab.locator(f".part[data-part={part}] h3").inner_text() for part in ("targets", "results")
    )
    of_region = [target.status for target in whole.targets() if target.place == "place/shanghai"]
    assert (aims, results) == (
        f"Targets {of_region.count('')}",
        f"Results, as reported {len(of_region) - of_region.count('')}",
    )


def test_targets_companies_and_likeness_are_two_clicks_away(
    visit: Open, whole: Graph, whole_page: Path
) -> None:
    aims = opened(visit(file=whole_page), "Jinan", "targets")
    assert "more than 400,000 vehicles" in aims
    assert "gwr-2024 ¶ 47" in aims
    assert "aim or achievement" in aims
    companies = opened(visit(file=whole_page), "Changchun", "companies")
    assert {"Visionox", "China Unicom"} <= set(re.findall(r"Visionox|China Unicom", companies))
    best = whole.ask("alike", region="place/shanghai")[0]
    first = opened(visit(file=whole_page), "Shanghai", "alike")
    assert f"{whole.labels[str(best['peer'])]} {round(float(str(best['likeness'])) * 100)} %" in first


def test_an_open_part_is_in_the_address_and_its_evidence_one_click_away(
    visit: Open, whole_page: Path
) -> None:
    tab = visit("#sel=place/chongqing&parts=changes", file=whole_page)
    turn = tab.locator(".part[data-part=changes] .sub").first
    turn.locator("> summary").click()
    turn.locator(".backer > summary").first.click()
    assert turn.locator(".backer[open] .card .quote").first.inner_text()
    assert "¶" in turn.locator(".backer[open] .card .where").first.inner_text()
    tab.locator(".part[data-part=targets] > summary").click()
    tab.wait_for_function("() => location.hash.includes('targets')")
    assert "parts=changes,targets" in tab.url


def test_a_page_takes_the_whole_width_and_gives_it_back(visit: Open, whole_page: Path) -> None:
    for width in (1440, 390):
        tab = visit("#sel=place/jinan", file=whole_page, width=width)
        tab.get_by_role("button", name="Full width").click()
        tab.wait_for_selector("body.full")
        assert tab.locator("#panel").bounding_box()["width"] == width
        assert tab.locator(".part[data-part]:not([open])").count() == 0
        assert tab.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
        tab.keyboard.press("Escape")
        tab.wait_for_selector("body:not(.full)")
        assert tab.locator("#panel h2").inner_text() == "Jinan"


def test_two_regions_side_by_side(visit: Open, whole_page: Path) -> None:
    tab = visit("#sel=place/jinan", file=whole_page)
    tab.get_by_label("Compare with").select_option(label="Shanghai")
    tab.wait_for_selector("#panel h2:has-text('Shanghai')")
    text = tab.locator("#panel").inner_text()
    assert "gwr-2024 3 paragraphs, all read" in text
    assert "shanghai-gwr-2023 82 paragraphs, only searched for names" in text
    document = seeds.read_seeds(locations.seeds())[0].documents["shanghai-gwr-2026"]
    read = sum(section.last - section.first + 1 for section in document.sections if section.read)
    assert 0 < read < document.source.paragraphs == 123
    assert f"shanghai-gwr-2026 123 paragraphs, {read} read, the rest only searched for names" in text
    assert "numbers of statements cannot be compared" in text
    same = tab.locator(".part[data-part=targets] .two")
    tab.locator(".part[data-part=topics] a", has_text="high-end equipment manufacturing").first.click()
    tab.wait_for_selector("#panel h2:has-text('high-end equipment manufacturing')")
    assert "with=" not in tab.url
    assert same.count() == 0


def test_a_name_that_only_a_program_saw_is_told_apart(visit: Open, whole: Graph, whole_page: Path) -> None:
    topics = visit(file=whole_page).evaluate(ONLY_SEEN)
    assert len(topics) > 20
    tab = visit(f"#sel={topics[0]}&parts=seen", file=whole_page)
    text = tab.locator(".part[data-part=seen]").inner_text()
    assert "Nobody judged what is said there" in text
    assert "a text that nobody read" in text
    backed = {row["region"] for row in whole.ask("backing", topic=topics[0])}
    named = {link.split("sel=")[1] for link in tab.eval_on_selector_all(
        ".part[data-part=seen] a.to", "links => links.map((a) => a.getAttribute('href').split('&')[0])")}  # fmt: skip
    assert named
    assert not named & backed


def test_head_and_foot_tell_alike_what_was_read_and_what_only_searched(
    visit: Open, whole: Graph, whole_page: Path
) -> None:
    read = {row["source"]: bool(row["read"]) for row in whole.ask("sources")}
    assert min(Counter(read.values()).values()) > 1
    tab = visit(file=whole_page)
    for place in ("#panel", "#foot"):
        said = tab.locator(place).inner_text()
        assert f"{sum(read.values())} documents read by people, whole or in part, " in said
        assert f"; {len(read) - sum(read.values())} more only searched for names" in said
    aims = [target.status == "" for target in whole.targets()]
    assert f"{sum(aims)} targets and {len(aims) - sum(aims)} results" in tab.locator("#panel").inner_text()


def test_a_matrix_tells_how_much_text_its_numbers_rest_on(visit: Open, whole_page: Path) -> None:
    tab = visit("#view=matrix&rows=stated", file=whole_page)
    names = tab.locator(".matrix thead tr:first-child th").all_inner_texts()
    lengths = tab.locator(".matrix .lengths > *").all_inner_texts()
    assert dict(zip(names, lengths, strict=True))["Jinan"] == "3"
    tab.locator(".matrix .cell[aria-label^='Jinan, ']").first.click()
    tab.wait_for_selector("#panel .sum")
    assert re.search(r"\d+ % of the \d+ statements by which Jinan backs", tab.locator("#panel").inner_text())


def test_a_chart_measures_one_thing(visit: Open, whole: Graph, whole_page: Path) -> None:
    tab = visit("#view=targets", file=whole_page)
    charts = tab.eval_on_selector_all(
        ".chart", "all => all.map((c) => [...c.querySelectorAll('a')].map((a) => a.hash.split('target:')[1]))"
    )
    known = {target.id.partition("/")[2]: target for target in whole.targets()}
    assert len(charts) > 2
    for ids in charts:
        drawn = [known[one] for one in ids]
        assert len(drawn) > 1
        assert len({(t.indicator, t.topic, t.unit, t.status) for t in drawn}) == 1
