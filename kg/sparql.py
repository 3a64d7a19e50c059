"""SPARQL as text: what a query may not do, found outside its strings, IRIs and comments."""

from __future__ import annotations

import re

from kg.error import BadQuery

MAX_NESTING = 128
_TOKEN = re.compile(
    r"""(?P<string>\"\"\"(?:[^\\]|\\.)*?\"\"\"|'''(?:[^\\]|\\.)*?'''|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
      | (?P<iri><[^<>"{}|^`\\\s]*>)
      | (?P<comment>\#[^\n]*)
      | (?P<variable>[?$]\w+)
      | (?P<name>[A-Za-z][\w.-]*:[\w%.:-]*|:[\w%.:-]+|@[A-Za-z-]+)
      | (?P<word>[A-Za-z_]\w*)
      | (?P<open>[({\[])
      | (?P<close>[)}\]])
      | (?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
_UPDATES = {"INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY"}
_FORMS = {"SELECT", "ASK", "CONSTRUCT", "DESCRIBE"}


def refuse(query: str, *, allow_service: bool = False) -> None:
    """Raise BadQuery for an update, a call to another server, or nesting that no parser should see."""
    depth = 0
    words: list[str] = []
    for match in _TOKEN.finditer(query):
        kind = match.lastgroup
        if kind == "open":
            depth += 1
            if depth > MAX_NESTING:
                raise BadQuery(f"the query is nested more than {MAX_NESTING} levels deep")
        elif kind == "close":
            depth -= 1
        elif kind == "word":
            words.append(match.group().upper())
    if "SERVICE" in words and not allow_service:
        raise BadQuery("SERVICE calls another server; it is refused unless --allow-service is given")
    first = next((word for word in words if word in _FORMS | _UPDATES), "")
    if first in _UPDATES:
        raise BadQuery(f"{first} changes the graph; queries only read (SELECT, ASK, CONSTRUCT, DESCRIBE)")
