"""A headless Chromium that has no network, pages of the curated graph and of a hostile one."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from kg import locations
from kg.check import run
from kg.compile import reference
from kg.page import render_page
from kg.query.graph import Graph
from kg.store import oxigraph
from tests.conftest import SAMPLE, absent

CHROMIUM = os.environ.get("KG_CHROMIUM") or "/usr/bin/chromium"
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
         "--disable-sync", "--no-first-run")  # fmt: skip
HOSTILE = (
    "<img src=x onerror=\"document.title='hacked'\">",
    "</script><script>document.title='hacked'</script>",
    "\u202egnp.exe\u202c right to left",
    "long " * 1000,
    "{{ 7 * 7 }} ${1} `",
)
Page = Any
Open = Callable[..., Page]


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        absent("playwright")
    if not Path(CHROMIUM).exists():
        absent(f"a browser at {CHROMIUM} (Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield found
        found.close()


@pytest.fixture(scope="session")
def axe() -> str:
    """The text of axe-core, from the PyPI package that carries it or from the file that KG_AXE names."""
    try:
        import axe_playwright_python  # type: ignore[import-untyped]

        default = Path(axe_playwright_python.__file__).parent / "axe.min.js"
    except ImportError:
        default = Path("node_modules/axe-core/axe.min.js")
    found = Path(os.environ.get("KG_AXE") or default)
    if not found.is_file():
        absent("axe-core (pip install axe-playwright-python, or KG_AXE=…/axe.min.js)")
    return found.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def curated_page(curated: Graph, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("page") / "graph.html"
    file.write_text(render_page(curated), encoding="utf-8")
    return file


@pytest.fixture(scope="session")
def whole_page(whole: Graph, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("whole-page") / "graph.html"
    file.write_text(render_page(whole), encoding="utf-8")
    return file


@pytest.fixture(scope="session")
def hostile_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample graph, its topics called by names that are meant to do harm."""
    report = run.check_seeds(SAMPLE / "seeds", locations.ontology())
    lines = reference.lines(report.seeds, report.ontology, locations.ontology(), version="test")
    labels = re.compile(r'(<\S+/(?:topic|org)/\S+> <\S+#prefLabel> )"[^"]*"@en \.\n')
    number = 0
    for at, line in enumerate(lines):
        if found := labels.fullmatch(line):
            label = ox.Literal(HOSTILE[number % len(HOSTILE)], language="en")
            lines[at] = f"{found[1]}{label} .\n"
            number += 1
    assert number >= 3
    file = tmp_path_factory.mktemp("hostile") / "graph.html"
    file.write_text(render_page(Graph(oxigraph.memory(lines), "hostile")), encoding="utf-8")
    return file


@pytest.fixture
def visit(browser: Any, curated_page: Path) -> Iterator[Open]:
    """Open a page at an address; at the end no error was logged and nothing asked of the network."""
    wrong: list[str] = []
    contexts = []

    def watch(request: Any) -> None:
        if not request.url.startswith(("file:", "data:", "blob:")):
            wrong.append(request.url)

    def open_page(address: str = "", *, file: Path = curated_page, width: int = 1440, **options: Any) -> Page:
        high = 844 if width < 500 else 900
        context = browser.new_context(viewport={"width": width, "height": high}, offline=True, **options)
        context.set_default_timeout(10_000)
        contexts.append(context)
        context.on("request", watch)
        tab = context.new_page()
        tab.on("pageerror", lambda error: wrong.append(str(error)))
        tab.on("console", lambda said: wrong.append(said.text) if said.type in ("error", "warning") else None)
        tab.goto(f"{file.as_uri()}{address}")
        tab.wait_for_selector("body[data-ready]")
        return tab

    yield open_page
    for context in contexts:
        context.close()
    assert wrong == []


def spot(tab: Page, entity: str) -> tuple[float, float]:
    """Where a node of the picture is on the screen."""
    x, y = tab.evaluate(
        """(id) => {
          const { data, views } = window.regiograph;
          const { x, y } = data.byId.get(id);
          const at = views.graph.network.canvasToDOM({ x, y });
          const box = document.getElementById("canvas").getBoundingClientRect();
          return [at.x + box.left, at.y + box.top];
        }""",
        entity,
    )
    return x, y
