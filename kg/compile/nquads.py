"""Writer of N-Quads lines: identifiers, names and literals as terms, with all that needs it escaped."""

import re
from collections.abc import Iterable
from decimal import Decimal
from functools import cache

from kg import iris
from kg.ontology import Ontology

_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
_ESCAPED = re.compile(r'[\\"\n\r\t\x00-\x1f\x7f]')

TYPE = f"<{iris.expand('rdf:type')}>"


def iri(identifier: str) -> str:
    """Return an identifier such as ``place/jinan`` as an N-Quads term."""
    return f"<{iris.BASE}{identifier}>"


@cache
def name(curie: str) -> str:
    """Return a CURIE such as ``skos:broader`` as an N-Quads term."""
    return f"<{iris.expand(curie)}>"


def literal(value: str, *, lang: str = "", datatype: str = "") -> str:
    """Return a literal as an N-Quads term, escaped."""
    text = _ESCAPED.sub(_escape, value) if _ESCAPED.search(value) else value
    suffix = f"@{lang}" if lang else f"^^{name(datatype)}" if datatype else ""
    return f'"{text}"{suffix}'


def quad(subject: str, predicate: str, value: str, graph: str = "") -> str:
    """Return one line; ``graph`` is an identifier (``graph/identity``), empty for the default graph."""
    return f"{subject} {predicate} {value} {iri(graph) + ' ' if graph else ''}.\n"


def quads(subject: str, pairs: Iterable[tuple[str, str]], graph: str) -> list[str]:
    """Return the lines of one subject in a graph; ``pairs`` are CURIE and term, left out if it is empty."""
    return [f"{subject} {name(curie)} {term} {iri(graph)} .\n" for curie, term in pairs if term]


def concept(ontology: Ontology, scheme: str, notation: str) -> str:
    """Return a concept of a scheme, by its notation, as an N-Quads term."""
    return f"<{ontology.schemes[scheme][notation].iri}>"


def decimal(value: Decimal) -> str:
    """Return a number in the canonical form of xsd:decimal, which engines leave as it is."""
    return literal(format(value.normalize(), "f"), datatype="xsd:decimal")


def integer(value: int) -> str:
    """Return a whole number as an N-Quads term."""
    return literal(str(value), datatype="xsd:integer")


def _escape(found: re.Match[str]) -> str:
    char = found.group()
    return _ESCAPES.get(char, f"\\u{ord(char):04X}")
