"""The crew: the worker processes there are, started, replaced where one has to go, and let go in the end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from kg.server import source
from kg.server.limits import Limits
from kg.server.process import Lost, Worker


class Crew:
    """Workers over one source. ``spoken`` hears when one of them has answered a call, ``joined`` when a new
    one is ready."""

    def __init__(
        self, where: str, limits: Limits, hosts: frozenset[str],
        spoken: Callable[[Worker], None], joined: Callable[[Worker], None],
    ) -> None:  # fmt: skip
        self.where = where
        self.version = source.version(where)
        self.members: set[Worker] = set()
        self.stopping = False
        self._limits = limits
        self._hosts = hosts
        self._spoken = spoken
        self._joined = joined
        self._stale: set[Worker] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Start all; raises Lost where one cannot open the source."""
        for worker in await asyncio.gather(*(self._spawn() for _ in range(self._limits.workers))):
            self._joined(worker)

    async def stop(self) -> None:
        """Kill all."""
        self.stopping = True
        ending = list(self._tasks)
        for task in ending:
            task.cancel()
        await asyncio.gather(*(worker.kill() for worker in list(self.members)))
        await asyncio.gather(*ending, return_exceptions=True)

    def renew(self, where: str) -> None:
        """Open another source from now on; whoever opened the old one is no longer fresh."""
        self.where = where
        self.version = source.version(where)
        self._stale |= self.members

    def fresh(self, worker: Worker) -> bool:
        """Whether a worker may be given more to do."""
        return worker.alive and worker not in self._stale and not self.stopping

    def retire(self, worker: Worker) -> None:
        """Let one go."""
        self.members.discard(worker)
        self._stale.discard(worker)
        worker.signal()
        self._later(worker.kill())

    def fill(self) -> None:
        """Start one more."""
        if not self.stopping:
            self._later(self._refill())

    async def _refill(self) -> None:
        pause = 0.1
        while not self.stopping:
            try:
                self._joined(await self._spawn())
                return
            except Lost:
                await asyncio.sleep(pause)
                pause = min(pause * 2, 5)

    async def _spawn(self) -> Worker:
        worker = await Worker.start(self.where, self._limits, self._hosts)
        worker.listener = self._spoken
        self.members.add(worker)
        return worker

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
