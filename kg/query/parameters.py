"""Parameters of named questions: what users type becomes serialised RDF terms."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

import pyoxigraph as ox

from kg import iris
from kg.errors import KgError, NotFound
from kg.query.vocabulary import Term, Vocabulary
from kg.read.queries import Parameter
from kg.store.names import Index

#: Numbers as people and Python write them (1e+16).
_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,40}\.?[0-9]{0,40}|\.[0-9]{1,40})(?:[eE][+-]?[0-9]{1,2})?")
_BOOLEANS = {"yes": "true", "true": "true", "1": "true", "no": "false", "false": "false", "0": "false"}


def serialised_term(parameter: Parameter, value: str, names: Index, vocabulary: Vocabulary) -> str:
    """Return the value of a parameter as a serialised RDF term, or as several separated by spaces.

    ``value`` is a number, yes or no, any text, one of the words, or the name, label, id or IRI of an entity
    or term. A class stands for itself and all classes below it, so it may become several terms.

    Raises:
        KgError: The value is not a number.
        NotFound: The value is not one of those that the parameter takes.
        Ambiguous: Several entities have this name.
    """
    kind = parameter.type
    if kind == "text":
        return str(ox.Literal(value))
    if kind in ("number", "boolean"):
        return _number_or_boolean(parameter, value)
    words = iris.ENTITY_SEGMENTS if kind == "entity" else tuple(kind.split("|"))
    if set(words) <= set(iris.ENTITY_SEGMENTS):
        return str(ox.NamedNode(iris.iri(names.resolve(value, segments=words))))
    if len(words) > 1:
        if value not in words:
            raise NotFound(f"{parameter.name} is one of {', '.join(words)}, not {value!r}")
        return str(ox.Literal(value))
    known = {term.name: term for term in _choices(kind, vocabulary)}
    for term in known.values():
        if value.casefold() in (term.name.casefold(), term.label.casefold(), term.iri.casefold()):
            same = sorted(vocabulary.below([term.id])) if term.id in vocabulary.classes else [term.id]
            return " ".join(str(ox.NamedNode(vocabulary.terms[name].iri)) for name in same)
    raise NotFound(f"{parameter.name} is one of {', '.join(sorted(known)) or 'nothing'}, not {value!r}")


def _number_or_boolean(parameter: Parameter, value: str) -> str:
    if parameter.type == "number":
        if not _NUMBER.fullmatch(value):
            raise KgError(f"{parameter.name} takes a number, not {value!r}")
        return _literal(format(Decimal(value), "f"), "decimal")
    if value.casefold() not in _BOOLEANS:
        raise NotFound(f"{parameter.name} is yes or no, not {value!r}")
    return _literal(_BOOLEANS[value.casefold()], "boolean")


def _choices(kind: str, vocabulary: Vocabulary) -> Iterable[Term]:
    """Return the terms that a parameter takes: predicates, classes, or the concepts of a scheme.

    ``class`` is any class of entities, ``topic-class`` one of the entities of the segment ``topic``.
    """
    if kind == "predicate":
        return [*vocabulary.predicates.values(), *(t for t in vocabulary.terms.values() if t.id == "targets")]
    if kind == "class" or kind.endswith("-class"):
        return vocabulary.entity_classes(kind.removesuffix("class").removesuffix("-")).values()
    return vocabulary.schemes.get(kind, {}).values()


def _literal(text: str, datatype: str) -> str:
    return str(ox.Literal(text, datatype=ox.NamedNode(iris.expand(f"xsd:{datatype}"))))
