"""The data dictionary: every class and property, in both languages, with counts and an example each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kg import iris
from kg.query.graph import Graph
from kg.store import oxigraph

_CLASSES = """
SELECT ?class ?label ?zh ?definition ?parent
       (COUNT(DISTINCT ?member) AS ?count) (MIN(?member) AS ?example) {
  GRAPH graph:ontology {
    ?class a owl:Class ; rdfs:label ?label , ?zh ; skos:definition ?definition .
    OPTIONAL { ?class rdfs:subClassOf ?parent FILTER (STRSTARTS(STR(?parent), STR(kg:))) }
    FILTER (lang(?label) = "en" && lang(?zh) = "zh")
  }
  OPTIONAL { { ?member a ?class } UNION { GRAPH ?graph { ?member a ?class } } }
} GROUP BY ?class ?label ?zh ?definition ?parent ORDER BY ?class
"""
_PROPERTIES = """
SELECT DISTINCT ?property ?label ?zh ?definition ?domain ?range {
  GRAPH graph:ontology {
    ?property rdfs:label ?label , ?zh ; skos:definition ?definition .
    VALUES ?kind { owl:ObjectProperty owl:DatatypeProperty kg:Predicate }
    ?property a ?kind .
    OPTIONAL { ?property rdfs:domain ?domain }
    OPTIONAL { ?property rdfs:range ?range }
    FILTER (lang(?label) = "en" && lang(?zh) = "zh")
  }
} ORDER BY ?property
"""
_USES = """
SELECT ?property (COUNT(*) AS ?count) (MIN(STR(?subject)) AS ?example) {
  { ?subject ?property ?value } UNION { GRAPH ?graph { ?subject ?property ?value } }
} GROUP BY ?property
"""
_CONCEPTS = """
SELECT ?scheme ?notation ?label ?zh ?definition {
  GRAPH graph:ontology {
    ?concept skos:inScheme ?scheme ; skos:notation ?notation ; skos:prefLabel ?label , ?zh ;
             skos:definition ?definition .
    FILTER (lang(?label) = "en" && lang(?zh) = "zh")
  }
} ORDER BY ?scheme ?notation
"""


def markdown(graph: Graph) -> str:
    """The dictionary as Markdown, in a fixed order."""
    uses = {row["property"]: row for row in oxigraph.select(graph.store, _USES).values()}
    classes = {row["class"]: row for row in oxigraph.select(graph.store, _CLASSES).values()}
    properties = {row["property"]: row for row in oxigraph.select(graph.store, _PROPERTIES).values()}
    parts = [
        "# Data dictionary\n\nMade by `kg export dictionary` from the ontology and the graph. "
        f"Namespace: `{iris.NS}` (prefix `kg:`).\n",
        "## Classes\n",
        _table(
            ("class", "English", "中文", "below", "members", "example", "what it is"),
            (
                (
                    f"`{iris.short(name)}`", row["label"], row["zh"], iris.short(row["parent"]), row["count"],
                    _code(row["example"]), row["definition"],
                )
                for name, row in classes.items()
            ),
        ),
        "## Properties\n",
        _table(
            ("property", "English", "中文", "from", "to", "triples", "example subject", "what it says"),
            (
                (
                    f"`{iris.short(name)}`", row["label"], row["zh"], iris.short(row["domain"]),
                    iris.short(row["range"]), uses.get(name, {}).get("count", "0"),
                    _code(uses.get(name, {}).get("example", "")), row["definition"],
                )
                for name, row in properties.items()
            ),
        ),
        "## Closed lists\n",
        _table(
            ("list", "value", "English", "中文", "meaning"),
            (
                (_code(row["scheme"]), f"`{row['notation']}`", row["label"], row["zh"], row["definition"])
                for row in oxigraph.select(graph.store, _CONCEPTS).values()
            ),
        ),
    ]  # fmt: skip
    return "\n".join(parts)


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    escaped = ([cell.replace("|", "\\|") for cell in line] for line in lines)
    return "".join(f"| {' | '.join(line)} |\n" for line in escaped)


def _code(address: str) -> str:
    return f"`{iris.short(address)}`" if address else ""
