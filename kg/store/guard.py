r"""Refuse what a query may not do: updates, calls to other servers, and texts that overflow the parser.

The text is read outside its strings, IRIs and comments. Oxigraph's parser is lenient: it takes
``trueSERVICE<...>``, ``SERVICE:name{`` and ``\r`` as the end of a comment. So a text is refused if any
reading of it calls or changes something.

Parser, optimizer and evaluation are recursive, and an overflow of the stack ends the process. Measured on a
stack of 8 MiB with pyoxigraph 0.5.13, a token takes at most 1/6,000 of it (a term of a collection), a level
of nesting 1/650 (NOT EXISTS in brackets in FILTER). The two limits together keep a query below two thirds.
"""

import re
from dataclasses import dataclass, field

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


@dataclass
class Shape:
    """What the text of a query says."""

    form: str = ""  # SELECT, ASK ...; empty if there is none
    graphs: tuple[str, ...] = ()  # of FROM
    named_graphs: tuple[str, ...] = ()  # of FROM NAMED
    volatile: bool = False  # another answer at each call
    calls: bool = False  # another server is called

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
    reader = _Reader()
    for match in _TOKEN.finditer(query):
        if match.lastgroup not in ("space", "comment"):
            reader.token(str(match.lastgroup), match.group())
    return reader


@dataclass
class _Reader(Shape):
    """The shape of a query that is read token by token."""

    before: str = ""  # the last keyword, while it can still say what the next name is
    pending: bool = False  # a name that calls a server if a brace follows: SERVICE:name {
    brackets: list[str] = field(default_factory=list)  # those that are open
    tokens: int = 0
    element: bool = False  # after a comma in brackets
    values: bool = False  # after VALUES, before its data
    data: int = -1  # the depth at which the data of VALUES ends; -1 outside of them
    base: str = ""
    declared: str = ""
    prefixes: dict[str, str] = field(default_factory=lambda: dict(iris.PREFIXES))

    def token(self, kind: str, text: str) -> None:
        """Take the next token."""
        self._count(kind, text)
        if kind == "name":
            self._name(text)
            return
        if kind == "word":
            self._word(text.upper())
            return
        if kind == "open":
            self._open(text)
        elif kind == "close":
            self._close()
        elif kind == "iri":
            self.calls |= bool(_HIDDEN.search(text))
            self._address(self._resolve(text))
        elif kind != "variable":
            self.values = False
        self.before, self.pending = "", False

    def _count(self, kind: str, text: str) -> None:
        in_list = text == "," and self.brackets[-1:] == ["("]
        in_element = kind == "tag" or (self.element and kind in _TERMS)
        if self.data < 0 and not in_list and not in_element:
            # each term of DESCRIBE becomes several levels of the syntax tree
            self.tokens += 5 if self.form == "DESCRIBE" and not self.brackets else 1
            if self.tokens > MAX_TOKENS:
                what = f"the query has more than {MAX_TOKENS:,} words and marks"
                raise BadQuery(f"{what}; give long lists of terms as VALUES ?x {{ ... }}")
        self.element = in_list

    def _open(self, text: str) -> None:
        self.calls |= self.pending and text == "{"
        if self.values and text == "{":
            self.data, self.values = len(self.brackets), False
        self.brackets.append(text)
        if len(self.brackets) > MAX_NESTING:
            raise BadQuery(f"the query is nested more than {MAX_NESTING} levels deep")

    def _close(self) -> None:
        if self.brackets:
            self.brackets.pop()
        if len(self.brackets) == self.data:
            self.data = -1

    def _word(self, word: str) -> None:
        self.pending, self.values = False, word == "VALUES"
        self.volatile |= word in _CHANGING
        self.calls |= "SERVICE" in word
        if not self.form and word not in _PROLOGUE:
            self.form = word
        self.before = word

    def _name(self, text: str) -> None:
        prefix, _, local = text.partition(":")
        if self.before == "PREFIX":
            self.declared = prefix
            return
        asks_graph = not self.brackets or self.before in _AFTER_GRAPH
        self.pending = not asks_graph and "SERVICE" in prefix.upper()
        self._address(self.prefixes.get(prefix, f"{prefix}:") + local.rstrip("."))

    def _address(self, address: str) -> None:
        if self.before == "PREFIX":
            self.prefixes[self.declared] = address
        elif self.before == "BASE":
            self.base = address
        elif self.before == "FROM" and not self.brackets:
            self.graphs += (address,)
        elif self.before == "NAMED" and not self.brackets:
            self.named_graphs += (address,)
        self.before = ""

    def _resolve(self, text: str) -> str:
        """Return an IRI as the engine reads it: escapes decoded, relative to BASE."""
        if self.before not in (*_PROLOGUE, "FROM", "NAMED"):
            return ""
        try:
            triple = f"{text} <a:> <a:> ."
            parsed = next(iter(ox.parse(triple, format=ox.RdfFormat.TURTLE, base_iri=self.base or None)))
        except SyntaxError:  # relative without BASE, or no IRI: the engine reports it
            return text[1:-1]
        return parsed.subject.value if isinstance(parsed.subject, ox.NamedNode) else ""


def _character(match: re.Match[str]) -> str:
    number = int(match[1] or match[2], 16)
    return chr(number) if number < 0x110000 and not 0xD800 <= number < 0xE000 else match.group()
