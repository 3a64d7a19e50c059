"""Saved pictures say what the view says, and cut nothing off."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import Open

ADDRESSES = {
    "graph": "#region=place/jinan",
    "list": "#as=list",
    "matrix": "#view=matrix&tier=future",
    "whole-matrix": "#view=matrix",
    "targets": "#view=targets&unit=percent",
    "sources": "#view=sources",
    "map": "#view=map&topic=topic/integrated-circuit",
}
#: Elements of the picture that stick out of it.
OUTSIDE = """() => { const { width, height } = document.documentElement.getBoundingClientRect();
  return [...document.querySelectorAll(".picture *:not(.grid, .grid *)")].filter((e) => { const b = e.getBoundingClientRect();
    return e.checkVisibility() && b.width > 1 && (b.left < -1 || b.top < -1 || b.right > width + 1 || b.bottom > height + 1); })
    .map((e) => e.outerHTML.slice(0, 80)); }"""


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text)


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("name", ADDRESSES)
def test_a_picture_holds_the_words_of_its_view(
    visit: Open, browser: Any, tmp_path: Path, name: str, width: int
) -> None:
    tab = visit(ADDRESSES[name], width=width)
    tab.wait_for_timeout(500)
    made = tab.evaluate(
        "() => { const { svg, width, height } = window.regiograph.picture(); return [svg, width, height]; }"
    )
    file = tmp_path / "picture.svg"
    file.write_text(made[0], encoding="utf-8")
    drawn = browser.new_page(viewport={"width": made[1], "height": made[2]}, offline=True)
    drawn.goto(file.as_uri())
    shown = drawn.evaluate("() => document.querySelector('.picture').textContent")
    if name != "graph":
        view = tab.locator(".view:visible").locator(".list, .scroll, #map").first
        assert len(words(view.text_content())) > 15
        assert words(view.text_content()) == words(drawn.locator(".plate").text_content())
    else:
        for kind in tab.locator(".legend button").all_inner_texts():
            assert kind.strip() in shown
        assert "Region: Jinan" in shown
    for said in ("From: ", "Elecsaler, 2024-02-04", "version", "CC BY 4.0"):
        assert said in shown
    assert drawn.evaluate(OUTSIDE) == []
    drawn.close()


def test_a_picture_of_the_graph_has_its_names(visit: Open) -> None:
    tab = visit("#sel=place/jinan")
    tab.wait_for_timeout(600)
    names = "() => window.regiograph.views.graph.names().map((n) => n.text)"
    shown = tab.evaluate(names)
    assert len(shown) > 20
    drawn = tab.evaluate(
        """() => { const { draw, width, height } = window.regiograph.views.graph.picture(), canvas = document.createElement("canvas");
        canvas.width = 24 + 2 * width; canvas.height = 24 + 2 * height;
        const ctx = canvas.getContext("2d"), said = [], fill = ctx.fillText.bind(ctx);
        ctx.fillText = (text, ...at) => { said.push(text); fill(text, ...at); };
        draw(ctx, 2, [12, 12]);
        return said; }"""
    )
    assert drawn == shown


def test_a_hostile_page_is_saved_too(visit: Open, hostile_page: Path) -> None:
    for address in ("#as=list", "#view=matrix", "#view=targets", "#view=sources", "#view=map"):
        tab = visit(address, file=hostile_page, accept_downloads=True)
        tab.locator("#save summary").click()
        with tab.expect_download() as waiting:
            tab.get_by_role("button", name="PNG").click()
        assert waiting.value.path().read_bytes().startswith(b"\x89PNG")


def test_the_table_of_the_matrix_has_the_tiers(visit: Open) -> None:
    tab = visit("#view=matrix&rows=stated", accept_downloads=True)
    tab.locator("#save summary").click()
    with tab.expect_download() as waiting:
        tab.get_by_role("button", name="CSV").click()
    lines = waiting.value.path().read_text(encoding="utf-8-sig").splitlines()
    header = lines[0].split(",")
    (row,) = (line.split(",") for line in lines if line.startswith("topic/quantum-technology,"))
    found = dict(zip(header, row, strict=True))
    assert (found["counted"], found["Beijing"], found["Beijing (tier)"]) == ("statements", "1", "future")
    assert (found["Jinan"], found["Jinan (tier)"], found["Jinan (in doubt)"]) == ("0", "", "0")


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize(
    "address",
    ["#sel=place/jinan&full=1", "#sel=place/jinan&with=place/shanghai&full=1", "#sel=topic/lidar&full=1"],
)
def test_a_page_at_full_width_is_saved_as_it_is_seen(
    visit: Open, browser: Any, tmp_path: Path, address: str, width: int
) -> None:
    tab = visit(address, width=width)
    made = tab.evaluate(
        "() => { const { svg, width, height } = window.regiograph.picture(); return [svg, width, height]; }"
    )
    file = tmp_path / "picture.svg"
    file.write_text(made[0], encoding="utf-8")
    drawn = browser.new_page(viewport={"width": made[1], "height": made[2]}, offline=True)
    drawn.goto(file.as_uri())
    seen = tab.evaluate(
        """() => { const copy = document.getElementById("panel").cloneNode(true);
        for (const control of copy.querySelectorAll(".close, .acts, .beside, .more")) control.remove(); return copy.textContent; }"""
    )
    assert len(words(seen)) > 30
    assert words(drawn.locator(".plate").text_content()) == words(seen)
    assert drawn.evaluate(OUTSIDE) == []
    drawn.close()


def test_the_table_of_a_page_at_full_width_holds_its_targets_and_tiers(visit: Open) -> None:
    tab = visit("#sel=place/jinan&full=1")
    tab.locator("#save > summary").click()
    with tab.expect_download() as got:
        tab.get_by_role("button", name="Table (CSV)").click()
    assert got.value.suggested_filename == "regiograph-place-jinan.csv"
    rows = list(csv.DictReader(Path(got.value.path()).read_text(encoding="utf-8-sig").splitlines()))
    assert {row["predicate"] for row in rows} >= {"target", "promotes"}
    assert "tier" in rows[0]
    assert all(row["quote"] and row["row"] for row in rows)
