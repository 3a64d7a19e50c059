"""What a query may not do, whatever dress it wears; and what only looks so."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg import iris
from kg.errors import BadQuery
from kg.query.graph import Graph
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
    assert guard.refuse(query).is_query


@pytest.mark.parametrize("query", UPDATES)
def test_updates_are_refused(query: str) -> None:
    with pytest.raises(BadQuery, match="changes the graph"):
        guard.refuse(query)


def chain(before: str, repeated: str, after: str, *, middle: str = "") -> Callable[[int], str]:
    """A query with something repeated; a number in it counts up."""

    def query(times: int) -> str:
        return (
            before
            + "".join(repeated.replace("#", str(n)) for n in range(times))
            + middle
            + after * (times if middle else 1)
        )

    return query


#: What recursion in a parser, an optimizer or an evaluation may follow, over any length.
CHAINS: dict[str, Callable[[int], str]] = {
    "not": chain("ASK { FILTER(", "!", "true) }"),
    "plus": chain("ASK { FILTER(1", "+1", ") }"),
    "minus": chain("ASK { FILTER(1", " - 1", ") }"),
    "times": chain("ASK { FILTER(1", "*1", ") }"),
    "divided": chain("ASK { FILTER(1", "/1", ") }"),
    "and": chain("ASK { ?s ?p ?x FILTER(?x", "&&?x", ") }"),
    "or": chain("ASK { ?s ?p ?x FILTER(?x", " || ?x", ") }"),
    "mixed": chain("ASK { ?s ?p ?x FILTER(?x", "+!?x*-?x", ") }"),
    "path sequence": chain("ASK { ?s a:b", "/a:b", " ?o }"),
    "path alternative": chain("ASK { ?s a:b", "|a:b", " ?o }"),
    "path negated": chain("ASK { ?s !(a:b", "|^a:b", ") ?o }"),
    "path closure": chain("ASK { ?s a:b*", "/a:b*", " ?o }"),
    "union": chain("ASK { { ?s ?p ?o }", " UNION { ?s ?p ?o }", " }"),
    "groups": chain("ASK { ", "{ ?s ?p ?o }", " }"),
    "optional": chain("ASK { ?s ?p ?o ", "OPTIONAL { ?s ?p ?o }", " }"),
    "minus groups": chain("ASK { ?s ?p ?o ", "MINUS { ?s ?p ?o }", " }"),
    "minus empty": chain("ASK { ?s ?p ?o ", "MINUS{}", " }"),
    "filters": chain("ASK { ?s ?p ?o ", "FILTER(?o)", " }"),
    "exists": chain("ASK { ?s ?p ?o ", "FILTER EXISTS { ?s ?p ?o }", " }"),
    "bind": chain("ASK { ?s ?p ?o ", "BIND(1 AS ?v#)", " }"),
    "select": chain("SELECT ", "(1 AS ?v#)", " { ?s ?p ?o }"),
    "count": chain("SELECT ", "(COUNT(*) AS ?v#)", " { ?s ?p ?o }"),
    "graphs": chain("ASK { ", "GRAPH a:b { ?s ?p ?o }", " }"),
    "subqueries": chain("ASK { ", "{ SELECT * { ?s ?p ?o } }", " }"),
    "triples": chain("ASK { ", "?s# ?p ?o . ", " }"),
    "properties": chain("ASK { ?s ?p ?o ", ";?p ?o", " }"),
    "objects": chain("ASK { ?s ?p ?o", ",?o", " }"),
    "collection": chain("ASK { ?s ?p (", "1 ", ") }"),
    "describe": chain("DESCRIBE ", "a:b ", ""),
    "order": chain("SELECT * { ?s ?p ?o } ORDER BY ", "?s ", ""),
    "group by": chain("SELECT (1 AS ?x) { ?s ?p ?o } GROUP BY ", "(?s AS ?v#)", ""),
    "having": chain("SELECT ?s { ?s ?p ?o } GROUP BY ?s HAVING ", "(?s)", ""),
    "values blocks": chain("ASK { ", "VALUES ?x { 1 } ", " }"),
    "braces": chain("ASK ", "{", "}", middle="?s ?p ?o"),
    "brackets": chain("ASK { FILTER ", "(", ")", middle="1"),
    "functions": chain("ASK { BIND(1 AS ?x) FILTER ", "STR(", ")", middle="1"),
    "nested optional": chain("ASK { ", "?s ?p ?o OPTIONAL {", "}", middle="?s ?p ?o"),
    "nested not exists": chain("ASK { ", "FILTER(1+1*!NOT EXISTS {", "})", middle="?s ?p ?o"),
    "nested exists": chain("ASK { ", "?s ?p ?o FILTER EXISTS {", "}", middle="?s ?p ?o"),
    "nested subqueries": chain("ASK { ", "{ SELECT * { ?s ?p ?o ", "}}", middle="?s ?p ?o"),
    "nested union": chain("ASK { ", "{ ?s ?p ?o } UNION {", "}", middle="?s ?p ?o"),
    "nested nodes": chain("ASK { ?s ?p ", "[ ?p ", "]", middle="?o"),
    "nested collections": chain("ASK { ?s ?p ", "(", ")", middle="1"),
    "nested paths": chain("ASK { ?s ", "(", ")*", middle="a:b"),
    "nested triples": chain("ASK { ?s ?p ", "<<( ?s ?p ", ")>>", middle="?o"),
    "nested if": chain("ASK { FILTER ", "IF(1,1,", ")", middle="1"),
    "nested in": chain("ASK { FILTER(1 ", "IN (1,1 ", ")", middle=""),
}
#: Lists that may be of any length.
LISTS = {
    "values": chain("ASK { VALUES ?x { ", "-# ", "} }"),
    "values of rows": chain("ASK { VALUES (?x ?y) { ", "(place:p# <http://x/a>) ", "} }"),
    "in": chain("ASK { ?s ?p ?x FILTER(?x IN (1", ", place:p#", ")) }"),
    "not in": chain("ASK { ?s ?p ?x FILTER(?x NOT IN (1", ", 'text #'@en", ")) }"),
    "concat": chain("ASK { BIND(CONCAT('a'", ", ?x#", ") AS ?y) }"),
    "comments": lambda times: "ASK { ?s ?p ?o " + "# {(!+\n" * times + "}",
    "a string": chain("ASK { ?s ?p '", "{(!+ ", "' }"),
}
_RUN = """
import json, sys, pyoxigraph as ox
store = ox.Store()
store.add(ox.Quad(*[ox.NamedNode("a:b")] * 3))
try:
    store.query(json.load(sys.stdin), prefixes={"a": "a:", "place": "http://p/"})
except SyntaxError as error:
    print(error)
"""


def run(query: str) -> str:
    """Run a query in a process of its own; it prints a syntax error. Planning a slow one is not awaited."""
    with subprocess.Popen(
        [sys.executable, "-c", _RUN],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as child:
        try:
            said, wrong = child.communicate(json.dumps(query), timeout=2)
        except subprocess.TimeoutExpired:  # Oxigraph takes minutes to plan 500 joins, and does not overflow
            child.kill()
            return ""
    assert child.returncode == 0, (child.returncode, wrong[-500:])
    return said


def longest(query: Callable[[int], str]) -> int:
    """How often a chain may be repeated before it is refused."""
    low, high = 1, 20_000
    while high - low > 1:
        middle = (low + high) // 2
        try:
            guard.refuse(query(middle))
            low = middle
        except BadQuery:
            high = middle
    return low


@pytest.mark.parametrize("name", CHAINS)
def test_the_longest_chain_that_passes_does_not_end_the_process(name: str) -> None:
    query = CHAINS[name]
    times = longest(query)
    assert 20 <= times < 10_000
    with pytest.raises(BadQuery, match=r"nested more than|more than 3,000 words"):
        guard.refuse(query(60_000))
    run(query(times))


@pytest.mark.parametrize("name", LISTS)
def test_long_lists_pass(name: str) -> None:
    query = LISTS[name](30_000)
    guard.refuse(query)
    assert run(query) == ""


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(st.sampled_from(sorted(CHAINS)), st.integers(1, 400)), min_size=1, max_size=6))
def test_mixed_chains_pass_or_are_refused_but_never_end_the_process(parts: list[tuple[str, int]]) -> None:
    inner = "?s ?p ?o"
    for name, times in parts:
        query = CHAINS[name](times)
        start = query.find("{")
        inner = query[start + 1 : query.rfind("}")].replace("?s ?p ?o", inner, 1) if start >= 0 else inner
    query = f"ASK {{ {inner} }}"
    try:
        guard.refuse(query)
    except BadQuery:
        return
    run(query)


@pytest.mark.parametrize("ask", [Graph.query, Graph.select])
def test_a_notebook_is_protected_too(sample_graph: Graph, ask: Callable[[Graph, str], object]) -> None:
    with pytest.raises(BadQuery, match="3,000 words"):
        ask(sample_graph, CHAINS["not"](60_000))


@pytest.mark.parametrize(
    ("query", "graphs", "named"),
    [
        ("SELECT * FROM <http://127.0.0.1:9/x> { ?s ?p ?o }", ["http://127.0.0.1:9/x"], []),
        ("SELECT * FROM NAMED <http://127.0.0.1:9/x> { ?s ?p ?o }", [], ["http://127.0.0.1:9/x"]),
        (
            "PREFIX e: <http://x/> SELECT * FROM e:x FROM NAMED e:y { ?s ?p ?o }",
            ["http://x/x"],
            ["http://x/y"],
        ),
        (
            "BASE <http://x/y/z> PREFIX e: <../> SELECT * FROM e:a FROM <b> { ?s ?p ?o }",
            ["http://x/a", "http://x/y/b"],
            [],
        ),
        (r"SELECT * FROM <http://x/\u0061> { ?s ?p ?o }", ["http://x/a"], []),
        ("SELECT * FROM graph:identity { ?s ?p ?o }", [iris.iri("graph/identity")], []),
        ("ASK FROM <a:b> {}", ["a:b"], []),
        ("ASK { ?s ?p 'FROM <a:b>' } # FROM <a:b>", [], []),
    ],
)
def test_graphs_are_resolved_as_the_engine_does(query: str, graphs: list[str], named: list[str]) -> None:
    shape = guard.read(query)
    assert (list(shape.graphs), list(shape.named_graphs)) == (graphs, named)
    guard.refuse(query)


def test_answers_that_differ_from_call_to_call() -> None:
    assert guard.read("SELECT (NOW() AS ?now) {}").volatile
    assert not guard.read("SELECT ?now { ?now ?rand 'NOW()' }").volatile
