"""The pool of worker processes.

A worker runs one query at a time. A query that turns out slow moves to the slow lane and a fresh worker takes
its place, so that quick queries do not wait behind it; when the slow lane is full and others wait, the query
that has run longest ends. One loop looks at all of them twenty times a second: at deadlines, at clients that
have left, at workers that have died.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import subprocess
import sys
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from dataclasses import asdict
from typing import Any, NamedTuple

from starlette.exceptions import HTTPException

from kg import locations
from kg.server.sandbox import Limits
from kg.server.worker import Answer, Worker, WorkerDied, retry_after

LOG = logging.getLogger("kg.server")
_READY_SECONDS = 60
_TICK = 0.05
_STREAM = 1 << 20  # bytes of an answer that may lie in the parent
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
            self._bury(self._idle.popleft())
        for worker in self._busy:
            worker.replaced = True
        for worker in fresh:
            self._offer(worker)

    @contextlib.asynccontextmanager
    async def run(self, task: bytes, has_left: Callable[[], Awaitable[bool]]) -> AsyncIterator[Answer]:
        """Run a task; raises HTTPException. To leave before its answer is complete ends the worker."""
        worker = await self._acquire(has_left)
        self._busy.add(worker)
        try:
            worker.start(task, has_left)
            yield await worker.answer()
        except WorkerDied as died:
            raise worker.ended or _explain(died, self.limits.memory) from None
        finally:
            self._busy.discard(worker)
            self._release(worker)

    async def _acquire(self, has_left: Callable[[], Awaitable[bool]]) -> Worker:
        """Return a free worker, after those who have waited longer."""
        while self._idle:
            worker = self._idle.pop()  # the last one that worked has its caches warm
            if worker.alive:
                return worker
            self._replace(worker)
        if len(self._waiting) >= self.limits.waiting:
            raise _busy()
        waiter: asyncio.Future[Worker] = asyncio.get_running_loop().create_future()
        self._waiting.append((_now(), waiter))
        try:
            worker = await waiter
            if not await has_left():
                return worker
        except asyncio.CancelledError:
            if waiter.done() and not waiter.cancelled() and not waiter.exception():
                self._offer(waiter.result())
            raise
        self._offer(worker)
        raise _busy()

    def _release(self, worker: Worker) -> None:
        if worker.replaced:
            self._bury(worker)
        elif worker.done and worker.alive:
            self._offer(worker)
        else:
            self._replace(worker)

    def _offer(self, worker: Worker) -> None:
        """Give a worker to the request that has waited longest."""
        while self._waiting:
            _, waiter = self._waiting.popleft()
            if not waiter.done():
                waiter.set_result(worker)
                return
        self._idle.append(worker)

    def _replace(self, worker: Worker) -> None:
        self._bury(worker)
        self._later(self._refill(), self._tasks)

    def _bury(self, worker: Worker) -> None:
        self._later(worker.bury(), self._burials)

    async def _supervise(self) -> None:
        """Look after queries, idle workers and waiting requests, for as long as the pool runs."""
        while True:
            await asyncio.sleep(_TICK)
            try:
                for worker in tuple(self._busy):
                    await self._look_after(worker, _now() - worker.since)
                for worker in [one for one in self._idle if not one.alive]:
                    self._idle.remove(worker)
                    self._replace(worker)
                while self._waiting and _now() - self._waiting[0][0] > self.limits.waiting_time:
                    _, waiter = self._waiting.popleft()
                    if not waiter.done():
                        waiter.set_exception(_busy())
            except Exception:
                LOG.exception("the pool failed to look after its workers")  # and goes on: deadlines must hold

    async def _look_after(self, worker: Worker, spent: float) -> None:
        """End a query that is overdue or that nobody waits for; move a slow one to the slow lane."""
        if spent > self.limits.timeout:
            text = f"the query ran longer than {self.limits.timeout:g} s and was ended"
            _end(worker, 504, text, retry=60)
            return
        if spent > _TICK and worker.has_left and not worker.left:
            worker.left = await worker.has_left()
        slow = spent > self.limits.slow
        # A quick query is let run to its end: to replace its worker would cost more than the rest of it.
        if worker.left and (slow or worker.replaced):
            _end(worker, 503, "the client has left")
        elif slow and not worker.replaced:
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
        if self._waiting and _now() - oldest.since > self.limits.spared:
            text = "the server is busy and this query had run longest: it was ended to let others in"
            _end(oldest, 503, text, retry=30)

    async def _refill(self) -> None:
        """Start one more worker; try again until it starts."""
        pause = 0.1
        while not self._stopping:
            try:
                worker = await self._spawn(self.where, self.version)
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
            *(self._spawn(where, version) for _ in range(self.limits.workers)), return_exceptions=True
        )
        workers = [one for one in found if isinstance(one, Worker)]
        if failures := [one for one in found if isinstance(one, BaseException)]:
            await asyncio.gather(*(worker.bury() for worker in workers))
            raise failures[0]
        return workers

    async def _spawn(self, where: str, version: str) -> Worker:
        """Start a worker and wait until it has opened the graph; raise WorkerDied where it cannot."""
        settings = {"where": where, "limits": asdict(self.limits)}
        paths = [str(locations.PACKAGE.parent), os.environ.get("PYTHONPATH", "")]
        environment = {
            **os.environ,
            "MALLOC_ARENA_MAX": "2",  # each arena takes 64 MiB of the address space that is limited
            "PYTHONPATH": os.pathsep.join(path for path in paths if path),
        }
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-P", "-m", "kg.server.worker", json.dumps(settings), stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, env=environment, start_new_session=True, limit=_STREAM,
        )  # fmt: skip
        worker = Worker(process, version)
        try:
            async with asyncio.timeout(_READY_SECONDS):
                _, ready = await worker.receive()
        except TimeoutError:
            await worker.bury()
            raise WorkerDied(process.returncode) from None
        except (WorkerDied, asyncio.CancelledError):
            await worker.bury()  # also where the server stops while a worker starts
            raise
        if json.loads(ready)["open_network"]:
            LOG.warning("this system has no seccomp: only the text of a query keeps it from the network")
        return worker

    def _later(self, work: Coroutine[Any, Any, None], among: set[asyncio.Task[None]]) -> None:
        task = asyncio.create_task(work)
        among.add(task)
        task.add_done_callback(among.discard)


def _now() -> float:
    return asyncio.get_running_loop().time()


def _end(worker: Worker, status: int, text: str, *, retry: int = 0) -> None:
    if not worker.done and not worker.killed:
        worker.ended = HTTPException(status, text, retry_after(retry))
        worker.kill()


def _explain(died: WorkerDied, memory: int) -> HTTPException:
    """Return what a worker's exit code says about its query."""
    if died.code == _SEGMENTATION_FAULT:
        return HTTPException(
            400, "the query is too complex: it is nested or chained more deeply than can be parsed"
        )
    text = f"the query needs more memory than the {memory >> 20} MiB that a query may have"
    return HTTPException(503, text, retry_after(60))


def _busy() -> HTTPException:
    return HTTPException(503, "all workers are busy; try again shortly", retry_after(5))
