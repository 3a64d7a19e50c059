"""What the service says of itself: service description, VoID and DCAT, the questions as SHACL examples."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyoxigraph as ox
from starlette.exceptions import HTTPException

from kg import iris
from kg.compile import examples
from kg.query.graph import Graph
from kg.server import pages
from kg.server.negotiation import GRAPHS, choose, content_type
from kg.server.sparql import PREFIXES, select

_MORE_PREFIXES = {
    "sd": "http://www.w3.org/ns/sparql-service-description#",
    "spex": "https://purl.expasy.org/sparql-examples/ontology#",
}


def respond(graph: Graph, task: Mapping[str, Any]) -> pages.Response:
    """Answer with the description as RDF, or with a redirect for people."""
    accept = str(task["accept"])
    types = [form.type for form in GRAPHS]
    chosen = choose(accept, [*types, "text/html"])
    if chosen is None:
        raise HTTPException(406, f"the description can be had as {', '.join(types)} and text/html")
    if chosen == "text/html" or (accept and choose(accept, types) is None):
        return 303, {"type": "text/plain; charset=utf-8", "Location": "/query"}, b"see /query\n"
    address, endpoint = task["address"], f"{task['address']}/sparql"
    sizes = select(graph, "graph-sizes").values()
    triples = list(examples.triples(endpoint))
    if task["path"] == "/sparql":
        text = pages.render("sparql.ttl", endpoint=endpoint, graphs=sizes)
    else:
        for row in select(graph, "dataset-triples").rows:
            triples.append(ox.Triple(*row))  # type: ignore[arg-type]
        text = pages.render(
            "void.ttl", address=address, endpoint=endpoint, space=iris.BASE, data=iris.iri("dataset"),
            triples=sum(int(row["triples"]) for row in sizes), entities=len(graph.names.entities),
            example=iris.iri(min(graph.names.entities, default="ns")), part=_part,
            classes=select(graph, "class-sizes").values(),
            properties=[
                {"class": "", **row}
                for name in ("property-sizes", "class-property-sizes")
                for row in select(graph, name).values()
            ],
        )  # fmt: skip
    triples += (quad.triple for quad in ox.parse(text, format=ox.RdfFormat.TURTLE))
    form = next(form for form in GRAPHS if form.type == chosen)
    prefixes = {**PREFIXES, **_MORE_PREFIXES}
    body = ox.serialize(dict.fromkeys(triples), format=form.writer, prefixes=prefixes)  # type: ignore[arg-type]
    return 200, {"type": content_type(chosen)}, body or b""


def _part(kind: str, name: str = "") -> str:
    """Return the IRI of the part of the data with members of a class, or with a property."""
    what = "property" if name else "class"
    return f"{iris.iri('dataset')}#{what}-{iris.digest(*filter(None, (kind, name)))[:12]}"
