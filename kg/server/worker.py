"""A worker process: opens the graph read-only, then runs one task at a time until it is killed.

Started as ``python -m kg.server.worker`` with tasks on standard input and answers on standard output.
Every line of a stranger's query is parsed and run here and nowhere else.
"""

import json
import logging
import os
import signal
import struct
import sys
import threading
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any, cast

from starlette.exceptions import HTTPException

from kg.errors import BadStore, KgError, NotFound
from kg.query.graph import Graph, open_built, open_graph
from kg.server import sparql
from kg.server.limits import Limits, enclose
from kg.server.negotiation import takes_gzip
from kg.server.sparql import TooLong

#: A task or a frame is its length, a line of JSON and a body. The first frame of an answer has ``status``,
#: ``headers`` and ``more`` (whether others follow); these have ``more``, but not the one that cuts an answer.
LENGTH = struct.Struct("!I")
#: The path of a task that is a tool's, where those of requests begin with a slash.
TOOL = "tool"
_STACK = 64 << 20
_PIECE = 64 << 10
_WORTH = 1024  # bytes below which compression gains nothing
_TEXT = "text/plain; charset=utf-8"
#: What begins each row but the first in a serialised answer. None of them can stand inside a JSON string or
#: XML text, where its quotation mark or less-than is escaped.
_ROW_MARKS = {"json": b'},{"', "xml": b"<result>", "tsv": b"\n", "csv": b"\n"}


def main() -> None:
    """Run tasks with the settings that the one argument holds as JSON."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides when to stop
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever prints must not break a frame
    logging.basicConfig(format="%(asctime)s kg serve: %(message)s")
    threading.stack_size(_STACK)  # deep queries need room; the main thread's is what the shell gave
    thread = threading.Thread(target=_serve, args=(out, json.loads(sys.argv[1])), daemon=True)
    thread.start()
    thread.join()


def _serve(out: IO[bytes], settings: Mapping[str, Any]) -> None:
    where, limits = str(settings["where"]), Limits(**settings["limits"])
    try:
        store = Path(where)  # a store's own folder, or whatever else open_graph opens
        graph = open_built(store, where) if (store / "CURRENT").is_file() else open_graph(where)
    except KgError as error:
        logging.error("%s", error)
        os._exit(2)
    remote = where.startswith(("http://", "https://"))
    closed = enclose(limits.memory, network=remote)
    _send(out, {"open_network": not (closed or remote)})
    for task in _tasks(sys.stdin.buffer):
        writer = AnswerWriter(out, limits, gzip=takes_gzip(task["encoding"]))
        try:
            _run(graph, task, limits, writer)
            writer.close()
        except BrokenPipeError:
            break
        except Exception as error:
            status, text, headers = _explain(error)
            if status == 500:
                logging.exception("the task %s failed", task["path"])
            writer.refuse(status, {"Content-Type": _TEXT, **headers}, f"{text.rstrip()}\n".encode())
    os._exit(0)


def _tasks(file: IO[bytes]) -> Iterator[dict[str, Any]]:
    """Yield tasks until the parent closes the pipe."""
    while len(head := file.read(LENGTH.size)) == LENGTH.size:
        line, _, body = file.read(LENGTH.unpack(head)[0]).partition(b"\n")
        yield {**json.loads(line), "body": body}


def _run(graph: Graph, task: dict[str, Any], limits: Limits, writer: "AnswerWriter") -> None:
    """Run a task and write its answer."""
    path = task["path"]
    if path == "/sparql" and (asked := sparql.parse_request(task, limits)):
        headers, counted, write = sparql.execute(graph, asked, limits)
        writer.begin(200, headers, counted)
        write(cast("IO[bytes]", writer))
        return
    if path == TOOL:
        from kg.assistant import answers  # late: few need it

        text = answers.answer(graph, task["name"], task["arguments"])
        writer.begin(200, {})
        writer.write(text.encode())
        return
    # late: a worker must be ready soon, and half of its start would go to pydantic, jinja2 and the templates
    from kg.server import linked_data, pages, reconcile

    respond = linked_data.respond
    if path in ("/sparql", "/.well-known/void"):
        respond = linked_data.describe_service
    elif path.startswith("/reconcile"):
        respond = reconcile.respond
    elif path in ("/", "/graph.html", "/query") or path.startswith("/question/"):
        respond = pages.respond
    status, headers, body = respond(graph, {**task, "parameters": sparql.parse_parameters(task)})
    writer.begin(status, headers)
    writer.write(body)


def _explain(error: Exception) -> tuple[int, str, Mapping[str, str]]:
    """Return the status, the text and the headers that tell a client of an error; 500 for a bug."""
    if isinstance(error, HTTPException):
        return error.status_code, error.detail, error.headers or {}
    if isinstance(error, TooLong | MemoryError | BadStore):
        text = "the query needs more memory than a query may have"
        return 503, text if isinstance(error, MemoryError) else str(error), {"Retry-After": "60"}
    if isinstance(error, KgError):
        return 404 if isinstance(error, NotFound) else 400, str(error), {}
    return 500, "this server failed on the request; its log says more", {}


class AnswerWriter:
    """A file-like object that counts rows, compresses, and sends frames: one where the answer is small."""

    def __init__(self, out: IO[bytes], limits: Limits, *, gzip: bool) -> None:
        self._out, self._limits, self._gzip = out, limits, gzip
        self._head: dict[str, Any] = {}
        self._counter: RowCounter | None = None
        self._held = bytearray()
        self._written = 0
        self._packer: Any = None
        self._begun = False

    def begin(self, status: int, headers: Mapping[str, str], counted: str = "") -> None:
        """Take the head; ``counted`` names the results format that follows, if its rows are limited."""
        self._head = {"status": status, "headers": dict(headers)}
        self._counter = RowCounter(counted) if counted else None

    def write(self, data: bytes) -> int:
        """Take some more of the answer; raise TooLong past the limits."""
        self._held += data
        self._written += len(data)
        if self._written > self._limits.answer:
            raise TooLong(f"the answer is longer than {self._limits.answer:,} bytes; LIMIT makes it shorter")
        if len(self._held) >= (_PIECE if self._begun else self._limits.whole):
            self._send(self._take(), more=True)
        return len(data)

    def flush(self) -> None:
        """Do nothing: a piece goes out when it is full."""

    def close(self) -> None:
        """Send what is left, and that the answer is complete."""
        self._gzip &= self._begun or len(self._held) > _WORTH
        self._send(self._take() + (self._packer.flush() if self._packer else b""), more=False)

    def refuse(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        """Send another answer in place of this one, or that it is cut short."""
        head = {} if self._begun else {"status": status, "headers": headers, "more": False}
        _send(self._out, head, b"" if self._begun else body)

    def _send(self, body: bytes, *, more: bool) -> None:
        if more and not self._begun:
            _send(self._out, {**self._head, "more": True})
        _send(self._out, {"more": more} if more or self._begun else {**self._head, "more": False}, body)
        self._begun |= more

    def _take(self) -> bytes:
        """Return what is held, as it is sent; raise TooLong where it has too many rows."""
        data = bytes(self._held)
        self._held.clear()
        if self._counter and self._counter.count(data) > self._limits.rows:
            raise TooLong(f"the answer has more than {self._limits.rows:,} rows; LIMIT makes it shorter")
        if self._gzip and not self._packer:
            self._packer = zlib.compressobj(5, wbits=31)
            self._head["headers"]["Content-Encoding"] = "gzip"
        return self._packer.compress(data) if self._packer else data


class RowCounter:
    """Counts the rows of a serialised answer as it goes by, so that a limit needs no second pass."""

    def __init__(self, form: str) -> None:
        self._form, self._mark, self._tail, self._inside = form, _ROW_MARKS[form], b"", 0
        self.rows = {"json": 1, "xml": 0, "tsv": -1, "csv": -1}[form]  # -1: the header is a line too

    def count(self, data: bytes) -> int:
        """Return how many rows there are up to the end of some more data."""
        if self._form == "csv":  # only there a row may hold the mark, within quotation marks
            parts = data.split(b'"')
            data = b'"'.join(parts[self._inside :: 2])
            self._inside ^= (len(parts) - 1) % 2
        data = self._tail + data
        self.rows += data.count(self._mark)
        self._tail = data[len(data) - len(self._mark) + 1 :]
        return self.rows


def _send(out: IO[bytes], head: Mapping[str, Any], body: bytes = b"") -> None:
    frame = json.dumps(head).encode() + b"\n" + body
    out.write(LENGTH.pack(len(frame)) + frame)
    out.flush()


if __name__ == "__main__":
    main()
