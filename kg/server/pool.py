"""The pool: a few worker processes, each running one query at a time, killed at the deadline and replaced.

A query that runs long gives its place to a fresh worker and goes on with low priority, so that quick ones do
not wait behind it; when the room for long ones is full and others wait, the one that has run longest ends.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections import deque
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from typing import Any

from kg.server import outcome, sink
from kg.server.call import Call
from kg.server.crew import Crew
from kg.server.limits import Limits
from kg.server.outcome import Answer, Busy, Cut
from kg.server.process import Lost, Worker

_CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
_SHARE = 8  # calls that a worker may have at once: it goes from one to the next without a pause
_PATIENCE = 0.03  # seconds after which calls wait no longer behind another one
_SOON = 0.2  # seconds after which a call is not quick: a handler goes on with it, and keeps its deadlines


class Pool:
    """Workers over one source."""

    def __init__(self, where: str, limits: Limits, hosts: frozenset[str] = frozenset()) -> None:
        self.limits = limits
        self.crew = Crew(where, limits, hosts, self._spoken, self._offer)
        self._idle: deque[Worker] = deque()
        self._long: dict[Worker, float] = {}
        self._waiting: deque[Call] = deque()

    async def start(self) -> None:
        """Start all workers; raises Lost where one cannot open the source."""
        await self.crew.start()

    async def stop(self) -> None:
        """Kill all workers."""
        for call in self._waiting:
            if call.taken:
                call.taken.cancel()
        await self.crew.stop()

    def renew(self, where: str) -> None:
        """Serve another source from now on; answers under way still come from the old one."""
        self.crew.renew(where)
        while self._idle:
            self._replace(self._idle.popleft())

    @property
    def ready(self) -> bool:
        """Whether workers are there to answer."""
        return not self.crew.stopping and len(self.crew.members) - len(self._long) > 0

    @property
    def pids(self) -> list[int]:
        """Process ids of the workers."""
        return sorted(worker.pid for worker in self.crew.members)

    @contextlib.asynccontextmanager
    async def ask(self, task: Mapping[str, Any], call: Call | None = None) -> AsyncIterator[Answer]:
        """An answer to a task, for which a call may be on its way already. Leaving early, by cancelling or
        an error, kills its worker."""
        loop = asyncio.get_running_loop()
        worker = call.worker if call else None
        since = call.since if call else 0.0
        if worker is None:
            worker = await self._take(since or loop.time())
            since = loop.time()
            worker.begin(task)
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
        """Begin to answer a request from its bytes; None where too many wait already."""
        if len(self._waiting) >= self.limits.waiting:
            return None
        call = Call(asyncio.get_running_loop().time(), request, heard)
        self._waiting.append(call)
        self._offer_free()
        return call

    def drop(self, call: Call) -> None:
        """Give up a call: its client is gone. A worker that is at it may still answer soon, and live."""
        call.gone = True
        with contextlib.suppress(ValueError):
            self._waiting.remove(call)

    def give_up(self, call: Call) -> None:
        """End the query of a call that was passed on and that no handler went on with."""
        if call.worker:
            self._give_back(call.worker)

    def tick(self, now: float) -> None:
        """Look after calls that take long; to be called every few hundredths of a second."""
        for worker in tuple(self.crew.members):
            if worker.calls and not worker.held:
                spent = now - worker.calls[0].since
                worker.slow = spent > _PATIENCE
                if spent > _SOON:
                    self._pass_on(worker)
                elif worker.slow:
                    self._take_back(worker)
        while self._waiting and not self._waiting[0].taken:
            if now - self._waiting[0].since < self.limits.waiting_time:
                break
            self._waiting.popleft().heard()

    def _spoken(self, worker: Worker) -> None:
        """Hand the answers of a worker to its calls; it gets new ones first."""
        answered: list[Call] = []
        while worker.calls and (frame := worker.first_frame()) and frame[0] in (sink.KEYED, sink.UNREAD):
            call = worker.calls.popleft()
            call.frame = worker.next_frame()
            answered.append(call)
        worker.slow = False
        if answered and worker.calls:
            worker.calls[0].since = asyncio.get_running_loop().time()
        if worker.calls and (worker.first_frame() or not worker.alive):
            self._pass_on(worker)
        else:
            self._offer(worker)
        for call in answered:
            if not call.gone:
                call.heard()

    def _pass_on(self, worker: Worker) -> None:
        """Leave a worker to the call that it is at: a long or large answer, a refusal, or its end."""
        self._take_back(worker, keep=True)
        if not worker.calls:  # it had not even begun
            self._offer(worker)
            return
        if len(worker.calls) > 1 and worker.alive and not worker.first_frame():
            return  # the first of them is answered already, and will be heard soon
        call = worker.calls.popleft()
        worker.held = True
        worker.slow = worker.done = False
        worker.reason = None
        if call.gone:
            self._give_back(worker)
        else:
            call.heard()

    def _take_back(self, worker: Worker, *, keep: bool = False) -> None:
        """Let others answer the calls that a worker has not begun; ``keep`` gives it none in their place."""
        self._again(worker, worker.take_back())
        if not worker.calls:
            worker.slow = False
            if not keep:
                self._offer(worker)
        self._offer_free()

    def _again(self, worker: Worker, numbers: Collection[int]) -> None:
        """Put calls of a worker, by their numbers, at the head of the queue."""
        for call in reversed([call for call in worker.calls if call.number in numbers]):
            worker.calls.remove(call)
            call.worker = None
            if not call.gone:
                self._waiting.appendleft(call)

    def _free(self) -> Worker | None:
        while self._idle:
            worker = self._idle.pop()  # the last one that worked has its caches warm
            if worker.alive:
                return worker
            self._replace(worker)
        return None

    async def _take(self, since: float) -> Worker:
        """A worker to oneself, for one who has waited since then."""
        free = self._free()
        if free:
            return free
        if len(self._waiting) >= self.limits.waiting:
            raise Busy
        loop = asyncio.get_running_loop()
        call = Call(loop.time())
        call.taken = waiter = loop.create_future()
        self._waiting.append(call)
        taken = False
        try:
            async with asyncio.timeout_at(since + self.limits.waiting_time):
                worker: Worker = await waiter
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
        worker.held = False
        was_long = self._long.pop(worker, None) is not None
        if worker.done and not was_long and self.crew.fresh(worker):
            self._spoken(worker)
        elif was_long:
            self._retire(worker)  # its place was filled when it grew long
        else:
            self._replace(worker)

    def _offer(self, worker: Worker) -> None:
        """Give a worker as many of the waiting calls as are its share."""
        share = min(_SHARE, 1 + len(self._waiting) // self.limits.workers)
        fresh = self.crew.fresh(worker)
        while fresh and self._waiting and len(worker.calls) < share:
            call = self._waiting[0]
            if call.taken:
                if worker.calls:
                    return  # a handler wants a worker to itself
                self._waiting.popleft()
                if not call.taken.done():
                    call.taken.set_result(worker)
                    return
            elif worker.post(call.number, call.request):
                self._waiting.popleft()
                call.worker = worker
                if not worker.calls:
                    call.since = asyncio.get_running_loop().time()
                worker.calls.append(call)
            elif worker.calls:
                break  # its box is full
            else:  # no box takes this one: a handler may go on with it
                asyncio.get_running_loop().call_soon(self._waiting.popleft().heard)
        if not worker.calls:
            if fresh:
                self._idle.append(worker)
            else:
                self._replace(worker)

    def _offer_free(self) -> None:
        """Wake workers for what waits. For quick calls only as many as there are cores: a few that go from
        call to call do more than many that push each other off the cores."""
        while self._waiting and self._idle:
            brisk = sum(1 for worker in self.crew.members if worker.calls and not worker.slow)
            if brisk >= _CORES and not self._waiting[0].taken:
                return
            free = self._free()
            if free:
                self._offer(free)

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
        self.crew.fill()

    def _cut(self, worker: Worker, reason: Cut) -> None:
        if not worker.done:
            worker.reason = reason
            worker.signal()

    def _replace(self, worker: Worker) -> None:
        self._retire(worker)
        self.crew.fill()

    def _retire(self, worker: Worker) -> None:
        self._again(worker, [call.number for call in worker.calls])
        self.crew.retire(worker)
        self._offer_free()
