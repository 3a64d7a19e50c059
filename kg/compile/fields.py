"""Compiler of fields and of the crosswalk to them: concept schemes and matches in ``graph/fields``.

Mappings carry their ground and confidence. Only exact and broad matches put a topic under a field; a topic
without a field has a mapping to ``sssom:NoTermFound`` and no match.
"""

from collections.abc import Iterable, Iterator

from kg import iris
from kg.compile.nquads import TYPE, decimal, iri, literal, name, quad, quads
from kg.read.fields import FieldRow, MappingRow

GRAPH = "graph/fields"
SCHEMES = {
    "sei-2018": ("Classification of strategic emerging industries (2018)", "战略性新兴产业分类（2018）"),
    "gbt-4754-2017": (
        "Industrial classification for national economic activities (GB/T 4754-2017)",
        "国民经济行业分类（GB/T 4754—2017）",
    ),
}


def lines(fields: Iterable[FieldRow], mappings: Iterable[MappingRow]) -> Iterator[str]:
    """Yield the lines of all fields, their schemes, and the mappings of topics."""
    known = {row.id: row for row in fields}
    for scheme in dict.fromkeys(row.scheme for row in known.values()):
        node = iri(f"field/{scheme}")
        yield quad(node, TYPE, name("skos:ConceptScheme"), GRAPH)
        for label, lang in zip(SCHEMES.get(scheme, (scheme,)), ("en", "zh"), strict=False):
            yield quad(node, name("skos:prefLabel"), literal(label, lang=lang), GRAPH)
    for row in known.values():
        yield from _field(row, known)
    for mapping in mappings:
        yield from _mapping(mapping)


def _field(row: FieldRow, known: dict[str, FieldRow]) -> Iterator[str]:
    properties = [
        ("rdf:type", name("kg:Field")),
        ("rdf:type", name("skos:Concept")),
        ("skos:inScheme", iri(f"field/{row.scheme}")),
        ("skos:notation", literal(row.code)),
        ("skos:prefLabel", literal(row.name, lang="en")),
        ("skos:prefLabel", literal(row.name_zh, lang="zh")),
        ("kg:ground", literal(row.ground)),
    ]
    if row.parent:
        properties.append(("skos:broader", iri(f"field/{row.scheme}-{row.parent}")))
    above = row
    while above.parent and (above := known[f"field/{row.scheme}-{above.parent}"]):
        properties.append(("skos:broaderTransitive", iri(above.id)))
    yield from quads(iri(row.id), properties, GRAPH)


def _mapping(row: MappingRow) -> Iterator[str]:
    field = iri(row.field) if row.field else name("sssom:NoTermFound")
    properties = [
        ("rdf:type", name("kg:Mapping")),
        ("rdf:subject", iri(row.topic)),
        ("rdf:predicate", name(row.predicate_id)),
        ("rdf:object", field),
        ("kg:ground", literal(row.comment or row.mapping_justification)),
    ]
    if row.confidence is not None:
        properties.append(("sssom:confidence", decimal(row.confidence)))
    yield from quads(iri(f"mapping/{iris.digest(row.topic, row.object_id)}"), properties, GRAPH)
    if row.field:
        yield quad(iri(row.topic), name(row.predicate_id), field, GRAPH)
