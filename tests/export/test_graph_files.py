"""GraphML, GEXF and node-link JSON: valid by their formats' rules, and read back whole by four libraries."""

from __future__ import annotations

import io
import json
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import networkx as nx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.export import graph_files
from kg.query.graph import Graph
from kg.query.networkx_view import network
from tests.conftest import absent, node_modules

#: Nodes by id; edges by key, with their ends. Empty attributes are left out, as in the files.
Whole = tuple[dict[str, dict[str, object]], dict[str, tuple[str, str, dict[str, object]]]]

GRAPHML = "{http://graphml.graphdrawing.org/xmlns}"
GEXF = "{http://www.gexf.net/1.2draft}"
NMTOKEN = re.compile(r"[A-Za-z0-9._:-]+")
LEXICAL = {
    "boolean": r"true|false",
    "long": r"-?\d+",
    "double": r"-?(\d+(\.\d+)?(e[+-]?\d+)?|INF)|NaN",
    "string": r"(?s).*",
}
AWKWARD = (
    "a]]>b",
    "\x00\x0b\x1f",
    "\ud800 alone",
    "\ufffe\uffff",
    "<&>\"'",
    "a\r\nb\tc\rd",
    " edges ",
    "\U0001f600",
    "-",
    "新 材料",
)


def whole(view: nx.MultiDiGraph) -> Whole:
    return (
        {node: {"entity": node, **_full(data)} for node, data in view.nodes(data=True)},
        {key: (u, v, {"statement": key, **_full(data)}) for u, v, key, data in view.edges(keys=True, data=True)},
    )  # fmt: skip


def _full(data: dict[str, Any]) -> dict[str, object]:
    return {name: value for name, value in data.items() if value not in ("", None)}


def _ids(nodes: dict[str, dict[str, object]], edges: list[tuple[str, str, dict[str, object]]]) -> Whole:
    """Nodes and edges of a GraphML reader under our ids instead of the file's."""
    entity = {node: str(data["entity"]) for node, data in nodes.items()}
    return (
        {entity[node]: data for node, data in nodes.items()},
        {str(data["statement"]): (entity[u], entity[v], data) for u, v, data in edges},
    )


def networkx_graphml(path: Path) -> Whole:
    found = nx.read_graphml(path, force_multigraph=True)
    edges = [(u, v, dict(data)) for u, v, data in found.edges(data=True)]
    for *_, data in edges:
        data.pop("id", None)
    return _ids({node: dict(data) for node, data in found.nodes(data=True)}, edges)


def igraph_graphml(path: Path) -> Whole:
    try:
        import igraph
    except ImportError:
        absent("igraph")
    found = igraph.Graph.Read_GraphML(str(path))
    ids = found.vs["id"]

    def read(data: dict[str, Any]) -> dict[str, object]:
        found = {k: v for k, v in _full(data).items() if k != "id"}
        return {**found, "paragraph": int(data["paragraph"])} if "paragraph" in data else found

    return _ids(
        {vertex["id"]: read(vertex.attributes()) for vertex in found.vs},
        [(ids[edge.source], ids[edge.target], read(edge.attributes())) for edge in found.es],
    )


def rustworkx_graphml(path: Path) -> Whole:
    try:
        import rustworkx
    except ImportError:
        absent("rustworkx")
    (found,) = rustworkx.read_graphml(str(path))
    nodes = dict(zip(found.node_indices(), found.nodes(), strict=True))

    def read(data: dict[str, Any]) -> dict[str, object]:
        return {k: v for k, v in _full(data).items() if k != "id"}

    return _ids(
        {data["id"]: read(data) for data in nodes.values()},
        [(nodes[u]["id"], nodes[v]["id"], read(data)) for u, v, data in found.weighted_edge_list()],
    )


def graphology_graphml(path: Path) -> Whole:
    found = graphology(path)
    return _ids(dict(found["nodes"]), [(u, v, data) for _, u, v, data in found["edges"]])


def networkx_gexf(path: Path) -> Whole:
    found = nx.read_gexf(path)
    edges = {data.pop("id"): (u, v, data) for u, v, data in found.edges(data=True)}
    return {node: {"entity": node, **data} for node, data in found.nodes(data=True)}, edges


def graphology_gexf(path: Path) -> Whole:
    found = graphology(path)
    return (
        {node: {"entity": node, **data} for node, data in found["nodes"]},
        {key: (u, v, data) for key, u, v, data in found["edges"]},
    )


def networkx_json(path: Path) -> Whole:
    found = nx.node_link_graph(json.loads(path.read_bytes()), edges="links")
    for *_, data in found.edges(data=True):
        data["source"] = data.pop("document")
    return whole(found)


def graphology(path: Path) -> dict[str, Any]:
    folder = node_modules("graphology", "graphology-graphml", "graphology-gexf")
    script = Path(__file__).parent / "graphology_read.js"
    done = subprocess.run(
        ["node", str(script), str(path), str(folder)], capture_output=True, check=True, text=True
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


READERS: dict[str, list[Callable[[Path], Whole]]] = {
    "graphml": [networkx_graphml, igraph_graphml, rustworkx_graphml, graphology_graphml],
    "gexf": [networkx_gexf, graphology_gexf],
    "json": [networkx_json],
}
SLOW = settings(
    deadline=None, suppress_health_check=[HealthCheck.too_slow]
)  # the table of characters is made once
WRITERS = {"graphml": graph_files.graphml, "gexf": graph_files.gexf, "json": graph_files.node_link}


@pytest.fixture(scope="module")
def view(curated: Graph) -> nx.MultiDiGraph:
    return network(curated, hierarchy=True)


@pytest.mark.parametrize(
    ("form", "read"),
    [pytest.param(form, read, id=read.__name__) for form, readers in READERS.items() for read in readers],
)
def test_the_curated_graph_is_read_back_whole(
    view: nx.MultiDiGraph, tmp_path: Path, form: str, read: Callable[[Path], Whole]
) -> None:
    path = tmp_path / f"graph.{form}"
    path.write_bytes(WRITERS[form](view))
    nodes, edges = whole(view)
    assert len(nodes) > 300
    assert len(edges) > 1500
    assert read(path) == (nodes, edges)


def test_graphml_keeps_the_rules_of_its_schema(view: nx.MultiDiGraph) -> None:
    assert graphml_problems(graph_files.graphml(view)) == []


def test_gexf_keeps_the_rules_of_its_schema(view: nx.MultiDiGraph) -> None:
    assert gexf_problems(graph_files.gexf(view)) == []


def test_the_bytes_do_not_depend_on_the_order_of_the_view(sample_graph: Graph) -> None:
    found = network(sample_graph, hierarchy=True)
    other = nx.MultiDiGraph()
    other.add_nodes_from(reversed(list(found.nodes(data=True))))
    other.add_edges_from(reversed(list(found.edges(keys=True, data=True))))
    assert list(other) != list(found)
    for write in WRITERS.values():
        assert write(other) == write(found)


@pytest.mark.parametrize("form", WRITERS)
def test_an_empty_view(form: str, tmp_path: Path) -> None:
    path = tmp_path / f"graph.{form}"
    path.write_bytes(WRITERS[form](nx.MultiDiGraph()))
    for read in READERS[form]:
        assert read(path) == ({}, {})


def attributes() -> st.SearchStrategy[dict[str, object]]:
    value = st.one_of(
        st.text(st.characters(), max_size=8), st.sampled_from(AWKWARD), st.booleans(), st.integers(-9, 9), st.none(),
        st.floats(),
    )  # fmt: skip
    return st.dictionaries(st.sampled_from(["label", "quote", "source", "region", 'a "b" <c>']), value)


@SLOW
@given(st.lists(attributes(), max_size=4), st.lists(attributes(), max_size=4), st.sampled_from(AWKWARD))
def test_files_are_valid_whatever_a_text_holds(
    nodes: list[dict[str, object]], edges: list[dict[str, object]], name: str
) -> None:
    view = nx.MultiDiGraph()
    for at, data in enumerate(nodes):
        view.add_node(f"{name}/{at}", **data)
    for at, data in enumerate(edges if nodes else []):
        view.add_edge(f"{name}/0", f"{name}/{len(nodes) - 1}", key=f"{name} {at}", **data)
    assert graphml_problems(graph_files.graphml(view)) == []
    assert gexf_problems(graph_files.gexf(view)) == []
    found = json.loads(graph_files.node_link(view))
    assert (len(found["nodes"]), len(found["links"])) == (view.number_of_nodes(), view.number_of_edges())


@SLOW
@given(st.text(st.characters(blacklist_categories=["Cs"]), min_size=1), st.sampled_from(AWKWARD))
def test_a_text_comes_back_as_it_was(text: str, label: str) -> None:
    view = nx.MultiDiGraph()
    view.add_node("topic/a", label=label, note=text)
    view.add_edge("topic/a", "topic/a", key="statement/1", quote=text)
    xml = re.sub("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "\ufffd", text)
    back = nx.read_graphml(io.BytesIO(graph_files.graphml(view)), force_multigraph=True)
    assert back.nodes["topic:a"]["note"] == xml
    assert [data["quote"] for *_, data in back.edges(data=True)] == [xml]
    back = nx.read_gexf(io.BytesIO(graph_files.gexf(view)))
    assert back.nodes["topic/a"]["note"] == xml
    found = json.loads(graph_files.node_link(view))
    assert (found["nodes"][0]["note"], found["links"][0]["quote"]) == (text, text)


@pytest.mark.parametrize(
    ("damage", "rule"),
    [
        ((b'id="place:anhui"', b'id="place/anhui"'), "NMTOKEN"),
        ((b"</data></node>", b"</data></node>\n<node id='place:anhui'/>"), "twice"),
        ((b">true<", b">True<"), "boolean"),
        ((b'target="place:', b'target="places:'), "no node"),
        ((b'<data key="node0"', b'<data key="nodes0"'), "no key"),
        ((b'attr.type="long"', b'attr.type="integer"'), "no type"),
    ],
)
def test_the_rules_are_seen_to_fail(view: nx.MultiDiGraph, damage: tuple[bytes, bytes], rule: str) -> None:
    data = graph_files.graphml(view)
    assert damage[0] in data
    assert any(rule in problem for problem in graphml_problems(data.replace(*damage, 1)))


def graphml_problems(data: bytes) -> list[str]:
    """Breaches of what GraphML 1.0's schema asks of this part of it."""
    root = ElementTree.fromstring(data)
    (graph,) = root.findall(f"{GRAPHML}graph")
    keys = {key.get("id", ""): key for key in root.findall(f"{GRAPHML}key")}
    nodes, edges = graph.findall(f"{GRAPHML}node"), graph.findall(f"{GRAPHML}edge")
    known = {node.get("id") for node in nodes}
    ids = [str(element.get("id")) for element in (*keys.values(), *nodes, *edges)]
    problems = [f"{id_}: no NMTOKEN" for id_ in ids if not NMTOKEN.fullmatch(id_)]
    problems += twice(ids)
    problems += [
        f"{end}: no node"
        for edge in edges
        for end in (edge.get("source"), edge.get("target"))
        if end not in known
    ]
    problems += [
        f"{key.get('attr.type')}: no type" for key in keys.values() if key.get("attr.type") not in LEXICAL
    ]
    for kind, elements in (("node", nodes), ("edge", edges)):
        for element in elements:
            problems += twice([str(data.get("key")) for data in element])
            for data_element in element:
                key = keys.get(str(data_element.get("key")))
                if key is None or key.get("for") != kind:
                    problems.append(f"{data_element.get('key')}: no key of a {kind}")
                else:
                    problems += lexical(str(key.get("attr.type")), data_element.text or "")
    return problems


def gexf_problems(data: bytes) -> list[str]:
    """Breaches of what GEXF 1.2's schema asks of this part of it."""
    root = ElementTree.fromstring(data)
    (graph,) = root.findall(f"{GEXF}graph")
    problems = [f"graph has {name}" for name in graph.attrib.keys() - {"defaultedgetype", "mode"}]
    declared = {
        (group.get("class"), attribute.get("id")): str(attribute.get("type"))
        for group in graph.findall(f"{GEXF}attributes")
        for attribute in group
    }
    problems += twice([str(id_) for _, id_ in declared])
    nodes, edges = graph.findall(f"{GEXF}nodes/{GEXF}node"), graph.findall(f"{GEXF}edges/{GEXF}edge")
    known = {node.get("id") for node in nodes}
    problems += twice([str(node.get("id")) for node in nodes]) + twice(
        [str(edge.get("id")) for edge in edges]
    )
    problems += [f"{node.get('id')}: no label" for node in nodes if node.get("label") is None]
    problems += [
        f"{end}: no node"
        for edge in edges
        for end in (edge.get("source"), edge.get("target"))
        if end not in known
    ]
    for kind, elements in (("node", nodes), ("edge", edges)):
        for element in elements:
            for value in element.iter(f"{GEXF}attvalue"):
                type_ = declared.get((kind, value.get("for")))
                problems += (
                    [f"{value.get('for')}: no attribute"]
                    if type_ is None
                    else lexical(type_, str(value.get("value")))
                )
    return problems


def twice(ids: list[str]) -> list[str]:
    return (
        [f"{id_}: used twice" for id_ in set(ids) if ids.count(id_) > 1] if len(ids) != len(set(ids)) else []
    )


def lexical(type_: str, text: str) -> Iterator[str]:
    if not re.fullmatch(LEXICAL.get(type_, "(?s).*"), text):
        yield f"{text!r}: no {type_}"
