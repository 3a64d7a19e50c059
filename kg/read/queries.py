"""Reads SPARQL files that document themselves: questions that users ask, and queries of the code itself."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from itertools import takewhile
from pathlib import Path

from kg import locations
from kg.errors import KgError, NotFound

_PARAMETER = re.compile(r"@param (\w+) ([\w|-]+)(!?): (.+)")
_TOLD = re.compile(r"@(example|alias|summary) (.+)")


@dataclass(frozen=True)
class Parameter:
    """A parameter of a question, optional unless ``needed`` (a ! after its type in the header).

    ``type`` is segments of entities (``topic``, ``place|org``), ``entity`` for all of them, a scheme
    (``tiers``), ``predicate``, ``class``, ``number``, ``boolean``, ``text``, or words to choose from
    (``stated|assumed``).
    """

    name: str
    type: str
    text: str
    needed: bool = False


@dataclass(frozen=True)
class Question:
    """A question of the catalogue, as its file's header documents it.

    ``aliases`` are names of questions that it took the place of. ``summary`` names internal queries with the
    same parameters that sum the answer up: rows with one column, a line of text each.
    """

    name: str
    title: str
    prose: str
    parameters: tuple[Parameter, ...]
    example: str
    sparql: str
    aliases: tuple[str, ...] = ()
    summary: str = ""

    def bind(self, terms: Mapping[str, str]) -> str:
        """The query with serialised RDF terms in place of UNDEF; parameters left out stay unbound."""
        bound = self.sparql
        for name, term in terms.items():
            bound = bound.replace(f"VALUES ?{name} {{ UNDEF }}", f"VALUES ?{name} {{ {term} }}")
        return bound


def read_query(path: Path, *, example_needed: bool = True) -> Question:
    """Read one query file; raise KgError where its header, example or a parameter's place is missing."""
    lines = path.read_text(encoding="utf-8").split("\n")
    header = [line.removeprefix("#").strip() for line in takewhile(lambda line: line.startswith("#"), lines)]
    sparql = "\n".join(lines[len(header) :]).strip() + "\n"
    prose, parameters, told = [], [], {"example": "", "alias": "", "summary": ""}
    for line in header[1:]:
        if match := _PARAMETER.fullmatch(line):
            name, kind, needed, about = match.groups()
            parameters.append(Parameter(name, kind, about, bool(needed)))
            if f"VALUES ?{name} {{ UNDEF }}" not in sparql:
                raise KgError(f"{path.name}: no VALUES ?{name} {{ UNDEF }} for a parameter of the header")
        elif match := _TOLD.fullmatch(line):
            told[match[1]] = match[2]
        else:
            prose.append(line)
    if not header or not header[0] or (example_needed and not told["example"]):
        raise KgError(f"{path.name}: the header needs a title in its first line, prose, and @example")
    text, aliases = " ".join(prose).strip(), tuple(told["alias"].split())
    return Question(
        path.stem, header[0], text, tuple(parameters), told["example"], sparql, aliases, told["summary"]
    )


@cache
def catalogue(folder: Path = locations.QUERIES) -> Mapping[str, Question]:
    """All questions of a folder by name."""
    return {path.stem: read_query(path) for path in sorted(folder.glob("*.rq"))}


@cache
def internal(name: str) -> Question:
    """Return a query that the code itself uses, by the name of its file; it has no example."""
    return read_query(locations.INTERNAL_QUERIES / f"{name}.rq", example_needed=False)


def find(name: str) -> Question:
    """The question of that name or alias; raises NotFound with suggestions."""
    questions = {alias: asked for asked in catalogue().values() for alias in (asked.name, *asked.aliases)}
    if name not in questions:
        near = get_close_matches(name, questions, 3, 0.5)
        hint = f"did you mean {' or '.join(near)}?" if near else "kg ask --list shows them all"
        raise NotFound(f"no question is called {name!r}; {hint}")
    return questions[name]
