"""How many rows a serialised answer has, counted as it goes by, so that a limit needs no second pass."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from typing import TypeVar

from kg.server.sink import TooLong

T = TypeVar("T")


def counter(form: str, most: int) -> Callable[[bytes], None]:
    """A function to be fed an answer piece by piece; it raises TooLong past ``most`` rows."""
    ending = {"json": _json, "xml": _xml, "csv": _csv, "tsv": _tsv}[form]()
    next(ending)
    seen = 0

    def count(data: bytes) -> None:
        nonlocal seen
        seen += ending.send(data)
        if seen > most:
            raise _too_many(most)

    return count


def limited(items: Iterable[T], most: int) -> Iterator[T]:
    """The items; raises TooLong past ``most``."""
    for number, item in enumerate(items, 1):
        if number > most:
            raise _too_many(most)
        yield item


def _too_many(most: int) -> TooLong:
    return TooLong(f"the answer has more than {most:,} rows; LIMIT makes it shorter")


def _xml() -> Generator[int, bytes, None]:
    tag, tail, found = b"<result>", b"", 0
    while True:
        data = yield found
        tail += data
        found = tail.count(tag)
        tail = tail[-len(tag) + 1 :]


def _tsv() -> Generator[int, bytes, None]:
    found, header = 0, 1
    while True:
        data = yield found
        found = data.count(b"\n")
        if header and found:
            found, header = found - 1, 0


def _csv() -> Generator[int, bytes, None]:
    found, header, inside = 0, 1, 0
    while True:
        data = yield found
        parts = data.split(b'"')
        found = sum(part.count(b"\n") for part in parts[inside::2])
        inside ^= (len(parts) - 1) % 2
        if header and found:
            found, header = found - 1, 0


def _json() -> Generator[int, bytes, None]:
    """Rows are parted by ``},{`` outside strings; inside a row a key stands between the two."""
    found, inside, held, tail = 0, 0, b"", b""
    while True:
        data = yield found
        data = held + data
        ends = len(data) - len(data.rstrip(b"\\"))
        held = b"\\" if ends % 2 else b""
        data = data[: len(data) - len(held)].replace(b"\\\\", b"").replace(b'\\"', b"")
        parts = data.split(b'"')
        structure = tail + b'"'.join(parts[inside::2])
        inside ^= (len(parts) - 1) % 2
        if inside:
            structure += b'"'
        found = structure.count(b"},{") + structure.count(b"[{")
        tail = structure[-2:]
