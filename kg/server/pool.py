"""The pool of worker processes, in the server.

A worker runs one query at a time. A query that turns out slow moves to the slow lane and a fresh worker takes
its place, so that quick queries do not wait behind it; when the slow lane is full and others wait, the query
that has run longest ends. One loop looks at all of them twenty times a second: at deadlines, at clients that
have left, at workers that have died.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, NamedTuple

from starlette.exceptions import HTTPException

from kg.server.sandbox import Limits
from kg.server.workers import Answer, Worker, WorkerDied, now

LOG = logging.getLogger("kg.server")
_TICK = 0.05
_SEGMENTATION_FAULT = -11


class Load(NamedTuple):
    """How many queries run, how many of them in the slow lane, and how many requests wait."""

    busy: int
    slow: int
    waiting: int


class Pool:
    """Workers over one graph."""

    def __init__(self, where: str, version: str, limits: Limits) -> None:
        self.where = where
        self.version = version  # of the graph
        self.limits = limits
        self._idle: deque[Worker] = deque()
        self._busy: set[Worker] = set()
        self._waiting: deque[tuple[float, asyncio.Future[Worker]]] = deque()
        self._tasks: set[asyncio.Task[None]] = set()
        self._burials: set[asyncio.Task[None]] = set()
        self._started = self._stopping = False

    @property
    def ready(self) -> bool:
        """Whether living workers are there to answer quick queries."""
        return not self._stopping and any(w.alive and not w.replaced for w in (*self._idle, *self._busy))

    @property
    def pids(self) -> list[int]:
        """Process ids of the living workers."""
        return sorted(worker.process.pid for worker in (*self._idle, *self._busy) if worker.alive)

    @property
    def load(self) -> Load:
        """How busy the pool is."""
        return Load(len(self._busy), sum(worker.replaced for worker in self._busy), len(self._waiting))

    async def start(self) -> None:
        """Start all workers, once; raise WorkerDied where one cannot open the graph."""
        if not self._started:
            self._started = True
            self._idle.extend(await self._spawn_all(self.where, self.version))
            self._later(self._supervise(), self._tasks)

    async def stop(self) -> None:
        """Kill all workers."""
        self._stopping = True
        for _, waiter in self._waiting:
            waiter.cancel()
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, *self._burials, return_exceptions=True)
        await asyncio.gather(*(worker.bury() for worker in (*self._idle, *self._busy)))

    async def renew(self, where: str, version: str) -> None:
        """Open another graph; answers under way still come from the old one. Raises WorkerDied."""
        fresh = await self._spawn_all(where, version)  # before anything changes
        self.where, self.version = where, version
        while self._idle:
            self._later(self._idle.popleft().bury(), self._burials)
        for worker in self._busy:
            worker.replaced = True
        for worker in fresh:
            self._offer(worker)

    async def run(
        self, task: bytes, has_left: Callable[[], bool], deliver: Callable[[Answer], Awaitable[None]]
    ) -> None:
        """Run a task and deliver its answer; to fail to take a long one ends the worker.

        Raises HTTPException.
        """
        worker = self._idle.pop() if self._idle else await self._wait(has_left)  # the last has warm caches
        while not worker.alive:
            self._replace(worker)
            worker = self._idle.pop() if self._idle else await self._wait(has_left)
        self._busy.add(worker)
        try:
            answer = await worker.run(task, has_left)
            if answer.pieces is not None:
                await deliver(answer)
        except WorkerDied as died:
            raise worker.ended or _explain(died, self.limits.memory) from None
        finally:
            self._busy.discard(worker)
            if worker.replaced:
                self._later(worker.bury(), self._burials)
            elif worker.done and worker.alive:
                self._offer(worker)
            else:
                self._replace(worker)
        if answer.pieces is None:
            await deliver(answer)

    async def _wait(self, has_left: Callable[[], bool]) -> Worker:
        """Return a worker when one is free, after those who have waited longer."""
        if len(self._waiting) >= self.limits.waiting:
            raise _busy()
        waiter: asyncio.Future[Worker] = asyncio.get_running_loop().create_future()
        self._waiting.append((now(), waiter))
        try:
            worker = await waiter
        except asyncio.CancelledError:
            if waiter.done() and not waiter.cancelled() and not waiter.exception():
                self._offer(waiter.result())
            raise
        if has_left():
            self._offer(worker)
            raise _busy()
        return worker

    def _offer(self, worker: Worker) -> None:
        """Give a worker to the request that has waited longest."""
        while self._waiting:
            _, waiter = self._waiting.popleft()
            if not waiter.done():
                waiter.set_result(worker)
                return
        self._idle.append(worker)

    def _replace(self, worker: Worker) -> None:
        self._later(worker.bury(), self._burials)
        self._later(self._refill(), self._tasks)

    async def _supervise(self) -> None:
        """Look after queries, idle workers and waiting requests, for as long as the pool runs."""
        while True:
            await asyncio.sleep(_TICK)
            for worker in tuple(self._busy):
                self._look_after(worker, now() - worker.since)
            for worker in [one for one in self._idle if not one.alive]:
                self._idle.remove(worker)
                self._replace(worker)
            while self._waiting and now() - self._waiting[0][0] > self.limits.waiting_time:
                _, waiter = self._waiting.popleft()
                if not waiter.done():
                    waiter.set_exception(_busy())

    def _look_after(self, worker: Worker, spent: float) -> None:
        """End a query that is overdue or that nobody waits for; move a slow one to the slow lane."""
        if spent > self.limits.timeout:
            text = f"the query ran longer than {self.limits.timeout:g} s and was ended"
            _end(worker, 504, text, retry=60)
        # A quick query is let run to its end: to replace its worker would cost more than the rest of it.
        elif spent > self.limits.slow or worker.replaced:
            if worker.has_left():
                _end(worker, 503, "the client has left")
            elif not worker.replaced:
                self._move_to_slow_lane(worker)

    def _move_to_slow_lane(self, worker: Worker) -> None:
        """Fill the place of a slow query; where there is no room, end the one that has run longest."""
        slow = [one for one in self._busy if one.replaced]
        if len(slow) < self.limits.workers:
            worker.replaced = True
            with contextlib.suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, worker.process.pid, 10)
            self._later(self._refill(), self._tasks)
            return
        oldest = min(slow, key=lambda one: one.since)
        if self._waiting and now() - oldest.since > self.limits.spared:
            text = "the server is busy and this query had run longest: it was ended to let others in"
            _end(oldest, 503, text, retry=30)

    async def _refill(self) -> None:
        """Start one more worker; try again until it starts."""
        pause = 0.1
        while not self._stopping:
            try:
                worker = await Worker.start(self.where, self.version, self.limits)
            except (WorkerDied, OSError) as error:  # there may be room for a process again
                LOG.warning("a worker could not start: %s", error)
                await asyncio.sleep(pause)
                pause = min(pause * 2, 5)
                continue
            if worker.version == self.version:
                self._offer(worker)
            else:
                await worker.bury()  # another graph was opened meanwhile, with all its workers
            return

    async def _spawn_all(self, where: str, version: str) -> list[Worker]:
        found = await asyncio.gather(
            *(Worker.start(where, version, self.limits) for _ in range(self.limits.workers)),
            return_exceptions=True,
        )
        workers = [one for one in found if isinstance(one, Worker)]
        if failures := [one for one in found if isinstance(one, BaseException)]:
            await asyncio.gather(*(worker.bury() for worker in workers))
            raise failures[0]
        return workers

    def _later(self, work: Coroutine[Any, Any, None], among: set[asyncio.Task[None]]) -> None:
        task = asyncio.create_task(work)
        among.add(task)
        task.add_done_callback(among.discard)


def _end(worker: Worker, status: int, text: str, *, retry: int = 0) -> None:
    if not worker.done and worker.alive:
        worker.ended = HTTPException(status, text, {"Retry-After": str(retry)} if retry else None)
        worker.kill()


def _explain(died: WorkerDied, memory: int) -> HTTPException:
    """Return what a worker's exit code says about its query."""
    if died.code == _SEGMENTATION_FAULT:
        return HTTPException(
            400, "the query is too complex: it is nested or chained more deeply than can be parsed"
        )
    text = f"the query needs more memory than the {memory >> 20} MiB that a query may have"
    return HTTPException(503, text, {"Retry-After": "60"})


def _busy() -> HTTPException:
    return HTTPException(503, "all workers are busy; try again shortly", {"Retry-After": "5"})
