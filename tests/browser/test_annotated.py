"""The page of an annotated text in a browser: lighting both ways, kinds, jumps, keys, phones, axe."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from kg import locations
from kg.annotation.page import annotate, render_annotated
from kg.check import run
from kg.draft.accept import read_draft
from kg.draft.rows import COLUMNS
from kg.read import files
from tests.browser.conftest import HOSTILE, Open, Page
from tests.conftest import SAMPLE


@pytest.fixture(scope="module")
def read_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample's English report, with hostile names, a gap, a problem, a proposal and an unread section."""
    folder = tmp_path_factory.mktemp("read")
    seeds = Path(shutil.copytree(SAMPLE / "seeds", folder / "seeds"))
    names = seeds / "names.csv"
    cell = '"' + HOSTILE[0].replace('"', '""') + '"'
    names.write_text(names.read_text(encoding="utf-8").replace(",lidar,", f",{cell},"), encoding="utf-8")
    sections = seeds / "hubei-2030" / "sections.csv"
    head = sections.read_text(encoding="utf-8").splitlines()[0]
    rows = ("1,1,place/sample-province,Title,,,", "2,3,place/sample-province,Aims,,2030-01-04,2030-01-05")
    sections.write_text("\n".join((head, *rows)) + "\n", encoding="utf-8")
    statements = seeds / "hubei-2030" / "statements.csv"
    content = statements.read_text(encoding="utf-8")
    statements.write_text(content.replace("3,focuses on optics", "3,looks at optics"), encoding="utf-8")
    proposal = {
        "kind": "statement", "paragraph": "2", "quote": "optics park in Sample", "subject": "place/sample-province",
        "predicate": "builds", "object": "new:optics park", "why": "made up",
    }  # fmt: skip
    files.write_table(folder / "draft.csv", COLUMNS, [{**dict.fromkeys(COLUMNS, ""), **proposal}])
    draft, _ = read_draft(folder / "draft.csv")
    report = run.check_seeds(seeds, locations.ontology(), SAMPLE / "texts")
    page = folder / "hubei-2030.html"
    found = annotate(report, "hubei-2030", [SAMPLE / "texts"], draft)
    page.write_text(render_annotated(found), encoding="utf-8")
    return page


def lit(tab: Page) -> tuple[list[str], str]:
    """The quotes of rows that are lit, and the words that are."""
    rows = tab.locator(".row.lit q").all_inner_texts()
    return rows, "|".join(tab.locator(".text .lit").all_inner_texts())


def test_a_row_lights_its_words_and_words_their_rows(visit: Open, read_page: Path) -> None:
    tab = visit(file=read_page)
    tab.locator(".row.statement", has_text="statements.csv:2").hover()
    rows, words = lit(tab)
    assert rows == ["build an optics park"]
    assert words.replace("|", "") == "will build an optics park"
    tab.locator("h1").hover()
    assert lit(tab) == ([], "")
    tab.locator(".text .proposal-quote.statement-quote.mention").first.click()
    tab.locator("h1").hover()
    rows, words = lit(tab)
    assert set(rows) >= {"build an optics park", "optics park in Sample City", "optics park in Sample"}
    tab.keyboard.press("Escape")
    assert lit(tab) == ([], "")


def test_kinds_are_turned_off_and_on(visit: Open, read_page: Path) -> None:
    tab = visit(file=read_page)
    counts = tab.locator(".kind").all_inner_texts()
    assert [text.split() for text in counts] == [
        ["Statements", "5"], ["Targets", "1"], ["Coverage", "2"], ["Proposals", "1"], ["Gaps", "1"],
        ["Mentions", counts[-1].split()[1]],
    ]  # fmt: skip
    quote = tab.locator(".text .statement-quote").first
    color = "e => getComputedStyle(e).backgroundColor"
    before = quote.evaluate(color)
    tab.get_by_label("Statements").uncheck()
    assert tab.locator(".row.statement:visible").count() == 0
    assert tab.locator(".row.target:visible").count() == 1
    assert quote.evaluate(color) != before
    quote.hover()
    assert tab.locator(".row.statement.lit").count() == 0
    tab.get_by_label("Statements").check()
    assert tab.locator(".row.statement:visible").count() == 5


def test_gaps_and_problems_are_reached_by_button_and_key(visit: Open, read_page: Path) -> None:
    tab = visit(file=read_page)
    tab.get_by_label("Gaps").uncheck()
    tab.get_by_role("button", name="Next gap").click()
    assert tab.get_by_label("Gaps").is_checked()
    assert tab.locator("#status").inner_text() == "gap 1 of 1"
    assert lit(tab)[1] == "By 2030 the |output value| of |optics| will"
    assert tab.evaluate("() => document.activeElement.closest('.row').classList.contains('gap')")
    tab.keyboard.press("p")
    first = tab.evaluate("() => document.activeElement.textContent")
    assert "Problem:" in first
    tab.keyboard.press("p")
    tab.keyboard.press("P")
    assert tab.evaluate("() => document.activeElement.textContent") == first
    tab.keyboard.press("s")
    assert tab.evaluate("() => document.activeElement.textContent") in ("Title", "Aims")


def test_rows_are_walked_by_key(visit: Open, read_page: Path) -> None:
    tab = visit(file=read_page)
    tab.keyboard.press("j")
    first = lit(tab)
    tab.keyboard.press("j")
    assert lit(tab) != first
    tab.keyboard.press("k")
    assert lit(tab) == first
    tab.keyboard.press("Enter")
    assert tab.locator(".pick[aria-pressed=true]").count() == 1
    tab.keyboard.press("Control+j")
    assert lit(tab) == first


def test_sections_say_whether_they_were_read(visit: Open, read_page: Path) -> None:
    tab = visit(file=read_page)
    assert tab.locator(".outline li").all_inner_texts()[0].split("\n") == ["Title", "unread"]
    assert (
        tab.locator(".outline li").nth(1).inner_text().startswith("Aims\nread twice · 5 st. · 1 t. · 1 gap ·")
    )
    assert "read 2030-01-04, again 2030-01-05" in tab.locator(".section.read .facts").inner_text()


@pytest.mark.parametrize(
    ("width", "scheme"), [(1440, "light"), (1440, "dark"), (390, "light"), (390, "dark")]
)
def test_axe_finds_nothing(visit: Open, read_page: Path, axe: str, width: int, scheme: str) -> None:
    tab = visit(file=read_page, width=width, color_scheme=scheme)
    assert tab.title() == "hubei-2030 – how it was read"
    assert tab.evaluate("() => document.documentElement.scrollWidth") == width
    tab.evaluate("() => document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    tab.locator(".row.statement .pick").nth(1).click()
    tab.evaluate(axe)
    passed, problems = tab.evaluate(
        "async () => { const { passes, violations } = await axe.run({ resultTypes: ['violations'] });"
        " return [passes.length, violations.map((v) => [v.id, v.nodes[0].html])]; }"
    )
    assert passed > 15
    assert problems == []
