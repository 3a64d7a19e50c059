"""Everything known about one entity: names and how sure they are, reference data, what is stated, where."""

from __future__ import annotations

from dataclasses import dataclass

from kg import iris
from kg.query.graph import Evidence, Graph
from kg.store import oxigraph

_KINDS = """
SELECT ?kind ?label {
  VALUES ?entity { UNDEF }
  ?entity a ?kind .
  GRAPH graph:ontology { ?kind rdfs:label ?label }
  FILTER (lang(?label) = "en")
} ORDER BY ?kind
"""
_NAMES = """
SELECT ?name ?lang ?role ?confidence ?ground {
  VALUES ?entity { UNDEF }
  GRAPH graph:identity {
    ?node kg:names ?entity ; skosxl:literalForm ?name ; kg:role ?role ;
          kg:confidence ?confidence ; kg:ground ?ground
  }
  BIND (lang(?name) AS ?lang)
} ORDER BY ?role ?lang ?name
"""
_FACTS = """
SELECT ?property ?value {
  VALUES ?entity { UNDEF }
  GRAPH ?graph { ?entity ?property ?value }
  FILTER (?graph IN (graph:reference, graph:dataset, graph:identity))
} ORDER BY ?property ?value
"""
_STATEMENTS = """
SELECT ?statement ?subject ?predicate ?object ?stage ?tier ?period ?note {
  VALUES ?entity { UNDEF }
  GRAPH ?graph {
    { ?statement rdf:subject ?entity } UNION { ?statement rdf:object ?entity }
    ?statement a kg:Statement ; rdf:subject ?subject ; rdf:predicate ?predicate ; rdf:object ?object .
    OPTIONAL { ?statement kg:stage ?stage }
    OPTIONAL { ?statement kg:tier ?tier }
    OPTIONAL { ?statement kg:period ?period }
    OPTIONAL { ?statement kg:note ?note }
  }
} ORDER BY ?predicate ?subject ?object ?statement
"""
_TARGETS = """
SELECT ?target ?label ?note {
  VALUES ?entity { UNDEF }
  GRAPH ?graph {
    { ?target kg:place ?entity } UNION { ?target kg:topic ?entity } UNION { ?target kg:indicator ?entity }
    ?target rdfs:label ?label .
    OPTIONAL { ?target kg:note ?note }
  }
} ORDER BY ?label
"""
_FLAGS = (
    "SELECT ?record ?flag { VALUES ?record { UNDEF } GRAPH ?graph { ?record kg:flag ?flag } } ORDER BY ?flag"
)


@dataclass(frozen=True)
class Name:
    """One name, what it is used as, how sure it is, and on what ground."""

    name: str
    lang: str
    role: str
    confidence: str
    ground: str


@dataclass(frozen=True)
class Said:
    """One statement or target about an entity, in words, with its evidence."""

    record: str
    subject: str
    predicate: str
    object: str
    words: str
    stage: str
    tier: str
    period: str
    flags: tuple[str, ...]
    note: str
    evidence: Evidence


@dataclass(frozen=True)
class Profile:
    """An entity whole: ``statements`` with it as subject or object, ``targets`` of it or about it."""

    entity: str
    label: str
    kinds: tuple[str, ...]
    names: tuple[Name, ...]
    facts: tuple[tuple[str, str], ...]
    statements: tuple[Said, ...]
    targets: tuple[Said, ...]


def read(graph: Graph, entity: str) -> Profile:
    """The profile of an entity by its id."""
    address = f"<{iris.iri(entity)}>"

    def rows(query: str) -> list[dict[str, str]]:
        return oxigraph.select(graph.store, query.replace("UNDEF", address)).values()

    stated, aimed = rows(_STATEMENTS), rows(_TARGETS)
    records = [iris.short(row["statement"]) for row in stated] + [iris.short(row["target"]) for row in aimed]
    evidence = graph.evidence(records)
    flags = _flags(graph, records)
    return Profile(
        entity,
        graph.labels.get(entity, entity),
        tuple(dict.fromkeys(row["label"] for row in rows(_KINDS))),
        tuple(
            Name(
                row["name"], row["lang"], _notation(row["role"]), _notation(row["confidence"]), row["ground"]
            )
            for row in rows(_NAMES)
        ),
        tuple((iris.short(row["property"]), _shown(row["value"], graph)) for row in rows(_FACTS)),
        tuple(_statement(row, graph, evidence, flags) for row in stated),
        tuple(_target(row, entity, evidence, flags) for row in aimed),
    )


def _statement(
    row: dict[str, str], graph: Graph, evidence: dict[str, Evidence], flags: dict[str, tuple[str, ...]]
) -> Said:
    record = iris.short(row["statement"])
    subject, predicate, target = (iris.short(row[part]) for part in ("subject", "predicate", "object"))
    words = " ".join(
        (_shown(subject, graph), graph.phrases.get(predicate, predicate), _shown(row["object"], graph))
    )
    return Said(
        record, subject, predicate, target, words, _notation(row["stage"]), _notation(row["tier"]),
        row["period"], flags.get(record, ()), row["note"], evidence[record],
    )  # fmt: skip


def _target(
    row: dict[str, str], entity: str, evidence: dict[str, Evidence], flags: dict[str, tuple[str, ...]]
) -> Said:
    record = iris.short(row["target"])
    said = flags.get(record, ())
    return Said(record, entity, "targets", "", row["label"], "", "", "", said, row["note"], evidence[record])


def _flags(graph: Graph, records: list[str]) -> dict[str, tuple[str, ...]]:
    if not records:
        return {}
    wanted = " ".join(f"<{iris.iri(record)}>" for record in records)
    found: dict[str, tuple[str, ...]] = {}
    for row in oxigraph.select(graph.store, _FLAGS.replace("UNDEF", wanted)).values():
        record = iris.short(row["record"])
        found[record] = (*found.get(record, ()), _notation(row["flag"]))
    return found


def _shown(value: str, graph: Graph) -> str:
    short = iris.short(value)
    return graph.labels.get(short, short)


def _notation(concept: str) -> str:
    return iris.short(concept).partition("-")[2]
