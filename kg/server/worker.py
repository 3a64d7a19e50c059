"""A worker process: opens the graph read-only, then answers one task after another until it is killed.

Started as ``python -m kg.server.worker`` with its end of a socket pair; every line of a stranger's query is
parsed and run here and nowhere else.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import socket
import struct
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from kg.error import Ambiguous, BadQuery, BadStore, KgError, NotFound
from kg.server import sandbox, sink, source
from kg.server.sink import Refused, TooLong

Task = Mapping[str, Any]
_LENGTH = struct.Struct("!I")
_STACK = 64 << 20


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
    soft, _ = resource.getrlimit(resource.RLIMIT_AS)
    del soft
    sandbox.enclose(settings["memory"], network=source.is_remote(settings["source"]))
    tasks = Tasks(opened, settings)
    sink.send(out, sink.WHOLE, b"ready")
    received = out.makefile("rb")
    while head := received.read(_LENGTH.size):
        task = json.loads(received.read(_LENGTH.unpack(head)[0]))
        try:
            tasks.run(task, out)
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


def _refuse(out: socket.socket, status: int, text: str, retry: int = 0) -> None:
    sink.send(out, sink.REFUSED, json.dumps({"status": status, "text": text, "retry": retry}).encode())


class Tasks:
    """The kinds of task by name, each a function of the open source, a task and where the answer goes."""

    def __init__(self, opened: source.Source, settings: Mapping[str, Any]) -> None:
        self.opened = opened
        self.settings = settings

    def run(self, task: Task, out: socket.socket) -> None:
        """Answer one task."""
        kind = str(task["kind"])
        if kind == "sparql":
            from kg.server import answering

            answering.sparql(self.opened, task, out, self.settings)
            return
        status, head, body = _simple(kind)(self.opened, task)
        writer = sink.Sink(
            out, {"status": status, **head}, gzip=bool(task.get("gzip")), most=self.settings["answer"]
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
