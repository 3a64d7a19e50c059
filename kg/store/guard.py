"""SPARQL as text: what a query is and what it may not do, read outside its strings, IRIs and comments.

Oxigraph's parser is lenient: it takes ``trueSERVICE<...>``, ``SERVICE:name{`` and ``\\r`` as the end of a
comment. What is refused here is therefore whatever any reading of the text makes a call or an update.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from kg import iris
from kg.errors import BadQuery

MAX_NESTING = 128
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
      | (?P<open>[({{\[])
      | (?P<close>[)}}\]])
      | (?P<space>\s+)
      | (?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
#: ``?a<?b)SERVICE?x#>``: a less-than and a comment that together look like an IRI.
_HIDDEN = re.compile(r"\).*SERVICE.*#", re.IGNORECASE | re.DOTALL)
_UPDATES = {"INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH"}
_FORMS = {"SELECT", "ASK", "CONSTRUCT", "DESCRIBE"}
_PROLOGUE = {"BASE", "PREFIX", "VERSION"}
_CHANGING = {"NOW", "RAND", "UUID", "STRUUID", "BNODE"}
_AFTER_GRAPH = {"GRAPH", "FROM", "NAMED", "DESCRIBE"}
#: The beginning of most queries: prefixes, then the form, told from a name by what follows it.
_BEGINNING = re.compile(
    r"\s*(?:PREFIX\s+[A-Za-z][A-Za-z0-9-]*:\s*<[^<>\"{}|^`\\\s]*>\s*)*(SELECT|ASK|CONSTRUCT|DESCRIBE)[\s{(*?$<]",
    re.IGNORECASE | re.ASCII,
)
#: What only the full reading may judge, wherever it stands. A dotted capital I reads as "i" to a pattern that
#: ignores case, but not in capitals.
_WEIGHTY = ("SERVICE", "FROM", "NAMED", *sorted(_CHANGING), "\\", "\u0130")


@dataclass(frozen=True)
class Shape:
    """A query's form (SELECT, ASK ...; empty where it has none), the graphs it asks FROM, whether its answer
    differs from call to call, and whether it calls another server."""

    form: str
    graphs: tuple[str, ...]
    volatile: bool
    calls: bool


_SIMPLE = {form: Shape(form, (), volatile=False, calls=False) for form in _FORMS}


def refuse(query: str, *, allow_service: bool = False, graphs: Collection[str] | None = None) -> Shape:
    """Raise BadQuery for an update, a call to another server, a graph (FROM) that is not among those that
    the store holds, or nesting that no parser should see."""
    shape = glance(query)
    if shape is not None:
        return shape
    shape = read(query)
    decoded = _ESCAPE.sub(_character, query)
    calls = shape.calls or (decoded != query and read(decoded).calls)
    if calls and not allow_service:
        raise BadQuery("SERVICE calls another server; it is refused unless --allow-service is given")
    if shape.form in _UPDATES:
        raise BadQuery(
            f"{shape.form} changes the graph; queries only read (SELECT, ASK, CONSTRUCT, DESCRIBE)"
        )
    if graphs is not None:
        known(shape.graphs, graphs)
    return shape


def known(asked: Collection[str], graphs: Collection[str]) -> None:
    """Raise BadQuery for a graph that the store does not hold: nothing is fetched for a query."""
    for graph in asked:
        if graph not in graphs:
            raise BadQuery(
                f"there is no graph <{graph}> here, and none is fetched; "
                f"there are {', '.join(f'<{name}>' for name in sorted(graphs)) or 'none'}"
            )


def glance(query: str) -> Shape | None:
    """What ``read`` says of a query that needs no reading: one that begins as most do and in which no
    weighty word stands anywhere, not even in a string. None of any other."""
    begun = _BEGINNING.match(query)
    if begun is None:
        return None
    capitals = query.upper()
    for word in _WEIGHTY:
        if word in capitals:
            return None
    if query.count("{") + query.count("(") + query.count("[") > MAX_NESTING:
        return None
    return _SIMPLE[begun[1].upper()]


def read(query: str) -> Shape:
    """What the text of a query says; raises BadQuery where it is nested too deeply."""
    depth = 0
    words: set[str] = set()
    form, before, calls = "", "", False
    prefixes = dict(iris.PREFIXES)
    declared = ""
    graphs: list[str] = []
    pending = ""  # a name that calls a server if a brace follows: SERVICE:name {
    for match in _TOKEN.finditer(query):
        kind, text = match.lastgroup, match.group()
        if kind in ("space", "comment"):
            continue
        if kind == "open":
            depth += 1
            calls = calls or bool(pending and text == "{")
            if depth > MAX_NESTING:
                raise BadQuery(f"the query is nested more than {MAX_NESTING} levels deep")
        elif kind == "close":
            depth -= 1
        elif kind == "word":
            word = text.upper()
            words.add(word)
            calls = calls or "SERVICE" in word
            if not form and word not in _PROLOGUE:
                form = word
        elif kind == "iri":
            calls = calls or bool(_HIDDEN.search(text))
            if before == "PREFIX":
                prefixes[declared] = text[1:-1]
        pending = ""
        if kind == "name":
            prefix = text.partition(":")[0]
            if depth > 0 and before not in _AFTER_GRAPH and "SERVICE" in prefix.upper():
                pending = text
            if before == "PREFIX":
                declared = prefix
        if kind in ("iri", "name") and before in ("FROM", "NAMED") and depth == 0:
            graphs.append(_address(text, prefixes))
        before = text.upper() if kind == "word" else before if before == "PREFIX" and kind == "name" else ""
    return Shape(form, tuple(graphs), bool(words & _CHANGING), calls)


def is_form(shape: Shape) -> bool:
    """Whether the text begins as a query does."""
    return shape.form in _FORMS


def _address(text: str, prefixes: dict[str, str]) -> str:
    if text.startswith("<"):
        return text[1:-1]
    prefix, _, local = text.partition(":")
    return prefixes.get(prefix, f"{prefix}:") + local.rstrip(".")


def _character(match: re.Match[str]) -> str:
    number = int(match[1] or match[2], 16)
    return chr(number) if number < 0x110000 and not 0xD800 <= number < 0xE000 else match.group()
