"""The keyboard alone, search, the address, and what a person with other needs meets."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.browser.conftest import Open

ADDRESSES = (
    "",
    "#sel=place/jinan",
    "#view=matrix&rows=rolled&sel=place/jinan*topic/semiconductor&under=topic/information-technology",
    "#view=matrix&cluster=1",
    "#view=targets",
    "#view=targets&unit=percent&sort=deadline",
    "#view=sources&sel=source/gwr-2024%2312",
    "#view=sources&sel=source/gwr-2024",
    "#view=map&topic=topic/integrated-circuit",
    "#as=list",
    "#path=place/jinan>place/tianshui",
    "#show=all&hide=Topic&stage=planned",
)
VIEWS = {"Graph", "Matrix", "Targets", "Sources", "Map"}
CONTROLS = {"Filter", "Everything", "List", "Path", "Lines", "Save", "Zoom in", "Light or dark"}
NAMED = {"Search names and quotes", "regions", "projects", "About"}


def test_search_by_keyboard(visit: Open) -> None:
    tab = visit()
    tab.keyboard.press("/")
    tab.keyboard.type("jinan")
    tab.wait_for_selector("#hits li[aria-selected=true]")
    assert tab.locator("#hits li").first.inner_text().startswith("Jinan")
    tab.keyboard.press("ArrowDown")
    tab.keyboard.press("ArrowUp")
    tab.keyboard.press("Enter")
    tab.wait_for_selector("#panel h2:has-text('Jinan')")
    tab.keyboard.press("Escape")
    tab.wait_for_selector("#panel h2:has-text('Who backs what')")


@pytest.mark.parametrize(
    ("typed", "found"), [("济南", "Jinan"), ("JINAN", "Jinan"), ("zzzz", "Nothing is called “zzzz”")]
)
def test_search_knows_names_in_both_languages(visit: Open, typed: str, found: str) -> None:
    tab = visit()
    tab.locator("#search").fill(typed)
    tab.wait_for_selector("#hits li")
    assert found in tab.locator("#hits").inner_text()


def test_search_finds_quotes(visit: Open) -> None:
    tab = visit()
    quote = tab.evaluate(
        "() => window.regiograph.data.statements.map((s) => s.quote).sort((a, b) => b.length - a.length)[0]"
    )
    tab.locator("#search").fill(quote)
    tab.wait_for_selector("#hits q")
    tab.keyboard.press("Enter")
    tab.wait_for_selector("#panel .card[open]")
    assert quote in tab.locator("#panel .quote").first.inner_text()


def test_arrows_walk_the_graph(visit: Open) -> None:
    tab = visit("#sel=place/shanghai")
    tab.locator("#canvas").focus()
    tab.keyboard.press("ArrowRight")
    tab.wait_for_function("() => !location.hash.includes('shanghai')")
    tab.keyboard.press("e")
    tab.wait_for_function("() => location.hash.includes('open=')")
    tab.keyboard.press("Enter")
    assert tab.evaluate("() => document.activeElement.id") == "panel"
    tab.keyboard.press("2")
    tab.wait_for_selector("#view-matrix")


def test_focus_stays_where_it_was_used(visit: Open) -> None:
    focused = (
        "() => { const e = document.activeElement; return e.closest('label')?.textContent || e.textContent; }"
    )
    tab = visit()
    tab.locator("#predicates summary").focus()
    tab.keyboard.press("Enter")
    tab.get_by_label("promotes").focus()
    tab.keyboard.press("Space")
    tab.wait_for_function("() => location.hash.includes('no=')")
    assert tab.evaluate(focused) == "promotes"
    tab.get_by_role("button", name="projects").focus()
    tab.keyboard.press("Enter")
    tab.wait_for_function("() => location.hash.includes('hide=Project')")
    assert tab.evaluate(focused) == "projects"
    tab = visit("#view=matrix")
    tab.get_by_label("Only").focus()
    tab.keyboard.type("semi", delay=120)
    tab.wait_for_function("() => location.hash.includes('words=semi')")
    tab.keyboard.type("con", delay=60)
    tab.wait_for_function("() => location.hash.includes('words=semicon')")
    assert tab.get_by_label("Only").input_value() == "semicon"


def test_every_control_is_reached_and_named(visit: Open) -> None:
    tab = visit()
    names = set()
    for _ in range(60):
        tab.keyboard.press("Tab")
        names.add(
            tab.evaluate(
                "() => { const e = document.activeElement;"
                " return (e.getAttribute('aria-label') || e.innerText || e.id || '').trim().slice(0, 40); }"
            )
        )
    assert "" not in names
    assert names >= VIEWS | CONTROLS | NAMED


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_comes_back_exactly(visit: Open, address: str) -> None:
    first = visit(address)
    text = first.locator("body").inner_text()
    again = visit(f"#{first.evaluate('() => location.hash.slice(1)')}")
    assert again.locator("body").inner_text() == text
    scene = "() => window.regiograph.views.graph?.scene().nodes.map((e) => e.id).sort()"
    assert again.evaluate(scene) == first.evaluate(scene)


def test_back_and_forward(visit: Open) -> None:
    tab = visit()
    for view in ("Matrix", "Targets"):
        tab.get_by_role("link", name=view, exact=True).click()
        tab.wait_for_selector(f"#tabs [aria-current]:has-text('{view}')")
    tab.go_back()
    tab.wait_for_selector("#tabs [aria-current]:has-text('Matrix')")
    tab.go_forward()
    tab.wait_for_selector("#tabs [aria-current]:has-text('Targets')")


@pytest.mark.parametrize(
    "address", ["#sel=nothing/here", "#sel=a>b", "#sel=a*b", "#view=nonsense", "#%E0%A4%A", "#sel=%E0%A4%A"]
)
def test_a_damaged_address_still_shows_the_page(visit: Open, address: str) -> None:
    assert visit(address).locator("#panel").inner_text()


@pytest.mark.parametrize(
    ("width", "scheme", "addresses"),
    [
        (1440, "light", ADDRESSES),
        (1440, "dark", ADDRESSES[1:8:2]),
        (390, "light", ADDRESSES[:10:3]),
        (390, "dark", ["#as=list"]),
    ],
)
def test_axe_finds_nothing(visit: Open, axe: str, width: int, scheme: str, addresses: Sequence[str]) -> None:
    found = {}
    for address in addresses:
        tab = visit(address, width=width, color_scheme=scheme)
        tab.evaluate(
            "() => document.querySelectorAll('.card').forEach((card, at) => { card.open = at < 3; })"
        )
        if not address:
            tab.locator("#filters summary").click()
            tab.locator("#search").fill("silicon")
        tab.evaluate(axe)
        passed, problems = tab.evaluate(
            "async () => { const { passes, violations } = await axe.run({ resultTypes: ['violations'] });"
            " return [passes.length, violations.map((v) => [v.id, v.nodes[0].html])]; }"
        )
        assert passed > 15
        if problems:
            found[address] = problems
    assert found == {}


@pytest.mark.parametrize("view", ["graph", "matrix", "targets", "sources", "map"])
def test_nothing_sticks_out_on_a_phone(visit: Open, view: str) -> None:
    tab = visit(f"#view={view}", width=390, has_touch=True)
    assert tab.evaluate("() => [document.documentElement.scrollWidth, innerWidth]") == [390, 390]
    assert not tab.locator("#panel").is_visible()
    tab.evaluate("() => { location.hash += '&sel=place/jinan'; }")
    tab.wait_for_selector("#panel:visible")
    tab.get_by_role("button", name="Close", exact=True).click()
    tab.wait_for_selector("#panel", state="hidden")


def test_reduced_motion_moves_at_once(visit: Open) -> None:
    tab = visit(reduced_motion="reduce")
    before = tab.evaluate("() => window.regiograph.views.graph.network.getScale()")
    tab.get_by_role("button", name="Zoom in").click()
    assert tab.evaluate("() => window.regiograph.views.graph.network.getScale()") == pytest.approx(
        before * 1.4
    )


def test_print_shows_the_view_and_its_evidence(visit: Open) -> None:
    tab = visit("#view=targets&sel=place/jinan", color_scheme="dark")
    tab.emulate_media(media="print")
    assert not tab.locator("#tabs").is_visible()
    assert tab.locator("#panel").is_visible()
    assert tab.evaluate("() => getComputedStyle(document.body).backgroundColor") == "rgb(251, 250, 247)"
    assert len(tab.pdf()) > 10_000


def test_light_and_dark_by_hand(visit: Open) -> None:
    tab = visit(color_scheme="light")
    colour = "() => getComputedStyle(document.body).backgroundColor"
    before = tab.evaluate(colour)
    tab.get_by_role("button", name="Light or dark").click()
    assert tab.evaluate(colour) != before
    tab.get_by_role("button", name="Light or dark").click()
    assert tab.evaluate(colour) == before
