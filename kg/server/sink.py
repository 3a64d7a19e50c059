"""Where a worker writes an answer: counts rows, compresses, and sends it whole when it is small."""

from __future__ import annotations

import functools
import json
import socket
import struct
import zlib
from collections.abc import Callable, Mapping
from typing import Any

HEAD = struct.Struct("!cI")
#: The number of a request in a box, before its bytes.
NUMBER = struct.Struct("!Q")
#: Kinds of frame: a whole answer, the head of a long one, a piece of it, its end, a refusal.
WHOLE, BEGIN, PIECE, END, REFUSED = b"W", b"B", b"P", b"E", b"X"
#: What else answers a request that came as its bytes: a whole answer after its key; that it was not read.
KEYED, UNREAD = b"K", b"U"
KEY = 24  # characters of a key
_PIECE = 64 << 10
_WORTH, _SMALL = 1024, 16 << 10  # bytes below which compression gains nothing, or needs no large window


class TooLong(Exception):
    """An answer has more rows or bytes than one may have."""


class Refused(Exception):
    """A request that cannot be met, with the HTTP status that says why."""

    def __init__(self, status: int, text: str, *, retry: int = 0) -> None:
        super().__init__(text)
        self.status = status
        self.text = text
        self.retry = retry


class Sink:
    """A file-like object to which Oxigraph writes; frames go out on the socket."""

    def __init__(
        self, out: socket.socket, head: Mapping[str, Any], *, gzip: bool, most: int,
        counter: Callable[[], Callable[[bytes], None]] | None = None, rows: int = 0, key: str = "",
    ) -> None:  # fmt: skip
        """``counter`` makes what is fed all that is written, unless that has fewer bytes than there may be
        ``rows``. With a key a whole answer goes out under it."""
        self._out = out
        self._head = dict(head)
        self._gzip = gzip
        self._most = most
        self._counter = counter
        self._count: Callable[[bytes], None] | None = None
        self._rows = rows
        self._key = key
        self._held = bytearray()
        self._written = 0
        self._packer: Any = None
        self._begun = False

    def write(self, data: bytes) -> int:
        self._held += data
        self._written += len(data)
        if self._written > self._most:
            raise TooLong(f"the answer is longer than {self._most:,} bytes; LIMIT makes it shorter")
        if len(self._held) >= _PIECE:
            self._send()
        return len(data)

    def flush(self) -> None:
        """Nothing: a piece goes out when it is full."""

    def close(self) -> None:
        """Send what is left, and that the answer is complete."""
        if self._begun:
            self._send()
            rest = self._packer.flush() if self._packer else b""
            send(self._out, PIECE, rest)
            send(self._out, END, b"")
            return
        body = bytes(self._held)
        if len(body) > self._rows:
            self._count_rows(body)
        if self._gzip and len(body) > _WORTH:
            self._start_packing(small=len(body) < _SMALL)
            body = self._packer.compress(body) + self._packer.flush()
        if self._key:
            send(self._out, KEYED, self._key.encode() + _line(tuple(self._head.items())) + body)
        else:
            send(self._out, WHOLE, json.dumps(self._head).encode() + b"\n" + body)

    def _send(self) -> None:
        data = bytes(self._held)
        self._count_rows(data)
        if not self._begun:
            if self._gzip:
                self._start_packing()
            send(self._out, BEGIN, json.dumps({**self._head, "key": self._key}).encode())
            self._begun = True
        self._held.clear()
        send(self._out, PIECE, self._packer.compress(data) if self._packer else data)

    def _count_rows(self, data: bytes) -> None:
        if self._counter and not self._count:
            self._count = self._counter()
        if self._count:
            self._count(data)

    def _start_packing(self, *, small: bool = False) -> None:
        window, memory = (12, 5) if small else (15, 8)  # setting up the large one takes longer than packing
        self._packer = zlib.compressobj(5, zlib.DEFLATED, 16 + window, memory)
        self._head["encoding"] = "gzip"


@functools.lru_cache(maxsize=64)
def _line(head: tuple[tuple[str, Any], ...]) -> bytes:
    """The head of an answer to a query as its frame begins: there are few kinds of them."""
    return json.dumps(dict(head)).encode() + b"\n"


def send(out: socket.socket, kind: bytes, data: bytes) -> None:
    """Send one frame."""
    if len(data) < _PIECE:
        out.sendall(HEAD.pack(kind, len(data)) + data)
    else:
        out.sendall(HEAD.pack(kind, len(data)))
        out.sendall(data)
