"""The pool: a few worker processes, one query each at a time, killed at the deadline and replaced.

A query that runs long gives its place to a fresh worker and goes on with low priority, so that quick ones do
not wait behind it; when the room for long ones is full and others wait, the one that has run longest ends.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

from kg.server import outcome, sink, source
from kg.server.call import Call, begin
from kg.server.limits import Limits
from kg.server.outcome import Answer, Busy, Cut
from kg.server.process import Lost, Worker

_LAST_CHANCE = 0.2  # seconds that a query may go on after its client has left


class Pool:
    """Workers over one source."""

    def __init__(self, where: str, limits: Limits, hosts: frozenset[str] = frozenset()) -> None:
        self.where = where
        self.version = source.version(where)
        self.hosts = hosts
        self.limits = limits
        self.stopping = False
        self._idle: deque[Worker] = deque()
        self._all: set[Worker] = set()
        self._stale: set[Worker] = set()
        self._long: dict[Worker, float] = {}
        self._waiting: deque[Call] = deque()
        self._starting = 0
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Start all workers; raises Lost where one cannot open the source."""
        started = await asyncio.gather(*(self._spawn() for _ in range(self.limits.workers)))
        self._idle.extend(started)

    async def stop(self) -> None:
        """Kill all workers."""
        self.stopping = True
        for call in self._waiting:
            if call.taken:
                call.taken.cancel()
        for worker in self._all:
            worker.listener = None
        ending = list(self._tasks)
        for task in ending:
            task.cancel()
        await asyncio.gather(*(worker.kill() for worker in list(self._all)))
        await asyncio.gather(*ending, return_exceptions=True)

    def renew(self, where: str) -> None:
        """Serve another source from now on; answers under way still come from the old one."""
        self.where = where
        self.version = source.version(where)
        self._stale |= self._all
        while self._idle:
            self._replace(self._idle.popleft())

    @property
    def ready(self) -> bool:
        """Whether workers are there to answer."""
        return not self.stopping and len(self._all) - len(self._long) > 0

    @property
    def pids(self) -> list[int]:
        """Process ids of the workers."""
        return sorted(worker.pid for worker in self._all)

    @contextlib.asynccontextmanager
    async def ask(self, task: Mapping[str, Any], call: Call | None = None) -> AsyncIterator[Answer]:
        """An answer to a task, for which a call may be on its way already. Leaving early, by cancelling or
        an error, kills its worker."""
        loop = asyncio.get_running_loop()
        worker = call.worker if call else None
        if worker is None:
            worker = await self._take(call)
            begin(worker, task)
            call = None
        since = call.since if call else loop.time()
        deadline = loop.call_at(since + self.limits.timeout, self._overdue, worker)
        slow = loop.call_at(since + self.limits.long, self._grew_long, worker, since)
        try:
            yield await outcome.read(worker, task, self.limits.whole)
        except Lost as lost:
            raise worker.reason or outcome.fate(lost, self.limits) from None
        finally:
            deadline.cancel()
            slow.cancel()
            self._give_back(worker)

    def start_call(self, request: bytes, heard: Callable[[], None]) -> Call | None:
        """Begin to answer a request from its bytes; None where too many wait already. Whoever begins a call
        ends it: by ``reply``, by ``ask``, or by ``drop``."""
        now = asyncio.get_running_loop().time()
        call = Call(now, request, heard)
        worker = self._free()
        if worker:
            call.take(worker, now)
            return call
        if len(self._waiting) >= self.limits.waiting:
            return None
        self._waiting.append(call)
        return call

    def reply(self, call: Call) -> tuple[bytes, bytes] | None:
        """The one frame that answers a call, which is over then; None where ``ask`` has to go on."""
        worker = call.worker
        frame = worker.first_frame() if worker else None
        if worker is None or frame is None or frame[0] not in (sink.KEYED, sink.UNREAD):
            return None
        worker.next_frame()
        worker.done = True
        self._give_back(worker)
        return frame

    def drop(self, call: Call) -> None:
        """Give up a call whose client is gone; an answer that comes at once saves the worker."""
        worker = call.worker
        if worker is None:
            with contextlib.suppress(ValueError):
                self._waiting.remove(call)
            return

        def end() -> None:
            timer.cancel()
            worker.listener = None
            if not self.reply(call):
                self._give_back(worker)

        timer = asyncio.get_running_loop().call_later(_LAST_CHANCE, end)
        worker.listener = end

    def _free(self) -> Worker | None:
        while self._idle:
            worker = self._idle.popleft()
            if worker.alive:
                return worker
            self._replace(worker)
        return None

    async def _take(self, call: Call | None) -> Worker:
        """A worker, for a call that may have its place in the queue already."""
        loop = asyncio.get_running_loop()
        if call is None:
            free = self._free()
            if free:
                return free
            if len(self._waiting) >= self.limits.waiting:
                raise Busy
            call = Call(loop.time())
            self._waiting.append(call)
        waiter: asyncio.Future[Worker] = loop.create_future()
        call.taken = waiter
        taken = False
        try:
            async with asyncio.timeout_at(call.since + self.limits.waiting_time):
                worker = await waiter
            taken = True
            return worker
        except TimeoutError:
            raise Busy from None
        finally:
            with contextlib.suppress(ValueError):
                self._waiting.remove(call)
            if not taken and waiter.done() and not waiter.cancelled():
                self._offer(waiter.result())

    def _give_back(self, worker: Worker) -> None:
        was_long = self._long.pop(worker, None) is not None
        fresh = worker not in self._stale
        if worker.done and worker.alive and fresh and not was_long and not self.stopping:
            self._offer(worker)
        elif was_long:
            self._retire(worker)  # its place was filled when it grew long
        else:
            self._replace(worker)

    def _offer(self, worker: Worker) -> None:
        now = asyncio.get_running_loop().time()
        while self._waiting:
            if self._waiting.popleft().take(worker, now):
                return
        self._idle.append(worker)

    def _overdue(self, worker: Worker) -> None:
        self._cut(
            worker, Cut(504, f"the query ran longer than {self.limits.timeout:g} s and was ended", retry=60)
        )

    def _grew_long(self, worker: Worker, since: float) -> None:
        """Fill the place of a query that runs long; where there is no room, let the longest one go."""
        loop = asyncio.get_running_loop()
        if worker.done or worker in self._long or not worker.alive:
            return
        if len(self._long) >= self.limits.workers:
            oldest = min(self._long, key=lambda other: self._long[other])
            if self._waiting and loop.time() - self._long[oldest] > self.limits.spared:
                text = "the server is busy and this query had run longest: it was ended to let others in"
                self._cut(oldest, Cut(503, text, retry=30))
            loop.call_later(0.25, self._grew_long, worker, since)
            return
        self._long[worker] = since
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, worker.pid, 10)
        self._fill()

    def _cut(self, worker: Worker, reason: Cut) -> None:
        if not worker.done:
            worker.reason = reason
            worker.signal()

    def _replace(self, worker: Worker) -> None:
        self._retire(worker)
        if not self.stopping:
            self._fill()

    def _retire(self, worker: Worker) -> None:
        self._all.discard(worker)
        self._stale.discard(worker)
        worker.signal()
        self._later(worker.kill())

    def _fill(self) -> None:
        self._later(self._refill())

    async def _refill(self) -> None:
        pause = 0.1
        while not self.stopping:
            try:
                self._offer(await self._spawn())
                return
            except Lost:
                await asyncio.sleep(pause)
                pause = min(pause * 2, 5)

    async def _spawn(self) -> Worker:
        worker = await Worker.start(self.where, self.limits, self.hosts)
        self._all.add(worker)
        return worker

    def _later(self, work: Any) -> None:
        task: asyncio.Task[None] = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
