"""What becomes of a task: an answer, whole or in pieces, or the reason why there is none."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

from kg.server import sink
from kg.server.limits import Limits
from kg.server.process import Lost, Worker


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


async def read(worker: Worker, task: Mapping[str, Any], whole: int) -> Answer:
    """The answer of a worker that was given this task, or a request that sets it: whole up to that size."""
    kind, data = await worker.receive()
    if kind == sink.UNREAD:
        worker.begin(task)
        kind, data = await worker.receive()
    if kind in (sink.WHOLE, sink.KEYED):
        worker.done = True
        key = {"key": data[: sink.KEY].decode()} if kind == sink.KEYED else {}
        head, _, body = data[sink.KEY if key else 0 :].partition(b"\n")
        found = {**json.loads(head), **key}
        return Answer(found["status"], found, body)
    if kind == sink.REFUSED:
        worker.done = True
        return _refusal(data)
    begun = json.loads(data)
    held: list[bytes] = []
    size = 0
    while size <= whole:
        kind, data = await worker.receive()
        if kind == sink.END:
            worker.done = True
            return Answer(begun["status"], begun, b"".join(held))
        if kind == sink.REFUSED:
            worker.done = True
            return _refusal(data)
        held.append(data)
        size += len(data)
    return Answer(begun["status"], begun, b"".join(held), _rest(worker))


async def _rest(worker: Worker) -> AsyncIterator[bytes]:
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


def _refusal(data: bytes) -> Answer:
    found = json.loads(data)
    return Answer(found["status"], {"retry": found["retry"]}, found["text"].encode())


def fate(lost: Lost, limits: Limits) -> Cut:
    """What a worker's death says about its query."""
    if lost.code == -11:
        return Cut(400, "the query is too complex: it is nested or chained more deeply than can be parsed")
    memory = f"the query needs more memory than the {limits.memory >> 20} MiB that a query may have"
    return Cut(503, memory, retry=60)
