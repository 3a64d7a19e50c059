"""A worker process as the server sees it: start it, hand it a task, read its answer, kill it."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import asdict, dataclass
from typing import Self

from starlette.exceptions import HTTPException

from kg import locations
from kg.server.sandbox import Limits
from kg.server.worker import END, HEAD, LENGTH, PIECE, WHOLE

LOG = logging.getLogger("kg.server")
_READY_SECONDS = 60
_HELD = 1 << 20  # bytes of an answer, beside a whole one, that may lie in the parent


class WorkerDied(Exception):
    """A worker is gone; ``code`` is its exit code (negative: the signal that ended it)."""

    def __init__(self, code: int | None) -> None:
        super().__init__(f"a worker ended with {code}")
        self.code = code


@dataclass(frozen=True)
class Answer:
    """An answer: its head as a line of JSON, and its body; of a long one the body comes in ``pieces``."""

    head: bytes
    body: bytes
    version: str  # of the graph
    pieces: AsyncIterator[bytes] | None = None


class Worker(asyncio.Protocol):
    """A worker process as its parent sees it, the task that it runs, and what it has written."""

    def __init__(self, process: subprocess.Popen[bytes], version: str, held: int) -> None:
        self.process = process
        self.version = version  # of the graph that it has open
        self.alive = True  # whether it can be given a task
        self.replaced = False  # another worker has its place already
        self.done = True
        self.since = 0.0
        self.has_left: Callable[[], bool] = bool  # whether the client has
        self.ended: HTTPException | None = None  # why the pool ended it
        self._output: asyncio.ReadTransport
        self._input: asyncio.WriteTransport
        self._held = held
        self._gone = False
        self._buffer = bytearray()
        self._waiter: asyncio.Future[None] | None = None

    @classmethod
    async def start(cls, where: str, version: str, limits: Limits) -> Self:
        """Start a process and wait until it has opened the graph; raise WorkerDied where it cannot."""
        settings = {"where": where, "limits": asdict(limits)}
        paths = [str(locations.PACKAGE.parent), os.environ.get("PYTHONPATH", "")]
        environment = {
            **os.environ,
            "MALLOC_ARENA_MAX": "2",  # each arena takes 64 MiB of the address space that is limited
            "PYTHONPATH": os.pathsep.join(path for path in paths if path),
        }
        process = subprocess.Popen(  # noqa: S603  our own module
            [sys.executable, "-P", "-m", "kg.server.worker", json.dumps(settings)], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, env=environment, start_new_session=True, bufsize=0,
        )  # fmt: skip
        worker = cls(process, version, limits.whole + _HELD)
        loop = asyncio.get_running_loop()
        worker._output, _ = await loop.connect_read_pipe(lambda: worker, process.stdout)
        worker._input, _ = await loop.connect_write_pipe(asyncio.BaseProtocol, process.stdin)
        try:
            async with asyncio.timeout(_READY_SECONDS):
                _, ready, _ = await worker.receive()
        except TimeoutError:
            await worker.bury()
            raise WorkerDied(process.returncode) from None
        except (WorkerDied, asyncio.CancelledError):
            await worker.bury()  # also where the server stops while a worker starts
            raise
        if json.loads(ready)["open_network"]:
            LOG.warning("this system has no seccomp: only the text of a query keeps it from the network")
        return worker

    def data_received(self, data: bytes) -> None:
        """Keep what it writes, and let it wait when that is much."""
        self._buffer += data
        if len(self._buffer) > self._held:
            self._output.pause_reading()
        self._wake()

    def connection_lost(self, _: Exception | None) -> None:
        """It is dead, or about to be."""
        self.alive, self._gone = False, True
        self._wake()

    def _wake(self) -> None:
        if self._waiter and not self._waiter.done():
            self._waiter.set_result(None)

    async def receive(self) -> tuple[bytes, bytes, bytes]:
        """Return kind, head and body of the next frame; raise WorkerDied."""
        buffer = self._buffer
        while True:
            if len(buffer) >= HEAD.size:
                kind, head, body = HEAD.unpack_from(buffer)
                start, end = HEAD.size + head, HEAD.size + head + body
                if len(buffer) >= end:
                    found = kind, bytes(buffer[HEAD.size : start]), bytes(buffer[start:end])
                    del buffer[:end]
                    if len(buffer) <= self._held and not self._gone:
                        self._output.resume_reading()
                    return found
            if self._gone:
                raise WorkerDied(await asyncio.to_thread(self.process.wait))
            self._waiter = asyncio.get_running_loop().create_future()
            await self._waiter

    async def run(self, task: bytes, has_left: Callable[[], bool]) -> Answer:
        """Let it run a task for a client of whom ``has_left`` tells; raise WorkerDied."""
        self.since, self.done, self.has_left = now(), False, has_left
        self._input.write(LENGTH.pack(len(task)) + task)
        kind, head, body = await self.receive()
        self.done = kind == WHOLE
        return Answer(head, body, self.version, None if self.done else self._pieces())

    async def _pieces(self) -> AsyncIterator[bytes]:
        while (frame := await self.receive())[0] == PIECE:
            yield frame[2]
        self.done = True
        if frame[0] != END:
            raise WorkerDied(None)

    def kill(self) -> None:
        """Kill it without waiting."""
        self.alive = False
        self.process.kill()

    async def bury(self) -> None:
        """Kill it, and wait until it is gone and its pipes are closed."""
        self.kill()
        self._input.close()
        self._output.close()
        await asyncio.to_thread(self.process.wait)


def now() -> float:
    """Return the time of the loop in seconds."""
    return asyncio.get_running_loop().time()
