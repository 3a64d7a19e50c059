"""MCP under the server's limits: workers answer tools; over HTTP each POST has one answer in JSON."""

import contextlib
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Message, Receive, Scope, Send

from kg.assistant.protocol import create_server
from kg.errors import BadQuery
from kg.server.http import read_body
from kg.server.pool import Pool
from kg.server.worker import TOOL

_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


async def run_tool(pool: Pool, name: str, arguments: Mapping[str, Any]) -> Any:
    """Let a worker answer a tool or resource; raise BadQuery with the reason where none does."""
    task = {"path": TOOL, "name": name, "arguments": arguments, "encoding": ""}
    try:
        answer = await pool.run(json.dumps(task).encode() + b"\n", bool)
    except HTTPException as refusal:
        raise BadQuery(refusal.detail) from None
    body = answer.body if answer.pieces is None else b"".join([piece async for piece in answer.pieces])
    if answer.head["status"] != 200:
        raise BadQuery(body.decode().strip())
    return json.loads(body)


class AssistantEndpoint:
    """The ASGI application at /mcp, without sessions; requests are accepted while its ``manager`` runs."""

    def __init__(self, pool: Pool, hosts: frozenset[str]) -> None:
        self._limits, self._hosts = pool.limits, hosts | _LOCAL
        server = create_server(lambda name, arguments: run_tool(pool, name, arguments))
        server.streamable_http_app(json_response=True, stateless_http=True, host="")
        self.manager = server.session_manager

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request; raise HTTPException for another method, site or size."""
        request = Request(scope, receive)
        if request.method != "POST":
            raise HTTPException(405, headers={"Allow": "POST"})
        if not self._is_own(request.headers.get("origin", ""), request.headers.get("host", "")):
            raise HTTPException(403, "requests from pages of another site are refused")
        unread = [await read_body(request, self._limits)]

        async def replay() -> Message:
            return {"type": "http.request", "body": unread.pop()} if unread else await receive()

        await self.manager.handle_request(scope, replay, send)

    def _is_own(self, origin: str, host: str) -> bool:
        """Return whether a request comes from no page, or from one of this server or machine."""
        with contextlib.suppress(ValueError):
            found = urlsplit(origin)
            return not origin or found.netloc == host or found.hostname in self._hosts
        return False
