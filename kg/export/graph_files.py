"""The networkx view as files of other tools: GraphML, GEXF and node-link JSON.

Nodes, edges and attributes stand in a fixed order, so that the same graph gives the same bytes. An attribute
that is empty is left out: not every reader tells an empty text from none. A character that XML 1.0 cannot
hold becomes U+FFFD.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from xml.sax.saxutils import escape, quoteattr

import networkx as nx

Attributes = Mapping[str, object]
Node = tuple[str, Attributes]
Edge = tuple[str, str, str, Attributes]

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LINE_ENDS = {"\r": "&#13;", "\n": "&#10;", "\t": "&#9;"}  # a parser would make them spaces or \n
_TYPES = {bool: "boolean", int: "long", float: "double"}
_GRAPHML = (
    '<graphml xmlns="http://graphml.graphdrawing.org/xmlns" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns '
    'http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">'
)
_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'


def graphml(view: nx.MultiDiGraph) -> bytes:
    """Return the view as GraphML 1.0.

    The schema wants ids that are NMTOKENs: ``place/jinan`` becomes ``place:jinan``, and stands unchanged
    in the attribute ``entity``; an edge's key likewise in ``statement``. Each id is used once in the file.
    """
    nodes: list[Node] = [(node, {"entity": node, **data}) for node, data in _nodes(view)]
    edges: list[Edge] = [(a, b, key, {"statement": key, **data}) for a, b, key, data in _edges(view)]
    return _encoded(_graphml_lines(nodes, edges))


def gexf(view: nx.MultiDiGraph) -> bytes:
    """Return the view as GEXF 1.2; an edge's id is its key, and stands as ``statement`` too."""
    edges: list[Edge] = [(a, b, key, {"statement": key, **data}) for a, b, key, data in _edges(view)]
    return _encoded(_gexf_lines(_nodes(view), edges))


def node_link(view: nx.MultiDiGraph) -> bytes:
    """Return the view as node-link JSON, as d3 and networkx (``edges="links"``) read it.

    ``source`` and ``target`` are the ends of an edge in this format, so the document of a statement is
    its ``document``.
    """
    data = {
        "directed": True,
        "multigraph": True,
        "graph": {},
        "nodes": [{**data, "id": node} for node, data in _nodes(view)],
        "links": [
            {**_renamed(data, "source", "document"), "source": a, "target": b, "key": key}
            for a, b, key, data in _edges(view)
        ],
    }
    return json.dumps(data, ensure_ascii=False, indent=1).encode("utf-8", "replace") + b"\n"


def _nodes(view: nx.MultiDiGraph) -> list[Node]:
    return sorted(view.nodes(data=True), key=lambda node: node[0])


def _edges(view: nx.MultiDiGraph) -> list[Edge]:
    return sorted(view.edges(keys=True, data=True), key=lambda edge: edge[:3])


def _renamed(data: Attributes, old: str, new: str) -> dict[str, object]:
    return {new if key == old else key: value for key, value in data.items()}


def _encoded(lines: Iterable[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


def _graphml_lines(nodes: Sequence[Node], edges: Sequence[Edge]) -> Iterator[str]:
    kinds = {"node": _types(data for _, data in nodes), "edge": _types(data for *_, data in edges)}
    yield _DECLARATION
    yield _GRAPHML
    for kind, names in kinds.items():
        for at, (name, type_) in enumerate(names.items()):
            yield f'<key id="{kind}{at}" for="{kind}" attr.name={_attribute(name)} attr.type="{type_}"/>'
    yield '<graph edgedefault="directed">'
    for node, data in nodes:
        yield f'<node id="{_token(node)}">{_data("node", data, kinds["node"])}</node>'
    for one, other, key, data in edges:
        ends = f'id="{_token(key)}" source="{_token(one)}" target="{_token(other)}"'
        yield f"<edge {ends}>{_data('edge', data, kinds['edge'])}</edge>"
    yield "</graph>"
    yield "</graphml>"


def _data(kind: str, data: Attributes, names: Mapping[str, str]) -> str:
    number = {name: at for at, name in enumerate(names)}
    return "".join(
        f'<data key="{kind}{number[name]}">{escape(_text(value), {chr(13): "&#13;"})}</data>'
        for name, value in _present(data)
    )


def _gexf_lines(nodes: Sequence[Node], edges: Sequence[Edge]) -> Iterator[str]:
    of_nodes = _types({k: v for k, v in data.items() if k != "label"} for _, data in nodes)
    of_edges = _types(data for *_, data in edges)
    # Numbers, and none used twice: some readers take any other id for the attribute's name.
    number = {("node", name): at for at, name in enumerate(of_nodes)}
    number |= {("edge", name): at + len(of_nodes) for at, name in enumerate(of_edges)}

    def values(kind: str, data: Attributes) -> str:
        found = "".join(
            f'<attvalue for="{number[kind, name]}" value={_attribute(value)}/>'
            for name, value in _present(data)
            if (kind, name) in number
        )
        return f"<attvalues>{found}</attvalues>"

    yield _DECLARATION
    yield '<gexf xmlns="http://www.gexf.net/1.2draft" version="1.2">'
    yield '<graph defaultedgetype="directed" mode="static">'
    for kind, names in (("node", of_nodes), ("edge", of_edges)):
        yield f'<attributes class="{kind}" mode="static">'
        for name, type_ in names.items():
            yield f'<attribute id="{number[kind, name]}" title={_attribute(name)} type="{type_}"/>'
        yield "</attributes>"
    yield "<nodes>"
    for node, data in nodes:
        label = _attribute(data.get("label") or node)
        yield f"<node id={_attribute(node)} label={label}>{values('node', data)}</node>"
    yield "</nodes>"
    yield "<edges>"
    for one, other, key, data in edges:
        ends = f"id={_attribute(key)} source={_attribute(one)} target={_attribute(other)}"
        yield f"<edge {ends}>{values('edge', data)}</edge>"
    yield "</edges>"
    yield "</graph>"
    yield "</gexf>"


def _types(rows: Iterable[Attributes]) -> dict[str, str]:
    """The type of each attribute by name: that of its values, ``string`` where they differ."""
    found: dict[str, str] = {}
    for row in rows:
        for name, value in _present(row):
            type_ = _TYPES.get(type(value), "string")
            found[name] = type_ if found.get(name, type_) == type_ else "string"
    return dict(sorted(found.items()))


def _present(data: Attributes) -> Iterator[tuple[str, object]]:
    return ((name, value) for name, value in data.items() if value is not None and value != "")


def _text(value: object) -> str:
    """A value in the lexical form of its XML Schema type."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return {"inf": "INF", "-inf": "-INF", "nan": "NaN"}.get(str(value), str(value))
    return _NOT_XML.sub("\ufffd", str(value))


def _attribute(value: object) -> str:
    return quoteattr(_text(value), _LINE_ENDS)


def _token(identifier: str) -> str:
    """An id as an NMTOKEN, different for different ids: / becomes :, what else is not allowed its code."""
    coded = re.sub(r"[^A-Za-z0-9./-]", lambda match: f"_{ord(match[0]):x}_", identifier)
    return coded.replace("/", ":") or "_"
