"""The pool of worker processes, in the server.

A worker runs one query at a time; requests wait for a free one in the order in which they came. A query that
turns out slow moves to the slow lane and a fresh worker takes its place, so that quick queries do not wait
for it; when the slow lane is full and others wait, the query that has run longest ends. One loop looks at
all of them twenty times a second: at deadlines and at clients that have left.
"""

import asyncio
import contextlib
import json
import logging
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator, Callable, Coroutine
from dataclasses import asdict, dataclass
from itertools import chain, repeat
from typing import Any, NamedTuple

from starlette.exceptions import HTTPException

from kg import locations
from kg.server.limits import MIB, Limits
from kg.server.worker import LENGTH

LOG = logging.getLogger("kg.server")
_TICK = 0.05
_READY_SECONDS = 60
_BUSY = "all workers are busy; try again shortly"


class WorkerDied(Exception):
    """A worker is gone; ``code`` is its exit code (negative: the signal that ended it)."""

    def __init__(self, code: int | None) -> None:
        super().__init__(f"a worker ended with {code}")
        self.code = code


class Answer(NamedTuple):
    """An answer: its status and headers, and its body; of a long one the body comes in ``pieces``."""

    head: dict[str, Any]
    body: bytes
    version: str  # of the graph
    pieces: AsyncGenerator[bytes, None] | None = None


class Load(NamedTuple):
    """How many queries run, how many of them in the slow lane, and how many requests wait."""

    busy: int
    slow: int
    waiting: int


@dataclass(eq=False)
class Worker:
    """A worker process over one version of a graph, and the call that it runs."""

    process: Process
    version: str
    since: float = 0.0  # when its call began; 0: it is idle
    has_left: Callable[[], bool] = bool  # whether the client of its call has left
    ended: HTTPException | None = None  # why the pool killed it
    replaced: bool = False  # another worker has its place already

    async def read(self) -> tuple[dict[str, Any], bytes]:
        """Read the next frame of its answer: head and body; raise IncompleteReadError where it is dead."""
        assert self.process.stdout
        size = LENGTH.unpack(await self.process.stdout.readexactly(LENGTH.size))[0]
        line, _, body = (await self.process.stdout.readexactly(size)).partition(b"\n")
        return json.loads(line), body

    def kill(self, why: HTTPException | None = None) -> None:
        """Kill it without waiting."""
        assert self.process.stdin
        self.ended = why
        self.process.stdin.close()
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()

    @property
    def gone(self) -> bool:
        """Whether it was killed or has ended."""
        return not self.process.stdin or self.process.stdin.is_closing()

    async def bury(self) -> int:
        """Kill it, wait until it is gone, and return its exit code."""
        self.kill()
        return await self.process.wait()


async def start_worker(where: str, version: str, limits: Limits) -> Worker:
    """Start a process and wait until it has opened the graph; raise WorkerDied where it cannot."""
    settings = json.dumps({"where": where, "limits": asdict(limits)})
    paths = os.pathsep.join(filter(None, [str(locations.PACKAGE.parent), os.environ.get("PYTHONPATH")]))
    # each arena takes 64 MiB of the address space that is limited
    environment = {**os.environ, "MALLOC_ARENA_MAX": "2", "PYTHONPATH": paths}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-P", "-m", "kg.server.worker", settings, stdin=PIPE, stdout=PIPE, env=environment,
        limit=MIB,
    )  # fmt: skip
    worker = Worker(process, version)
    try:
        async with asyncio.timeout(_READY_SECONDS):
            head, _ = await worker.read()
    except (asyncio.IncompleteReadError, TimeoutError):
        raise WorkerDied(await worker.bury()) from None
    except asyncio.CancelledError:  # the server stops while a worker starts
        await worker.bury()
        raise
    if head["open_network"]:
        LOG.warning("this system has no seccomp: only the text of a query keeps it from the network")
    return worker


class Pool:
    """Workers over one graph."""

    def __init__(self, where: str, version: str, limits: Limits) -> None:
        self.where = where
        self.version = version  # of the graph
        self.limits = limits
        self._workers: set[Worker] = set()
        self._idle: list[Worker] = []  # among them some that have ended
        self._free = asyncio.Semaphore(0)  # of the idle ones; it lets requests in as they came
        self._waiting = 0
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def ready(self) -> bool:
        """Whether living workers are there to answer quick queries."""
        return not all(worker.replaced for worker in self._workers)

    @property
    def pids(self) -> list[int]:
        """Process ids of the living workers."""
        return sorted(worker.process.pid for worker in self._workers)

    @property
    def load(self) -> Load:
        """How busy the pool is."""
        busy = [worker for worker in self._workers if worker.since]
        return Load(len(busy), sum(worker.replaced for worker in busy), self._waiting)

    async def start(self) -> None:
        """Start all workers, once; raise WorkerDied where one cannot open the graph."""
        if not self._tasks:
            self._later(self._supervise())
            await self.renew(self.where, self.version)

    async def stop(self) -> None:
        """Kill all workers."""
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.gather(*(worker.bury() for worker in self._workers))
        self._workers.clear()

    async def renew(self, where: str, version: str) -> None:
        """Open another graph; answers under way still come from the old one. Raises WorkerDied."""
        starts = (start_worker(where, version, self.limits) for _ in range(self.limits.workers))
        found = await asyncio.gather(*starts, return_exceptions=True)
        fresh = [one for one in found if isinstance(one, Worker)]
        if failures := [one for one in found if isinstance(one, BaseException)]:
            await asyncio.gather(*(worker.bury() for worker in fresh))
            raise failures[0]
        self.where, self.version = where, version
        for worker in self._workers:
            worker.replaced = True
            if not worker.since:
                worker.kill()
        for worker in fresh:
            self._add(worker)

    async def run(self, task: bytes, has_left: Callable[[], bool]) -> Answer:
        """Run a task and return its answer; raise HTTPException where there is none."""
        worker = await self._take(has_left)
        assert worker.process.stdin
        worker.since, worker.has_left = asyncio.get_running_loop().time(), has_left
        worker.process.stdin.write(LENGTH.pack(len(task)) + task)
        try:
            head, body = await worker.read()
        except asyncio.IncompleteReadError:
            code = await worker.process.wait()
            raise worker.ended or _explain(code, self.limits) from None
        except asyncio.CancelledError:
            worker.kill()
            raise
        if head.pop("more"):
            return Answer(head, body, worker.version, self._pieces(worker))
        self._give(worker)
        return Answer(head, body, worker.version)

    async def _pieces(self, worker: Worker) -> AsyncGenerator[bytes, None]:
        """Yield the pieces of a long answer; raise WorkerDied where it is cut short."""
        more: bool | None = True
        try:
            while more:
                head, body = await worker.read()
                more = head.get("more")
                yield body
        except asyncio.IncompleteReadError:
            raise WorkerDied(None) from None
        finally:
            worker.kill() if more else self._give(worker)
        if more is None:
            raise WorkerDied(None)

    async def _take(self, has_left: Callable[[], bool]) -> Worker:
        """Return a worker when one is free, after those who have waited longer."""
        if self._free.locked() and self._waiting >= self.limits.waiting:
            raise _refusal(_BUSY, 5)
        self._waiting += 1
        try:
            async with asyncio.timeout(self.limits.waiting_time):
                await self._free.acquire()
                while (worker := self._idle.pop()).gone:
                    await self._free.acquire()
        except TimeoutError:
            raise _refusal(_BUSY, 5) from None
        finally:
            self._waiting -= 1
        if has_left():
            self._give(worker)
            raise _refusal(_BUSY, 5)
        return worker

    def _give(self, worker: Worker) -> None:
        """Let the request that has waited longest have a free worker; end it where it has been replaced."""
        worker.since = 0.0
        if worker.replaced:
            worker.kill()
        else:
            self._idle.append(worker)
            self._free.release()

    def _add(self, worker: Worker) -> None:
        self._workers.add(worker)
        self._later(self._bury(worker))
        self._give(worker)

    async def _bury(self, worker: Worker) -> None:
        """Wait until a worker ends, and fill its place."""
        await worker.process.wait()
        worker.kill(worker.ended)  # closes what leads to it
        self._workers.remove(worker)
        if not worker.replaced:
            await self._refill()

    async def _refill(self) -> None:
        """Start one more worker; try again until it starts."""
        for pause in chain((0.1, 0.2, 0.4, 0.8, 1.6, 3.2), repeat(5)):
            try:
                worker = await start_worker(self.where, self.version, self.limits)
                break
            except (WorkerDied, OSError) as error:  # there may be room for a process again
                LOG.warning("a worker could not start: %s", error)
                await asyncio.sleep(pause)
        if worker.version == self.version:
            self._add(worker)
        else:
            await worker.bury()  # another graph was opened meanwhile, with all its workers

    async def _supervise(self) -> None:
        """Look after queries and waiting requests, for as long as the pool runs."""
        now = asyncio.get_running_loop().time
        while True:
            await asyncio.sleep(_TICK)
            for worker in [one for one in self._workers if one.since]:
                try:
                    self._look_after(worker, now() - worker.since)
                except Exception:
                    LOG.exception("the pool failed to look after a worker")  # deadlines of others must hold

    def _look_after(self, worker: Worker, spent: float) -> None:
        """End a query that is overdue or that nobody waits for; move a slow one to the slow lane."""
        slow = spent > self.limits.slow
        if spent > self.limits.timeout:
            text = f"the query ran longer than {self.limits.timeout:g} s and was ended"
            worker.kill(_refusal(text, 60, status=504))
        # A quick query is let run to its end: to replace its worker would cost more than the rest of it.
        elif (slow or worker.replaced) and worker.has_left():
            worker.kill(HTTPException(503, "the client has left"))
        elif slow and not worker.replaced:
            self._move_to_slow_lane(worker)

    def _move_to_slow_lane(self, worker: Worker) -> None:
        """Fill the place of a slow query; where there is no room, end the one that has run longest."""
        slow = [one for one in self._workers if one.replaced and one.since]
        oldest = min(slow, key=lambda one: one.since, default=worker)
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, worker.process.pid, 10)
        if len(slow) < self.limits.workers:
            worker.replaced = True
            self._later(self._refill())
        elif self._waiting and asyncio.get_running_loop().time() - oldest.since > self.limits.spared:
            text = "the server is busy and this query had run longest: it was ended to let others in"
            oldest.kill(_refusal(text, 30))

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _explain(code: int, limits: Limits) -> HTTPException:
    """Return what a worker's exit code says about its query."""
    if code == -signal.SIGSEGV:
        text = "the query is too complex: it is nested or chained more deeply than can be parsed"
        return HTTPException(400, text)
    memory = limits.memory >> 20
    return _refusal(f"the query needs more memory than the {memory} MiB that a query may have", 60)


def _refusal(text: str, seconds: int, *, status: int = 503) -> HTTPException:
    return HTTPException(status, text, {"Retry-After": str(seconds)})
