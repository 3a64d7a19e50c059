"""SPARQL as a user types or saves it: read from an argument or a file, and its mistakes explained."""

from __future__ import annotations

import errno
import re
import sys
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path

import click
from rich.cells import cell_len

from kg import iris
from kg.errors import BadQuery
from kg.problems import shorten
from kg.query.graph import Graph

_FORM = re.compile(
    r"\s*(#|(SELECT|ASK|CONSTRUCT|DESCRIBE|PREFIX|BASE|INSERT|DELETE)[\s<{(*:])", re.IGNORECASE
)
_POSITION = re.compile(r"error at (?P<line>\d+):(?P<column>\d+): (?:expected )?(?P<expected>.*)", re.DOTALL)
#: What the parser says in words among the tokens that it expected.
_REASON = re.compile(r"(Prefix not found|The SELECT [^,]+|[A-Z][a-z]+(?: \w+){3,})")
_TOKEN = re.compile(r'"[^"\n]*"|\'[^\'\n]*\'|<[^>\s]*>|[\w:?$.-]+|\S')
#: Strings, comments and declarations, in which a name is not a term of the query.
_NO_TERMS = re.compile(
    r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'|(?<![\w<:/])#.*|\bPREFIX\s+\S+\s*<[^>]*>', re.IGNORECASE
)
_NAME = re.compile(r"(?<![\w?$:<])(?P<prefix>[a-z]+):(?P<local>\w(?:[\w.-]*\w)?)|<(?P<iri>[^<>\s]+)>")
_ONTOLOGY = "SELECT DISTINCT ?term { GRAPH graph:ontology { ?term ?property ?value } FILTER (isIRI(?term)) }"


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


def explain(error: BadQuery, query: str) -> BadQuery:
    """Return a syntax error with its line, column and a caret below the place; any other error as it is."""
    found = _POSITION.search(str(error))
    if not found:
        return error
    line, column = int(found["line"]), int(found["column"])
    lines = query.split("\n")
    text = lines[line - 1].rstrip("\r") if line <= len(lines) else ""
    caret = " " * cell_len(text[: column - 1].expandtabs(4)) + "^"
    reason = _reason(found["expected"], text[column - 1 :])
    shown = f"\n  {text.expandtabs(4)}\n  {caret}" if text else ""
    return BadQuery(
        f"the query is malformed at line {line}, column {column}: {reason}{shown}{_path_hint(query)}"
    )


def unknown_terms(graph: Graph, query: str) -> Iterator[str]:
    """Yield a hint for each of our terms and entities in the query that the graph does not have."""
    prefixes = {prefix: iris.PREFIXES[prefix] for prefix in ("kg", *iris.ENTITY_SEGMENTS)}
    asked = {
        match["iri"] or prefixes[match["prefix"]] + match["local"]
        for match in _NAME.finditer(_NO_TERMS.sub(" ", query))
        if match["iri"] or match["prefix"] in prefixes
    }
    known = {str(row["term"]) for row in graph.select(_ONTOLOGY)}
    for term in sorted(iris.short(address) for address in asked if address.startswith(iris.BASE)):
        segment, slash, slug = term.partition("/")
        if not slash:
            near = None if term in known else get_close_matches(term, known, 1, 0.6)
            shown, where, prefix = f"kg:{term}", "a term", "kg:"
        elif segment in iris.ENTITY_SEGMENTS:
            near = _near_entities(graph, segment, slug)
            shown, where, prefix = f"{segment}:{slug}", "in the graph", f"{segment}:"
        else:
            continue
        if near is not None:
            yield f"{shown} is not {where}" + (f"; {prefix}{near[0]}?" if near else "")


def _near_entities(graph: Graph, segment: str, slug: str) -> list[str] | None:
    """Return the slug of the nearest entity of a segment, if any; None if the entity itself is there."""
    if f"{segment}/{slug}" in graph.names.entities:
        return None
    hits = graph.names.search(slug.replace("-", " "), limit=10)
    return [hit.entity.partition("/")[2] for hit in hits if hit.entity.startswith(f"{segment}/")][:1]


def _decode(data: bytes, where: str) -> str:
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        raise click.UsageError(f"{where} is not UTF-8: save the query as UTF-8") from None
    if not text.strip():
        raise click.UsageError(f"{where} holds no query")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _reason(expected: str, rest: str) -> str:
    token = _TOKEN.search(rest)
    if "Prefix not found" in expected:
        return "a prefix before it is not declared"
    if said := _REASON.search(expected):
        return said[0].removeprefix("The ")
    return f"unexpected {token[0]}" if token else "the query ends too early"


def _path_hint(query: str) -> str:
    """Return a hint if an entity is written below the prefix of terms."""
    found = re.search(rf"\bkg:({'|'.join(iris.ENTITY_SEGMENTS)})/([\w-]+)", query)
    return f"\n  write {found[1]}:{found[2]}, not {found[0]}" if found else ""
