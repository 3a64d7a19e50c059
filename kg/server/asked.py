"""What a request to the endpoint asks, once its fields and its body are at hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote_to_bytes

from kg.server.limits import Limits

FORM, QUERY = "application/x-www-form-urlencoded", "application/sparql-query"
_ESCAPES = tuple((b"%%%02X" % ord(sign), sign.encode()) for sign in ' ?<>{}/:#"\n().,;=')


@dataclass(frozen=True)
class Asked:
    """A query with its dataset; ``format`` names a format that goes before the Accept header."""

    query: str
    default: tuple[str, ...]
    named: tuple[str, ...]
    format: str

    def task(self, accept: str) -> dict[str, Any]:
        """The task of a worker that answers it."""
        return {
            "kind": "sparql",
            "query": self.query,
            "default": self.default,
            "named": self.named,
            "accept": accept,
            "format": self.format,
        }


class BadRequest(Exception):
    """A request that the protocol does not allow, with its status."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


def choose(
    given: Sequence[tuple[str, str]], query: str | None, limits: Limits, *, posted: bool
) -> Asked | None:
    """What is asked by these fields and the body, if that is a query; None where nothing is (the service
    description); raises BadRequest."""
    values: dict[str, list[str]] = {}
    for name, value in given:
        values.setdefault(name, []).append(value)
    if "update" in values:
        raise BadRequest(403, "this endpoint is read-only: it takes no updates")
    queries = values.get("query", [])
    if query is not None:
        queries.append(query)
    if len(queries) > 1:
        raise BadRequest(400, "send one query, not several")
    if not queries:
        if posted or given:
            raise BadRequest(400, "there is no query; send one as query=...")
        return None
    if len(queries[0]) > limits.query:
        raise BadRequest(413, f"a query may have {limits.query:,} characters")
    if not queries[0].strip():
        raise BadRequest(400, "the query is empty")
    return Asked(
        queries[0],
        tuple(values.get("default-graph-uri", ())),
        tuple(values.get("named-graph-uri", ())),
        next((value for name, value in given if name in ("format", "output")), ""),
    )


def pairs(data: bytes) -> list[tuple[str, str]]:
    """Names and values of a form; raises BadRequest where they are not UTF-8."""
    try:
        if data.startswith(b"query=") and b"&" not in data:
            return [("query", _value(data[6:]))]
        return parse_qsl(
            data.decode("utf-8"),
            keep_blank_values=True,
            encoding="utf-8",
            errors="strict",
            max_num_fields=1000,
        )
    except (UnicodeDecodeError, ValueError):
        raise BadRequest(400, "the request is not encoded in UTF-8, or has too many fields") from None


def _value(data: bytes) -> str:
    """A value as ``parse_qsl`` reads it, at a third of the cost: the escapes that every query has are
    replaced all at once. What they stand for is no part of an escape, so the order does not matter."""
    data = data.replace(b"+", b" ")
    for escape, meant in _ESCAPES:
        data = data.replace(escape, meant)
    return unquote_to_bytes(data).decode() if b"%" in data else data.decode()


def decoded(data: bytes, what: str) -> str:
    """Text from UTF-8; raises BadRequest."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadRequest(400, f"{what} is not UTF-8 (byte {error.start})") from None
