"""The schema of the reconciliation service: types (classes) and properties of the ontology."""

import re
from collections.abc import Iterable, Mapping
from functools import cache

import pyoxigraph as ox

from kg import iris, text
from kg.query import internal_rows
from kg.query.graph import Graph
from kg.query.vocabulary import Term

_EXTRA = (
    ("type", "type", "类型", "rdf:type"), ("prefLabel", "label", "名称", "skos:prefLabel"),
    ("altLabel", "alias", "别名", "skos:altLabel"),
    ("gb2260", "GB/T 2260 code", "行政区划代码", "kg:gb2260"),
    ("iso31662", "ISO 3166-2 code", "ISO 3166-2 代码", "kg:iso31662"),
    ("lat", "latitude", "纬度", "geo:lat"), ("long", "longitude", "经度", "geo:long"),
)  # fmt: skip
NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,15})?", re.ASCII)
_NUMBERS = [ox.NamedNode(iris.expand(f"xsd:{kind}")) for kind in ("integer", "decimal", "double")]
_DATE = ox.NamedNode(iris.expand("xsd:date"))
_DAY = re.compile(r"\d{4}-\d\d-\d\d(?!\d)", re.ASCII)


@cache
def properties(graph: Graph) -> Mapping[str, Term]:
    """Return properties by the id that the service gives them, the local name."""
    extra = {name: Term(name, iris.expand(curie), label=en, label_zh=zh) for name, en, zh, curie in _EXTRA}
    return {**extra, **{item_id(name): one for name, one in graph.vocabulary.predicates.items()}}


@cache
def types(graph: Graph) -> Mapping[str, Term]:
    """Return our classes by id."""
    return {name: one for name, one in graph.vocabulary.classes.items() if one.iri.startswith(iris.NS)}


@cache
def properties_of(graph: Graph, kind: str) -> tuple[str, ...]:
    """Return ids of the properties that members of a type have, those first that most have."""
    known, listed = types(graph), {one.iri: name for name, one in properties(graph).items()}
    classes = [known[name].iri for name in sorted(graph.vocabulary.below([kind]))]
    rows = internal_rows(graph.store, "properties-of-classes", **{"class": classes}).values()
    return tuple(listed[row["property"]] for row in rows if row["property"] in listed)


def segments(graph: Graph, names: Iterable[str]) -> tuple[str, ...]:
    """Return the segments in which members of types lie; nothing where the ontology does not say."""
    above = {up for name in names for up in graph.vocabulary.ancestors(name)}
    known = types(graph)
    return tuple(sorted({known[name].segment for name in above if name in known} - {""}))


def item_id(given: str) -> str:
    """Return the id of a type or property from its id, prefixed name or IRI."""
    return iris.short(given).rpartition(":")[2]


def labels(graph: Graph, names: Iterable[str]) -> list[str]:
    """Return labels of types."""
    return [graph.vocabulary.labels.get(name, name) for name in names]


def values(
    graph: Graph, entities: Iterable[str], wanted: Iterable[Term]
) -> dict[tuple[str, str], list[ox.NamedNode | ox.Literal]]:
    """Return values by (entity, property id), in a fixed order."""
    ids = {one.iri: one.name for one in wanted}
    of = tuple(dict.fromkeys(entities))
    found: dict[tuple[str, str], list[ox.NamedNode | ox.Literal]] = {}
    if ids and of:
        rows = internal_rows(graph.store, "property-values", entity=of, property=ids).rows
        for subject, predicate, value in rows:
            if isinstance(value, ox.NamedNode | ox.Literal):
                entity, name = (getattr(node, "value", "") for node in (subject, predicate))
                found.setdefault((iris.short(entity), ids[name]), []).append(value)
    return found


def holders(graph: Graph, wanted: Term, texts: Iterable[str]) -> list[str]:
    """Return entities that have one of these values: an entity or type by id or name, a text, number, day."""
    found: dict[str | ox.Literal, None] = {}
    for given in texts:
        near = [iris.short(given), *(hit.entity for hit in graph.names.search(given, limit=5, least=95))]
        nodes = [name for name in near if name in graph.names.entities]
        nodes += [one.iri for name, one in types(graph).items() if name == item_id(given)]
        literals = [ox.Literal(given), ox.Literal(given, language="en"), ox.Literal(given, language="zh")]
        if NUMBER.fullmatch(given):
            literals += [ox.Literal(given, datatype=kind) for kind in _NUMBERS]
        if _DAY.match(given):
            literals.append(ox.Literal(given[:10], datatype=_DATE))
        found |= dict.fromkeys((*nodes, *literals))
    if not found:
        return []
    rows = internal_rows(graph.store, "value-holders", property=[wanted.iri], value=found).values()
    return [iris.short(row["entity"]) for row in rows]


def suggest_items(known: Iterable[Term], prefix: str) -> list[Term]:
    """Return those with the words in a label or id: the very one first, then those that begin so."""
    typed, name = text.key(prefix), item_id(prefix).casefold()
    ranked = []
    for one in known:
        words = [*(text.key(label) for label in (one.label, one.label_zh) if label), one.name.casefold()]
        if name in words[-1] or any(typed in word for word in words[:-1]):
            begins = any(word.startswith(typed) for word in words)
            ranked.append((typed not in words and name not in words, not begins, one.label, one))
    return [one for *_, one in sorted(ranked, key=lambda rank: rank[:3])]
