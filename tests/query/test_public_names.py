"""The public names of ``kg``: what users import, and what importing them loads."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import networkx as nx
import pytest
import rdflib

import kg
from kg.query.graph import Graph

HEAVY = (
    "httpx", "jinja2", "matplotlib", "networkx", "oxrdflib", "pandas", "pydantic", "pyshacl", "pyvis", "rdflib",
    "starlette",
)  # fmt: skip
PUBLIC = {
    "Ambiguous", "Answer", "BadQuery", "BadStore", "Evidence", "Graph", "KgError", "MissingExtra", "NotFound",
    "Report", "Statement", "Target", "__version__", "build_graph", "check_seeds", "open_graph",
}  # fmt: skip


def loaded(code: str) -> set[str]:
    """Return the names of modules that a fresh interpreter has loaded after some code."""
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys\nprint(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.split())


def test_the_public_names_are_there() -> None:
    assert set(kg.__all__) == PUBLIC
    assert set(dir(kg)) >= PUBLIC
    assert {name for name in kg.__all__ if getattr(kg, name) is None} == set()
    assert kg.__version__ == "0.1.0"
    with pytest.raises(AttributeError, match="module 'kg' has no attribute 'open_grph'"):
        kg.open_grph  # noqa: B018


def test_no_public_function_bears_the_name_of_a_folder_or_module() -> None:
    package = Path(kg.__file__).parent
    rooms = {path.stem for path in package.rglob("*.py")} | {path.name for path in package.iterdir()}
    functions = {name for name in kg.__all__ if name.islower() and name.isidentifier()}
    assert functions & rooms == set()
    assert {"build_graph", "check_seeds", "open_graph"} <= functions


def test_importing_kg_loads_nothing() -> None:
    assert {name for name in loaded("import kg") if name.startswith("kg.")} == set()


def test_asking_a_graph_loads_no_heavy_library(built: Path) -> None:
    ask = (
        f"import kg\ngraph = kg.open_graph({str(built)!r})\n"
        "answer = graph.ask('promoters', topic='silicon carbide')\n"
        "assert answer[0]['region'] == 'place/shandong'\n"
        "assert len(graph.cite(answer)._repr_html_()) > 1000\n"
        "assert 'statements' in repr(graph)"
    )
    assert loaded(ask) & set(HEAVY) == set()


def test_a_graph_is_opened_asked_and_closed(built: Path) -> None:
    with kg.open_graph(built) as graph:
        answer = graph.ask("promoters", topic="silicon carbide")
        assert isinstance(answer, kg.Answer)
        assert answer[0]["region"] == "place/shandong"
        connection = graph.names.connection
    with pytest.raises(Exception, match="closed"):
        connection.execute("SELECT 1")
    with pytest.raises(kg.NotFound):
        graph.ask("no such question")


def test_the_repr_of_a_graph_says_counts(sample_graph: Graph) -> None:
    assert repr(sample_graph) == "<Graph sample: 7 statements, 3 targets, 2 sources, 12 entities>"


@pytest.mark.filterwarnings("ignore:Dataset:DeprecationWarning")  # rdflib warns of its own use
def test_networkx_and_rdflib_see_the_same_graph(sample_graph: Graph) -> None:
    view = sample_graph.to_networkx(around="lidar", depth=1)
    assert isinstance(view, nx.MultiDiGraph)
    assert {data["predicate"] for *_, data in view.edges(data=True)} == {"promotes"}
    dataset = sample_graph.to_rdflib()
    assert isinstance(dataset, rdflib.Dataset)
    query = "SELECT ?p { place:sample-province kg:promotes ?p }"
    found = {str(row.p) for row in dataset.query(query)}  # type: ignore[union-attr]
    assert found == {getattr(row[0], "value", "") for row in sample_graph.select(query).terms}
    assert found


def test_building_and_checking_take_the_projects_own_folders(tmp_path: Path) -> None:
    report = kg.check_seeds()
    assert report.problems == ()
    assert kg.build_graph(folder=tmp_path)[0].counts == report.counts()
    with pytest.raises(kg.KgError, match=r"is not a folder of seeds: it has no sources\.csv"):
        kg.check_seeds(tmp_path)
