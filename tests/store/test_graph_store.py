"""Loads into other engines: by the Graph Store Protocol and as files, from builds, bulk loads and RDF files."""

from __future__ import annotations

import http.server
from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import CliRunner

from kg import locations
from kg.cli import cli
from kg.errors import BadStore
from kg.store import build, bulk, endpoint, graph_store, oxigraph
from kg.store.graph_store import Sent
from tests import engines
from tests.conftest import SAMPLE, absent
from tests.responding import reply, responding


def quads_file(folder: Path, number: int) -> Path:
    file = folder / "graph.nq"
    lines = (f'<http://x/{n}> <http://x/p> "{n}\u2028" <http://g/{n % 2}> .\n' for n in range(number))
    file.write_text("".join(lines), encoding="utf-8")
    return file


def kg(*arguments: str | Path) -> tuple[int, str]:
    """Run a command; errors of ours are what the user reads."""
    done = CliRunner().invoke(cli, [str(part) for part in arguments])
    if done.exception and not isinstance(done.exception, SystemExit):
        assert isinstance(done.exception, BadStore), done.exception
        return 2, str(done.exception)
    return done.exit_code, done.output


def test_files_are_cut_to_size(tmp_path: Path) -> None:
    file = tmp_path / "graph.nq"
    lines = [f'<http://x/{n}> <http://x/p> "{n}" .\n' for n in range(1000)]
    file.write_text("".join(lines))
    source = graph_store.open_source(file)
    paths = graph_store.write_parts(source, tmp_path / "parts", 5000)
    assert len(paths) > 5
    assert all(path.stat().st_size <= 5000 for path in paths)
    assert "".join(path.read_text() for path in paths) == "".join(lines)
    [stated] = graph_store.write_parts(source, tmp_path / "stated", 1 << 20, stated=True)
    assert stated.read_text().count(f"<{oxigraph.STATED}> .\n") == 1000


def test_parts_of_an_earlier_load_are_removed(tmp_path: Path) -> None:
    parts = tmp_path / "parts"
    source = graph_store.open_source(quads_file(tmp_path, 100))
    assert len(graph_store.write_parts(source, parts, 500)) > 5
    (parts / "notes.nq").write_text("of the user")
    graph_store.write_parts(source, parts, 1 << 20)
    assert sorted(path.name for path in parts.iterdir()) == ["notes.nq", "part-00001.nq"]


@pytest.mark.parametrize("make", ["build", "bulk"])
def test_a_graph_of_build_and_of_bulk_is_loaded(tmp_path: Path, make: str) -> None:
    if make == "build":
        build.build_graph(SAMPLE / "seeds", locations.ontology(), tmp_path / "graph")
    else:
        bulk.load(SAMPLE / "seeds", locations.ontology(), tmp_path / "graph")
    source = graph_store.open_source(tmp_path / "graph")
    paths = graph_store.write_parts(source, tmp_path / "parts", 100_000)
    assert len(paths) > 2
    found = {str(quad) for path in paths for quad in ox.parse(path=str(path))}
    built = build.build_graph(SAMPLE / "seeds", locations.ontology(), tmp_path / "other")[0]
    assert found == {str(quad) for quad in oxigraph.open_folder(built.path(tmp_path / "other"))}


def test_other_rdf_is_converted(tmp_path: Path) -> None:
    file = tmp_path / "data.ttl"
    file.write_text("@prefix x: <http://x/> . x:a x:p x:b, 7 .")
    [part] = graph_store.write_parts(graph_store.open_source(file), tmp_path / "parts", 1000)
    assert part.read_text() == (
        "<http://x/a> <http://x/p> <http://x/b> .\n"
        '<http://x/a> <http://x/p> "7"^^<http://www.w3.org/2001/XMLSchema#integer> .\n'
    )


@pytest.mark.parametrize("options", [[], ["--stated"]])
@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("nodes.tsv", b"id\tcategory\na\tb\n", "is no RDF file"),
        ("nodes.nq", b"id\tcategory\na\tb\n", "cannot be read after 0 quads"),
        ("late.nq", b'<http://x/a> <http://x/b> "c" .\nx\n', "line 2"),
        ("latin.nq", b'<http://x/a> <http://x/b> "\xe9" .\n', "cannot be read"),
        ("cut.ttl", b"@prefix x: <http://x/> . x:a x:b [", "cannot be read"),
        ("blank.ttl", b"@prefix x: <http://x/> . x:a x:b [ x:c 1 ] .", "has blank nodes"),
    ],
)
def test_what_is_no_rdf_is_said_so(
    tmp_path: Path, name: str, content: bytes, words: str, options: list[str]
) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    parts = tmp_path / "parts"
    code, said = kg("load", parts, "--graph", file, *options)
    assert (code, words in said) == (2, True), said
    assert not list(parts.glob("*"))
    with responding(reply(status=204, body=b"")) as (address, asked):
        code, said = kg("load", address, "--graph", file, *options)
    assert (code, words in said) == (2, True), said
    assert not asked


def test_where_there_is_nothing_to_load_or_no_place_for_it(tmp_path: Path) -> None:
    assert kg("load", tmp_path / "parts", "--graph", tmp_path) == (
        2,
        f"no graph in {tmp_path}: kg build makes one",
    )
    assert "there is no graph at" in kg("load", tmp_path / "parts", "--graph", tmp_path / "absent")[1]
    code, said = kg("load", "ftp://host/x", "--graph", quads_file(tmp_path, 1))
    assert (code, "neither a folder nor the address" in said) == (2, True)
    with responding(reply(status=404, body=b"no store here")) as (address, _):
        code, said = kg("load", address, "--graph", quads_file(tmp_path, 1))
    assert (code, "did not take http://g/0: 404 no store here" in said) == (2, True)
    code, said = kg(
        "load", f"http://127.0.0.1:{engines.free_port()}/", "--graph", quads_file(tmp_path, 1), "-q"
    )
    assert (code, "run the load again to resume it" in said) == (2, True)


def test_a_load_that_broke_off_goes_on(tmp_path: Path) -> None:
    source = graph_store.open_source(quads_file(tmp_path, 100))

    def respond(request: http.server.BaseHTTPRequestHandler, number: int) -> None:
        if request.command == "GET":
            reply(body=b"<http://x/1> ...")(request, number)
        elif number == 5:
            reply(status=400, body=b"disk full")(request, number)
        else:
            reply(status=204, body=b"")(request, number)

    with responding(respond) as (address, _):
        with pytest.raises(BadStore, match="disk full"):
            graph_store.send(source, address, lines=20)
        done: list[int] = []
        sent = graph_store.send(source, address, lines=20, progress=done.append)
        assert (sent.now, sent.before) == (60, 40)
        assert done == [60, 80, 100]
        sent = graph_store.send(source, address, lines=20)
        assert (sent.now, sent.before) == (0, 100)
        assert sent.when
        assert graph_store.send(source, address, lines=20, again=True) == Sent(100, 0, "")


def test_the_loads_of_a_read_only_folder_are_not_noted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = graph_store.open_source(quads_file(tmp_path, 10))

    def denied(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("kg.store.graph_store.files.replace_file", denied)
    with responding(reply(status=204, body=b"")) as (address, _):
        assert graph_store.send(source, address) == graph_store.send(source, address) == Sent(10, 0, "")


def test_an_engine_that_lost_its_graphs_gets_all_of_them_again(tmp_path: Path) -> None:
    build.build_graph(SAMPLE / "seeds", locations.ontology(), tmp_path / "graph")
    number = len(graph_store.open_source(tmp_path / "graph").path.read_text().splitlines())
    port = engines.free_port()
    said = []
    try:
        for run in ("one", "one", "two"):  # the third time the engine begins with an empty folder
            folder = tmp_path / run
            folder.mkdir(exist_ok=True)
            with engines.oxigraph_server(folder, port=port) as address:
                said.append(kg("load", f"{address}/store", "--graph", tmp_path / "graph", "-q")[0])
                opened = oxigraph.select(
                    endpoint.open_endpoint(f"{address}/query"),
                    "SELECT (COUNT(*) AS ?n) { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }",
                )
                assert opened.values() == [{"n": str(number)}]
    except engines.Absent as missing:
        absent(str(missing))
    assert said == [0, 0, 0]


def test_loads_from_the_command_line(tmp_path: Path) -> None:
    file = quads_file(tmp_path, 1)
    code, said = kg("load", tmp_path / "parts", "--graph", file, "--stated")
    assert (code, said) == (0, f"1 file in {tmp_path}/parts\n")
    with responding(reply(body=b"<http://x/>")) as (address, asked):
        code, said = kg("load", address, "--graph", file)
        assert (code, said) == (0, f"1 quads\nsent 1 quad to {address}\n")
        assert len(asked) == 1
        code, said = kg("load", address, "--graph", file)
        assert code == 0
        assert said.startswith("1 quad had arrived by 20")
        assert said.endswith(f"; --again sends them again\nsent 0 quads to {address}\n")
