"""A worker process as the server sees it: start it, hand it tasks, take its answers, kill it."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import subprocess
import sys
from collections import deque
from collections.abc import AsyncIterator, Callable
from dataclasses import asdict, dataclass, field

from starlette.exceptions import HTTPException

from kg import locations
from kg.server.sandbox import Limits
from kg.server.worker import BEGIN, END, HEAD, LENGTH, PIECE

LOG = logging.getLogger("kg.server")
DEAD, MOVED = b"D", b"M"  # frames of our own: the worker is gone; the call was taken back before it began
Frame = tuple[bytes, bytes, bytes]
_READY_SECONDS = 60
_HELD = 16  # pieces of an answer that may lie in the server


class WorkerDied(Exception):
    """A worker is gone; ``code`` is its exit code (negative: the signal that ended it)."""

    def __init__(self, code: int | None) -> None:
        super().__init__(f"a worker ended with {code}")
        self.code = code


@dataclass(eq=False)
class Call:
    """A task that a worker has: who waits for it, when it was begun (0: not yet), what was answered."""

    has_left: Callable[[], bool] = bool
    since: float = 0.0
    ended: HTTPException | None = None  # why the pool ended it
    frames: deque[Frame] = field(default_factory=deque)
    waiter: asyncio.Future[None] | None = None

    def put(self, frame: Frame) -> None:
        """Take the next frame of the answer."""
        self.frames.append(frame)
        if self.waiter and not self.waiter.done():
            self.waiter.set_result(None)

    async def get(self) -> Frame:
        """Return the next frame of the answer."""
        while not self.frames:
            self.waiter = asyncio.get_running_loop().create_future()
            await self.waiter
        return self.frames.popleft()


class Worker(asyncio.Protocol):
    """A worker process and the calls that it has, the first of which it runs."""

    def __init__(self, process: subprocess.Popen[bytes], version: str) -> None:
        self.process = process
        self.version = version  # of the graph that it has open
        self.calls: deque[Call] = deque()
        self.alive = True
        self.replaced = False  # another worker has its place already
        self.freed: Callable[[Worker], object] = id  # called when a call is complete
        self.lost: Callable[[Worker], object] = id  # called when it is dead, or about to be
        self._output: asyncio.ReadTransport
        self._input: asyncio.WriteTransport
        self._buffer = bytearray()

    def start(self, task: bytes, has_left: Callable[[], bool]) -> Call:
        """Hand it a task for a client of whom ``has_left`` tells."""
        call = Call(has_left, 0.0 if self.calls else now())
        self.calls.append(call)
        self._input.write(LENGTH.pack(len(task)) + task)
        return call

    async def pieces(self, call: Call) -> AsyncIterator[bytes]:
        """Yield the pieces of a long answer; raise WorkerDied where it is cut short."""
        while (frame := await call.get())[0] == PIECE:
            if not call.frames and self.alive:
                self._output.resume_reading()
            yield frame[2]
        if frame[0] != END:
            raise WorkerDied(None)

    def data_received(self, data: bytes) -> None:
        """Give each frame to the call that it answers."""
        buffer = self._buffer
        buffer += data
        while len(buffer) >= HEAD.size:
            kind, head, body = HEAD.unpack_from(buffer)
            start, end = HEAD.size + head, HEAD.size + head + body
            if len(buffer) < end:
                break
            call = self.calls[0]
            call.put((kind, bytes(buffer[HEAD.size : start]), bytes(buffer[start:end])))
            del buffer[:end]
            if kind not in (BEGIN, PIECE):
                self.calls.popleft()
                if self.calls:
                    self.calls[0].since = now()
                self.freed(self)
            elif len(call.frames) > _HELD and self.alive:
                self._output.pause_reading()

    def connection_lost(self, _: Exception | None) -> None:
        """Let the calls know."""
        self.alive = False
        for call in self.calls:
            call.put((DEAD, b"", b""))
        self.lost(self)

    def kill(self) -> None:
        """Kill it without waiting."""
        self.alive = False
        self.process.kill()
        self._output.resume_reading()  # or its end would not be seen

    async def bury(self) -> int:
        """Kill it, wait until it is gone and its pipes are closed, and return its exit code."""
        self.kill()
        self._input.close()
        self._output.close()
        return await asyncio.to_thread(self.process.wait)


async def start_worker(where: str, version: str, limits: Limits) -> Worker:
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
    worker, loop, ready = Worker(process, version), asyncio.get_running_loop(), Call()
    worker.calls.append(ready)
    worker._output, _ = await loop.connect_read_pipe(lambda: worker, process.stdout)
    worker._input, _ = await loop.connect_write_pipe(asyncio.BaseProtocol, process.stdin)
    try:
        async with asyncio.timeout(_READY_SECONDS):
            kind, head, _ = await ready.get()
    except (TimeoutError, asyncio.CancelledError) as error:
        await worker.bury()  # also where the server stops while a worker starts
        raise WorkerDied(None) if isinstance(error, TimeoutError) else error from None
    if kind == DEAD:
        code = await asyncio.to_thread(process.wait)
        await worker.bury()
        raise WorkerDied(code)
    if json.loads(head)["open_network"]:
        LOG.warning("this system has no seccomp: only the text of a query keeps it from the network")
    return worker


def now() -> float:
    """Return the time of the loop in seconds."""
    return asyncio.get_running_loop().time()
