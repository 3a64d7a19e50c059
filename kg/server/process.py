"""One worker process as its parent sees it: started, fed a task, read frame by frame, killed."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
from dataclasses import asdict
from typing import Any

from kg import home
from kg.server import sink
from kg.server.limits import Limits

_READY_SECONDS = 60


class Lost(Exception):
    """A worker is gone; ``code`` is how it ended (negative: by which signal)."""

    def __init__(self, code: int | None) -> None:
        super().__init__(f"a worker ended with {code}")
        self.code = code


class Worker:
    """A running worker."""

    def __init__(
        self, process: subprocess.Popen[bytes], reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._process = process
        self._reader = reader
        self._writer = writer
        self.pid = process.pid
        self.done = True
        self.reason: Any = None
        self._killed = False

    @classmethod
    async def start(cls, where: str, limits: Limits) -> Worker:
        """Start one and wait until it has opened the source; raises Lost where it cannot."""
        ours, theirs = socket.socketpair()
        settings = {**asdict(limits), "socket": theirs.fileno(), "source": where}
        paths = [str(home.PACKAGE.parent), os.environ.get("PYTHONPATH", "")]
        environment = {
            **os.environ,
            "MALLOC_ARENA_MAX": "2",  # each arena takes 64 MiB of the address space that is limited
            "PYTHONPATH": os.pathsep.join(path for path in paths if path),
        }
        with theirs:
            process = subprocess.Popen(  # noqa: S603  our own module
                [sys.executable, "-P", "-m", "kg.server.worker", json.dumps(settings)],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                env=environment,
                start_new_session=True,
            )
        reader, writer = await asyncio.open_connection(sock=ours)
        worker = cls(process, reader, writer)
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
        return not self._killed and not self._reader.at_eof()

    def send(self, data: bytes) -> None:
        """Hand over a task."""
        self._writer.write(data)

    async def receive(self) -> tuple[bytes, bytes]:
        """The next frame; raises Lost where the worker is gone."""
        try:
            kind, length = sink.HEAD.unpack(await self._reader.readexactly(sink.HEAD.size))
            return kind, await self._reader.readexactly(length) if length else b""
        except (asyncio.IncompleteReadError, ConnectionError):
            raise Lost(await self._ended()) from None

    def signal(self) -> None:
        """Kill it without waiting."""
        self._killed = True
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGKILL)

    async def kill(self) -> None:
        """Kill it and take its remains away."""
        self.signal()
        self._writer.close()
        await self._ended()

    async def _ended(self) -> int | None:
        for pause in (0.001, 0.005, 0.02, 0.1, 0.5, 2):
            if self._process.poll() is not None:
                break
            await asyncio.sleep(pause)
        return self._process.returncode
