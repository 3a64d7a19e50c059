"""Fixtures: the sample seeds, the curated ones, a built graph of each, the texts where they are at hand."""

from __future__ import annotations

import os
import shlex
import shutil
from pathlib import Path

import hypothesis
import pytest

from kg import locations
from kg.check import run
from kg.cli import arguments
from kg.compile import reference
from kg.query import graph
from kg.query.graph import Graph
from kg.read.queries import Question
from kg.store import build, oxigraph
from tests import excerpt

ROOT = Path(__file__).parent.parent
SAMPLE = Path(__file__).parent / "sample"

hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")


def absent(what: str) -> None:
    """Skip with a reason, or fail where everything must be at hand."""
    message = f"{what} is not at hand"
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)


def node_modules(*names: str) -> Path:
    """The folder that KG_NODE_MODULES names, else node_modules here, if Node and these packages are there."""
    folder = Path(os.environ.get("KG_NODE_MODULES") or "node_modules").resolve()
    if not shutil.which("node") or not all((folder / name).exists() for name in names):
        absent(f"Node with {', '.join(names)} in {folder} (KG_NODE_MODULES names another folder)")
    return folder


def example(asked: Question) -> dict[str, list[str]]:
    """The values of a question's example, by parameter."""
    named, plain = arguments.split(asked, shlex.split(asked.example))
    free = [parameter.name for parameter in asked.parameters if parameter.name not in named]
    return {**named, **{name: [value] for name, value in zip(free[: len(plain)], plain, strict=True)}}


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    """A copy of the sample seeds, to be changed at will."""
    return Path(shutil.copytree(SAMPLE / "seeds", tmp_path / "seeds"))


@pytest.fixture(scope="session")
def sample_graph() -> Graph:
    report = run.check_seeds(SAMPLE / "seeds", locations.ontology())
    assert not report.problems
    lines = reference.lines(report.seeds, report.ontology, locations.ontology(), version="test")
    return Graph(oxigraph.memory(lines), "sample")


@pytest.fixture(scope="session")
def first_seeds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The curated tables of the first two documents alone, which stay as others are added."""
    return excerpt.copy_seeds(locations.seeds(), tmp_path_factory.mktemp("first") / "seeds")


@pytest.fixture(scope="session")
def built(first_seeds: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the graph of the first two documents, built once a session."""
    folder = tmp_path_factory.mktemp("build")
    build.build_graph(first_seeds, locations.ontology(), folder)
    return folder


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Graph:
    """The graph of all documents, for what is said of all of them."""
    folder = tmp_path_factory.mktemp("whole")
    build.build_graph(locations.seeds(), locations.ontology(), folder)
    return graph.open_graph(folder)


@pytest.fixture(scope="session")
def curated(built: Path) -> Graph:
    return graph.open_graph(built)


@pytest.fixture(scope="session")
def texts() -> Path:
    """The folder of the documents' texts, the first that KG_TEXTS names."""
    folders = locations.texts()
    if not folders:
        absent("the folder of document texts (KG_TEXTS)")
    return folders[0]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of a file in one process of pytest-xdist, and all that start servers or browsers in one.

    So that fixtures are made once, and no two servers or browsers compete for the machine.
    """
    for item in items:
        file = item.path.relative_to(ROOT).as_posix()
        alone = file.startswith(("tests/server/", "tests/browser/", "tests/bench/", "tests/store/test_en"))
        item.add_marker(pytest.mark.xdist_group("servers" if alone else file))
