"""The Reconciliation Service API 0.2, as OpenRefine speaks it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pyoxigraph as ox

from kg import term
from kg.answer import value as plain
from kg.server import kinds, markup
from kg.server.candidate import Wanted, candidates, type_names
from kg.server.sink import Refused
from kg.server.source import Source

MOST = 100  # queries, or ids, in one batch
_STRICT = ("any", "all", "should")
Response = tuple[int, dict[str, Any], bytes]


def answer(opened: Source, task: Mapping[str, Any]) -> Response:
    """Answer by path and parameters; raises Refused for bad input."""
    path, given = str(task["path"]).removeprefix("/reconcile").rstrip("/"), dict(task["given"])
    if path == "":
        return _json(_root(opened, given, str(task["address"])))
    if path == "/preview":
        return _preview(opened, given)
    if path == "/extend/propose":
        return _json(_proposed(opened, given))
    what = path.removeprefix("/suggest/")
    if path.startswith("/suggest/") and what in ("entity", "type", "property"):
        return _json({"result": _suggested(opened, what, given)})
    raise Refused(404, "there is nothing at this address; /reconcile says what there is")


def _root(opened: Source, given: Mapping[str, str], address: str) -> object:
    if "queries" in given:
        batch = _object(given["queries"], "queries")
        if len(batch) > MOST:
            raise Refused(413, f"a batch may have {MOST} queries")
        wanted = {name: _wanted(opened, name, one) for name, one in batch.items()}
        return {name: {"result": candidates(opened.graph, one)} for name, one in wanted.items()}
    if "extend" in given:
        return _extended(opened, _object(given["extend"], "extend"))
    if "query" in given:
        text = given["query"]
        one = _object(text, "query") if text.lstrip().startswith("{") else {"query": text}
        return {"result": candidates(opened.graph, _wanted(opened, "query", one))}
    if given:
        raise Refused(400, "send queries=..., or extend=..., or nothing for the manifest")
    return manifest(opened, address)


def manifest(opened: Source, address: str) -> dict[str, Any]:
    """What the service offers."""
    service = f"{address}/reconcile"
    roots = [kind for kind in kinds.classes(opened.graph).values() if kind.segments]
    return {
        "versions": ["0.2"],
        "name": "Regiograph",
        "identifierSpace": term.BASE,
        "schemaSpace": term.NS,
        "documentation": f"{address}/",
        "view": {"url": f"{address}/{{{{id}}}}"},
        "defaultTypes": [{"id": kind.id, "name": kind.label} for kind in roots],
        "preview": {"url": f"{service}/preview?id={{{{id}}}}", "width": 420, "height": 240},
        "suggest": {
            what: {"service_url": service, "service_path": f"/suggest/{what}"}
            for what in ("entity", "type", "property")
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


def _wanted(opened: Source, name: str, one: object) -> Wanted:
    if not isinstance(one, dict) or not isinstance(one.get("query"), str):
        raise Refused(400, f"{name}: a query is an object with a text as its query")
    types = one.get("type") or []
    types = [types] if isinstance(types, str | dict) else types
    if not isinstance(types, list):
        raise Refused(400, f"{name}: type is the id of a type, or a list of them")
    ids = tuple(str(kind.get("id", "") if isinstance(kind, dict) else kind) for kind in types)
    for kind in ids:
        if kinds.named(kind) not in kinds.classes(opened.graph):
            raise Refused(400, f"{name}: there is no type {kind!r}; /reconcile/suggest/type lists them")
    limit = one.get("limit", 5)
    if not isinstance(limit, int) or isinstance(limit, bool) or limit < 1:
        raise Refused(400, f"{name}: limit is a whole number above 0")
    strict = one.get("type_strict", "any")
    if strict not in _STRICT:
        raise Refused(400, f"{name}: type_strict is one of {', '.join(_STRICT)}")
    properties = one.get("properties") or []
    if not isinstance(properties, list):
        raise Refused(400, f"{name}: properties is a list")
    return Wanted(
        one["query"][:1000], ids, strict, min(limit, 100), tuple(_property(name, p) for p in properties)
    )


def _property(name: str, given: object) -> tuple[str, tuple[str, ...]]:
    if not isinstance(given, dict) or not isinstance(given.get("pid"), str) or "v" not in given:
        raise Refused(400, f"{name}: a property is an object with pid and v")
    values = given["v"] if isinstance(given["v"], list) else [given["v"]]
    texts = (str(v.get("id") or v.get("name") or "") if isinstance(v, dict) else str(v) for v in values)
    return kinds.named(given["pid"]), tuple(texts)


def _extended(opened: Source, given: Mapping[str, Any]) -> dict[str, Any]:
    ids, asked = given.get("ids"), given.get("properties")
    if not isinstance(ids, list) or not isinstance(asked, list) or not all(isinstance(i, str) for i in ids):
        raise Refused(400, "extend is an object with a list of ids and a list of properties")
    if len(ids) > MOST * 10:
        raise Refused(413, f"an extension may have {MOST * 10} ids")
    known = kinds.properties(opened.graph)
    limits: dict[str, int] = {}
    for one in asked:
        if not isinstance(one, dict) or kinds.named(str(one.get("id"))) not in known:
            raise Refused(400, f"there is no property {one!r}; /reconcile/suggest/property lists them"[:300])
        settings = one.get("settings") or {}
        limit = settings.get("limit", 0) if isinstance(settings, dict) else 0
        if not str(limit).isdigit():
            raise Refused(400, "limit is a whole number")
        limits[kinds.named(str(one["id"]))] = int(limit)
    present = {i for i in ids if i in opened.graph.names.entities}
    values = kinds.values(opened.graph, sorted(present), [known[name] for name in limits])
    rows = {
        one: {
            name: [_cell(opened, v) for v in values.get((one, name), [])[: most or None]]
            for name, most in limits.items()
        }
        for one in ids
    }
    return {"meta": [{"id": name, "name": known[name].label} for name in limits], "rows": rows}


def _cell(opened: Source, value: ox.NamedNode | ox.Literal) -> dict[str, Any]:
    if isinstance(value, ox.NamedNode):
        short = term.short(value.value)
        return {"id": short, "name": opened.graph.labels.get(short, short)}
    found = plain(value)
    if isinstance(found, bool):
        return {"bool": found}
    if isinstance(found, int):
        return {"int": found}
    if isinstance(found, float):
        return {"float": found}
    if found is not None and not isinstance(found, str):
        return {"date": found.isoformat()}
    return {"str": str(found)}


def _proposed(opened: Source, given: Mapping[str, str]) -> dict[str, Any]:
    limit = given.get("limit", "")
    if limit and not limit.isdigit():
        raise Refused(400, "limit is a whole number")
    found = [{"id": kind.id, "name": kind.label} for kind in kinds.properties(opened.graph).values()]
    kind = given.get("type", "")
    return {**({"type": kind} if kind else {}), "properties": found[: int(limit or 0) or None]} | (
        {"limit": int(limit)} if limit else {}
    )


def _suggested(opened: Source, what: str, given: Mapping[str, str]) -> list[dict[str, Any]]:
    prefix, cursor = given.get("prefix"), given.get("cursor") or "0"
    if prefix is None:
        raise Refused(400, "send what has been typed as prefix=...")
    if not cursor.isdigit() or int(cursor) > 10_000:
        raise Refused(400, "cursor is a whole number")
    start = int(cursor)
    if what == "entity":
        found = candidates(opened.graph, Wanted(prefix[:1000], limit=start + 10))[start:]
        return [
            {"id": one["id"], "name": one["name"], "description": one["description"],
             "notable": [kind["id"] for kind in one["type"]]}
            for one in found
        ]  # fmt: skip
    known = kinds.classes(opened.graph) if what == "type" else kinds.properties(opened.graph)
    folded = prefix.casefold()
    fits = [k for k in known.values() if folded in k.label.casefold() or folded in k.id.casefold()]
    fits.sort(key=lambda kind: (not kind.label.casefold().startswith(folded), kind.label))
    return [
        {"id": kind.id, "name": kind.label, **({"description": kind.text} if kind.text else {})}
        for kind in fits[start : start + 20]
    ]


def _preview(opened: Source, given: Mapping[str, str]) -> Response:
    identifier = term.short(given.get("id", ""))
    if not identifier:
        raise Refused(400, "send the id of an entity as id=...")
    if identifier not in opened.graph.names.entities:
        raise Refused(404, "the graph holds no such entity")
    types = kinds.types(opened.graph, [identifier])[identifier]
    names = [name for role, name in opened.graph.names.names(identifier) if role != "printed"]
    label = opened.graph.labels.get(identifier, identifier)
    body = markup.page(
        identifier,
        f"<h1>{markup.link(term.iri(identifier), label, target='_blank')}</h1>",
        f"<p class='kind'>{markup.text(', '.join(type_names(opened.graph, types)))} · "
        f"<code>{markup.text(identifier)}</code></p><p>{markup.text(' · '.join(dict.fromkeys(names)))}</p>",
    )
    return 200, {"type": "text/html; charset=utf-8", "framed": True}, body


def _object(text: str, what: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise Refused(400, f"{what} is not JSON") from None
    if not isinstance(found, dict):
        raise Refused(400, f"{what} is not a JSON object")
    return found


def _json(value: object) -> Response:
    return 200, {"type": "application/json"}, json.dumps(value, ensure_ascii=False).encode()
