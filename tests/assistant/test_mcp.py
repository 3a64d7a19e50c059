"""Tools and resources, asked by the SDK's own client over standard input and output and over HTTP."""

from __future__ import annotations

import asyncio
import contextlib
import json
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mcp import Client, StdioServerParameters
from mcp.types import CallToolResult, TextContent, TextResourceContents

from kg.assistant import answers
from kg.errors import KgError
from kg.query.graph import Graph, open_built, open_graph
from kg.read import queries
from kg.server.limits import Limits
from tests import serving
from tests.conftest import ROOT, example
from tests.responding import reply, responding
from tests.test_architecture import loaded

LIDAR = "statement/2067d9de691c369a6ca37ab941ee08a7"
TWINS = ["target/cb1a3e8c49b6df676a731dc1c41b09f1", "target/e836a0dc32fbc57d7df9b73e0f27517a"]
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o }"
CAUTIONS = list(answers.CAUTIONS)
QUOTED = {
    "id": LIDAR, "source": "source/hubei-2030", "paragraph": 2, "quote": "cultivate … such as lidar",
    "link": "https://example.org/en-report#:~:text=such%20as%20lidar",
}  # fmt: skip
SOURCE = {
    "source": "source/hubei-2030", "title": "A sample report in English", "kind": "sample report", "publisher": "Sample Press",
    "issued": "2030-01-02", "language": "en", "translation": "translated from zh by nobody", "paragraphs": 3,
    "statements_made": 5, "targets_set": 1, "results_told": 0, "names_found": 12, "sections": 1, "read": 1, "reread": 0,
}  # fmt: skip
Call = tuple[str, dict[str, Any]]
CALLS: list[Call] = [
    ("find", {"name": "激光雷达"}),
    ("find", {"name": "lidra", "limit": 1}),
    ("ask", {}),
    ("ask", {"question": "backing", "parameters": {"topic": "lidar", "by": "names", "exact": True}}),
    ("ask", {"question": "targets", "parameters": {"least": 1}}),
    ("show", {"entity": "lidar", "limit": 1}),
    ("search", {"words": "lidar", "region": ["sample province"]}),
    ("evidence", {"ids": [LIDAR, *TWINS]}),
    ("sparql", {"query": "SELECT ?region { ?region kg:promotes topic:lidar }"}),
]
#: Each is refused with a text that holds these words.
BAD: list[tuple[str, dict[str, Any], str]] = [
    ("find", {}, "name\n  Field required"),
    ("find", {"name": ""}, "at least 1 character"),
    ("find", {"name": "x" * 401}, "at most 400 characters"),
    ("find", {"name": 7}, "valid string"),
    ("find", {"name": "lidar", "limit": 0}, "greater than or equal to 1"),
    ("find", {"name": "lidar", "limit": 201}, "less than or equal to 200"),
    ("find", {"name": "lidar", "limit": "many"}, "valid integer"),
    ("ask", {"question": "backng"}, "no question is called 'backng'; did you mean backing or change?"),
    ("ask", {"question": "?!"}, "the tool ask without a question lists them all"),
    ("ask", {"question": "backing", "parameters": {"x": 1}}, "it has topic, region, exact, by, tier, source"),
    ("ask", {"question": "backing", "parameters": {"topic": "zzzz"}}, "nothing is called 'zzzz'"),
    ("ask", {"question": "backing", "parameters": {"topic": "lidra"}}, "did you mean lidar: technology (topic/lidar)?"),
    ("ask", {"question": "backing", "parameters": {"topic": "Sample City"}}, "is a city (place/sample-city); use region"),
    ("ask", {"question": "backing", "parameters": {"by": "magic"}}, "by is one of names, target, narrower"),
    ("ask", {"question": "backing", "parameters": {"exact": "perhaps"}}, "exact is yes or no"),
    ("ask", {"question": "targets", "parameters": {"least": "much"}}, "least takes a number"),
    ("ask", {"question": "compare"}, "compare needs region and other"),
    ("ask", {"question": "backing", "parameters": {"topic": {"a": 1}}}, "parameters"),
    ("ask", {"question": "backing", "parameters": [1]}, "parameters"),
    ("ask", {"question": "backing", "offset": 900}, "there are no rows from 900 on; begin with offset=0"),
    ("ask", {"question": "backing", "offset": -1}, "greater than or equal to 0"),
    ("show", {"entity": "nobody at all"}, "nothing is called 'nobody at all'"),
    ("show", {"entity": "sample"}, "may be any of"),
    ("show", {"entity": "place/../../etc"}, "nothing is called"),
    ("search", {"words": "lidar", "region": ["lidar"]}, "'lidar' is a technology (topic/lidar)"),
    ("search", {"words": "lidar", "source": ["none"]}, "nothing is called 'none'"),
    ("search", {"words": "lidar", "region": ["x"] * 21}, "at most 20 items"),
    ("evidence", {"ids": []}, "at least 1 item"),
    ("evidence", {"ids": ["statement/0"] * 51}, "at most 50 items"),
    ("evidence", {"ids": ["statement/0", LIDAR]}, "nothing is stated as 'statement/0'"),
    ("evidence", {"ids": ["place/sample-city", "<a b>", "statement/> } DROP ALL #"]}, "nothing is stated as"),
    ("sparql", {"query": "SELECT * {"}, "line 1"),
    ("sparql", {"query": "SELECT * { ?s nope:x ?o }"}, "nope"),
    ("sparql", {"query": "INSERT DATA { kg:a kg:b kg:c }"}, "INSERT"),
    ("sparql", {"query": "DROP ALL"}, "DROP"),
    ("sparql", {"query": "LOAD <http://127.0.0.1:9/x>"}, "LOAD"),
    ("sparql", {"query": "SELECT * { SERVICE <http://127.0.0.1:9/x> { ?s ?p ?o } }"}, "SERVICE calls another server; it is refused"),
    ("sparql", {"query": "SELECT * {" + "{" * 150 + "}" * 151}, "nest"),
    ("sparql", {"query": "x" * 20_001}, "at most 20000 characters"),
    ("nothing", {}, "Unknown tool"),
]  # fmt: skip


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return serving.sample_store(tmp_path_factory.mktemp("store"))


@pytest.fixture(scope="module")
def graph(store: Path) -> Iterator[Graph]:
    with open_built(store, str(store)) as opened:
        yield opened


def stdio(store: Path) -> StdioServerParameters:
    command = ["-m", "kg", "mcp", "--graph", str(store)]
    return StdioServerParameters(command=sys.executable, args=command, cwd=ROOT)


def within(
    server: StdioServerParameters | str, work: Callable[[Client], Awaitable[Any]], **options: Any
) -> Any:
    async def main() -> Any:
        async with Client(server, **options) as client:
            return await work(client)

    with ThreadPoolExecutor(1) as thread:  # browser tests leave a loop running in this one
        return thread.submit(asyncio.run, main()).result()


def text(result: CallToolResult) -> str:
    (content,) = result.content
    assert isinstance(content, TextContent)
    return content.text


async def all_of(client: Client, calls: Sequence[Call]) -> list[CallToolResult]:
    return [await client.call_tool(name, arguments) for name, arguments in calls]


def test_tools_and_resources_describe_themselves(store: Path) -> None:
    async def listed(client: Client) -> Any:
        tools, resources = await client.list_tools(), await client.list_resources()
        return client.server_info, client.instructions, tools.tools, resources.resources

    info, instructions, tools, resources = within(stdio(store), listed)
    assert (info.name, info.version) == ("regiograph", "0.1.0")
    assert all(caution in instructions for caution in CAUTIONS)
    assert [tool.name for tool in tools] == ["find", "ask", "show", "search", "evidence", "sparql"]
    assert {(t.annotations.read_only_hint, t.annotations.open_world_hint) for t in tools} == {(True, False)}
    assert [sorted(tool.input_schema["properties"]) for tool in tools] == [
        ["limit", "name"], ["limit", "offset", "parameters", "question"], ["entity", "limit", "offset"],
        ["limit", "offset", "region", "source", "words"], ["ids"], ["limit", "offset", "query"],
    ]  # fmt: skip
    assert all(tool.description for tool in tools)
    assert {str(one.uri) for one in resources} == {f"regiograph://{name}" for name in answers.RESOURCES}


def test_answers_are_whole_and_the_same_both_ways(store: Path) -> None:
    local = within(stdio(store), lambda client: all_of(client, CALLS))
    with serving.serving(store) as running:
        address = f"http://127.0.0.1:{running.port}/mcp"
        remote = within(address, lambda client: all_of(client, CALLS))
        older = within(address, lambda client: all_of(client, CALLS), mode="legacy")
    assert [text(one) for one in local] == [text(one) for one in remote] == [text(one) for one in older]
    assert [one.is_error for one in local] == [False] * len(CALLS)
    assert [json.loads(text(one)) for one in local] == [one.structured_content for one in local]
    found, near, known, backing, targets, shown, searched, evidence, rows = (
        json.loads(text(one)) for one in local
    )
    assert found == {
        "rows": [{"entity": "topic/lidar", "name": "激光雷达", "role": "label", "score": 100.0, "label": "lidar"}],
        "total": 1, "sources": [], "not_to_be_taken_for": CAUTIONS,
        "hint": "A score below 100 is a near miss, not the name.",
    }  # fmt: skip
    assert [(row["entity"], row["score"] < 100) for row in near["rows"]] == [("topic/lidar", True)]
    assert {row["name"] for row in known["rows"]} == set(queries.catalogue())
    backs = {
        "region": "place/sample-province", "region_label": "sample province", "topic": "topic/lidar", "topic_label": "lidar",
        "way": "names it", "relations": "promotes", "tiers": "future", "statements": [LIDAR], "evidence": [QUOTED],
    }  # fmt: skip
    assert backing["rows"] == [backs]
    assert (backing["total"], backing["sources"], backing["not_to_be_taken_for"]) == (1, [SOURCE], CAUTIONS)
    assert backing["taken_as"] == {"topic": ["topic/lidar"]}
    assert "next_offset" not in backing
    assert {one["id"] for row in targets["rows"] for one in row["evidence"]} >= set(TWINS)
    assert (shown["entity"], shown["label"], shown["kinds"]) == ("topic/lidar", "lidar", ["technology"])
    assert shown["mentions_by_source"] == {"source/hubei-2030": 1}
    assert (shown["next_offset"], shown["hint"]) == (1, "Cut: go on with offset=1, or ask for less.")
    (doubtful,) = shown["rows"]
    assert (doubtful["withheld"], doubtful["flags"]) == (True, ["object-not-in-quote", "unresolved"])
    assert doubtful["evidence"][0]["doubt"].startswith(
        "object not named in the quote; unresolved, withheld: "
    )
    assert [row["evidence"] for row in searched["rows"]] == [[QUOTED]]
    assert [row["id"] for row in evidence["rows"]] == [LIDAR, *TWINS]
    assert evidence["rows"][0] == {
        "id": LIDAR, "sentence": "sample province promotes lidar", "subject": "place/sample-province",
        "predicate": "promotes", "object": "topic/lidar", "period": "../2030", "tier": "future", "evidence": [QUOTED],
    }  # fmt: skip
    assert evidence["rows"][1]["status"] == "aim"
    assert rows["rows"] == [{"region": "place/sample-province", "region_label": "sample province"}]


def test_bad_calls_are_refused_with_a_remedy(store: Path) -> None:
    assert len(BAD) > 36
    calls = [(name, arguments) for name, arguments, _ in BAD]
    with serving.serving(store) as running:
        refused = within(f"http://127.0.0.1:{running.port}/mcp", lambda client: all_of(client, calls))
    told = [(name, arguments, text(one)) for (name, arguments, _), one in zip(BAD, refused, strict=True)]
    wrong = [one for one, (_, _, words) in zip(told, BAD, strict=True) if words not in one[2]]
    assert wrong == []
    assert {one.is_error for one in refused} == {True}
    assert not [one for one in told if "kg ask" in one[2] or "kg show" in one[2] or "--" in one[2]]


def test_resources_are_read(store: Path) -> None:
    async def read(client: Client) -> list[str]:
        found = []
        for name in answers.RESOURCES:
            (content,) = (await client.read_resource(f"regiograph://{name}")).contents
            assert isinstance(content, TextResourceContents)
            found.append(content.text)
        return found

    words, questions, sources = within(stdio(store), read)
    assert words.startswith("# Data dictionary\n")
    assert [one["name"] for one in json.loads(questions)] == list(queries.catalogue())
    assert json.loads(sources)[0] == SOURCE


def test_a_slow_query_blocks_nobody(store: Path) -> None:
    async def work(client: Client) -> tuple[list[bool], CallToolResult]:
        slow = [asyncio.create_task(client.call_tool("sparql", {"query": ENDLESS})) for _ in range(2)]
        while running.pool.load.slow < 2:
            await asyncio.sleep(0.02)
        quick = await asyncio.gather(*(client.call_tool("find", {"name": "lidar"}) for _ in range(8)))
        assert not any(one.done() for one in slow)
        ended = await asyncio.gather(*slow)
        return [bool(one.is_error) for one in quick], ended[0]

    with serving.serving(store, Limits(timeout=8, workers=2, slow=0.3)) as running:
        quick, ended = within(f"http://127.0.0.1:{running.port}/mcp", work)
    assert quick == [False] * 8
    assert (ended.is_error, text(ended)) == (
        True, "Error executing tool sparql: the query ran longer than 8 s and was ended",
    )  # fmt: skip


def test_over_http_only_this_server_and_machine_may_ask(store: Path) -> None:
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
    given = {"Content_Type": "application/json", "Accept": "application/json, text/event-stream"}
    body = json.dumps(message)
    with serving.in_process(store, Limits(body=2000)) as client:

        def post(content: str = body, **headers: str) -> serving.Reply:
            return client.ask("/mcp", method="POST", body=content, **{**given, **headers})

        fine = [
            post(), post(Origin="http://127.0.0.1:7878"), post(Origin="http://localhost:6274"),
            post(Origin="http://[::1]:1"),
        ]  # fmt: skip
        assert [one.status for one in fine] == [200] * 4
        assert [tool["name"] for tool in json.loads(fine[0].body)["result"]["tools"]] == list(answers.TOOLS)
        assert (fine[0].headers["content-type"], fine[0].headers["x-content-type-options"]) == (
            "application/json", "nosniff",
        )  # fmt: skip
        origins = (
            "http://evil.example",
            "null",
            "http://203.0.113.5",
            "http://127.0.0.1.evil.example",
            "http://[",
            "x",
        )
        assert {post(Origin=one).status for one in origins} == {403}
        assert post(Host="evil.example").status == 421
        assert post("{").status == 400
        assert post("[]").status == 400
        assert post("x" * 2001).status == 413
        assert post(Content_Type="text/plain").status == 400
        assert [client.ask("/mcp", method=one).status for one in ("GET", "DELETE", "PUT")] == [405] * 3
        assert client.ask("/sparql?query=ASK%7B%7D").status == 200


def test_no_request_goes_out(store: Path) -> None:
    with responding(reply()) as (address, asked), serving.in_process(store) as client:
        texts = (
            f"SELECT * FROM <{address}> {{ ?s ?p ?o }}",
            f"SELECT * {{ GRAPH <{address}> {{ ?s ?p ?o }} }}",
            f"DESCRIBE <{address}>",
            f"SELECT * {{ SERVICE SILENT <{address}> {{ ?s ?p ?o }} }}",
        )
        for number, query in enumerate(texts):
            call = {"jsonrpc": "2.0", "id": number, "method": "tools/call"}
            call["params"] = {"name": "sparql", "arguments": {"query": query}}
            accepted = {"Content_Type": "application/json", "Accept": "application/json, text/event-stream"}
            assert client.ask("/mcp", method="POST", body=json.dumps(call), **accepted).status == 200
        assert asked == []


def test_long_answers_are_cut_and_go_on(graph: Graph) -> None:
    long = "x" * 1500
    query = f"SELECT ?n ('{long}' AS ?x) {{ VALUES ?n {{ {' '.join(map(str, range(90)))} }} }} ORDER BY ?n"
    got: list[int] = []
    answered: dict[str, Any] = {"next_offset": 0}
    turns = 0
    while "next_offset" in answered:
        arguments = {"query": query, "limit": 60, "offset": answered["next_offset"]}
        whole = answers.answer(graph, "sparql", arguments)
        assert len(whole) < 50_000
        answered, turns = json.loads(whole), turns + 1
        got += [row["n"] for row in answered["rows"]]
    assert (got, turns) == (list(range(90)), 4)
    cell = json.loads(answers.answer(graph, "sparql", {"query": f"SELECT ('{'y' * 9000}' AS ?x) {{}}"}))
    assert len(cell["rows"][0]["x"]) == 2000


def test_every_form_of_query_has_rows(graph: Graph) -> None:
    def rows(query: str) -> tuple[Any, Any]:
        found = json.loads(answers.answer(graph, "sparql", {"query": query}))
        return found["rows"], found.get("hint")

    promotes = "<https://w3id.org/regiograph/place/sample-province> <https://w3id.org/regiograph/ns#promotes> <https://w3id.org/regiograph/topic/lidar>"
    assert rows("ASK { ?s kg:promotes ?o }") == ([{"answer": True}], None)
    assert rows("CONSTRUCT WHERE { ?s kg:promotes topic:lidar }") == ([{"triple": promotes}], None)
    none = "no row is no proof that nothing holds"
    assert rows("SELECT * { ?s kg:promote ?o }") == (
        [], f"kg:promote is not a term; did you mean kg:promotes?; {none}",
    )  # fmt: skip
    found, _ = rows(
        "SELECT ?s { GRAPH ?g { ?s rdf:object topic:lidar ; rdf:subject place:sample-province } }"
    )
    assert found == [{"s": [LIDAR], "evidence": [QUOTED]}]


def test_each_question_is_answered_with_evidence(built: Path) -> None:
    with open_graph(built) as opened:
        cited = 0
        for name, asked in queries.catalogue().items():
            parameters = example(asked)
            found = opened.ask(name, **parameters)
            answered = json.loads(answers.answer(opened, "ask", {"question": name, "parameters": parameters}))
            assert (answered["question"], answered["total"]) == (asked.title, len(found))
            stated = [row for row in answered["rows"] if {"statement", "statements", "target"} & set(row)]
            assert all(row["evidence"] for row in stated), name
            assert bool(answered["sources"]) or not stated
            cited += bool(stated)
        assert cited > 15
        digest = answers.answer(
            opened, "ask", {"question": "backing", "parameters": {"topic": "silicon carbide"}}
        )
    (one,) = [one for one in json.loads(digest)["sources"] if one["source"] == "source/gwr-2024"]
    assert one["cautions"] == ["it retells or shortens others: its silence says nothing of them"]


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60), st.sampled_from(("find", "ask", "show", "search", "evidence", "sparql")))
def test_no_text_breaks_a_tool(graph: Graph, words: str, tool: str) -> None:
    every: dict[str, dict[str, Any]] = {
        "find": {"name": words}, "ask": {"question": "backing", "parameters": {"topic": words}}, "show": {"entity": words},
        "search": {"words": words}, "evidence": {"ids": [words]}, "sparql": {"query": words},
    }  # fmt: skip
    arguments = every[tool]
    with contextlib.suppress(KgError):
        assert "rows" in json.loads(answers.answer(graph, tool, arguments))


def test_help_imports_nothing_of_it() -> None:
    code = "import contextlib, io; from kg import cli; sys.argv = ['kg', '--help']\nwith contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()): cli.main()\nprint(end='')"
    done = subprocess.run(
        [sys.executable, "-c", f"import sys\n{code}\nprint(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    names = {name.partition(".")[0] for name in done.stdout.split()}
    assert "click" in names
    assert names & {"mcp", "mcp_types", "starlette", "pydantic", "pyoxigraph", "anyio"} == set()
    assert "mcp" not in loaded("import kg.cli.ask, kg.server.worker")


def test_without_the_extra_it_is_named(store: Path) -> None:
    without = "import sys; sys.modules['mcp'] = sys.modules['mcp.server'] = None"
    served = (
        "from starlette.testclient import TestClient; from kg.server.app import create_app\n"
        f"print((lambda a: (a.status_code, a.text))(TestClient(create_app({str(store)!r}), base_url='http://localhost').post('/mcp')))"
    )
    started = f"sys.argv = ['kg', 'mcp', '--graph', {str(store)!r}]; from kg.cli import main; main()"
    runs = [
        subprocess.run([sys.executable, "-c", f"{without}\n{code}"], capture_output=True, text=True, cwd=ROOT)
        for code in (served, started)
    ]
    remedy = "needs an extra: pip install 'regiograph[mcp]'"
    assert runs[0].stdout == f"(501, {f'this address {remedy}{chr(10)}'!r})\n"
    assert (runs[1].returncode, runs[1].stderr) == (2, f"kg: kg mcp {remedy}\n")


def test_a_graph_that_is_not_there_ends_the_command(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "kg", "mcp", "--graph", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, input="")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"kg: no graph in {tmp_path}: kg build makes one\n"


def test_rows_on_many_statements_say_how_many_are_left_out(whole: Graph) -> None:
    given = {"question": "topics", "limit": 5}
    rows = json.loads(answers.answer(whole, "ask", given))["rows"]
    found = whole.uncounted(whole.ask("topics"))[:5]
    behind = [found[at : at + 1].ids("statements") for at in range(5)]
    assert max(map(len, behind)) > 12
    assert [row.get("evidence_left_out", 0) for row in rows] == [max(0, len(ids) - 12) for ids in behind]
    assert [row["statements"] for row in rows] == [ids[:60] for ids in behind]
    assert [len(row["evidence"]) for row in rows] == [min(12, len(ids)) for ids in behind]
