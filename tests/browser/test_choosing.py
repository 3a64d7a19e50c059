"""Choosing things: the camera, names on the picture, clicks in a row, paths, search, what is typed ahead."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.conftest import Open, spot

CAMERA = """() => { const n = window.regiograph.views.graph.network, { x, y } = n.getViewPosition();
  return [x, y, n.getScale() * 100].map(Math.round); }"""
INSIDE = """() => { const { views } = window.regiograph, box = document.getElementById("canvas");
  return views.graph.scene().nodes.every(({ x, y }) => { const at = views.graph.network.canvasToDOM({ x, y });
    return at.x > 0 && at.y > 0 && at.x < box.clientWidth && at.y < box.clientHeight; }); }"""


def label(tab: Any, entity: str) -> tuple[float, float]:
    """The middle of an entity's name on the screen."""
    x, y = tab.evaluate(
        """(id) => { const { box: [left, top, right, bottom] } = window.regiograph.views.graph.names().find((n) => n.id === id);
        const at = document.getElementById("canvas").getBoundingClientRect();
        return [at.left + (left + right) / 2, at.top + (top + bottom) / 2]; }""",
        entity,
    )
    return x, y


def resting(tab: Any) -> list[int]:
    """The camera, once it has come to rest."""
    tab.wait_for_function(
        f"""() => {{ const now = String(({CAMERA})()); const same = now === window.was; window.was = now; return same; }}""",
        polling=150,
    )
    found: list[int] = tab.evaluate(CAMERA)
    return found


@pytest.mark.parametrize("view", ["graph", "matrix", "targets", "sources", "map"])
def test_a_path_from_here_can_be_asked_in_every_view(visit: Open, view: str) -> None:
    tab = visit(f"#view={view}&sel=place/jinan")
    tab.get_by_role("button", name="Path from here").click()
    tab.wait_for_selector("#routes[open] #to:focus")
    assert tab.locator("#from").input_value() == "Jinan"
    tab.keyboard.type("Shangh")
    tab.keyboard.press("Enter")
    tab.wait_for_selector("#panel h2:has-text('Shanghai')")
    assert tab.url.endswith("path=place/jinan%3Eplace/shanghai")
    assert "one of" in tab.locator("#panel").inner_text()


def test_the_camera_comes_back_when_a_selection_ends(visit: Open) -> None:
    tab = visit()
    before = resting(tab)
    tab.locator(".cloud a", has_text="Shanghai").click()
    tab.wait_for_selector("#panel h2:has-text('Shanghai')")
    assert resting(tab) != before
    tab.locator("#search").fill("jinan")
    tab.keyboard.press("Enter")
    tab.wait_for_selector("#panel h2:has-text('Jinan')")
    assert tab.locator("#search").input_value() == ""
    resting(tab)
    tab.keyboard.press("Escape")
    tab.wait_for_selector("#panel h2:has-text('Who backs what')")
    assert resting(tab) == before


def test_all_is_in_view_when_an_addressed_selection_ends(visit: Open) -> None:
    tab = visit("#sel=place/shanghai")
    resting(tab)
    tab.get_by_role("button", name="Close", exact=True).click()
    tab.wait_for_function("() => !location.hash.includes('sel=')")
    resting(tab)
    assert tab.evaluate(INSIDE)


@pytest.mark.parametrize(
    "entity", ["topic/artificial-intelligence", "place/jinan", "topic/integrated-circuit"]
)
def test_a_name_belongs_to_its_node(visit: Open, entity: str) -> None:
    tab = visit()
    resting(tab)
    tab.mouse.move(*label(tab, entity))
    tab.wait_for_selector(".tip:visible")
    tab.mouse.click(*label(tab, entity))
    tab.wait_for_function("(id) => location.hash === `#sel=${id}`", arg=entity)


TWICE = """([x, y, pause]) => {
  const canvas = document.querySelector("#canvas canvas");
  for (const [times, kind] of [[0, "pointerdown"], [0, "pointerup"], [1, "pointerdown"], [1, "pointerup"]]) {
    const event = new PointerEvent(kind, { clientX: x, clientY: y, pointerId: 1, pointerType: "mouse", isPrimary: true, bubbles: true, cancelable: true });
    Object.defineProperty(event, "timeStamp", { value: 5000 + times * pause });
    canvas.dispatchEvent(event);
  } }"""


@pytest.mark.parametrize("pause", [20, 150, 350])
def test_a_double_click_keeps_the_selection(visit: Open, pause: int) -> None:
    tab = visit()
    resting(tab)
    tab.evaluate(TWICE, [*spot(tab, "place/shanghai"), pause])  # events that bear their own times
    tab.wait_for_function("() => location.hash.includes('open=place/shanghai')")
    assert "sel=place/shanghai" in tab.url
    assert tab.locator("#panel h2").inner_text() == "Shanghai"


def test_names_stay_where_they_are_under_the_pointer(visit: Open) -> None:
    tab = visit()
    resting(tab)
    names = (
        "() => JSON.stringify(window.regiograph.views.graph.names().filter((n) => n.id !== 'place/jinan'))"
    )
    before = tab.evaluate(names)
    tab.mouse.move(*spot(tab, "place/jinan"))
    tab.wait_for_selector(".tip:visible")
    assert tab.evaluate(names) == before


def test_a_search_that_finds_nothing_says_so_in_one_line_and_what_is_near(visit: Open) -> None:
    tab = visit()
    tab.locator("#search").fill("semiconductr")
    tab.wait_for_selector("#hits li.none")
    assert tab.locator("#hits li.none").inner_text() == "Nothing is called “semiconductr”; near it:"
    assert tab.locator("#hits li.none").bounding_box()["height"] < 40
    assert "semiconductors" in tab.locator("#hits").inner_text()
    tab.keyboard.press("Enter")
    tab.wait_for_selector("#panel h2:has-text('semiconductor')")
    tab.locator("#search").fill("\u0301")
    tab.wait_for_selector("#hits li.none")


def test_the_map_takes_the_first_topic_that_is_suggested(visit: Open) -> None:
    tab = visit("#view=map")
    tab.locator("#backing").fill("silicon carb")
    tab.keyboard.press("Enter")
    tab.wait_for_function("() => location.hash.includes('topic=topic/')")
    assert tab.locator("#backing").input_value().startswith("silicon carb")
    tab.locator("#backing").fill("nonsense")
    tab.keyboard.press("Enter")
    tab.wait_for_selector(".controls [role=status]:has-text('nonsense')")
