"""A worker process: opens the graph read-only, then answers one task after another until it is killed.

Started as ``python -m kg.server.worker`` with its end of a socket pair; every line of a stranger's query is
parsed and run here and nowhere else.
"""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import struct
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from kg.errors import Ambiguous, BadQuery, BadStore, KgError, NotFound
from kg.server import answering, sandbox, sink, source, wire
from kg.server.headers import task_key
from kg.server.limits import Limits
from kg.server.sink import Refused, TooLong

Task = Mapping[str, Any]
_LENGTH = struct.Struct("!I")
_STACK = 64 << 20
_PIECE = 64 << 10


def main() -> None:
    """Serve tasks on the file descriptor named by the one argument, a JSON object."""
    settings = json.loads(sys.argv[1])
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides when to stop
    out = socket.socket(fileno=settings["socket"])
    threading.stack_size(_STACK)  # deep queries need room; the main thread's is what the shell gave
    thread = threading.Thread(target=_serve, args=(out, settings), daemon=True)
    thread.start()
    thread.join()


def _serve(out: socket.socket, settings: Mapping[str, Any]) -> None:
    opened = source.open_source(settings["source"])
    limits = Limits(**settings["limits"])
    sandbox.enclose(limits.memory, network=source.is_remote(settings["source"]))
    tasks = Tasks(opened, limits, frozenset(settings["hosts"]))
    sink.send(out, sink.WHOLE, b"ready")
    for given in _given(out, socket.socket(fileno=settings["box"])):
        try:
            tasks.run(given, out)
        except Refused as refusal:
            _refuse(out, refusal.status, refusal.text, refusal.retry)
        except (TooLong, MemoryError) as error:
            _refuse(out, 503, str(error) or "the query needs more memory than a query may have", 60)
        except NotFound as error:
            _refuse(out, 404, str(error))
        except (BadQuery, Ambiguous) as error:
            _refuse(out, 400, str(error))
        except BadStore as error:
            _refuse(out, 503, str(error), 30)
        except KgError as error:
            _refuse(out, 400, str(error))
        except BrokenPipeError:
            os._exit(0)
        except Exception as error:  # the parent must hear of it, whatever it is
            print(f"kg serve: {type(error).__name__}: {error}", file=sys.stderr, flush=True)
            _refuse(out, 500, "this server failed on the request; its log says more")
    os._exit(0)


def _given(out: socket.socket, box: socket.socket) -> Iterator[bytes]:
    """What there is to do: requests from the box as long as there are any, else the next task."""
    box.setblocking(False)
    either = select.poll()
    for end in (out, box):
        either.register(end, select.POLLIN)
    while True:
        try:
            yield box.recv(_PIECE + sink.NUMBER.size)[sink.NUMBER.size :]
        except BlockingIOError:
            ready = dict(either.poll())
            if box.fileno() not in ready:
                task = _receive(out)
                if not task:
                    return
                yield task


def _receive(out: socket.socket) -> bytes:
    """The next task; nothing where the parent has gone."""
    data = out.recv(_PIECE)
    while data:
        end = _LENGTH.size + (_LENGTH.unpack_from(data)[0] if len(data) >= _LENGTH.size else _PIECE)
        if len(data) >= end:
            return data[_LENGTH.size :]
        more = out.recv(max(_PIECE, end - len(data)))
        data = data + more if more else b""
    return data


def _refuse(out: socket.socket, status: int, text: str, retry: int = 0) -> None:
    sink.send(out, sink.REFUSED, json.dumps({"status": status, "text": text, "retry": retry}).encode())


class Tasks:
    """The kinds of task by name, each a function of the open source, a task and where the answer goes."""

    def __init__(self, opened: source.Source, limits: Limits, hosts: frozenset[str]) -> None:
        self.opened = opened
        self.limits = limits
        self.hosts = hosts

    def run(self, given: bytes, out: socket.socket) -> None:
        """Answer one task: a JSON object, or a request to the endpoint as it came."""
        if given.startswith(b"{"):
            self.answer(json.loads(given), out)
            return
        task = wire.read(given, self.limits, self.hosts)
        if task is None:
            sink.send(out, sink.UNREAD, b"")
        else:
            answering.sparql(self.opened, task, out, self.limits, key=task_key(task))

    def answer(self, task: Task, out: socket.socket) -> None:
        """Answer a task."""
        kind = str(task["kind"])
        if kind == "sparql":
            answering.sparql(self.opened, task, out, self.limits)
            return
        status, head, body = _simple(kind)(self.opened, task)
        writer = sink.Sink(
            out, {"status": status, **head}, gzip=bool(task.get("gzip")), most=self.limits.answer
        )
        writer.write(body)
        writer.close()


def _simple(kind: str) -> Callable[[source.Source, Task], tuple[int, dict[str, Any], bytes]]:
    """What makes a page or a document; imported when first asked for."""
    from kg.server import catalogue, describe, linked, reconcile

    return {
        "thing": linked.answer,
        "reconcile": reconcile.answer,
        "describe": describe.answer,
        "catalogue": catalogue.answer,
    }[kind]


if __name__ == "__main__":
    if hasattr(signal, "SIGTERM"):
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
    sys.path[:] = [path for path in sys.path if path and Path(path) != Path.cwd()] or sys.path
    main()
