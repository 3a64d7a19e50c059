"""An entity at a glance: a page for a small frame, and the same as a piece of HTML to fly out."""

from __future__ import annotations

from typing import Any

from kg import iris
from kg.query.graph import Graph
from kg.query.result import value as plain
from kg.server import called, kinds, markup
from kg.server.sink import Refused

WIDTH, HEIGHT = 420, 240  # pixels of the frame
_FACTS, _VALUES = 5, 3  # facts that fit in it, and values of each
_TOLD = ("type", "prefLabel", "altLabel", "lat", "long")  # by other parts of the page, or by nobody


def page(graph: Graph, given: str) -> bytes:
    """The page; raises Refused where there is no such entity."""
    identifier = _known(graph, given)
    heading = markup.link(iris.iri(identifier), _label(graph, identifier), target="_blank")
    return markup.page(
        identifier, f"<h1>{heading}</h1>", _kind(graph, identifier), _facts(graph, identifier), framed=True
    )


def flyout(graph: Graph, what: str, given: str) -> dict[str, Any]:
    """A piece of HTML without links, about an entity, type or property."""
    if what == "entity":
        identifier = _known(graph, given)
        title, body = _label(graph, identifier), _kind(graph, identifier)
    else:
        known = kinds.classes(graph) if what == "type" else kinds.properties(graph)
        kind = known.get(kinds.named(given))
        if kind is None:
            raise Refused(404, f"the graph has no such {what}")
        title, body = kind.label, f"<p>{markup.text(kind.text or kind.id)}</p>"
    return {"id": given, "html": f"<h1>{markup.text(title)}</h1>{body}"}


def _known(graph: Graph, given: str) -> str:
    if not given:
        raise Refused(400, "send the id of an entity as id=...")
    identifier = called.entity(graph, given)
    if not identifier:
        raise Refused(404, "the graph holds no such entity")
    return identifier


def _label(graph: Graph, identifier: str) -> str:
    return graph.labels.get(identifier, identifier)


def _kind(graph: Graph, identifier: str) -> str:
    """What it is, its id, and its names."""
    types = kinds.type_names(graph, kinds.types(graph, [identifier])[identifier])
    names = [name for role, name in graph.names.names(identifier) if role != "printed"]
    return (
        f'<p class="kind">{markup.text(", ".join(types))} · <code>{markup.text(identifier)}</code></p>'
        f"<p>{markup.text(' · '.join(dict.fromkeys(names)))}</p>"
    )


def _facts(graph: Graph, identifier: str) -> str:
    """The first few things that are stated of it."""
    known = {name: kind for name, kind in kinds.properties(graph).items() if name not in _TOLD}
    values = kinds.values(graph, [identifier], known.values())
    rows = []
    for name, kind in known.items():
        found = [_label(graph, str(plain(one))) for one in values.get((identifier, name), [])]
        if found:
            more = ", ..." if len(found) > _VALUES else ""
            rows.append((kind.label, markup.text(", ".join(found[:_VALUES]) + more)))
    return markup.pairs(rows[:_FACTS])
