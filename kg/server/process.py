"""One worker process as its parent sees it: started, fed a task, read frame by frame, killed."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import struct
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, cast

from kg import locations
from kg.server import sink
from kg.server.limits import Limits

if TYPE_CHECKING:
    from kg.server.call import Call

_READY_SECONDS = 60
_UNREAD = 1 << 20  # bytes of frames that may wait to be read
_BOX = 256 << 10  # bytes that a box may hold
_LENGTH = struct.Struct("!I")


class Lost(Exception):
    """A worker is gone; ``code`` is how it ended (negative: by which signal)."""

    def __init__(self, code: int | None) -> None:
        super().__init__(f"a worker ended with {code}")
        self.code = code


class Worker(asyncio.Protocol):
    """A running worker: what it was given to do, and the frames that have come and that nobody has read.

    A task comes by its stream. Requests come by a box, one message each, from which what it has not begun can
    be taken back.
    """

    def __init__(self, process: subprocess.Popen[bytes], box: tuple[socket.socket, socket.socket]) -> None:
        self._process = process
        self._box = box
        self.pid = process.pid
        self._transport: asyncio.Transport | None = None
        self._received = bytearray()
        self._frames: deque[tuple[bytes, bytes]] = deque()
        self._unread = 0
        self._reader: asyncio.Future[None] | None = None
        self._killed = False
        self.listener: Callable[[Worker], None] | None = None
        self.calls: deque[Call] = deque()  # the requests in its box, and before them the one it is at
        self.slow = False  # whether others must not wait behind the one it is at
        self.held = False  # whether a handler has it to itself
        self.done = True
        self.reason: Any = None

    @classmethod
    async def start(cls, where: str, limits: Limits, hosts: frozenset[str]) -> Worker:
        """Start one and wait until it has opened the source; raises Lost where it cannot."""
        ours, theirs = socket.socketpair()
        box = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        for end in box:
            end.setblocking(False)
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _BOX)
        settings = {
            "limits": asdict(limits),
            "hosts": sorted(hosts),
            "socket": theirs.fileno(),
            "box": box[1].fileno(),
            "source": where,
        }
        paths = [str(locations.PACKAGE.parent), os.environ.get("PYTHONPATH", "")]
        environment = {
            **os.environ,
            "GLIBC_TUNABLES": "glibc.malloc.tcache_count=200",  # a query is thousands of small pieces
            "MALLOC_ARENA_MAX": "2",  # each arena takes 64 MiB of the address space that is limited
            "PYTHONPATH": os.pathsep.join(path for path in paths if path),
        }
        with theirs, _closing_if_failed(ours, *box):
            process = subprocess.Popen(  # noqa: S603  our own module
                [sys.executable, "-P", "-m", "kg.server.worker", json.dumps(settings)],
                pass_fds=[theirs.fileno(), box[1].fileno()],
                stdin=subprocess.DEVNULL,
                env=environment,
                start_new_session=True,
            )
        _, worker = await asyncio.get_running_loop().create_connection(lambda: cls(process, box), sock=ours)
        try:
            async with asyncio.timeout(_READY_SECONDS):
                await worker.receive()
        except (TimeoutError, Lost):
            await worker.kill()
            raise Lost(process.returncode) from None
        except asyncio.CancelledError:
            await worker.kill()  # the server stops while a worker starts: leave no process behind
            raise
        return worker

    @property
    def alive(self) -> bool:
        return not self._killed and self._transport is not None

    def begin(self, task: Mapping[str, Any]) -> None:
        """Hand it a task, which it has to itself."""
        self.held = True
        self.done = False
        self.reason = None
        data = json.dumps(task).encode()
        if self._transport:
            self._transport.write(_LENGTH.pack(len(data)) + data)

    def post(self, number: int, request: bytes) -> bool:
        """Put a request into its box under a number of its own; False where there is no room."""
        try:
            self._box[0].send(sink.NUMBER.pack(number) + request)
        except OSError:
            return False
        return True

    def take_back(self) -> set[int]:
        """Take out of its box what it has not begun; returns the numbers of these requests.

        The worker reads the same box meanwhile, so that any of them may be missing.
        """
        taken = set()
        with contextlib.suppress(OSError):
            while True:
                taken.add(sink.NUMBER.unpack(self._box[1].recv(sink.NUMBER.size))[0])
        return taken

    def first_frame(self) -> tuple[bytes, bytes] | None:
        """The frame that has come, which is left where it is; None where none has."""
        return self._frames[0] if self._frames else None

    async def receive(self) -> tuple[bytes, bytes]:
        """The next frame; raises Lost where the worker is gone."""
        while not self._frames:
            if self._transport is None:
                raise Lost(await self._ended())
            self._reader = asyncio.get_running_loop().create_future()
            await self._reader
        return self.next_frame()

    def next_frame(self) -> tuple[bytes, bytes]:
        """The frame that has come."""
        kind, data = self._frames.popleft()
        if self._unread > _UNREAD >= self._unread - len(data) and self._transport:
            self._transport.resume_reading()
        self._unread -= len(data)
        return kind, data

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        before = self._unread
        self._received += data
        while len(self._received) >= sink.HEAD.size:
            kind, length = sink.HEAD.unpack_from(self._received)
            end = sink.HEAD.size + length
            if len(self._received) < end:
                break
            self._frames.append((kind, bytes(self._received[sink.HEAD.size : end])))
            self._unread += length
            del self._received[:end]
        if self._unread > _UNREAD >= before and self._transport:
            self._transport.pause_reading()
        if self._frames:
            self._tell()

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        self._transport = None
        self._tell()

    def _tell(self) -> None:
        """Wake who waits for a frame."""
        if self.calls and not self.held and self.listener:
            self.listener(self)
        elif self._reader and not self._reader.done():
            self._reader.set_result(None)

    def signal(self) -> None:
        """Kill it without waiting."""
        self._killed = True
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGKILL)

    async def kill(self) -> None:
        """Kill it and take its remains away."""
        self.signal()
        if self._transport:
            self._transport.close()
        for end in self._box:
            end.close()
        await self._ended()

    async def _ended(self) -> int | None:
        for pause in (0.001, 0.005, 0.02, 0.1, 0.5, 2):
            if self._process.poll() is not None:
                break
            await asyncio.sleep(pause)
        return self._process.returncode


@contextlib.contextmanager
def _closing_if_failed(*ends: socket.socket) -> Iterator[None]:
    try:
        yield
    except OSError:
        for end in ends:
            end.close()
        raise
