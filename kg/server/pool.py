"""The pool of worker processes, in the server.

A worker runs one query at a time; short ones may queue behind one that has just begun, so that neither side
waits for the other. A query that turns out slow moves to the slow lane and a fresh worker takes its place, so
that quick queries do not wait behind it; when the slow lane is full and others wait, the query that has run
longest ends. One loop looks at all of them twenty times a second: at deadlines and at clients that have left.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from typing import Any, NamedTuple

from starlette.exceptions import HTTPException

from kg.server.sandbox import Limits
from kg.server.worker import BEGIN
from kg.server.workers import DEAD, MOVED, Call, Worker, WorkerDied, now, start_worker

LOG = logging.getLogger("kg.server")
_TICK = 0.05
_AHEAD, _YOUNG = 8, 0.005  # calls that a worker may have, and seconds that the first of them may have run
_SEGMENTATION_FAULT = -11


class Answer(NamedTuple):
    """An answer: its head as a line of JSON, and its body; of a long one the body comes in ``pieces``."""

    head: bytes
    body: bytes
    version: str  # of the graph
    pieces: AsyncIterator[bytes] | None = None


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
        self._workers: list[Worker] = []
        self._waiting: deque[tuple[float, asyncio.Future[Worker]]] = deque()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._burials: set[asyncio.Task[Any]] = set()
        self._started = self._stopping = False

    @property
    def ready(self) -> bool:
        """Whether living workers are there to answer quick queries."""
        return not self._stopping and any(worker.alive and not worker.replaced for worker in self._workers)

    @property
    def pids(self) -> list[int]:
        """Process ids of the living workers."""
        return sorted(worker.process.pid for worker in self._workers if worker.alive)

    @property
    def load(self) -> Load:
        """How busy the pool is."""
        busy = [worker for worker in self._workers if worker.calls]
        return Load(len(busy), sum(worker.replaced for worker in busy), len(self._waiting))

    async def start(self) -> None:
        """Start all workers, once; raise WorkerDied where one cannot open the graph."""
        if not self._started:
            self._started = True
            await self.renew(self.where, self.version)
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
        await asyncio.gather(*(worker.bury() for worker in self._workers))

    async def renew(self, where: str, version: str) -> None:
        """Open another graph; answers under way still come from the old one. Raises WorkerDied."""
        starts = (start_worker(where, version, self.limits) for _ in range(self.limits.workers))
        found = await asyncio.gather(*starts, return_exceptions=True)
        fresh = [one for one in found if isinstance(one, Worker)]
        if failures := [one for one in found if isinstance(one, BaseException)]:
            await asyncio.gather(*(worker.bury() for worker in fresh))
            raise failures[0]
        self.where, self.version = where, version
        for worker in tuple(self._workers):
            worker.replaced = True
            self._free(worker)
        for worker in fresh:
            self._add(worker)

    async def run(
        self, task: bytes, has_left: Callable[[], bool], deliver: Callable[[Answer], Awaitable[None]]
    ) -> None:
        """Run a task and deliver its answer; raise HTTPException where there is none."""
        kind = MOVED
        while kind == MOVED:
            worker = await self._find(has_left)
            call = worker.start(task, has_left)
            try:
                kind, head, body = await call.get()
                if kind == DEAD and not call.since:
                    kind = MOVED  # the call before it is to blame
                elif kind == DEAD:
                    raise call.ended or _explain(await asyncio.to_thread(worker.process.wait), self.limits)
                elif kind != MOVED:
                    pieces = worker.pieces(call) if kind == BEGIN else None
                    await deliver(Answer(head, body, worker.version, pieces))
            finally:
                call.has_left = _nobody_waits

    async def _find(self, has_left: Callable[[], bool]) -> Worker:
        """Return a worker that takes a call, after those who have waited longer."""
        if not self._waiting:
            worker = min(
                self._workers, key=lambda one: len(one.calls) if _takes(one) else _AHEAD, default=None
            )
            if worker and _takes(worker):
                return worker
        while True:
            if len(self._waiting) >= self.limits.waiting:
                raise _busy()
            waiter: asyncio.Future[Worker] = asyncio.get_running_loop().create_future()
            self._waiting.append((now(), waiter))
            worker = await waiter
            if has_left():
                self._free(worker)
                raise _busy()
            if worker.alive:
                return worker

    def _free(self, worker: Worker) -> None:
        """Give a worker to the request that has waited longest; end it where it has been replaced."""
        if worker.replaced and all(call.has_left is _nobody_waits for call in worker.calls):
            self._bury(worker)
        while self._waiting and _takes(worker):
            _, waiter = self._waiting.popleft()
            if not waiter.done():
                waiter.set_result(worker)
                return

    def _add(self, worker: Worker) -> None:
        worker.freed, worker.lost = self._free, self._replace
        self._workers.append(worker)
        if not worker.alive:
            self._replace(worker)
        for _ in range(_AHEAD):
            self._free(worker)

    def _bury(self, worker: Worker) -> None:
        if worker in self._workers:
            self._workers.remove(worker)
            self._later(worker.bury(), self._burials)

    def _replace(self, worker: Worker) -> None:
        """Bury a worker that has died, and fill its place."""
        if worker in self._workers and not self._stopping:
            self._bury(worker)
            if not worker.replaced:
                self._later(self._refill(), self._tasks)

    async def _supervise(self) -> None:
        """Look after queries and waiting requests, for as long as the pool runs."""
        while True:
            await asyncio.sleep(_TICK)
            for worker in tuple(self._workers):
                try:
                    if not worker.calls:
                        self._free(worker)
                    elif worker.alive:
                        self._look_after(worker, worker.calls[0])
                except Exception:
                    LOG.exception("the pool failed to look after a worker")  # deadlines of others must hold
            while self._waiting and now() - self._waiting[0][0] > self.limits.waiting_time:
                _, waiter = self._waiting.popleft()
                if not waiter.done():
                    waiter.set_exception(_busy())

    def _look_after(self, worker: Worker, call: Call) -> None:
        """End a query that is overdue or that nobody waits for; move a slow one to the slow lane."""
        spent, slow = now() - call.since, self.limits.slow
        if spent > slow / 4:
            for behind in tuple(worker.calls)[1:]:
                behind.has_left = _nobody_waits
                behind.put((MOVED, b"", b""))
        if spent > self.limits.timeout:
            text = f"the query ran longer than {self.limits.timeout:g} s and was ended"
            _end(worker, 504, text, retry=60)
        # A quick query is let run to its end: to replace its worker would cost more than the rest of it.
        elif call.has_left() and (spent > slow or worker.replaced):
            _end(worker, 503, "the client has left")
        elif spent > slow and not worker.replaced:
            self._move_to_slow_lane(worker)

    def _move_to_slow_lane(self, worker: Worker) -> None:
        """Fill the place of a slow query; where there is no room, end the one that has run longest."""
        slow = [one for one in self._workers if one.replaced and one.calls]
        if len(slow) < self.limits.workers:
            worker.replaced = True
            with contextlib.suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, worker.process.pid, 10)
            self._later(self._refill(), self._tasks)
            return
        oldest = min(slow, key=lambda one: one.calls[0].since)
        if self._waiting and now() - oldest.calls[0].since > self.limits.spared:
            text = "the server is busy and this query had run longest: it was ended to let others in"
            _end(oldest, 503, text, retry=30)

    async def _refill(self) -> None:
        """Start one more worker; try again until it starts."""
        pause = 0.1
        while not self._stopping:
            try:
                worker = await start_worker(self.where, self.version, self.limits)
            except (WorkerDied, OSError) as error:  # there may be room for a process again
                LOG.warning("a worker could not start: %s", error)
                await asyncio.sleep(pause)
                pause = min(pause * 2, 5)
                continue
            if worker.version == self.version:
                self._add(worker)
            else:
                await worker.bury()  # another graph was opened meanwhile, with all its workers
            return

    def _later(self, work: Coroutine[Any, Any, Any], among: set[asyncio.Task[Any]]) -> None:
        task = asyncio.create_task(work)
        among.add(task)
        task.add_done_callback(among.discard)


def _takes(worker: Worker) -> bool:
    """Return whether a worker is free, or has a few calls of which the first has just begun."""
    calls = worker.calls
    open_ = worker.alive and not worker.replaced and len(calls) < _AHEAD
    return open_ and (not calls or now() - calls[0].since < _YOUNG)


def _nobody_waits() -> bool:
    return True


def _end(worker: Worker, status: int, text: str, *, retry: int = 0) -> None:
    worker.calls[0].ended = HTTPException(status, text, {"Retry-After": str(retry)} if retry else None)
    worker.kill()


def _explain(code: int, limits: Limits) -> HTTPException:
    """Return what a worker's exit code says about its query."""
    if code == _SEGMENTATION_FAULT:
        text = "the query is too complex: it is nested or chained more deeply than can be parsed"
        return HTTPException(400, text)
    text = f"the query needs more memory than the {limits.memory >> 20} MiB that a query may have"
    return HTTPException(503, text, {"Retry-After": "60"})


def _busy() -> HTTPException:
    return HTTPException(503, "all workers are busy; try again shortly", {"Retry-After": "5"})
