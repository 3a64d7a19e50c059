"""One line of N-Quads: identifiers, names and literals as terms, safe whatever a text holds."""

from __future__ import annotations

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
    """``place/jinan`` as an N-Quads term."""
    return f"<{iris.BASE}{identifier}>"


@cache
def name(curie: str) -> str:
    """``skos:broader`` as an N-Quads term."""
    return f"<{iris.expand(curie)}>"


def literal(value: str, *, lang: str = "", datatype: str = "") -> str:
    """A literal as an N-Quads term, safe whatever the text holds."""
    text = _ESCAPED.sub(_escape, value) if _ESCAPED.search(value) else value
    suffix = f"@{lang}" if lang else f"^^{name(datatype)}" if datatype else ""
    return f'"{text}"{suffix}'


def quad(subject: str, predicate: str, value: str, graph: str = "") -> str:
    """One line; ``graph`` is an identifier such as ``graph/identity``, empty for the default graph."""
    return f"{subject} {predicate} {value} {iri(graph) + ' ' if graph else ''}.\n"


def quads(subject: str, facts: Iterable[tuple[str, str]], graph: str) -> list[str]:
    """The lines of one subject in one graph, which is a term already; a fact is predicate and value."""
    return [f"{subject} {predicate} {value} {graph} .\n" for predicate, value in facts]


def concept(ontology: Ontology, scheme: str, notation: str) -> str:
    return f"<{ontology.schemes[scheme][notation].iri}>"


def decimal(value: Decimal) -> str:
    """In the canonical form of xsd:decimal, so that an engine changes nothing."""
    text = format(value.normalize(), "f")
    return literal(text, datatype="xsd:decimal")


def _escape(found: re.Match[str]) -> str:
    char = found.group()
    return _ESCAPES.get(char, f"\\u{ord(char):04X}")
