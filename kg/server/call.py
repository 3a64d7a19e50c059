"""A call: one request on its way through the pool."""

from __future__ import annotations

import asyncio
import json
import struct
from collections.abc import Callable, Mapping
from typing import Any

from kg.server.process import Worker

_LENGTH = struct.Struct("!I")


class Call:
    """A request that waits for a worker, then for its answer.

    Either a handler awaits the worker and sends it a task; or the request goes to the worker as the bytes it
    came in as soon as there is one, and ``heard`` is called when the first frame of the answer has come.
    """

    __slots__ = ("heard", "request", "since", "taken", "worker")

    def __init__(self, since: float, request: bytes = b"", heard: Callable[[], None] | None = None) -> None:
        self.since = since
        self.request = request
        self.heard = heard
        self.worker: Worker | None = None
        self.taken: asyncio.Future[Worker] | None = None

    def take(self, worker: Worker, now: float) -> bool:
        """Take a worker that is free; False where nobody wants it any more."""
        if self.taken is not None:
            if self.taken.done():
                return False
            self.taken.set_result(worker)
        else:
            self.since = now
            self.worker = worker
            begin(worker, self.request)
            worker.listener = self.heard
        return True


def begin(worker: Worker, task: Mapping[str, Any] | bytes) -> None:
    """Hand a task to a worker."""
    worker.done = False
    worker.reason = None
    data = task if isinstance(task, bytes) else json.dumps(task).encode()
    worker.send(_LENGTH.pack(len(data)) + data)
