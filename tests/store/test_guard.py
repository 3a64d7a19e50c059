"""What a query may not do, whatever dress it wears; and what only looks so."""

from __future__ import annotations

import pytest

from kg import iris
from kg.errors import BadQuery
from kg.store import guard

CALLS = [
    "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
    "SELECT * { service silent <http://127.0.0.1:9/> { ?s ?p ?o } }",
    "SELECT * { SERVICE ?where { ?s ?p ?o } }",
    "SELECT * {SERVICE<http://127.0.0.1:9/>{?s ?p ?o}}",
    "SELECT * { SERVICE:here { ?s ?p ?o } }",
    "SELECT * { SERVICESILENT<http://127.0.0.1:9/>{?s ?p ?o}}",
    "SELECT * { ?s ?p trueSERVICE<http://127.0.0.1:9/>{?s ?p ?o}}",
    "SELECT * { ?s ?p trueSERVICE:here #\n {?s ?p ?o}}",
    "SELECT * { ?s ?p 1e5SERVICE<http://127.0.0.1:9/>{?s ?p ?o}}",
    "SELECT * { FILTER(?a<?b)SERVICE#>\n<http://127.0.0.1:9/>{?s ?p ?o}}",
    "SELECT * { FILTER(?a<?b)SERVICE?x#>\n{?s ?p ?o}}",
    "SELECT * { # nothing\rSERVICE<http://127.0.0.1:9/>{?s ?p ?o}}",
    "SELECT * { \\u0053ERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
    "SELECT * { S\\U00000045RVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
    'SELECT * { ?s ?p "a\\u0022 . SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }',
    "SELECT * { ?s ?p <http://x/\\u0041#'> . SERVICE <http://127.0.0.1:9/> {} } # '",
    "SELECT * { ?s ?p place:it\\'s . SERVICE <http://127.0.0.1:9/> {} ?s ?p place:it\\'s }",
    "SELECT * { ?s ?p place:a\\#b . SERVICE <http://127.0.0.1:9/> {} }",
    "SELECT * { { OPTIONAL { { SERVICE <http://127.0.0.1:9/> {} } } } }",
    "SELECT * { ?s ?p 'it\\'s' . SERVICE <http://127.0.0.1:9/> {} }",
    'SELECT * { ?s ?p """a "quoted" word""" . SERVICE <http://127.0.0.1:9/> {} }',
]
SOUND = [
    "SELECT * { ?s ?p 'SERVICE <http://x/> {}' }",
    'SELECT * { ?s ?p """\nSERVICE <http://x/> {}\n""" }',
    "SELECT * { ?s ?p ?o } # SERVICE <http://x/> {}",
    "SELECT * { ?s ?p <http://x/SERVICE#SERVICE> }",
    "SELECT * { ?s ?p <http://x/a(b)/service> }",
    "PREFIX service: <http://x/> SELECT * { ?s service:x ?o . GRAPH service:g { ?s ?p ?o } }",
    "PREFIX load: <http://x/> SELECT * { ?load load:insert ?drop . FILTER (?load<?drop) }",
    "SELECT ?service { ?service a kg:Region }",
    "SELECT * { ?s ?p 'x'@en-service }",
    "ASK {}",
    "DESCRIBE place:jinan",
]
UPDATES = [
    "INSERT DATA { <a:b> <a:b> <a:b> }",
    "PREFIX a: <b:> DELETE WHERE { ?s ?p ?o }",
    "BASE <a:b> # SELECT\n LOAD <http://127.0.0.1:9/>",
    "clear all",
    "WITH <a:b> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
    "drop silent graph <a:b>",
]


@pytest.mark.parametrize("query", CALLS)
def test_calls_are_refused(query: str) -> None:
    with pytest.raises(BadQuery, match="SERVICE"):
        guard.refuse(query)
    guard.refuse(query, allow_service=True)


@pytest.mark.parametrize("query", SOUND)
def test_what_only_looks_like_a_call_passes(query: str) -> None:
    assert guard.is_form(guard.refuse(query))


@pytest.mark.parametrize("query", UPDATES)
def test_updates_are_refused(query: str) -> None:
    with pytest.raises(BadQuery, match="changes the graph"):
        guard.refuse(query)


@pytest.mark.parametrize("mark", ["{", "(", "[", "{("])
def test_nesting_is_limited(mark: str) -> None:
    with pytest.raises(BadQuery, match="nested"):
        guard.refuse("SELECT * " + mark * 2000)
    guard.refuse("SELECT * " + mark * 60)


@pytest.mark.parametrize(
    ("query", "asked"),
    [
        ("SELECT * FROM <http://127.0.0.1:9/x> { ?s ?p ?o }", "http://127.0.0.1:9/x"),
        ("SELECT * FROM NAMED <http://127.0.0.1:9/x> { ?s ?p ?o }", "http://127.0.0.1:9/x"),
        ("PREFIX e: <http://127.0.0.1:9/> SELECT * FROM e:x { ?s ?p ?o }", "http://127.0.0.1:9/x"),
        ("ASK FROM <a:b> {}", "a:b"),
    ],
)
def test_graphs_that_are_not_here_are_refused(query: str, asked: str) -> None:
    assert guard.read(query).graphs == (asked,)
    with pytest.raises(BadQuery, match="no graph"):
        guard.refuse(query, graphs={"http://x/"})
    guard.refuse(query, graphs={asked})


def test_a_graph_may_be_named_by_prefix() -> None:
    shape = guard.read("SELECT * FROM graph:identity { ?s ?p ?o }")
    assert shape.graphs == (iris.iri("graph/identity"),)


def test_answers_that_differ_from_call_to_call() -> None:
    assert guard.read("SELECT (NOW() AS ?now) {}").volatile
    assert not guard.read("SELECT ?now { ?now ?rand 'NOW()' }").volatile
