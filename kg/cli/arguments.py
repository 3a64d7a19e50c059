"""Arguments as users type them: names and values for ``kg ask``, SPARQL or its file for ``kg query``."""

import errno
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from itertools import combinations, pairwise
from pathlib import Path
from typing import NoReturn

import click

from kg import iris
from kg.errors import Ambiguous, KgError, shorten
from kg.query import internal_rows
from kg.query.graph import Graph
from kg.query.parameters import entity_segments
from kg.read.queries import Parameter, Question
from kg.store import guard

_LONGEST_NAME = 12  # in words
_MOST_WORDS = 16  # that are joined in all ways
#: How headers describe a parameter that takes a region, and no other place.
_AS_REGION = re.compile("(?:one|another|one other|the) region(?! or)")
_QUOTE = "quote a name that has spaces"
_FORM = re.compile(r"\s*(#|(SELECT|ASK|CONSTRUCT|DESCRIBE|PREFIX|BASE|INSERT|DELETE)[\s<{(*:])", re.I)


def split(asked: Question, values: Sequence[str]) -> tuple[dict[str, list[str]], list[str]]:
    """Split values into those of options, by parameter, and the others."""
    parameters = [click.Option([f"--{p.name}", p.name], multiple=True) for p in asked.parameters]
    command = click.Command(asked.name, params=[*parameters, click.Argument(["values"], nargs=-1)])
    given = command.make_context(f"kg ask {asked.name}", list(values)).params
    plain = list(given.pop("values"))
    return {name: list(some) for name, some in given.items() if some}, plain


def assign(graph: Graph, asked: Question, values: Sequence[str]) -> dict[str, list[str]]:
    """Return values by parameter; each goes to the first free parameter that takes it, else to one more.

    One word a value is tried first, so that quoted names mean what they say. Else words are joined in the one
    way that makes the fewest values; parts of names count only where no whole ones do. Raises Ambiguous if
    there are several such ways, and KgError if there is none.
    """
    named, plain = split(asked, values)
    free = [parameter for parameter in asked.parameters if parameter.name not in named]
    optional = replace(asked, parameters=tuple(replace(p, needed=False) for p in asked.parameters))

    @cache
    def problem(key: str, value: str, exact: bool) -> str:
        try:
            graph.terms(optional, {key: value}, exact=exact)
        except KgError as error:
            return str(error)
        return ""

    for exact in (True, False):

        def takes(key: str, value: str, exact: bool = exact) -> bool:
            return not problem(key, value, exact)

        readings = [tuple((word,) for word in plain)] if len(plain) <= len(free) else []
        found = [placed for words in readings if (placed := _place(takes, free, words, again=False))]
        for count in range(1, len(plain) + 1) if not found and len(plain) <= _MOST_WORDS else ():
            found = [p for words in _joined(plain, count) if (p := _place(takes, free, words, again=True))]
            if found:
                break
        if len(found) > 1:
            ways = " or ".join(" ".join(f'"{value}"' for _, value in placed) for placed in found)
            raise Ambiguous(f"{asked.name} can be read in several ways: {ways}; quote the names")
        if found:
            for key, value in found[0]:
                named.setdefault(key, []).append(value)
            return named
    return named if not plain else _refuse(asked, free, plain, problem)


def readings(graph: Graph, asked: Question, given: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Yield a message for each value that is not the name of what it is taken for, but a part of it."""
    for parameter in asked.parameters:
        for value in given.get(parameter.name, ()) if (segments := entity_segments(parameter)) else ():
            if len(graph.names.candidates(value, segments=segments, exact=True)) != 1:
                found = graph.resolve(value, segments=segments)
                yield f"{value!r} is read as {graph.labels.get(found, found)} ({found})"


def unread_places(graph: Graph, asked: Question, given: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Yield a message for each place that is asked about as a region, and of which no document was read."""
    for parameter in asked.parameters:
        for value in given.get(parameter.name, ()) if _AS_REGION.match(parameter.text) else ():
            if missing := _without_document(graph, value):
                yield f"{missing} is no region of which a document was read; try kg show {value!r}"


def _without_document(graph: Graph, value: str) -> str:
    """Return the label of a place that is no region, else the empty text."""
    found = graph.resolve(value, segments=["place"])
    regions = {iris.short(row["region"]) for row in internal_rows(graph.store, "regions").values()}
    return "" if found in regions else graph.labels.get(found, found)


Placed = tuple[tuple[str, str], ...]


def _place(
    takes: Callable[[str, str], bool],
    free: Sequence[Parameter],
    words: Sequence[Sequence[str]],
    *,
    again: bool,
) -> Placed:
    """Return (parameter, value) for each value, joined from its words; nothing if one has no place."""
    placed: list[tuple[str, str]] = []
    for each in words:
        value = " ".join(each)
        used = {key for key, _ in placed}
        keys = [parameter.name for parameter in sorted(free, key=lambda p: (_breadth(p), p.name in used))]
        key = next((key for key in keys if (key, value) not in placed and takes(key, value)), None)
        if key is None or (key in used and not again):
            return ()
        placed.append((key, value))
    return tuple(placed)


def _breadth(parameter: Parameter) -> int:
    """Return of how many segments a parameter takes entities: what is a place is a region before a scope."""
    return len(entity_segments(parameter)) or 1


def _joined(words: Sequence[str], count: int) -> Iterator[list[Sequence[str]]]:
    """Yield the ways to cut words into so many runs."""
    for cuts in combinations(range(1, len(words)), count - 1):
        ends = (0, *cuts, len(words))
        if all(end - start <= _LONGEST_NAME for start, end in pairwise(ends)):
            yield [words[start:end] for start, end in pairwise(ends)]


def _refuse(
    asked: Question, free: Sequence[Parameter], plain: Sequence[str], problem: Callable[[str, str, bool], str]
) -> NoReturn:
    """Raise KgError: which value no parameter takes."""
    if not free or len(plain) > max(len(free), _MOST_WORDS):
        raise KgError(f"too many values; {asked.name} takes {_options(asked)}; {_QUOTE}")
    alone = [word for word in plain if all(problem(each.name, word, False) for each in free)]
    literal = problem(free[0].name, (alone or plain)[0], False)
    whole = problem(free[0].name, " ".join(plain), False)
    if len(plain) == 1 or not whole.startswith("nothing is called"):
        raise KgError(whole)
    raise KgError(f"{literal}; joined, {whole}")


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
