"""The Reconciliation Service API 0.2, as OpenRefine uses it: queries, suggestions, data extension."""

import json
import math
from collections.abc import Mapping
from datetime import date
from typing import Any

import pyoxigraph as ox
from starlette.exceptions import HTTPException

from kg import iris, locations, text
from kg.query.entities import describe_entity
from kg.query.graph import Graph
from kg.query.values import value as plain
from kg.query.vocabulary import Term
from kg.server import pages, sparql
from kg.server.linked_data import resolve_entity
from kg.server.reconcile import models, schema
from kg.server.reconcile.candidates import FEATURES, find_candidates

_SUGGESTED = ("entity", "type", "property")
_ADDED = ("callback", "_")  # parameters that libraries add for JSONP
_SHOWN_ELSEWHERE = ("type", "prefLabel", "altLabel", "lat", "long")
_PAGE = 20
_FRACTIONS = {iris.expand(f"xsd:{kind}") for kind in ("decimal", "double", "float")}


def respond(graph: Graph, task: Mapping[str, Any]) -> pages.Response:
    """Answer by path and parameters; raise HTTPException for bad input."""
    path = str(task["path"]).removeprefix("/reconcile").strip("/")
    service, _, last = path.partition("/")
    own = models.parse_model(models.Parameters, "", dict(task["parameters"]))
    if path == "preview":
        return pages.respond_with("text/html", _preview(graph, own.id), framed=True)
    if service == "feature":
        return pages.respond_with("text/html", _feature(graph, last))
    if path == "":
        found = _answer_root(graph, own, task)
    elif path == "extend/propose":
        found = _propose_properties(graph, own)
    elif service == "suggest" and last in _SUGGESTED:
        found = _suggest(graph, last, own)
    elif service == "flyout" and last in _SUGGESTED:
        found = _flyout(graph, last, own.id)
    else:
        raise HTTPException(404, "there is nothing at this address; /reconcile says what there is")
    if not own.callback:
        return pages.respond_with("application/json", json.dumps(found, ensure_ascii=False).encode())
    body = f"/**/{own.callback}({json.dumps(found)});\n"  # a comment keeps it from passing for other formats
    return pages.respond_with("application/javascript; charset=utf-8", body.encode(), sparql.NO_STORE)


def _answer_root(graph: Graph, own: models.Parameters, task: Mapping[str, Any]) -> object:
    if own.queries is not None:
        return _answer_batch(graph, own.queries)
    if own.extend is not None:
        return _extend(graph, own.extend)
    if own.query is not None:  # one query by itself, as 0.1 had it
        alone = own.query.lstrip().startswith("{")
        query = models.parse_model(models.Parameters, "", {"queries": own.query}).queries if alone else None
        return _answer_query(graph, "query", query if alone else {"query": own.query})
    if wrong := [one for one, _ in task["parameters"] if one not in _ADDED and not one.startswith("utm_")]:
        text = f"send queries=..., or extend=..., or nothing for the manifest, not {wrong[0][:80]!r}"
        raise HTTPException(400, text)
    roots = [one for one in graph.vocabulary.entity_classes().values() if one.segment]
    context = {"version": locations.VERSION, "address": task["address"], "batch": models.MOST_QUERIES}
    return json.loads(pages.render("manifest.json", types=roots, suggested=_SUGGESTED, **context))


def _answer_batch(graph: Graph, queries: Mapping[str, object]) -> dict[str, object]:
    """Answer each query of a batch; a bad one has no candidates and an ``error``, the others stand."""
    found: dict[str, object] = {}
    for name, query in queries.items():
        try:
            found[name] = _answer_query(graph, f"query {name[:80]!r}", query)
        except HTTPException as error:
            found[name] = {"result": [], "error": error.detail}
    return found


def _answer_query(graph: Graph, where: str, value: object) -> dict[str, object]:
    query = models.parse_model(models.ReconciliationQuery, where, value)
    for name in query.type:
        if schema.item_id(name) not in schema.types(graph):
            listed = "/reconcile/suggest/type?prefix= lists them"
            raise HTTPException(400, f"{where}: there is no type {name[:80]!r}; {listed}")
    return {"result": find_candidates(graph, query)}


def _suggest(graph: Graph, what: str, own: models.Parameters) -> dict[str, Any]:
    """Return one page of entities, types or properties that begin so, or hold the words."""
    if own.prefix is None:
        raise HTTPException(400, "send what has been typed as prefix=...")
    prefix, start = models.fold_width(own.prefix), own.cursor
    page = slice(start, start + _PAGE)
    if what != "entity":
        known = graph.vocabulary.entity_classes() if what == "type" else schema.properties(graph)
        items = schema.suggest_items(known.values(), prefix)[page]
        return {"result": [_show_item(graph, one) for one in items]}
    query = models.ReconciliationQuery.model_construct(query=prefix, limit=start + 3 * _PAGE)
    found, typed = find_candidates(graph, query), text.key(prefix)
    found.sort(key=lambda one: not text.key(one["name"]).startswith(typed))  # the rest stays by score
    return {
        "result": [
            {
                **{name: one[name] for name in ("id", "name", "description")},
                "notable": [kind["id"] for kind in one["type"]],
            }
            for one in found[page]
        ]
    }


def _show_item(graph: Graph, one: Term) -> dict[str, Any]:
    """Return a type or property as the API has it; a type with those just above it."""
    known = schema.types(graph)
    broader = [{"id": up, "name": known[up].label} for up in one.parents if up in known]
    more = {"description": one.definition, "broader": broader}
    return {"id": one.name, "name": one.label, **{name: value for name, value in more.items() if value}}


def _preview(graph: Graph, given: str) -> bytes:
    """Return the page of an entity for a small frame; raise HTTPException where there is none."""
    about = _about(graph, given)
    known = {name: one for name, one in schema.properties(graph).items() if name not in _SHOWN_ELSEWHERE}
    values = schema.values(graph, [about["identifier"]], known.values())
    shown = {
        one.label: [_label(graph, str(plain(value))) for value in values.get((about["identifier"], name), ())]
        for name, one in known.items()
    }
    return pages.render("preview.html", **about, properties=shown)


def _flyout(graph: Graph, what: str, given: str) -> dict[str, Any]:
    """Return a piece of HTML without links about an entity, type or property."""
    if what == "entity":
        return {"id": given, "html": pages.render("flyout.html", **_about(graph, given)).decode()}
    known = schema.types(graph) if what == "type" else schema.properties(graph)
    one = known.get(schema.item_id(given))
    if one is None:
        raise HTTPException(404, f"the graph has no such {what}")
    shown = pages.render("flyout.html", label=one.label, text=one.definition or one.id)
    return {"id": given, "html": shown.decode()}


def _feature(graph: Graph, name: str) -> bytes:
    """Return a page that says what a feature of a candidate means."""
    known = schema.properties(graph)
    if name not in FEATURES and name not in known:
        raise HTTPException(404, "candidates have no such feature")
    nearness = "How near the given value is to what the graph has, 0 to 100."
    return pages.render("feature.html", name=name, text=FEATURES.get(name, nearness))


def _about(graph: Graph, given: str) -> dict[str, Any]:
    """Return what an entity is, its id, and its names; raise HTTPException where there is none."""
    if not given:
        raise HTTPException(400, "send the id of an entity as id=...")
    identifier = resolve_entity(graph, given)
    if not identifier:
        raise HTTPException(404, "the graph holds no such entity")
    found = describe_entity(graph, identifier)
    names = dict.fromkeys(one.name for one in found.names if one.role != "printed")
    return {"identifier": identifier, "label": found.label, "types": found.kinds, "names": list(names)}


def _label(graph: Graph, identifier: str) -> str:
    return graph.labels.get(identifier, identifier)


def _extend(graph: Graph, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return values of properties by id and property, both named as they were asked for.

    An unknown id has no values; an unknown property is an HTTPException.
    """
    query = models.parse_model(models.ExtensionQuery, "extend", given)
    columns = {one.id: (_property(graph, one.id), one.limit) for one in query.properties}
    entities = {one: resolve_entity(graph, one) for one in query.ids}
    values = schema.values(graph, sorted({*entities.values()} - {""}), [item for item, _ in columns.values()])
    rows = {
        one: {
            name: [_cell(graph, one) for one in values.get((entity, item.name), [])[: limit or None]]
            for name, (item, limit) in columns.items()
        }
        for one, entity in entities.items()
    }
    return {"meta": [{"id": name, "name": item.label} for name, (item, _) in columns.items()], "rows": rows}


def _propose_properties(graph: Graph, own: models.Parameters) -> dict[str, Any]:
    """Return properties that entities of a type have, those first that most have; without a type all."""
    known, kind = schema.properties(graph), schema.item_id(own.type)
    names = schema.properties_of(graph, kind) if kind in schema.types(graph) else tuple(known)
    properties = [{"id": name, "name": known[name].label} for name in names[: own.limit or None]]
    return {**own.model_dump(include={"type", "limit"}, exclude_defaults=True), "properties": properties}


def _property(graph: Graph, name: str) -> Term:
    found = schema.properties(graph).get(schema.item_id(name))
    if found is None:
        listed = "/reconcile/suggest/property?prefix= lists them"
        raise HTTPException(400, f"there is no property {name[:80]!r}; {listed}")
    return found


def _cell(graph: Graph, value: ox.NamedNode | ox.Literal) -> dict[str, Any]:
    """Return a value as 0.2 has it: a boolean as text, a day with a time, a class as a label."""
    if isinstance(value, ox.NamedNode):
        short = iris.short(value.value)
        label = _label(graph, short)
        return {"id": short, "name": label} if short in graph.names.entities else {"str": label}
    found = plain(value)
    if value.datatype.value in _FRACTIONS:  # a column of coordinates has 30 beside 30.5
        number = float(value.value)
        return {"float": number} if math.isfinite(number) else {"str": value.value}
    if isinstance(found, int) and not isinstance(found, bool):
        return {"int": found}
    if isinstance(found, date):
        return {"date": f"{found.isoformat()}T00:00:00Z"}
    return {"str": value.value}
