"""Modules are small and documented, imports stand at the top, and importing costs what it should.

Who may import whom, and where each awkward library may be used, is import-linter's (``make lint``).
"""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from kg import locations
from tests.conftest import ROOT

KG = ROOT / "kg"
#: Late imports that are meant: inside a function, so that what need not wait does not.
LATE_MODULES = {
    "__init__",
    "cli",
    "server",
    "compile/shacl",
    "read/divisions",
    "read/mentions",
    "read/spotting",
    "read/tables",
    "query/result",
    "export/dataframes",
    "query/graph",
    "store/graph_store",
    "page/layout",
}


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


@pytest.mark.parametrize("path", modules(), ids=lambda p: p.relative_to(KG).as_posix())
def test_imports_stand_at_the_top(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    late = [
        name
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for name in imports(function)
    ]
    assert not late or LATE_MODULES & {noun(path), path.relative_to(KG).with_suffix("").as_posix()}, late


@pytest.mark.parametrize("path", modules(), ids=lambda p: p.relative_to(KG).as_posix())
def test_modules_are_small_and_say_what_they_are(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 350, "a module holds one subject"
    assert ast.get_docstring(ast.parse(text))


def loaded(code: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; {code}; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    return {name.partition(".")[0] for name in done.stdout.split()}


def test_answers_do_not_wait_for_heavy_libraries() -> None:
    heavy = {"pydantic", "rdflib", "networkx", "pyvis", "IPython", "pandas", "httpx", "starlette", "numpy"}
    assert loaded("import kg.cli.ask") & heavy == set()


def test_importing_kg_does_nothing() -> None:
    for code in ("import kg", "import kg; kg.KgError"):
        beyond = loaded(code) - sys.stdlib_module_names - {"coverage"}  # which measures subprocesses, too
        assert {name for name in beyond if name[0] not in "_$"} == {"kg"}


def test_version_stands_once_more_only() -> None:
    assert f'version = "{locations.VERSION}"' in (ROOT / "pyproject.toml").read_text()
    assert f"version: {locations.VERSION}" in (ROOT / "CITATION.cff").read_text()
