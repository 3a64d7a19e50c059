"""The HTML of a page: pyvis fills the template with the graph, the style, the script and the content.

The script is ES modules joined into one, each after the modules that it imports. A module imports with
``import { a, b } from "./other.js";`` on one line and exports with ``export`` before a function, constant or
class, so that the files also run unjoined. Each becomes a function that returns its exports.
"""

import json
import re
from pathlib import Path

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup
from pyvis.network import Network

from kg import locations
from kg.page.data import Content
from kg.page.layout import Layout

TEMPLATE = "page.html"
_VIS = "lib/vis-9.1.2/vis-network.min.js"
#: Characters that would end a script element, a line or a direction of text, as JSON escapes.
_ESCAPES = {
    ord(c): f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029\u200e\u200f\u202a\u202b\u202c\u202d\u202e\ufeff"
}

_IMPORT = re.compile(r'^import (?P<names>\{[^}]*\}) from "\./(?P<file>[\w-]+)\.js";$', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function|const|class) (?P<name>\w+))", re.MULTILINE)
_OTHER = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)


def render_html(content: Content, places: Layout, *, title: str) -> str:
    """Return the page as one self-contained HTML file."""
    network = Network(directed=True, heading=title)
    number = {entity: at for at, entity in enumerate(content.entities)}
    network.nodes = [
        {"id": number[entity], "x": x, "y": y, "shared": places.shared[entity]}
        for entity, (x, y) in places.points.items()
    ]
    network.edges = [{"from": number[one], "to": number[other]} for one, other in content.pairs]
    environment = Environment(loader=FileSystemLoader(locations.WEB), autoescape=True)
    environment.globals.update(
        vis=_trusted(Path(network.template_dir, _VIS).read_text(encoding="utf-8")),
        style=_trusted((locations.WEB / "page.css").read_text(encoding="utf-8")),
        script=_trusted(join_modules(locations.WEB, "main")),
        content=_trusted(embed(content.data)),
        embed=lambda value: _trusted(embed(value)),
    )
    network.templateEnv = environment
    network.path = TEMPLATE
    return str(network.generate_html(notebook=False))


def join_modules(folder: Path, main: str) -> str:
    """Return one script from the module ``main`` and all that it imports, each once.

    Raises ValueError for modules that import each other in a circle, and for other forms of import or export.
    """
    parts: dict[str, str] = {}

    def add(name: str, importers: tuple[str, ...]) -> None:
        if name in importers:
            raise ValueError(f"{' → '.join((*importers, name))}: modules import each other in a circle")
        if name in parts:
            return
        code = (folder / f"{name}.js").read_text(encoding="utf-8")
        for match in _IMPORT.finditer(code):
            add(match["file"], (*importers, name))
        exports = ", ".join(match["name"] for match in _EXPORT.finditer(code))
        body = _EXPORT.sub("", _IMPORT.sub(r"const \g<names> = in_\g<file>;", code)).strip()
        if left := _OTHER.search(body):
            raise ValueError(f"{name}.js: {left[0]!r} is a form of import or export that is not supported")
        parts[name] = f"const in_{name} = (() => {{\n{body}\nreturn {{ {exports} }};\n}})();"

    add(main, ())
    return "\n\n".join(parts.values())


def embed(value: object) -> str:
    """Return JSON that cannot leave a script element, whatever text it holds."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).translate(_ESCAPES)


def _trusted(text: str) -> Markup:
    """Mark text of the package's own files, or escaped by ``embed``, as not to be escaped again."""
    return Markup(text)  # noqa: S704
