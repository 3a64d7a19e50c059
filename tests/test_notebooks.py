"""The notebooks run top to bottom, say nothing on the side, and are kept without their outputs."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kg import locations
from kg.store import build
from tests.conftest import ROOT

nbformat = pytest.importorskip("nbformat", reason="the extra notebook is not installed")
nbclient = pytest.importorskip("nbclient", reason="the extra notebook is not installed")

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


@pytest.fixture(scope="session")
def own_graph() -> None:
    """What ``open_graph()`` opens: the project's own build."""
    build.build_graph(locations.seeds(), locations.ontology(), locations.build())


def test_there_are_six() -> None:
    assert [path.stem for path in NOTEBOOKS] == [
        "1-tour",
        "2-regions",
        "3-targets",
        "4-sparql",
        "5-own-data",
        "6-two-years",
    ]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_is_kept_without_outputs(path: Path) -> None:
    for cell in nbformat.read(path, as_version=4).cells:
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None


@pytest.mark.usefixtures("own_graph")
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_runs_quietly(path: Path, tmp_path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    client = nbclient.NotebookClient(
        notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}
    )
    client.execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    assert outputs
    errors = [output["text"] for output in outputs if output.get("name") == "stderr"]
    assert errors == []
    if folder := os.environ.get("KG_NOTEBOOKS"):
        nbformat.write(notebook, Path(folder) / path.name)
