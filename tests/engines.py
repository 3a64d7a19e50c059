"""Engines for the conformance suite, each started on loopback over the same N-Quads."""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import cast

from kg.store import endpoint, graph_store, oxigraph
from kg.store.oxigraph import Store
from tests import rdflib_memory

_INI = """
[Database]
DatabaseFile = {folder}/virtuoso.db
ErrorLogFile = {folder}/virtuoso.log
LockFile = {folder}/virtuoso.lck
TransactionFile = {folder}/virtuoso.trx
xa_persistent_file = {folder}/virtuoso.pxa
[TempDatabase]
DatabaseFile = {folder}/virtuoso-temp.db
TransactionFile = {folder}/virtuoso-temp.trx
[Parameters]
ServerPort = 127.0.0.1:{port}
DirsAllowed = {folder}
ServerThreads = 20
NumberOfBuffers = {buffers}
MaxDirtyBuffers = {dirty}
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerRoot = {folder}
ServerThreads = 20
[SPARQL]
ResultSetMaxRows = 1000000
MaxQueryExecutionTime = 600
"""


class Absent(Exception):
    """An engine that is not installed."""


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextlib.contextmanager
def memory(lines: list[str], folder: Path) -> Iterator[Store]:
    yield oxigraph.memory(lines)


@contextlib.contextmanager
def disk(lines: list[str], folder: Path) -> Iterator[Store]:
    oxigraph.create(folder / "store", lines)
    yield oxigraph.open_folder(folder / "store")


@contextlib.contextmanager
def rdflib(lines: list[str], folder: Path) -> Iterator[Store]:
    yield cast(Store, rdflib_memory.Memory(lines))


@contextlib.contextmanager
def oxigraph_server(folder: Path, *, port: int = 0) -> Iterator[str]:
    """Oxigraph's own server over a folder; yields its address."""
    command = shutil.which("oxigraph") or shutil.which("oxigraph", path=str(Path(sys.executable).parent))
    if command is None:
        raise Absent("the oxigraph command (pip install oxigraph)")
    port = port or free_port()
    process = subprocess.Popen(
        [command, "serve", "--location", str(folder / "http"), "--bind", f"127.0.0.1:{port}"],
        stderr=subprocess.DEVNULL,
    )
    try:
        _await(port, process, 20)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


@contextlib.contextmanager
def http(lines: list[str], folder: Path) -> Iterator[Store]:
    file = folder / "graph.nq"
    file.write_text("".join(lines), encoding="utf-8")
    with oxigraph_server(folder) as address:
        graph_store.send(graph_store.open_source(file), f"{address}/store", lines=5000)
        yield endpoint.open_endpoint(f"{address}/query")


@contextlib.contextmanager
def virtuoso_server(folder: Path, buffers: int = 20_000) -> Iterator[tuple[str, int]]:
    """Virtuoso, empty; yields its SPARQL address and the port for isql."""
    if shutil.which("virtuoso-t") is None or shutil.which("isql-vt") is None:
        raise Absent("Virtuoso (Debian virtuoso-opensource-7-bin)")
    port, web = free_port(), free_port()
    settings = _INI.format(folder=folder, port=port, http=web, buffers=buffers, dirty=buffers * 3 // 4)
    (folder / "virtuoso.ini").write_text(settings, encoding="utf-8")
    process = subprocess.Popen(
        ["virtuoso-t", "-f", "-c", str(folder / "virtuoso.ini")],
        cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        _await(web, process, 90)
        yield f"http://127.0.0.1:{web}/sparql", port
    finally:
        process.kill()
        process.wait()


def virtuoso_load(folder: Path, port: int) -> None:
    """Run Virtuoso's bulk loader over the N-Quads files of a folder."""
    script = f"ld_dir('{folder}', '*.nq', 'http://127.0.0.1/none'); rdf_loader_run(); checkpoint;"
    subprocess.run(
        ["isql-vt", f"127.0.0.1:{port}", "dba", "dba", f"exec={script}"], check=True, capture_output=True
    )


@contextlib.contextmanager
def virtuoso(lines: list[str], folder: Path) -> Iterator[Store]:
    file = folder / "graph.nq"
    file.write_text("".join(lines), encoding="utf-8")
    graph_store.write_parts(graph_store.open_source(file), folder / "parts", 200_000, stated=True)
    with virtuoso_server(folder) as (address, port):
        virtuoso_load(folder / "parts", port)
        yield endpoint.open_endpoint(address)


ENGINES = {"memory": memory, "disk": disk, "rdflib": rdflib, "http": http, "virtuoso": virtuoso}


def _await(port: int, process: subprocess.Popen[bytes], seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        time.sleep(0.1)
    raise RuntimeError(f"nothing listens on {port}: {process.args!r} ended with {process.poll()}")
