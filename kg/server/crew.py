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
        self._filling: set[asyncio.Task[None]] = set()
        self._ending: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Start all; raises Lost where one cannot open the source."""
        for worker in await asyncio.gather(*(self._spawn() for _ in range(self._limits.workers))):
            self._joined(worker)

    async def stop(self) -> None:
        """Kill all."""
        self.stopping = True
        for task in self._filling:
            task.cancel()
        await asyncio.gather(*self._filling, return_exceptions=True)
        await asyncio.gather(*self._ending, *(worker.kill() for worker in list(self.members)))

    def renew(self, where: str) -> None:
        """Open another source from now on; whoever opened the old one is no longer fresh."""
        self.version = source.version(where)  # raises where it cannot be read, and then nothing has changed
        self.where = where
        self._stale |= self.members

    def fresh(self, worker: Worker) -> bool:
        """Whether a worker may be given more to do."""
        return worker.alive and worker not in self._stale

    def retire(self, worker: Worker) -> None:
        """Let one go."""
        self.members.discard(worker)
        self._stale.discard(worker)
        worker.signal()
        _later(worker.kill(), self._ending)

    def fill(self) -> None:
        """Start one more."""
        if not self.stopping:
            _later(self._refill(), self._filling)

    async def _refill(self) -> None:
        pause = 0.1
        while not self.stopping:
            try:
                self._joined(await self._spawn())
                return
            except (Lost, OSError):  # it cannot start now; there may be room for a process again
                await asyncio.sleep(pause)
                pause = min(pause * 2, 5)

    async def _spawn(self) -> Worker:
        worker = await Worker.start(self.where, self._limits, self._hosts)
        worker.listener = self._spoken
        self.members.add(worker)
        return worker


def _later(work: Coroutine[Any, Any, None], among: set[asyncio.Task[None]]) -> None:
    task = asyncio.ensure_future(work)
    among.add(task)
    task.add_done_callback(among.discard)
