"""Arguments of ``kg ask`` as parameters of a named question."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache

import click

from kg.errors import Ambiguous, KgError
from kg.query.graph import Graph
from kg.read.queries import Question

#: The longest name, in words, that is put together.
MAX_WORDS = 12
_QUOTE = "quote a name that has spaces"


def parameters(asked: Question, values: Sequence[str]) -> dict[str, str]:
    """Return values by parameter: named ones by their option, the others in the order of the header.

    Raises UsageError for an unknown option, an option without a value, or too many values.
    """
    named, plain = _split(asked, values)
    free = [parameter.name for parameter in asked.parameters if parameter.name not in named]
    if len(plain) > len(free):
        raise click.UsageError(f"{asked.name} takes {_options(asked)}; {_QUOTE}")
    return {**named, **dict(zip(free, plain, strict=False))}


def assign(graph: Graph, asked: Question, values: Sequence[str]) -> dict[str, str]:
    """Return values by parameter; join neighbouring words that are no names by themselves.

    One word a parameter is tried first, so that quoted names mean what they say. Else the words are joined
    in the one way in which the graph knows every value. Raises Ambiguous if there are several such ways, and
    KgError if there is none.
    """
    named, plain = _split(asked, values)
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
    if len(plain) <= len(free) and not literal:
        return {**named, **dict(zip(free, plain, strict=False))}
    readings = list(_readings(problem, free, plain))
    if len(readings) > 1:
        ways = " or ".join(" ".join(f'"{word}"' for word in words) for words in readings)
        raise Ambiguous(f"{asked.name} can be read in several ways: {ways}; quote the names")
    if readings:
        return {**named, **dict(zip(free, readings[0], strict=False))}
    if len(plain) > len(free):
        raise KgError(f"{literal or 'too many values'}; {asked.name} takes {_options(asked)}; {_QUOTE}")
    raise KgError(literal if len(plain) == 1 else f"{literal}; joined, {problem(free[0], ' '.join(plain))}")


def _split(asked: Question, values: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    """Split values into those of options and the others."""
    named: dict[str, str] = {}
    plain: list[str] = []
    names = [parameter.name for parameter in asked.parameters]
    waiting = iter(values)
    for value in waiting:
        if not value.startswith("--"):
            plain.append(value)
            continue
        key, equals, text = value.removeprefix("--").partition("=")
        if key not in names:
            raise click.UsageError(f"{asked.name} has no parameter --{key}; it has {_options(asked)}")
        following = text if equals else next(waiting, None)
        if following is None:
            raise click.UsageError(f"{value} needs a value")
        named[key] = following
    return named, plain


def _readings(
    problem: Callable[[str, str], str], keys: Sequence[str], words: Sequence[str]
) -> Iterator[tuple[str, ...]]:
    """Yield the ways to join words into values of the parameters in which no value has a problem."""
    if not words:
        yield ()
    for end in range(1, min(len(words), MAX_WORDS) + 1) if keys else ():
        value = " ".join(words[:end])
        if not problem(keys[0], value):
            for rest in _readings(problem, keys[1:], words[end:]):
                yield (value, *rest)


def _options(asked: Question) -> str:
    return ", ".join(f"--{parameter.name}" for parameter in asked.parameters) or "no parameters"
