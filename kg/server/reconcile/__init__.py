"""The Reconciliation Service API 0.2, as OpenRefine uses it: the manifest and the routes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from starlette.exceptions import HTTPException

from kg import iris, locations
from kg.query.graph import Graph
from kg.server.reconcile import schema, services
from kg.server.reconcile.candidates import find_candidates
from kg.server.reconcile.models import ReconciliationQuery, check_callback, parse_model, parse_object

BATCH = 100  # queries in one
_ADDED = ("callback", "_")  # parameters that libraries add for JSONP
Response = tuple[int, dict[str, Any], bytes]


def respond(graph: Graph, task: Mapping[str, Any]) -> Response:
    """Answer by path and parameters; raise HTTPException for bad input."""
    given: Mapping[str, str] = task["parameters"]
    parameters = {
        name: value for name, value in given.items() if name not in _ADDED and not name.startswith("utm_")
    }
    path = str(task["path"]).removeprefix("/reconcile").strip("/")
    service, _, last = path.partition("/")
    if path == "preview":
        page = services.preview(graph, parameters.get("id", ""))
        return 200, {"type": "text/html; charset=utf-8", "framed": True}, page
    if service == "feature":
        return 200, {"type": "text/html; charset=utf-8"}, services.feature(graph, last)
    function = check_callback(given["callback"]) if given.get("callback") else ""
    return _json(_answer(graph, path, parameters, str(task["address"])), function)


def _answer(graph: Graph, path: str, parameters: Mapping[str, str], address: str) -> object:
    service, _, last = path.partition("/")
    if path == "":
        return _answer_root(graph, parameters, address)
    if path == "extend/propose":
        return services.propose_properties(graph, parameters)
    if service == "suggest" and last in services.SUGGESTED:
        return {"result": services.suggest(graph, last, parameters)}
    if service == "flyout" and last in services.SUGGESTED:
        return services.flyout(graph, last, parameters.get("id", ""))
    raise HTTPException(404, "there is nothing at this address; /reconcile says what there is")


def _answer_root(graph: Graph, parameters: Mapping[str, str], address: str) -> object:
    if "queries" in parameters:
        return _answer_batch(graph, parse_object(parameters["queries"], "queries"))
    if "extend" in parameters:
        return services.extend(graph, parse_object(parameters["extend"], "extend"))
    if "query" in parameters:  # one query by itself, as 0.1 had it
        text = parameters["query"]
        query = parse_object(text, "query") if text.lstrip().startswith("{") else {"query": text}
        return _answer_query(graph, "query", query)
    if parameters:
        raise HTTPException(400, "send queries=..., or extend=..., or nothing for the manifest")
    return manifest(graph, address)


def _answer_batch(graph: Graph, queries: Mapping[str, object]) -> dict[str, object]:
    """Answer each query of a batch; a bad one has no candidates and an ``error``, the others stand."""
    if len(queries) > BATCH:
        text = f"a batch may have {BATCH} queries, as the manifest says; this one has {len(queries):,}"
        raise HTTPException(413, text)
    found: dict[str, object] = {}
    for name, query in queries.items():
        try:
            found[name] = _answer_query(graph, f"query {name[:80]!r}", query)
        except HTTPException as error:
            found[name] = {"result": [], "error": error.detail}
    return found


def _answer_query(graph: Graph, where: str, value: object) -> dict[str, object]:
    query = parse_model(ReconciliationQuery, where, value)
    for name in query.type:
        if schema.item_id(name) not in schema.types(graph):
            listed = "/reconcile/suggest/type?prefix= lists them"
            raise HTTPException(400, f"{where}: there is no type {name[:80]!r}; {listed}")
    return {"result": find_candidates(graph, query)}


def manifest(graph: Graph, address: str) -> dict[str, Any]:
    """Return what the service offers."""
    service = f"{address}/reconcile"
    roots = [one for one in graph.vocabulary.entity_classes().values() if one.segment]
    limit = {
        "name": "limit",
        "label": "Limit",
        "type": "number",
        "default": 0,
        "help_text": "How many values to fetch at most; 0 fetches all.",
    }
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
        "defaultTypes": [{"id": one.id, "name": one.label} for one in roots],
        "preview": {
            "url": f"{service}/preview?id={{{{id}}}}",
            "width": services.WIDTH,
            "height": services.HEIGHT,
        },
        "suggest": {
            what: {
                "service_url": service,
                "service_path": f"/suggest/{what}",
                "flyout_service_url": service,
                "flyout_service_path": f"/flyout/{what}?id=${{id}}",  # else OpenRefine asks Freebase's
            }
            for what in services.SUGGESTED
        },
        "extend": {
            "propose_properties": {"service_url": service, "service_path": "/extend/propose"},
            "property_settings": [limit],
        },
    }


def _json(value: object, function: str) -> Response:
    if not function:
        return 200, {"type": "application/json"}, json.dumps(value, ensure_ascii=False).encode()
    body = f"/**/{function}({json.dumps(value)});\n"  # the comment keeps it from passing for another format
    return 200, {"type": "application/javascript; charset=utf-8", "volatile": True}, body.encode()
