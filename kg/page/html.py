"""The HTML of a page: pyvis fills our template with the picture, our style and script, and the content."""

from __future__ import annotations

import json
from collections.abc import Mapping

from jinja2 import ChoiceLoader, Environment, FileSystemLoader
from markupsafe import Markup
from pyvis.network import Network

from kg import locations
from kg.page import bundle
from kg.page.data import Content
from kg.page.layout import Layout

TEMPLATE = "page.html"
_VIS = "lib/vis-9.1.2/vis-network.min.js"
_OPTIONS = {
    "physics": {"enabled": False},
    "layout": {"improvedLayout": False},
    "edges": {"smooth": False},
}
#: What would end the script element or the line in some reader, as JSON can write it.
_ESCAPES = {
    ord(c): f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029\u200e\u200f\u202a\u202b\u202c\u202d\u202e\ufeff"
}


def render(content: Content, places: Layout, *, title: str) -> str:
    """One self-contained HTML file."""
    network = Network(directed=True, heading=title)
    network.nodes = _nodes(content, places)
    network.edges = _edges(content)
    network.options = _OPTIONS
    theirs = FileSystemLoader(network.template_dir)
    environment = Environment(loader=ChoiceLoader([FileSystemLoader(locations.WEB), theirs]), autoescape=True)
    vis, _, _ = theirs.get_source(environment, _VIS)
    environment.globals.update(
        vis=_trusted(vis),
        style=_trusted((locations.WEB / "page.css").read_text(encoding="utf-8")),
        script=_trusted(bundle.join(locations.WEB, "main")),
        content=_trusted(embed(content.data)),
        embed=lambda value: _trusted(embed(value)),
    )
    network.templateEnv = environment
    network.path = TEMPLATE
    html: str = network.generate_html(notebook=False)
    return html


def embed(value: object) -> str:
    """JSON that may stand in a script element, whatever it holds."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).translate(_ESCAPES)


def _trusted(text: str) -> Markup:
    """Text of our own files, or escaped by ``embed``: the template is not to escape it again."""
    return Markup(text)  # noqa: S704


def _nodes(content: Content, places: Layout) -> list[Mapping[str, object]]:
    """A node of the picture: its place in the list of entities, its point, to how many regions it belongs."""
    number = {entity: at for at, entity in enumerate(content.entities)}
    return [
        {"id": number[entity], "x": x, "y": y, "shared": places.shared[entity]}
        for entity, (x, y) in places.points.items()
    ]


def _edges(content: Content) -> list[Mapping[str, object]]:
    number = {entity: at for at, entity in enumerate(content.entities)}
    return [{"from": number[one], "to": number[other]} for one, other in content.pairs]
