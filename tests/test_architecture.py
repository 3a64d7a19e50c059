"""Imports point one way, each awkward library has one home, and importing costs what it should."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from kg import home
from tests.conftest import ROOT

KG = ROOT / "kg"
#: Who may import whom: a module imports modules of earlier lines only, or of its own line's left.
LAYERS = (
    (
        "error",
        "problem",
        "home",
        "term",
        "text",
        "figure",
        "english_numeral",
        "chinese_numeral",
        "number",
        "period",
    ),
    ("table", "ontology", "row", "register", "seeds"),
    ("rule",),
    ("gap", "evidence", "check"),
    (
        "question",
        "example",
        "line",
        "claim",
        "count",
        "nquads",
        "store",
        "search",
        "pointer",
        "stream",
        "cache",
        "build",
        "bulk",
        "sheet",
    ),
    ("quads", "diff"),
    ("sparql", "endpoint", "transfer", "answer", "rdf", "graph", "profile"),
    ("record", "path", "network", "measure", "frame"),
    ("shape", "draft", "layout", "page", "inline", "export", "dictionary", "release"),
    ("server",),
    ("cli", "__main__"),
)
#: A library that is slow, optional or odd, and the modules that may touch it.
HOMES = {
    "pydantic": {"row"},
    "networkx": {"network", "measure", "layout"},
    "pyvis": {"page"},
    "rdflib": {"rdf", "shape", "endpoint"},
    "oxrdflib": {"rdf"},
    "pyshacl": {"shape"},
    "pandas": {"frame"},
    "rich": {"cli"},
    "click": {"cli"},
    "filelock": {"build"},
    "pyarrow": {"stream"},
    "aiohttp": {"server"},
    "uvloop": {"server"},
    "httpx": {"endpoint"},
    "igraph": {"layout"},
    "matplotlib": {"measure"},
}
#: Late imports that are meant: inside a function, so that what need not wait does not.
LATE_MODULES = {"cli", "graph", "shape", "rdf", "frame", "endpoint", "server", "layout"}


def modules() -> list[Path]:
    found = sorted(KG.rglob("*.py"))
    assert len(found) > 40
    return found


def noun(path: Path) -> str:
    parts = path.relative_to(KG).with_suffix("").parts
    return parts[0] if parts != ("__init__",) else ""


def imports(tree: ast.AST) -> list[str]:
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found += [f"{node.module}.{alias.name}" for alias in node.names]
    return found


def rank(name: str) -> tuple[int, int]:
    for level, layer in enumerate(LAYERS):
        if name in layer:
            return level, layer.index(name)
    raise AssertionError(f"{name} stands in no layer of tests/test_architecture.py")


@pytest.mark.parametrize("path", modules(), ids=lambda p: p.relative_to(KG).as_posix())
def test_imports_point_one_way(path: Path) -> None:
    own = noun(path)
    if not own:
        return
    for name in imports(ast.parse(path.read_text(encoding="utf-8"))):
        if name.startswith("kg."):
            other = name.split(".")[1]
            assert other == own or rank(other) < rank(own), f"{own} imports {other}"


@pytest.mark.parametrize("path", modules(), ids=lambda p: p.relative_to(KG).as_posix())
def test_awkward_libraries_have_one_home(path: Path) -> None:
    for name in imports(ast.parse(path.read_text(encoding="utf-8"))):
        library = name.split(".")[0]
        if library in HOMES:
            assert noun(path) in HOMES[library], f"{path.name} imports {library}"


@pytest.mark.parametrize("path", modules(), ids=lambda p: p.relative_to(KG).as_posix())
def test_imports_stand_at_the_top(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    late = [
        name
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for name in imports(function)
    ]
    assert not late or noun(path) in LATE_MODULES, late


@pytest.mark.parametrize("path", modules(), ids=lambda p: p.relative_to(KG).as_posix())
def test_modules_are_small_and_say_what_they_are(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 300, "a module holds one noun"
    assert ast.get_docstring(ast.parse(text)) or noun(path) == "cli"


def loaded(code: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; {code}; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    return {name.partition(".")[0] for name in done.stdout.split()}


@pytest.mark.parametrize("command", ["ask", "show", "query", "find"])
def test_answers_do_not_wait_for_heavy_libraries(command: str) -> None:
    heavy = {"pydantic", "rdflib", "networkx", "pyvis", "IPython", "pandas", "httpx", "aiohttp", "numpy"}
    assert loaded(f"import kg.cli.{command}") & heavy == set()


def test_importing_kg_does_nothing() -> None:
    assert loaded("import kg") - loaded("pass") == {"kg"}


def test_version_stands_once_more_only() -> None:
    assert f'version = "{home.VERSION}"' in (ROOT / "pyproject.toml").read_text()
    assert f"version: {home.VERSION}" in (ROOT / "CITATION.cff").read_text()
