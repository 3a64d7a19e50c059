"""One line of N-Quads: identifiers, names and literals as terms, safe whatever a text holds."""

from __future__ import annotations

import re
from decimal import Decimal

from kg import term
from kg.ontology import Ontology

_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
_ESCAPED = re.compile(r'[\\"\n\r\t\x00-\x1f\x7f]')

TYPE = f"<{term.expand('rdf:type')}>"


def iri(identifier: str) -> str:
    """``place/jinan`` as an N-Quads term."""
    return f"<{term.BASE}{identifier}>"


def name(curie: str) -> str:
    """``skos:broader`` as an N-Quads term."""
    return f"<{term.expand(curie)}>"


def literal(value: str, *, lang: str = "", datatype: str = "") -> str:
    """A literal as an N-Quads term, safe whatever the text holds."""
    text = _ESCAPED.sub(lambda m: _ESCAPES.get(m.group(), f"\\u{ord(m.group()):04X}"), value)
    suffix = f"@{lang}" if lang else f"^^{name(datatype)}" if datatype else ""
    return f'"{text}"{suffix}'


def quad(subject: str, predicate: str, value: str, graph: str = "") -> str:
    """One line; ``graph`` is an identifier such as ``graph/identity``, empty for the default graph."""
    return f"{subject} {predicate} {value} {iri(graph) + ' ' if graph else ''}.\n"


def concept(ontology: Ontology, scheme: str, notation: str) -> str:
    return f"<{ontology.schemes[scheme][notation].iri}>"


def decimal(value: Decimal) -> str:
    """In the canonical form of xsd:decimal, so that an engine changes nothing."""
    text = format(value.normalize(), "f")
    return literal(text, datatype="xsd:decimal")
