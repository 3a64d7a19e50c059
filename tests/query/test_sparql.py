"""Every query file is SPARQL 1.1, also where Oxigraph is lenient, and stands in no Python module."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from rdflib.plugins.sparql.algebra import translateQuery
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.plugins.sparql.parserutils import CompValue
from rdflib.term import Variable

from kg import iris, locations
from kg.read import queries
from kg.read.queries import Question

FILES = sorted((*locations.QUERIES.glob("*.rq"), *locations.INTERNAL_QUERIES.glob("*.rq")))


def read(path: Path) -> Question:
    return queries.read_query(path, example_needed=path.parent == locations.QUERIES)


def assigned_in_scope(sparql: str) -> list[str]:
    """Return the variables that AS assigns although they are in scope (SPARQL 1.1, section 18.2.1)."""
    wrong: list[str] = []
    _scope(parseQuery(sparql)[1], wrong)
    return wrong


def _scope(node: object, wrong: list[str]) -> set[str]:
    """Return the variables that a part of a syntax tree puts in scope."""
    if isinstance(node, Variable):
        return {str(node)}
    if not isinstance(node, CompValue):
        return {name for part in _parts(node) for name in _scope(part, wrong)}
    if node.name in ("Filter", "MinusGraphPattern"):
        return set()
    if node.name in ("SelectQuery", "SubSelect"):
        where = _scope(node.where, wrong) | _scope(node.valuesClause, wrong)
        chosen = list(node.projection or [])
        wrong += [str(each.evar) for each in chosen if each.evar is not None and str(each.evar) in where]
        names = {str(v) for each in chosen for v in (each.var, each.evar) if v is not None}
        return names or where
    if node.name == "GroupGraphPatternSub":
        found: set[str] = set()
        for part in node.part or []:
            if isinstance(part, CompValue) and part.name == "Bind":
                wrong += [str(part.var)] if str(part.var) in found else []
                found.add(str(part.var))
            else:
                found |= _scope(part, wrong)
        return found
    if node.name == "InlineData":
        return _scope(node.var, wrong)
    return {name for part in node.values() for name in _scope(part, wrong)}


def _parts(node: object) -> Iterator[object]:
    if isinstance(node, dict):
        yield from node.values()
    elif hasattr(node, "__iter__") and not isinstance(node, str):
        yield from node


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_query_file_is_sparql_and_documents_itself(path: Path) -> None:
    asked = read(path)
    assert asked.title
    assert asked.prose or path.parent == locations.INTERNAL_QUERIES
    translateQuery(parseQuery(asked.sparql), initNs=iris.PREFIXES)
    assert assigned_in_scope(asked.sparql) == []


def test_there_are_both_kinds_of_query_files() -> None:
    assert {path.parent for path in FILES} == {locations.QUERIES, locations.INTERNAL_QUERIES}


def test_an_assigned_variable_in_scope_is_found() -> None:
    for wrong in (
        "SELECT (SAMPLE(?one) AS ?region) { VALUES ?region { UNDEF } ?region ?p ?one } GROUP BY ?one",
        "SELECT * { ?a ?b ?c . BIND (1 AS ?c) }",
        "SELECT * { { SELECT (COUNT(?c) AS ?b) { ?a ?b ?c } } }",
    ):
        assert len(assigned_in_scope(wrong)) == 1
    for right in (
        "SELECT (SAMPLE(?one) AS ?region) { { SELECT ?one { ?region ?p ?one } } } GROUP BY ?one",
        "SELECT * { { ?a ?b ?c } UNION { ?a ?b ?d . BIND (1 AS ?c) } FILTER NOT EXISTS { ?a ?b ?e } }",
        "SELECT * { ?a ?b ?c MINUS { ?a ?b ?d } BIND (1 AS ?d) }",
    ):
        assert assigned_in_scope(right) == []


def test_no_module_of_these_folders_holds_a_query_of_more_than_one_line() -> None:
    looked = 0
    for folder in ("query", "export"):
        for path in (locations.PACKAGE / folder).glob("*.py"):
            text = path.read_text(encoding="utf-8")
            assert not re.search(r'"""[^"]*\b(SELECT|CONSTRUCT|ASK)\b[^"]*\n[^"]*\?', text), path
            assert 'replace("UNDEF"' not in text, path
            looked += 1
    assert looked > 15
