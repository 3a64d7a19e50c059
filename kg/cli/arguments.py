"""Arguments as users type them: names and values for ``kg ask``, SPARQL or its file for ``kg query``."""

import errno
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import click

from kg import iris
from kg.errors import Ambiguous, KgError, shorten
from kg.query.graph import Graph
from kg.read.queries import Question
from kg.store import guard

_LONGEST_NAME = 12  # in words
_QUOTE = "quote a name that has spaces"
_FORM = re.compile(r"\s*(#|(SELECT|ASK|CONSTRUCT|DESCRIBE|PREFIX|BASE|INSERT|DELETE)[\s<{(*:])", re.I)


def split(asked: Question, values: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    """Split values into those of options, by parameter, and the others."""
    parameters = [click.Option([f"--{parameter.name}", parameter.name]) for parameter in asked.parameters]
    command = click.Command(asked.name, params=[*parameters, click.Argument(["values"], nargs=-1)])
    given = command.make_context(f"kg ask {asked.name}", list(values)).params
    plain = list(given.pop("values"))
    return {name: value for name, value in given.items() if value is not None}, plain


def assign(graph: Graph, asked: Question, values: Sequence[str]) -> dict[str, str]:
    """Return values by parameter; join neighbouring words that are no names by themselves.

    One word a parameter is tried first, so that quoted names mean what they say. Else the words are joined
    in the one way in which the graph knows every value. Raises Ambiguous if there are several such ways, and
    KgError if there is none.
    """
    named, plain = split(asked, values)
    free = [parameter.name for parameter in asked.parameters if parameter.name not in named]
    optional = replace(asked, parameters=tuple(replace(p, needed=False) for p in asked.parameters))

    @cache
    def problem(key: str, value: str) -> str:
        try:
            graph.terms(optional, {key: value})
        except KgError as error:
            return str(error)
        return ""

    literal = next(filter(None, map(problem, free, plain)), "")
    unjoined = len(plain) <= len(free) and not literal
    readings = [tuple(plain)] if unjoined else list(_readings(problem, free, plain))
    if len(readings) > 1:
        ways = " or ".join(" ".join(f'"{word}"' for word in words) for words in readings)
        raise Ambiguous(f"{asked.name} can be read in several ways: {ways}; quote the names")
    if readings:
        return {**named, **dict(zip(free, readings[0], strict=False))}
    if len(plain) > len(free):
        raise KgError(f"{literal or 'too many values'}; {asked.name} takes {_options(asked)}; {_QUOTE}")
    raise KgError(literal if len(plain) == 1 else f"{literal}; joined, {problem(free[0], ' '.join(plain))}")


def _readings(
    problem: Callable[[str, str], str], keys: Sequence[str], words: Sequence[str]
) -> Iterator[tuple[str, ...]]:
    """Yield the ways to join words into values of the parameters in which no value has a problem."""
    if not words:
        yield ()
    for end in range(1, min(len(words), _LONGEST_NAME) + 1) if keys else ():
        value = " ".join(words[:end])
        if not problem(keys[0], value):
            for rest in _readings(problem, keys[1:], words[end:]):
                yield (value, *rest)


def _options(asked: Question) -> str:
    return ", ".join(f"--{parameter.name}" for parameter in asked.parameters) or "no parameters"


def read_query(argument: str) -> str:
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
    except (OSError, ValueError) as error:  # ValueError: it holds a NUL
        if getattr(error, "errno", None) not in (None, errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG):
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
