"""The Reconciliation Service API 0.2, as OpenRefine speaks it: the manifest, and what answers where."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from kg import iris, locations
from kg.server import extension, given, kinds, markup, preview, suggest, wanted
from kg.server.candidate import FEATURES, candidates
from kg.server.sink import Refused
from kg.server.source import Source

BATCH = 100  # queries in one
_PASSED = ("callback", "_")  # parameters that libraries add for JSONP
Response = tuple[int, dict[str, Any], bytes]


def answer(opened: Source, task: Mapping[str, Any]) -> Response:
    """Answer by path and parameters; raises Refused for bad input."""
    asked = {name: value for name, value in dict(task["given"]).items() if name not in _PASSED}
    path = str(task["path"]).removeprefix("/reconcile").rstrip("/")
    where, _, last = path.rpartition("/")
    if path == "/preview":
        page = preview.page(opened.graph, asked.get("id", ""))
        return 200, {"type": "text/html; charset=utf-8", "framed": True}, page
    if where == "/feature":
        return 200, {"type": "text/html; charset=utf-8"}, _feature(opened, last)
    function = str(task["given"].get("callback", ""))
    return _json(
        _found(opened, path, asked, str(task["address"])), given.callback(function) if function else ""
    )


def _found(opened: Source, path: str, asked: Mapping[str, str], address: str) -> object:
    where, _, last = path.rpartition("/")
    if path == "":
        return _root(opened, asked, address)
    if path == "/extend/propose":
        return extension.proposed(opened.graph, asked)
    if where == "/suggest" and last in suggest.WHAT:
        return {"result": suggest.suggested(opened.graph, last, asked)}
    if where == "/flyout" and last in suggest.WHAT:
        return preview.flyout(opened.graph, last, asked.get("id", ""))
    raise Refused(404, "there is nothing at this address; /reconcile says what there is")


def _root(opened: Source, asked: Mapping[str, str], address: str) -> object:
    graph = opened.graph
    if "queries" in asked:
        batch = given.json_object(asked["queries"], "queries")
        if len(batch) > BATCH:
            raise Refused(
                413, f"a batch may have {BATCH} queries, as the manifest says; this one has {len(batch):,}"
            )
        queries = {name: wanted.read(graph, name, one) for name, one in batch.items()}
        return {name: {"result": candidates(graph, one)} for name, one in queries.items()}
    if "extend" in asked:
        return extension.extended(graph, given.json_object(asked["extend"], "extend"))
    if "query" in asked:  # one query by itself, as 0.1 had it
        text = asked["query"]
        one = given.json_object(text, "query") if text.lstrip().startswith("{") else {"query": text}
        return {"result": candidates(graph, wanted.read(graph, "query", one))}
    if asked:
        raise Refused(400, "send queries=..., or extend=..., or nothing for the manifest")
    return manifest(opened, address)


def manifest(opened: Source, address: str) -> dict[str, Any]:
    """What the service offers."""
    service = f"{address}/reconcile"
    roots = [kind for kind in kinds.entity_classes(opened.graph).values() if kind.segments]
    return {
        "versions": ["0.2"],
        "name": "Regiograph",
        "identifierSpace": iris.BASE,
        "schemaSpace": iris.NS,
        "serviceVersion": locations.VERSION,
        "documentation": f"{address}/",
        "batchSize": BATCH,
        "view": {"url": f"{address}/{{{{id}}}}"},
        "feature_view": {"url": f"{service}/feature/{{{{id}}}}"},
        "defaultTypes": [{"id": kind.id, "name": kind.label} for kind in roots],
        "preview": {
            "url": f"{service}/preview?id={{{{id}}}}",
            "width": preview.WIDTH,
            "height": preview.HEIGHT,
        },
        "suggest": {
            what: {
                "service_url": service,
                "service_path": f"/suggest/{what}",
                "flyout_service_url": service,
                "flyout_service_path": f"/flyout/{what}?id=${{id}}",  # else OpenRefine asks Freebase's
            }
            for what in suggest.WHAT
        },
        "extend": {
            "propose_properties": {"service_url": service, "service_path": "/extend/propose"},
            "property_settings": [
                {
                    "name": "limit",
                    "label": "Limit",
                    "type": "number",
                    "default": 0,
                    "help_text": "How many values to fetch at most; 0 fetches all.",
                }
            ],
        },
    }


def _feature(opened: Source, name: str) -> bytes:
    """What a feature of a candidate says."""
    known = kinds.properties(opened.graph)
    if name in FEATURES:
        text = FEATURES[name]
    elif name in known:
        text = f"How near the given value is to what the graph has: {known[name].label}, 0 to 100."
    else:
        raise Refused(404, "candidates have no such feature")
    return markup.page(name, f"<h1><code>{markup.text(name)}</code></h1><p>{markup.text(text)}</p>")


def _json(value: object, function: str) -> Response:
    if not function:
        return 200, {"type": "application/json"}, json.dumps(value, ensure_ascii=False).encode()
    body = f"/**/{function}({json.dumps(value)});\n"  # the comment keeps it from passing for another format
    return 200, {"type": "application/javascript; charset=utf-8", "volatile": True}, body.encode()
