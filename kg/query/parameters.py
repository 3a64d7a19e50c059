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

_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,40}\.?[0-9]{0,40}|\.[0-9]{1,40})(?:[eE][+-]?[0-9]{1,2})?")
_BOOLEANS = {"yes": "true", "true": "true", "1": "true", "no": "false", "false": "false", "0": "false"}


def serialised_term(parameter: Parameter, value: str, names: Index, vocabulary: Vocabulary) -> str:
    """Return the value of a parameter as a serialised RDF term, or as several separated by spaces.

    A class stands for itself and all classes below it, so it may become several terms.

    Args:
        parameter: The parameter as the query's header declares it.
        value: A number, yes or no, one of the words, or the name, label, id or IRI of an entity or term.
        names: The names of entities.
        vocabulary: The classes, predicates and concepts of the graph.

    Raises:
        KgError: The value is not a number.
        NotFound: The value is not one of those that the parameter takes.
        Ambiguous: Several entities have this name.
    """
    kind = parameter.type
    if kind == "number":
        return _number(parameter, value)
    if kind == "boolean":
        return _boolean(parameter, value)
    words = iris.ENTITY_SEGMENTS if kind == "entity" else tuple(kind.split("|"))
    if set(words) <= set(iris.ENTITY_SEGMENTS):
        return _node(iris.iri(names.resolve(value, segments=words)))
    if len(words) > 1:
        if value not in words:
            raise NotFound(f"{parameter.name} is one of {', '.join(words)}, not {value!r}")
        return str(ox.Literal(value))
    chosen = _choose(parameter, value, _choices(kind, vocabulary))
    same = sorted(vocabulary.below([chosen.id])) if chosen.id in vocabulary.classes else [chosen.id]
    return " ".join(_node(vocabulary.terms[name].iri) for name in same)


def _choices(kind: str, vocabulary: Vocabulary) -> Iterable[Term]:
    """Return the terms that a parameter takes: predicates, classes, or the concepts of a scheme.

    ``class`` is any class of entities, ``topic-class`` one of the entities of the segment ``topic``.
    """
    if kind == "predicate":
        targets = [vocabulary.terms[name] for name in ("targets",) if name in vocabulary.terms]
        return [*vocabulary.predicates.values(), *targets]
    if kind == "class" or kind.endswith("-class"):
        segment = kind.removesuffix("class").removesuffix("-")
        return vocabulary.entity_classes(segment).values()
    return vocabulary.schemes.get(kind, {}).values()


def _choose(parameter: Parameter, value: str, terms: Iterable[Term]) -> Term:
    """Return the term of this name (byCompany, in-production), label or IRI."""
    known = {term.name: term for term in terms}
    for term in known.values():
        if value.casefold() in (term.name.casefold(), term.label.casefold(), term.iri.casefold()):
            return term
    raise NotFound(f"{parameter.name} is one of {', '.join(sorted(known)) or 'nothing'}, not {value!r}")


def _number(parameter: Parameter, value: str) -> str:
    """Return a number, also as Python writes large and small ones (1e+16), with every digit kept."""
    if not _NUMBER.fullmatch(value):
        raise KgError(f"{parameter.name} takes a number, not {value!r}")
    return str(ox.Literal(format(Decimal(value), "f"), datatype=ox.NamedNode(iris.expand("xsd:decimal"))))


def _boolean(parameter: Parameter, value: str) -> str:
    if value.casefold() not in _BOOLEANS:
        raise NotFound(f"{parameter.name} is yes or no, not {value!r}")
    return str(ox.Literal(_BOOLEANS[value.casefold()], datatype=ox.NamedNode(iris.expand("xsd:boolean"))))


def _node(address: str) -> str:
    return str(ox.NamedNode(address))
