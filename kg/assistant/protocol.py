"""The MCP server: it describes tools and resources; what it is given answers them."""

import inspect
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import MCPServerError, ResourceError, ToolError
from mcp.server.mcpserver.resources import FunctionResource
from mcp.types import ToolAnnotations

from kg import locations
from kg.assistant.answers import CAUTIONS, RESOURCES, TOOLS
from kg.errors import KgError

#: Answers a tool or resource by its name and arguments; raises KgError.
Run = Callable[[str, Mapping[str, Any]], Awaitable[Any]]
_INSTRUCTIONS = (
    "What Chinese regional industrial policy states about regions, companies and technologies. Every row "
    "brings the words that state it. Begin with ask without a question (it lists the questions), find "
    "(from a name to an entity) or search (words). Cite quote and source."
)
_READ_ONLY = ToolAnnotations(
    read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
)


def create_server(run: Run) -> "MCPServer[Any]":
    """Create the server over a function that answers its tools and resources."""
    server: MCPServer[Any] = MCPServer(
        "regiograph", title="Regiograph", instructions=" ".join((_INSTRUCTIONS, *CAUTIONS)),
        version=locations.VERSION, log_level="WARNING", subscriptions=False,
    )  # fmt: skip
    for name, function in TOOLS.items():
        described = inspect.signature(function)
        call = _caller(run, name, ToolError)
        shown = list(described.parameters.values())[1:]  # less the graph
        call.__signature__ = described.replace(parameters=shown)  # type: ignore[attr-defined]
        server.add_tool(call, name, description=inspect.getdoc(function), annotations=_READ_ONLY)
    for name, (about, _) in RESOURCES.items():
        read = _caller(run, name, ResourceError)
        server.add_resource(
            FunctionResource(uri=f"regiograph://{name}", name=name, description=about, fn=read)
        )
    return server


def _caller(run: Run, name: str, kind: type[MCPServerError]) -> Callable[..., Awaitable[Any]]:
    async def call(**arguments: Any) -> Any:
        try:
            return await run(name, arguments)
        except KgError as error:
            raise kind(str(error)) from None

    return call
