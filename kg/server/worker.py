"""A worker process: opens the graph read-only, then runs one task at a time until it is killed.

``Worker`` is the server's handle of one; all else runs in the process.

Started as ``python -m kg.server.worker`` with tasks on standard input and answers on standard output, both as
length-prefixed frames. Every line of a stranger's query is parsed and run here and nowhere else.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import signal
import struct
import sys
import threading
import zlib
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

from starlette.exceptions import HTTPException

from kg.errors import BadStore, KgError, NotFound
from kg.query.graph import Graph, open_built, open_graph
from kg.server import sandbox, sparql
from kg.server.sandbox import Limits
from kg.server.sparql import TooLong

#: A frame begins with its kind and length. Kinds: a whole answer (a line of JSON, then the body), the head of
#: a long one, a piece of it, its end, an error.
HEAD = struct.Struct("!cI")
WHOLE, BEGIN, PIECE, END, ERROR = b"W", b"B", b"P", b"E", b"X"
LENGTH = struct.Struct("!I")
_STACK = 64 << 20
_PIECE = 64 << 10
_WORTH, _SMALL = 1024, 16 << 10  # bytes below which compression gains nothing, or needs no large window
_TOO_MUCH_MEMORY = "the query needs more memory than a query may have"
#: What begins each row but the first in a serialised answer. None of them can stand inside a JSON string or
#: XML text, where its quotation mark or less-than is escaped.
_ROW_MARKS = {"json": b'},{"', "xml": b"<result>", "tsv": b"\n", "csv": b"\n"}


def main() -> None:
    """Run tasks with the settings that the one argument holds as JSON."""
    settings = json.loads(sys.argv[1])
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides when to stop
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever prints must not break a frame
    logging.basicConfig(format="%(asctime)s kg serve: %(message)s")
    threading.stack_size(_STACK)  # deep queries need room; the main thread's is what the shell gave
    thread = threading.Thread(target=_serve, args=(out, settings), daemon=True)
    thread.start()
    thread.join()


def _serve(out: IO[bytes], settings: Mapping[str, Any]) -> None:
    where, limits = str(settings["where"]), Limits(**settings["limits"])
    try:
        graph = _open(where)
    except KgError as error:
        logging.error("%s", error)
        os._exit(2)
    remote = where.startswith(("http://", "https://"))
    closed = sandbox.enclose(limits.memory, network=remote)
    _send(out, WHOLE, json.dumps({"open_network": not (closed or remote)}).encode())
    for task in _tasks(sys.stdin.buffer):
        try:
            _run(graph, task, limits, out)
        except BrokenPipeError:
            break
        except Exception as error:
            status, text, retry = _explain(error)
            if status == 500:
                logging.exception("the task %s failed", task["path"])
            _send(out, ERROR, json.dumps({"status": status, "text": text, "retry": retry}).encode())
    os._exit(0)


def _open(where: str) -> Graph:
    """Open a store's own folder, or whatever else ``open_graph`` opens."""
    store = Path(where)
    return open_built(store, where) if (store / "CURRENT").is_file() else open_graph(where)


def _tasks(file: IO[bytes]) -> Iterator[dict[str, Any]]:
    """Yield tasks until the parent closes the pipe."""
    while len(head := file.read(LENGTH.size)) == LENGTH.size:
        yield json.loads(file.read(LENGTH.unpack(head)[0]))


def _run(graph: Graph, task: Mapping[str, Any], limits: Limits, out: IO[bytes]) -> None:
    """Run a task and write its answer."""
    gzip = bool(task.get("gzip"))
    if "query" in task:
        head, counted, write = sparql.execute(graph, task, limits)
        writer = AnswerWriter(out, head, limits, gzip=gzip, counted=counted)
        write(cast("IO[bytes]", writer))
    else:
        status, head, body = _document(graph, task)
        writer = AnswerWriter(out, {"status": status, **head}, limits, gzip=gzip)
        writer.write(body)
    writer.close()


def _document(graph: Graph, task: Mapping[str, Any]) -> tuple[int, dict[str, Any], bytes]:
    # late: a worker must be ready soon, and half of its start would go to pydantic, jinja2 and the templates
    from kg.server import description, linked_data, pages, reconcile

    path = str(task["path"])
    if path in ("/sparql", "/.well-known/void"):
        return description.respond(graph, task)
    if path.startswith("/reconcile"):
        return reconcile.respond(graph, task)
    if path in ("/", "/graph.html", "/query") or path.startswith("/question/"):
        return pages.respond(graph, task)
    return linked_data.respond(graph, task)


def _explain(error: Exception) -> tuple[int, str, int]:
    """Return the status, the text and the seconds to wait that tell a client of an error; 500 for a bug."""
    if isinstance(error, HTTPException):
        return error.status_code, error.detail, 0
    if isinstance(error, TooLong):
        return 503, str(error), 60
    if isinstance(error, MemoryError):
        return 503, _TOO_MUCH_MEMORY, 60
    if isinstance(error, BadStore):
        return 503, str(error), 30
    if isinstance(error, KgError):
        return 404 if isinstance(error, NotFound) else 400, str(error), 0
    return 500, "this server failed on the request; its log says more", 0


class WorkerDied(Exception):
    """A worker is gone; ``code`` is its exit code (negative: the signal that ended it)."""

    def __init__(self, code: int | None) -> None:
        super().__init__(f"a worker ended with {code}")
        self.code = code


@dataclass(frozen=True)
class Answer:
    """An answer: its head and body; of a long one the body comes in ``pieces``."""

    status: int
    head: Mapping[str, Any]
    body: bytes
    version: str
    pieces: AsyncIterator[bytes] | None = None


@dataclass(eq=False)
class Worker:
    """A worker process as its parent sees it, and the task that it runs."""

    process: Process
    version: str  # of the graph that it has open
    killed: bool = False
    replaced: bool = False  # another worker has its place already
    since: float = 0.0
    done: bool = True
    left: bool = False  # whether its client has left
    has_left: Callable[[], Awaitable[bool]] | None = None
    ended: HTTPException | None = None  # why the pool ended it

    @property
    def alive(self) -> bool:
        """Whether it can be given a task."""
        return not self.killed and self.process.returncode is None

    def start(self, task: bytes, has_left: Callable[[], Awaitable[bool]]) -> None:
        """Hand it a task for a client of whom ``has_left`` tells."""
        self.since, self.done, self.left, self.has_left = (
            asyncio.get_running_loop().time(),
            False,
            False,
            has_left,
        )
        assert self.process.stdin
        self.process.stdin.write(LENGTH.pack(len(task)) + task)

    async def answer(self) -> Answer:
        """Read its answer; raise HTTPException where it refuses the task, WorkerDied where it is gone."""
        kind, data = await self.receive()
        if kind == BEGIN:
            head = json.loads(data)
            return Answer(head["status"], head, b"", self.version, self._pieces())
        self.done = True
        if kind == ERROR:
            raise _error(data)
        line, _, body = data.partition(b"\n")
        head = json.loads(line)
        return Answer(head["status"], head, body, self.version)

    async def _pieces(self) -> AsyncIterator[bytes]:
        while (frame := await self.receive())[0] == PIECE:
            yield frame[1]
        self.done = True
        if frame[0] == ERROR:
            raise _error(frame[1])

    async def receive(self) -> tuple[bytes, bytes]:
        """Read a frame; raise WorkerDied."""
        assert self.process.stdout
        try:
            kind, length = HEAD.unpack(await self.process.stdout.readexactly(HEAD.size))
            return kind, await self.process.stdout.readexactly(length)
        except asyncio.IncompleteReadError:
            raise WorkerDied(await self.process.wait()) from None

    def kill(self) -> None:
        """Kill it without waiting."""
        self.killed = True
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()

    async def bury(self) -> None:
        """Kill it, and wait until it is gone and its pipes are closed."""
        self.kill()
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            await self.process.communicate()


def _error(data: bytes) -> HTTPException:
    """Return the error that a worker's frame describes."""
    found = json.loads(data)
    return HTTPException(found["status"], found["text"], retry_after(found["retry"]))


def retry_after(seconds: int) -> dict[str, str]:
    """Return the header that tells a client when to ask again; none for 0."""
    return {"Retry-After": str(seconds)} if seconds else {}


class AnswerWriter:
    """A file-like object that counts rows, compresses, and sends frames: one where the answer is small."""

    def __init__(
        self, out: IO[bytes], head: Mapping[str, Any], limits: Limits, *, gzip: bool, counted: str = ""
    ) -> None:
        """``counted`` is the name of the results format that is written, if its rows are limited."""
        self._out = out
        self._head = dict(head)
        self._limits = limits
        self._gzip = gzip
        self._counter = RowCounter(counted) if counted else None
        self._held = bytearray()
        self._written = 0
        self._packer: Any = None
        self._begun = False

    def write(self, data: bytes) -> int:
        """Take some more of the answer; raise TooLong past the limits."""
        self._held += data
        self._written += len(data)
        if self._written > self._limits.answer:
            raise TooLong(f"the answer is longer than {self._limits.answer:,} bytes; LIMIT makes it shorter")
        if len(self._held) >= (_PIECE if self._begun else self._limits.whole):
            self._send_piece()
        return len(data)

    def flush(self) -> None:
        """Do nothing: a piece goes out when it is full."""

    def close(self) -> None:
        """Send what is left, and that the answer is complete."""
        if self._begun:
            self._send_piece()
            _send(self._out, PIECE, self._packer.flush() if self._packer else b"")
            _send(self._out, END, b"")
            return
        body = bytes(self._held)
        if len(body) > self._limits.rows:
            self._count(body)
        if self._gzip and len(body) > _WORTH:
            self._start_packing(small=len(body) < _SMALL)
            body = self._packer.compress(body) + self._packer.flush()
        _send(self._out, WHOLE, json.dumps(self._head).encode() + b"\n" + body)

    def _send_piece(self) -> None:
        data = bytes(self._held)
        self._held.clear()
        self._count(data)
        if not self._begun:
            if self._gzip:
                self._start_packing()
            _send(self._out, BEGIN, json.dumps(self._head).encode())
            self._begun = True
        _send(self._out, PIECE, self._packer.compress(data) if self._packer else data)

    def _count(self, data: bytes) -> None:
        if self._counter and self._counter.count(data) > self._limits.rows:
            raise TooLong(f"the answer has more than {self._limits.rows:,} rows; LIMIT makes it shorter")

    def _start_packing(self, *, small: bool = False) -> None:
        window, memory = (12, 5) if small else (15, 8)  # setting up the large one takes longer than packing
        self._packer = zlib.compressobj(5, zlib.DEFLATED, 16 + window, memory)
        self._head["encoding"] = "gzip"


class RowCounter:
    """Counts the rows of a serialised answer as it goes by, so that a limit needs no second pass."""

    def __init__(self, form: str) -> None:
        self._mark = _ROW_MARKS[form]
        self._quoted = form == "csv"  # only there a row may hold the mark
        self._inside = 0
        self._tail = b""
        self.rows = {"json": 1, "xml": 0, "tsv": -1, "csv": -1}[form]  # -1: the header is a line too

    def count(self, data: bytes) -> int:
        """Return how many rows there are up to the end of some more data."""
        if self._quoted:
            parts = data.split(b'"')
            data = b'"'.join(parts[self._inside :: 2])
            self._inside ^= (len(parts) - 1) % 2
        data = self._tail + data
        self.rows += data.count(self._mark)
        self._tail = data[len(data) - len(self._mark) + 1 :] if len(self._mark) > 1 else b""
        return self.rows


def _send(out: IO[bytes], kind: bytes, data: bytes) -> None:
    out.write(HEAD.pack(kind, len(data)))
    out.write(data)
    out.flush()


if __name__ == "__main__":
    main()
