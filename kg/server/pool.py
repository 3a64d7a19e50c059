"""The pool: a few worker processes, one query each at a time, killed at the deadline and replaced.

A query that runs long gives its place to a fresh worker and goes on with low priority, so that quick ones do
not wait behind it; when the room for long ones is full and others wait, the one that has run longest ends.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import struct
from collections import deque
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

from kg.server import sink
from kg.server.limits import Limits
from kg.server.process import Lost, Worker

_LENGTH = struct.Struct("!I")


class Busy(Exception):
    """No worker became free in time."""


class Cut(Exception):
    """An answer ended before it was complete: by the deadline, by memory, by a crash, or by a crowd."""

    def __init__(self, status: int, text: str, *, retry: int = 0) -> None:
        super().__init__(text)
        self.status = status
        self.text = text
        self.retry = retry


@dataclass
class Answer:
    """An answer: its head and either the whole body, or what has come so far and pieces to come."""

    status: int
    head: Mapping[str, Any]
    body: bytes
    rest: AsyncIterator[bytes] | None = None


class Pool:
    """Workers over one source."""

    def __init__(self, where: str, limits: Limits) -> None:
        self.where = where
        self.limits = limits
        self.stopping = False
        self._idle: deque[Worker] = deque()
        self._all: set[Worker] = set()
        self._stale: set[Worker] = set()
        self._long: dict[Worker, float] = {}
        self._waiting: deque[asyncio.Future[Worker]] = deque()
        self._starting = 0
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Start all workers; raises Lost where one cannot open the source."""
        started = await asyncio.gather(*(self._spawn() for _ in range(self.limits.workers)))
        self._idle.extend(started)

    async def stop(self) -> None:
        """Kill all workers."""
        self.stopping = True
        for waiter in self._waiting:
            waiter.cancel()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*(worker.kill() for worker in list(self._all)))

    def renew(self, where: str) -> None:
        """Serve another source from now on; answers under way still come from the old one."""
        self.where = where
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
    async def ask(self, task: Mapping[str, Any]) -> AsyncIterator[Answer]:
        """An answer to a task. Leaving early, by cancelling or an error, kills its worker."""
        worker = await self._take()
        worker.reason = None
        loop = asyncio.get_running_loop()
        deadline = loop.call_later(self.limits.timeout, self._overdue, worker)
        slow = loop.call_later(self.limits.long, self._grew_long, worker, loop.time())
        worker.done = False
        try:
            worker.send(_packed(task))
            yield await self._answer(worker)
        except Lost as lost:
            raise worker.reason or _fate(lost, self.limits) from None
        finally:
            deadline.cancel()
            slow.cancel()
            self._give_back(worker)

    async def _answer(self, worker: Worker) -> Answer:
        kind, data = await worker.receive()
        if kind == sink.WHOLE:
            worker.done = True
            head, _, body = data.partition(b"\n")
            found = json.loads(head)
            return Answer(found["status"], found, body)
        if kind == sink.REFUSED:
            worker.done = True
            return _refusal(data)
        begun = json.loads(data)
        held: list[bytes] = []
        size = 0
        while size <= self.limits.whole:
            kind, data = await worker.receive()
            if kind == sink.END:
                worker.done = True
                return Answer(begun["status"], begun, b"".join(held))
            if kind == sink.REFUSED:
                worker.done = True
                return _refusal(data)
            held.append(data)
            size += len(data)
        return Answer(begun["status"], begun, b"".join(held), self._rest(worker))

    async def _rest(self, worker: Worker) -> AsyncIterator[bytes]:
        while True:
            kind, data = await worker.receive()
            if kind == sink.END:
                worker.done = True
                return
            if kind == sink.REFUSED:
                worker.done = True
                refused = json.loads(data)
                raise Cut(refused["status"], refused["text"])
            yield data

    async def _take(self) -> Worker:
        while self._idle:
            worker = self._idle.popleft()
            if worker.alive:
                return worker
            self._replace(worker)
        if len(self._waiting) >= self.limits.waiting:
            raise Busy
        waiter: asyncio.Future[Worker] = asyncio.get_running_loop().create_future()
        self._waiting.append(waiter)
        taken = False
        try:
            async with asyncio.timeout(self.limits.waiting_time):
                worker = await waiter
            taken = True
            return worker
        except TimeoutError:
            raise Busy from None
        finally:
            with contextlib.suppress(ValueError):
                self._waiting.remove(waiter)
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
        while self._waiting:
            waiter = self._waiting.popleft()
            if not waiter.done():
                waiter.set_result(worker)
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
        worker = await Worker.start(self.where, self.limits)
        self._all.add(worker)
        return worker

    def _later(self, work: Any) -> None:
        task: asyncio.Task[None] = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _packed(task: Mapping[str, Any]) -> bytes:
    data = json.dumps(task).encode()
    return _LENGTH.pack(len(data)) + data


def _refusal(data: bytes) -> Answer:
    found = json.loads(data)
    return Answer(found["status"], {"retry": found["retry"]}, found["text"].encode())


def _fate(lost: Lost, limits: Limits) -> Cut:
    """What a worker's death says about its query."""
    if lost.code == -11:
        return Cut(400, "the query is too complex: it is nested or chained more deeply than can be parsed")
    memory = f"the query needs more memory than the {limits.memory >> 20} MiB that a query may have"
    return Cut(503, memory, retry=60)
