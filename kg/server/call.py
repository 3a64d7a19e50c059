"""A call: one request on its way through the pool."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable

from kg.server.process import Worker


class Call:
    """A request that waits for a worker, then for its answer.

    Either a handler awaits a worker of its own (``taken``). Or the request goes to a worker as the bytes it
    came in, perhaps behind others, and ``heard`` is called when ``frame`` answers it, or, without one, when a
    handler has to go on with it: with ``worker`` where that is at work on it already.
    """

    __slots__ = ("frame", "gone", "heard", "number", "request", "since", "taken", "worker")
    _numbers = itertools.count()

    def __init__(self, since: float, request: bytes = b"", heard: Callable[[], None] | None = None) -> None:
        self.since = since  # when it came; once it is a worker's turn, when that began
        self.request = request
        self.number = next(self._numbers)  # by which it is known in a box
        self.heard = heard or (lambda: None)
        self.frame: tuple[bytes, bytes] | None = None
        self.worker: Worker | None = None
        self.taken: asyncio.Future[Worker] | None = None
        self.gone = False  # its client has left
