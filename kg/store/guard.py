r"""Refuse what a query may not do: updates, calls to other servers, and texts that overflow the parser.

The text is read outside its strings, IRIs and comments. Oxigraph's parser is lenient: it takes
``trueSERVICE<...>``, ``SERVICE:name{`` and ``\r`` as the end of a comment. So a text is refused if any
reading of it calls or changes something.

Parser, optimizer and evaluation are recursive, and an overflow of the stack ends the process. Measured on a
stack of 8 MiB with pyoxigraph 0.5.13, a token takes at most 1/6,000 of it (a term of a collection), a level
of nesting 1/650 (NOT EXISTS in brackets in FILTER). The two limits together keep a query below two thirds.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import dropwhile, pairwise

import pyoxigraph as ox

from kg import iris
from kg.errors import BadQuery

MAX_NESTING = 100
#: Tokens of a query, but for the data of VALUES and the elements of lists in brackets (IN, arguments).
MAX_TOKENS = 3_000
_LOCAL = r"(?:[\w.:%-]|\\[_~.\-!$&'()*+,;=/?\#@%])*"
_TOKEN = re.compile(
    rf"""(?P<string>\"\"\"(?:[^\\]|\\.)*?\"\"\"|'''(?:[^\\]|\\.)*?'''
                   |"(?:[^"\\\n\r]|\\.)*"|'(?:[^'\\\n\r]|\\.)*')
      | (?P<iri><(?:[^<>"{{}}|^`\\\s]|\\u[0-9A-Fa-f]{{4}}|\\U[0-9A-Fa-f]{{8}})*>)
      | (?P<comment>\#[^\n\r]*)
      | (?P<variable>[?$]\w+)
      | (?P<tag>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
      | (?P<name>(?:[^\W\d_][\w.-]*|_)?:{_LOCAL})
      | (?P<word>[A-Za-z_]\w*)
      | (?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
      | (?P<open>[({{\[])
      | (?P<close>[)}}\]])
      | (?P<space>\s+)
      | (?P<other>&&|\|\||[!<>]=|\^\^|.)""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
#: ``?a<?b)SERVICE?x#>``: a less-than and a comment that together look like an IRI.
_HIDDEN = re.compile(r"\).*SERVICE.*#", re.IGNORECASE | re.DOTALL)
_UPDATES = {"INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH"}
FORMS = {"SELECT", "ASK", "CONSTRUCT", "DESCRIBE"}
_PROLOGUE = {"BASE", "PREFIX", "VERSION"}
_CHANGING = {"NOW", "RAND", "UUID", "STRUUID", "BNODE"}
_AFTER_GRAPH = {"GRAPH", "FROM", "NAMED", "DESCRIBE"}
_TERMS = {"string", "iri", "variable", "name", "word", "number"}


@dataclass(frozen=True)
class Shape:
    """What the text of a query says: its form (SELECT, ASK ...; empty if there is none) and more.

    ``graphs`` are those of FROM, ``named_graphs`` those of FROM NAMED. A ``volatile`` query has another
    answer at each call; one that ``calls`` asks another server.
    """

    form: str
    graphs: tuple[str, ...]
    named_graphs: tuple[str, ...]
    volatile: bool
    calls: bool

    @property
    def is_query(self) -> bool:
        """Whether the text begins as a query does."""
        return self.form in FORMS


def refuse(query: str, *, allow_service: bool = False) -> Shape:
    """Raise BadQuery for an update, a call to another server, or a text too deep or too long to parse.

    A graph in FROM that does not exist is an empty graph; Oxigraph fetches nothing.
    """
    shape = read(query)
    decoded = _ESCAPE.sub(_character, query)
    calls = shape.calls or (decoded != query and read(decoded).calls)
    if calls and not allow_service:
        raise BadQuery("SERVICE calls another server; it is refused unless --allow-service is given")
    if shape.form in _UPDATES:
        what = f"{shape.form} changes the graph"
        raise BadQuery(f"{what}; queries only read (SELECT, ASK, CONSTRUCT, DESCRIBE)")
    return shape


def decode_iris(query: str) -> str:
    """Return a query without escapes in its IRIs, which some engines do not decode."""

    def decode(token: re.Match[str]) -> str:
        decoded = _ESCAPE.sub(_character, token[0])
        found = _TOKEN.fullmatch(decoded)
        return decoded if token.lastgroup == "iri" and found and found.lastgroup == "iri" else token[0]

    return _TOKEN.sub(decode, query)


def names(query: str) -> list[str]:
    """Return the prefixed names of a query."""
    return [match.group() for match in _TOKEN.finditer(query) if match.lastgroup == "name"]


def read(query: str) -> Shape:
    """Return what the text of a query says; raise BadQuery if it is too deep or too long to parse."""
    tokens = [match for match in _TOKEN.finditer(query) if match.lastgroup not in ("space", "comment")]
    words = [match for match in tokens if match.lastgroup == "word"]
    first = next((word for word in words if word.group().upper() not in _PROLOGUE), None)
    form = first.group().upper() if first else ""
    _check_size(tokens, form)
    prologue = query[: first.start() if first else 0]
    graphs: dict[str, list[str]] = {"FROM": [], "NAMED": []}
    for before, token in pairwise(tokens):
        if token.lastgroup in ("iri", "name") and before.group().upper() in graphs:
            graphs[before.group().upper()].append(_resolve(prologue, token.group()))
    volatile = any(word.group().upper() in _CHANGING for word in words)
    return Shape(form, tuple(graphs["FROM"]), tuple(graphs["NAMED"]), volatile, _calls(tokens))


def _check_size(tokens: Iterable[re.Match[str]], form: str) -> None:
    """Raise BadQuery if the tokens are too many, or nested too deep."""
    size, data = 0, -1  # the depth at which the data of VALUES ends; -1 outside of them
    brackets: list[str] = []
    element = values = False  # after a comma in brackets; after VALUES, before its data
    for token in tokens:
        kind, text = token.lastgroup, token.group()
        in_list = text == "," and brackets[-1:] == ["("]
        if data < 0 and not in_list and kind != "tag" and not (element and kind in _TERMS):
            # each term of DESCRIBE becomes several levels of the syntax tree
            size += 5 if form == "DESCRIBE" and not brackets else 1
        if kind == "open":
            data = len(brackets) if values and text == "{" else data
            brackets.append(text)
        elif kind == "close" and brackets:
            brackets.pop()
            data = -1 if len(brackets) == data else data
        element = in_list
        values = text.upper() == "VALUES" or (values and data < 0 and kind in ("variable", "open", "close"))
        if size > MAX_TOKENS:
            what = f"the query has more than {MAX_TOKENS:,} words and marks"
            raise BadQuery(f"{what}; give long lists of terms as VALUES ?x {{ ... }}")
        if len(brackets) > MAX_NESTING:
            raise BadQuery(f"the query is nested more than {MAX_NESTING} levels deep")


def _calls(tokens: Iterable[re.Match[str]]) -> bool:
    """Whether any reading of the tokens calls a server: ``SERVICE:name {`` may, ``GRAPH service:g {`` not."""
    inner = dropwhile(lambda token: token.lastgroup != "open", tokens)
    named = any(
        token.lastgroup == "name"
        and "SERVICE" in token.group().partition(":")[0].upper()
        and after.group() == "{"
        and before.group().upper() not in _AFTER_GRAPH
        for (before, token), (_, after) in pairwise(pairwise(inner))
    )
    return named or any(
        (token.lastgroup == "word" and "SERVICE" in token.group().upper())
        or (token.lastgroup == "iri" and _HIDDEN.search(token.group()))
        for token in tokens
    )


def _resolve(prologue: str, term: str) -> str:
    """Return an IRI or prefixed name as the engine reads it: escapes decoded, relative to BASE."""
    known = "".join(f"PREFIX {prefix}: <{space}>\n" for prefix, space in iris.PREFIXES.items())
    triple = f"{known}{prologue}\n{term.rstrip('.')} <a:> <a:> ."
    try:
        parsed = next(iter(ox.parse(triple, format=ox.RdfFormat.TURTLE)))
    except SyntaxError:  # relative without BASE, or no IRI: the engine reports it
        return term.strip("<>")
    return parsed.subject.value if isinstance(parsed.subject, ox.NamedNode) else ""


def _character(match: re.Match[str]) -> str:
    number = int(match[1] or match[2], 16)
    return chr(number) if number < 0x110000 and not 0xD800 <= number < 0xE000 else match.group()
