"""The schema of the reconciliation service: types (classes) and properties of the ontology."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

import pyoxigraph as ox

from kg import iris, text
from kg.query.graph import Graph
from kg.server import sparql

_EXTRA = (
    ("type", "type", "类型", "rdf:type"), ("prefLabel", "label", "名称", "skos:prefLabel"),
    ("altLabel", "alias", "别名", "skos:altLabel"),
    ("gb2260", "GB/T 2260 code", "行政区划代码", "kg:gb2260"),
    ("iso31662", "ISO 3166-2 code", "ISO 3166-2 代码", "kg:iso31662"),
    ("lat", "latitude", "纬度", "geo:lat"), ("long", "longitude", "经度", "geo:long"),
)  # fmt: skip
_NUMBER, _DAY = (
    re.compile(r"-?\d{1,15}(\.\d{1,15})?", re.ASCII),
    re.compile(r"\d{4}-\d\d-\d\d(?!\d)", re.ASCII),
)
_NUMBERS = ("integer", "decimal", "double")


@dataclass(frozen=True)
class SchemaItem:
    """A type or property: its id (the local name), IRI, labels and meaning; of a type what lies above it."""

    id: str
    iri: str
    label: str
    chinese: str = ""
    text: str = ""
    parents: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()


@cache
def types(graph: Graph) -> Mapping[str, SchemaItem]:
    """Return our classes by id."""
    parents: dict[str, set[str]] = {}
    segments: dict[str, set[str]] = {}
    rows = {}
    for row in sparql.select(graph, "schema_classes").values():
        if row["class"].startswith(iris.NS):
            name = iris.short(row["class"])
            rows[name] = row
            parents.setdefault(name, set()).add(iris.short(row["parent"]))
            segments.setdefault(name, set()).add(row["segment"])
    return {
        name: SchemaItem(
            name, row["class"], row["label"], row["chinese"], row["text"],
            tuple(sorted(parents[name] - {""})), tuple(sorted(segments[name] - {""})),
        )
        for name, row in rows.items()
    }  # fmt: skip


@cache
def properties(graph: Graph) -> Mapping[str, SchemaItem]:
    """Return properties by id."""
    found = {
        name: SchemaItem(name, iris.expand(curie), label, chinese) for name, label, chinese, curie in _EXTRA
    }
    for row in sparql.select(graph, "schema_properties").values():
        name = item_id(row["property"])
        found[name] = SchemaItem(name, row["property"], row["label"], row["chinese"], row["text"])
    return found


@cache
def entity_types(graph: Graph) -> Mapping[str, SchemaItem]:
    """Return the types that entities have, by id."""
    inside = below(graph, ["Entity"]) - {"Entity"}
    return {name: one for name, one in types(graph).items() if name in inside}


@cache
def properties_of(graph: Graph, kind: str) -> tuple[str, ...]:
    """Return ids of the properties that members of a type have, those first that most have."""
    known, listed = types(graph), {one.iri: one.id for one in properties(graph).values()}
    classes = _nodes(known[name].iri for name in sorted(below(graph, [kind])))
    rows = sparql.select(graph, "properties_of_classes", {"class": classes}).values()
    return tuple(listed[row["property"]] for row in rows if row["property"] in listed)


def below(graph: Graph, names: Iterable[str]) -> frozenset[str]:
    """Return types with all that lie below them."""
    found = set(names)
    known = types(graph)
    while fresh := {n for n, one in known.items() if n not in found and found & set(one.parents)}:
        found |= fresh
    return frozenset(found)


def above(graph: Graph, names: Iterable[str]) -> frozenset[str]:
    """Return types with all that lie above them."""
    known = types(graph)
    found = set(names)
    while fresh := {up for n in found if n in known for up in known[n].parents} - found:
        found |= fresh
    return frozenset(found)


def segments(graph: Graph, names: Iterable[str]) -> tuple[str, ...]:
    """Return the segments in which members of types lie; nothing where the ontology does not say."""
    known = types(graph)
    return tuple(sorted({s for n in above(graph, names) if n in known for s in known[n].segments}))


def item_id(given: str) -> str:
    """Return the id of a type or property from its id, prefixed name or IRI."""
    return iris.short(given).rpartition(":")[2]


def labels(graph: Graph, names: Iterable[str]) -> list[str]:
    """Return labels of types."""
    known = types(graph)
    return [known[name].label if name in known else name for name in names]


def types_of(graph: Graph, entities: Iterable[str]) -> dict[str, list[str]]:
    """Return ids of types by entity."""
    found: dict[str, list[str]] = {entity: [] for entity in entities}
    if found:
        nodes = _nodes(iris.iri(entity) for entity in found)
        for row in sparql.select(graph, "entity_types", {"entity": nodes}).values():
            found[iris.short(row["entity"])].append(iris.short(row["class"]))
    return found


def values(
    graph: Graph, entities: Iterable[str], wanted: Iterable[SchemaItem]
) -> dict[tuple[str, str], list[ox.NamedNode | ox.Literal]]:
    """Return values by (entity, property id), in a fixed order."""
    ids = {one.iri: one.id for one in wanted}
    nodes = _nodes(iris.iri(entity) for entity in dict.fromkeys(entities))
    found: dict[tuple[str, str], list[ox.NamedNode | ox.Literal]] = {}
    if not ids or not nodes:
        return found
    for subject, predicate, value in sparql.select(
        graph, "property_values", {"entity": nodes, "property": _nodes(ids)}
    ).rows:
        if (
            isinstance(subject, ox.NamedNode)
            and isinstance(predicate, ox.NamedNode)
            and isinstance(value, ox.NamedNode | ox.Literal)
        ):
            found.setdefault((iris.short(subject.value), ids[predicate.value]), []).append(value)
    return found


def holders(graph: Graph, wanted: SchemaItem, texts: Iterable[str]) -> list[str]:
    """Return entities that have one of these values: an entity or type by id or name, a text, number, day."""
    found: list[str] = []
    for given in texts:
        near = [iris.short(given), *(hit.entity for hit in graph.names.search(given, limit=5, least=95))]
        nodes = [iris.iri(name) for name in near if name in graph.names.entities]
        nodes += [one.iri for one in [types(graph).get(item_id(given))] if one]
        found += [*(str(ox.NamedNode(iri)) for iri in nodes), *(str(one) for one in _literals(given))]
    terms = {"property": f"<{wanted.iri}>", "value": " ".join(dict.fromkeys(found))}
    return [iris.short(row["entity"]) for row in sparql.select(graph, "value_holders", terms).values()]


def suggest_items(known: Iterable[SchemaItem], prefix: str) -> list[SchemaItem]:
    """Return those with the words in a label or id: the very one first, then those that begin so."""
    typed, name = text.key(prefix), item_id(prefix).casefold()
    ranked = []
    for one in known:
        words = [*(text.key(label) for label in (one.label, one.chinese) if label), one.id.casefold()]
        if name in words[-1] or any(typed in word for word in words[:-1]):
            begins = any(word.startswith(typed) for word in words)
            ranked.append((typed not in words and name not in words, not begins, one.label, one))
    return [one for *_, one in sorted(ranked, key=lambda rank: rank[:3])]


def _nodes(addresses: Iterable[str]) -> str:
    return " ".join(str(ox.NamedNode(address)) for address in addresses)


def _literals(words: str) -> list[ox.Literal]:
    """Return what a text may stand for in the graph."""
    found = [ox.Literal(words), ox.Literal(words, language="en"), ox.Literal(words, language="zh")]
    if _NUMBER.fullmatch(words):
        found += [ox.Literal(words, datatype=ox.NamedNode(iris.expand(f"xsd:{kind}"))) for kind in _NUMBERS]
    if _DAY.match(words):
        found.append(ox.Literal(words[:10], datatype=ox.NamedNode(iris.expand("xsd:date"))))
    return found
