"""The networkx view as files of other tools: GraphML, GEXF and node-link JSON.

Nodes, edges and attributes stand in a fixed order, so that the same graph gives the same bytes. An attribute
that is empty is left out: not every reader tells an empty text from none. A character that XML 1.0 cannot
hold becomes U+FFFD.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from xml.sax.saxutils import escape, quoteattr

import networkx as nx

Attributes = Mapping[str, object]

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LINE_ENDS = {"\r": "&#13;", "\n": "&#10;", "\t": "&#9;"}  # a parser would make them spaces or \n
_TYPES = {bool: "boolean", int: "long", float: "double"}
_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'
_GRAPHML = (
    '<graphml xmlns="{0}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xsi:schemaLocation="{0} {0}/1.0/graphml.xsd">'.format("http://graphml.graphdrawing.org/xmlns")
)


def graphml(view: nx.MultiDiGraph) -> bytes:
    """Return the view as GraphML 1.0.

    The schema wants ids that are NMTOKENs: ``place/jinan`` becomes ``place:jinan``, and stands unchanged
    in the attribute ``entity``; an edge's key likewise in ``statement``. Each id is used once in the file.
    """
    nodes = [(node, {"entity": node, **data}) for node, data in _nodes(view)]
    edges = _edges(view)
    lines = [_DECLARATION, _GRAPHML]
    keys = {}
    for kind, rows in (("node", (row[-1] for row in nodes)), ("edge", (row[-1] for row in edges))):
        for at, (name, type_) in enumerate(_types(rows).items()):
            keys[kind, name] = f"{kind}{at}"
            lines.append(f'<key id="{kind}{at}" for="{kind}" attr.name={_quoted(name)} attr.type="{type_}"/>')

    def values(kind: str, data: Attributes) -> str:
        texts = ((keys[kind, name], escape(_text(v), {"\r": "&#13;"})) for name, v in _present(data))
        return "".join(f'<data key="{key}">{text}</data>' for key, text in texts)

    lines.append('<graph edgedefault="directed">')
    lines += [f'<node id="{_token(node)}">{values("node", data)}</node>' for node, data in nodes]
    for one, other, key, data in edges:
        ends = f'id="{_token(key)}" source="{_token(one)}" target="{_token(other)}"'
        lines.append(f"<edge {ends}>{values('edge', data)}</edge>")
    return "\n".join([*lines, "</graph>", "</graphml>", ""]).encode()


def gexf(view: nx.MultiDiGraph) -> bytes:
    """Return the view as GEXF 1.2; an edge's id is its key, and stands as ``statement`` too."""
    nodes, edges = _nodes(view), _edges(view)
    lines = [_DECLARATION, '<gexf xmlns="http://www.gexf.net/1.2draft" version="1.2">']
    lines.append('<graph defaultedgetype="directed" mode="static">')
    keys: dict[tuple[str, str], int] = {}  # numbers: some readers take any other id for the attribute's name
    unlabelled = ({name: v for name, v in data.items() if name != "label"} for _, data in nodes)
    for kind, rows in (("node", unlabelled), ("edge", (row[-1] for row in edges))):
        lines.append(f'<attributes class="{kind}" mode="static">')
        for name, type_ in _types(rows).items():
            keys[kind, name] = len(keys)
            lines.append(f'<attribute id="{keys[kind, name]}" title={_quoted(name)} type="{type_}"/>')
        lines.append("</attributes>")

    def values(kind: str, data: Attributes) -> str:
        texts = ((keys[kind, name], _quoted(v)) for name, v in _present(data) if (kind, name) in keys)
        found = "".join(f'<attvalue for="{key}" value={text}/>' for key, text in texts)
        return f"<attvalues>{found}</attvalues>"

    lines.append("<nodes>")
    for node, data in nodes:
        label = _quoted(data.get("label") or node)
        lines.append(f"<node id={_quoted(node)} label={label}>{values('node', data)}</node>")
    lines += ["</nodes>", "<edges>"]
    for one, other, key, data in edges:
        ends = f"id={_quoted(key)} source={_quoted(one)} target={_quoted(other)}"
        lines.append(f"<edge {ends}>{values('edge', data)}</edge>")
    return "\n".join([*lines, "</edges>", "</graph>", "</gexf>", ""]).encode()


def node_link(view: nx.MultiDiGraph) -> bytes:
    """Return the view as node-link JSON, as d3 and networkx (``edges="links"``) read it.

    ``source`` and ``target`` are the ends of an edge in this format, so the document of a statement is
    its ``document``.
    """
    links = []
    for a, b, key, data in sorted(view.edges(keys=True, data=True), key=lambda edge: edge[:3]):
        renamed = {"document" if name == "source" else name: value for name, value in data.items()}
        links.append({**renamed, "source": a, "target": b, "key": key})
    nodes = [{**data, "id": node} for node, data in _nodes(view)]
    found = {"directed": True, "multigraph": True, "graph": {}, "nodes": nodes, "links": links}
    return json.dumps(found, ensure_ascii=False, indent=1).encode("utf-8", "replace") + b"\n"


def _nodes(view: nx.MultiDiGraph) -> list[tuple[str, Attributes]]:
    return sorted(view.nodes(data=True), key=lambda node: node[0])


def _edges(view: nx.MultiDiGraph) -> list[tuple[str, str, str, Attributes]]:
    found = ((a, b, key, {"statement": key, **data}) for a, b, key, data in view.edges(keys=True, data=True))
    return sorted(found, key=lambda edge: edge[:3])


def _types(rows: Iterable[Attributes]) -> dict[str, str]:
    """Return the type of each attribute by name: that of its values, ``string`` where they differ."""
    found: dict[str, str] = {}
    for name, value in (one for row in rows for one in _present(row)):
        type_ = _TYPES.get(type(value), "string")
        found[name] = type_ if found.get(name, type_) == type_ else "string"
    return dict(sorted(found.items()))


def _present(data: Attributes) -> Iterator[tuple[str, object]]:
    return ((name, value) for name, value in data.items() if value is not None and value != "")


def _text(value: object) -> str:
    """Return a value in the lexical form of its XML Schema type."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return {"inf": "INF", "-inf": "-INF", "nan": "NaN"}.get(str(value), str(value))
    return _NOT_XML.sub("\ufffd", str(value))


def _quoted(value: object) -> str:
    return quoteattr(_text(value), _LINE_ENDS)


def _token(identifier: str) -> str:
    """Return an id as an NMTOKEN, different for different ids: / becomes :, what is not allowed its code."""
    coded = re.sub(r"[^A-Za-z0-9./-]", lambda match: f"_{ord(match[0]):x}_", identifier)
    return coded.replace("/", ":") or "_"
