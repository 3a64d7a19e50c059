"""The HTML of a page: pyvis fills the template with the graph, the style, the script and the content."""

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
#: Characters that would end a script element, a line or a direction of text, as JSON escapes.
_ESCAPES = {
    ord(c): f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029\u200e\u200f\u202a\u202b\u202c\u202d\u202e\ufeff"
}


def render_html(content: Content, places: Layout, *, title: str) -> str:
    """Return the page as one self-contained HTML file."""
    network = Network(directed=True, heading=title)
    network.nodes = _nodes(content, places)
    network.edges = _edges(content)
    network.options = _OPTIONS
    package = FileSystemLoader(network.template_dir)
    environment = Environment(
        loader=ChoiceLoader([FileSystemLoader(locations.WEB), package]), autoescape=True
    )
    vis, _, _ = package.get_source(environment, _VIS)
    environment.globals.update(
        vis=_trusted(vis),
        style=_trusted((locations.WEB / "page.css").read_text(encoding="utf-8")),
        script=_trusted(bundle.join_modules(locations.WEB, "main")),
        content=_trusted(embed(content.data)),
        embed=lambda value: _trusted(embed(value)),
    )
    network.templateEnv = environment
    network.path = TEMPLATE
    html: str = network.generate_html(notebook=False)
    return html


def embed(value: object) -> str:
    """Return JSON that cannot leave a script element, whatever text it holds."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).translate(_ESCAPES)


def _trusted(text: str) -> Markup:
    """Mark text of the package's own files, or escaped by ``embed``, as not to be escaped again."""
    return Markup(text)  # noqa: S704


def _nodes(content: Content, places: Layout) -> list[Mapping[str, object]]:
    """Return nodes as (number of the entity, point, number of nearest regions)."""
    number = {entity: at for at, entity in enumerate(content.entities)}
    return [
        {"id": number[entity], "x": x, "y": y, "shared": places.shared[entity]}
        for entity, (x, y) in places.points.items()
    ]


def _edges(content: Content) -> list[Mapping[str, object]]:
    number = {entity: at for at, entity in enumerate(content.entities)}
    return [{"from": number[one], "to": number[other]} for one, other in content.pairs]
