"""How long until a page is of use, beside plain pyvis and cytoscape.js with the same graph.

Of use: the first letter typed into search shows a hit, and a click on a node opens its evidence. Run it as
``python -m tests.bench.page [--nodes 2000 10000] [--peers DIR]``; DIR is a folder where
``npm install cytoscape`` was run. It prints seconds, frames a second while the picture is dragged, ratios.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg import locations
from kg.check import run
from kg.compile import reference
from kg.page import render_page
from kg.page.data import Content, read_content
from kg.page.html import render_html
from kg.page.layout import Layout, place_nodes
from kg.query.graph import Graph, open_graph
from kg.store import oxigraph
from tests.conftest import SAMPLE

CHROMIUM = os.environ.get("KG_CHROMIUM") or "/usr/bin/chromium"
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
         "--disable-sync", "--no-first-run")  # fmt: skip
PATIENCE = 120_000
KINDS = {
    "topic": ("Topic", 0.55),
    "project": ("Project", 0.15),
    "org": ("Organisation", 0.15),
    "place": ("Place", 0.15),
}


@dataclass(frozen=True)
class Made:
    """A made-up graph: what a page holds, and where its nodes stand."""

    content: Content
    places: Layout
    seconds: float


def made(nodes: int, edges: int, seed: int = 7) -> Made:
    """Regions that share some topics and have most things alone, as the curated graph does."""
    dice = random.Random(seed)
    base = read_content(_sample())
    kinds = [row[0] for row in base.data["kinds"]]  # type: ignore[attr-defined]
    regions = max(15, nodes // 250)
    entities: list[Any] = []
    roots: dict[str, str] = {}
    for at in range(nodes):
        segment = "place" if at < regions else dice.choices(list(KINDS), [w for _, w in KINDS.values()])[0]
        root = KINDS[segment][0]
        label = (
            f"region {at}" if at < regions else f"{root.lower()} {at} of {dice.choice('abcdefgh')}{at % 97}"
        )
        entities.append([f"{segment}/e{at}", kinds.index(root), label, "", "", int(at < regions), None, []])
        roots[f"{segment}/e{at}"] = root
    ids = list(roots)
    pairs: set[tuple[int, int]] = set()
    while len(pairs) < edges:
        one = dice.randrange(regions) if dice.random() < 0.6 else dice.randrange(nodes)
        other = dice.randrange(regions, nodes)
        if dice.random() < 0.7:  # most neighbours of a region are its own
            other = regions + (other - regions) // regions * regions + one % regions
        if one != other and other < nodes:
            pairs.add((one, other))
    statements = [
        [
            f"{at:032x}",
            one,
            at % 5,
            other,
            1,
            "",
            "",
            "",
            0,
            1 + at % 9,
            f"words {at}",
            "",
            [],
            "",
            f"made:{at}",
        ]
        for at, (one, other) in enumerate(sorted(pairs))
    ]
    joined = {ids[end] for pair in pairs for end in pair}
    lines = tuple(sorted((ids[one], ids[other]) for one, other in pairs))
    before = time.perf_counter()
    places = place_nodes({i: r for i, r in roots.items() if i in joined}, lines, ids[:regions])
    seconds = time.perf_counter() - before
    data = {**base.data, "entities": entities, "statements": statements, "targets": [], "links": []}
    data["sources"] = [[*row[:8], []] for row in base.data["sources"]]  # type: ignore[attr-defined]
    return Made(Content(data, tuple(ids), roots, frozenset(ids[:regions]), lines), places, seconds)


def _sample() -> Graph:
    report = run.check_seeds(SAMPLE / "seeds", locations.ontology())
    return Graph(
        oxigraph.memory(reference.lines(report.seeds, report.ontology, locations.ontology(), version="b")), ""
    )


def ours(browser: Any, file: Path, *, everything: bool) -> tuple[float, float]:
    """Seconds until the page is of use, and frames a second while it is dragged."""
    tab = browser.new_page(viewport={"width": 1440, "height": 900})
    tab.set_default_timeout(PATIENCE)
    before = time.perf_counter()
    tab.goto(file.as_uri() + ("#show=all" if everything else ""))
    tab.wait_for_selector("body[data-ready]")
    tab.keyboard.press("/")
    tab.keyboard.type("r")
    tab.wait_for_selector("#hits li[aria-selected]")
    x, y = tab.evaluate(
        """() => { const { data, views } = window.regiograph; const node = data.regions[0];
        const at = views.graph.network.canvasToDOM(node);
        const box = document.getElementById("canvas").getBoundingClientRect();
        return [at.x + box.left, at.y + box.top]; }"""
    )
    tab.mouse.click(x, y)
    tab.wait_for_selector("#panel .card")
    seconds = time.perf_counter() - before
    tab.keyboard.press("Escape")
    frames = drag(tab)
    tab.close()
    return seconds, frames


def drag(tab: Any) -> float:
    """Frames a second while the empty part of the picture is dragged for a second and a half."""
    tab.wait_for_timeout(600)
    tab.evaluate(
        "() => { window.frames_ = 0;"
        " const tick = () => { window.frames_ += 1; requestAnimationFrame(tick); };"
        " requestAnimationFrame(tick); }"
    )
    tab.mouse.move(240, 180)
    tab.mouse.down()
    start = tab.evaluate("() => [window.frames_, performance.now()]")
    until, at = time.perf_counter() + 1.5, 0
    while time.perf_counter() < until:
        at += 1
        tab.mouse.move(240 + at % 60 * 4, 180 + at % 45 * 3)
    end = tab.evaluate("() => [window.frames_, performance.now()]")
    tab.mouse.up()
    return float((end[0] - start[0]) / (end[1] - start[1]) * 1000)


def cytoscape(browser: Any, found: Made, folder: Path) -> float:
    """Seconds until cytoscape.js has drawn the same graph at the same points and answers a click."""
    script = (folder / "node_modules/cytoscape/dist/cytoscape.min.js").read_text(encoding="utf-8")
    elements = [
        {"data": {"id": node}, "position": {"x": x, "y": y}} for node, (x, y) in found.places.points.items()
    ] + [{"data": {"source": one, "target": other}} for one, other in found.content.pairs]
    html = (
        "<!doctype html><div id=c style='position:absolute;inset:0'></div>"
        f"<script>{script}</script><script>const cy = cytoscape({{container: document.getElementById('c'),"
        f" elements: {json.dumps(elements)}, layout: {{name: 'preset'}}, hideEdgesOnViewport: true}});"
        "cy.ready(() => requestAnimationFrame(() => requestAnimationFrame("
        "() => { document.body.dataset.ready = ''; })));</script>"
    )
    return _until(browser, html, "body[data-ready]", "() => { cy.nodes()[0].emit('tap'); }")


def pyvis(browser: Any, found: Made) -> float:
    """Seconds until plain pyvis, with its own physics, has come to rest."""
    from pyvis.network import Network

    network = Network(directed=True, cdn_resources="in_line")
    network.nodes = [{"id": node, "label": node} for node in found.places.points]
    network.edges = [{"from": one, "to": other} for one, other in found.content.pairs]
    html = network.generate_html(notebook=False)
    html = html.replace(
        "return network;",
        "network.once('stabilizationIterationsDone', () => { document.body.dataset.ready = ''; });"
        " return network;",
    )
    return _until(browser, html, "body[data-ready]", "() => { network.selectNodes([nodes.getIds()[0]]); }")


def _until(browser: Any, html: str, selector: str, then: str) -> float:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "page.html"
        file.write_text(html, encoding="utf-8")
        context = browser.new_context(viewport={"width": 1440, "height": 900}, offline=True)
        tab = context.new_page()
        tab.set_default_timeout(PATIENCE)
        before = time.perf_counter()
        try:
            tab.goto(file.as_uri(), wait_until="commit")
            tab.wait_for_selector(selector, state="attached")
            tab.evaluate(then)
            return time.perf_counter() - before
        except Exception:  # a time-out, whatever its kind: the least that it took is the answer
            return PATIENCE / 1000
        finally:
            context.close()


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--nodes", type=int, nargs="*", default=[2000, 10_000])
    options.add_argument("--graph", help="a built graph (default: the project's)")
    options.add_argument("--peers", type=Path, help="folder with node_modules/cytoscape")
    options.add_argument("--pyvis", type=int, default=500, help="nodes for plain pyvis; 0 leaves it out")
    given = options.parse_args()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        file = Path(folder) / "page.html"

        def line(name: str, html: str, *, everything: bool) -> float:
            file.write_text(html, encoding="utf-8")
            seconds, frames = ours(browser, file, everything=everything)
            view = "all" if everything else "overview"
            print(
                f"{name:24} {view:9} of use {seconds:5.2f} s  {frames:5.1f} frames/s  "
                f"{len(html) / 1e6:5.2f} MB"
            )
            return seconds

        before = time.perf_counter()
        curated = render_page(open_graph(given.graph))
        print(f"curated graph                written in {time.perf_counter() - before:.2f} s")
        for everything in (False, True):
            line("curated graph", curated, everything=everything)
        for nodes in given.nodes:
            found = made(nodes, nodes * 3)
            html = render_html(found.content, found.places, title="bench")
            print(f"{nodes:,} nodes, {nodes * 3:,} lines: placed in {found.seconds:.2f} s")
            seconds = [line(f"{nodes:,} nodes", html, everything=everything) for everything in (False, True)]
            if given.peers:
                theirs = cytoscape(browser, found, given.peers)
                print(
                    f"{'cytoscape.js':24} {'all':9} drawn  {theirs:5.2f} s  "
                    f"{theirs / seconds[1]:.1f} times ours"
                )
        if given.pyvis:
            found = made(given.pyvis, given.pyvis * 3)
            html = render_html(found.content, found.places, title="bench")
            mine = line(f"{given.pyvis:,} nodes", html, everything=True)
            theirs = pyvis(browser, found)
            print(f"{'plain pyvis':24} {'all':9} at rest {theirs:5.1f} s  {theirs / mine:.0f} times ours")
        browser.close()


if __name__ == "__main__":
    main()
