"""A SPARQL query as a user types or saves it."""

from __future__ import annotations

import errno
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from kg import iris
from kg.errors import shorten
from kg.query.graph import Graph
from kg.store import guard

_FORM = re.compile(
    r"\s*(#|(SELECT|ASK|CONSTRUCT|DESCRIBE|PREFIX|BASE|INSERT|DELETE)[\s<{(*:])", re.IGNORECASE
)


def read(argument: str) -> str:
    """Return the query that an argument is or names: a file, ``-`` for standard input, or the query itself.

    Raises UsageError if it is neither, or if the file is not in UTF-8 or UTF-16.
    """
    if argument == "-":
        return _decode(sys.stdin.buffer.read(), "standard input")
    if _FORM.match(argument) or "{" in argument or "\n" in argument:
        return argument
    try:
        return _decode(Path(argument).read_bytes(), argument)
    except IsADirectoryError:
        raise click.UsageError(f"{argument} is a folder; name a query file in it") from None
    except (FileNotFoundError, NotADirectoryError, ValueError):
        pass
    except OSError as error:
        if error.errno != errno.ENAMETOOLONG:
            raise
    name = shorten(argument)
    raise click.UsageError(f"no file {name}, and it is not a query (SELECT, ASK, CONSTRUCT or DESCRIBE)")


def unknown_entities(graph: Graph, query: str) -> Iterator[str]:
    """Yield a message for each of our entities in a query that the graph does not have."""
    for name in sorted(set(guard.names(query))):
        segment, _, slug = name.partition(":")
        if segment in iris.ENTITY_SEGMENTS and f"{segment}/{slug}" not in graph.names.entities:
            hits = graph.names.search(slug.replace("-", " "), limit=10)
            near = [hit.entity.replace("/", ":", 1) for hit in hits if hit.entity.startswith(f"{segment}/")]
            yield f"{name} is not in the graph" + (f"; did you mean {near[0]}?" if near else "")


def _decode(data: bytes, where: str) -> str:
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        raise click.UsageError(f"{where} is not UTF-8: save the query as UTF-8") from None
    if not text.strip():
        raise click.UsageError(f"{where} holds no query")
    return text.replace("\r\n", "\n").replace("\r", "\n")
