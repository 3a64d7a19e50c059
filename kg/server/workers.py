"""A worker process as the server sees it: start it, hand it a task, read the answer, kill it."""

import asyncio
import contextlib
import json
import logging
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import NamedTuple

from starlette.exceptions import HTTPException

from kg import locations
from kg.server.limits import MIB, Limits
from kg.server.worker import HEAD, LENGTH

LOG = logging.getLogger("kg.server")
_READY_SECONDS = 60


class WorkerDied(Exception):
    """A worker is gone; ``code`` is its exit code (negative: the signal that ended it)."""

    def __init__(self, code: int | None) -> None:
        super().__init__(f"a worker ended with {code}")
        self.code = code


class Frame(NamedTuple):
    """A piece of an answer: its kind, its head as a line of JSON, its body."""

    kind: bytes
    head: bytes
    body: bytes


@dataclass(eq=False)
class Worker:
    """A worker process over one version of a graph, and the call that it runs."""

    process: Process
    version: str
    since: float = 0.0  # when its call began; 0: it is idle
    has_left: Callable[[], bool] = bool  # whether the client of its call has left
    ended: HTTPException | None = None  # why the pool killed it
    replaced: bool = False  # another worker has its place already

    def begin(self, task: bytes, has_left: Callable[[], bool]) -> None:
        """Hand it a task of a client."""
        assert self.process.stdin
        self.since, self.has_left = asyncio.get_running_loop().time(), has_left
        self.process.stdin.write(LENGTH.pack(len(task)) + task)

    async def read(self) -> Frame:
        """Read the next frame of its answer; raise IncompleteReadError where it is dead."""
        assert self.process.stdout
        kind, head, body = HEAD.unpack(await self.process.stdout.readexactly(HEAD.size))
        data = await self.process.stdout.readexactly(head + body)
        return Frame(kind, data[:head], data[head:])

    def kill(self) -> None:
        """Kill it without waiting."""
        assert self.process.stdin
        self.process.stdin.close()
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()

    async def bury(self) -> int:
        """Kill it, wait until it is gone, and return its exit code."""
        self.kill()
        return await self.process.wait()


async def start_worker(where: str, version: str, limits: Limits) -> Worker:
    """Start a process and wait until it has opened the graph; raise WorkerDied where it cannot."""
    settings = json.dumps({"where": where, "limits": asdict(limits)})
    paths = [str(locations.PACKAGE.parent), os.environ.get("PYTHONPATH", "")]
    environment = {
        **os.environ,
        "MALLOC_ARENA_MAX": "2",  # each arena takes 64 MiB of the address space that is limited
        "PYTHONPATH": os.pathsep.join(path for path in paths if path),
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-P", "-m", "kg.server.worker", settings, stdin=PIPE, stdout=PIPE, env=environment,
        limit=MIB,
    )  # fmt: skip
    worker = Worker(process, version)
    try:
        async with asyncio.timeout(_READY_SECONDS):
            ready = await worker.read()
    except asyncio.IncompleteReadError:
        raise WorkerDied(await process.wait()) from None
    except TimeoutError:
        raise WorkerDied(await worker.bury()) from None
    except asyncio.CancelledError:  # the server stops while a worker starts
        await worker.bury()
        raise
    if json.loads(ready.head)["open_network"]:
        LOG.warning("this system has no seccomp: only the text of a query keeps it from the network")
    return worker
