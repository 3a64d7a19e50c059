"""Parameters of named questions: what users type becomes serialised RDF terms."""

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kg import iris
from kg.errors import Ambiguous, KgError, NotFound
from kg.query import internal_rows
from kg.query.vocabulary import Term, Vocabulary
from kg.read.queries import Parameter, Question
from kg.store.matching import fold, squeeze

if TYPE_CHECKING:
    from kg.query.graph import Graph

#: Numbers as people and Python write them (1e+16).
_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,40}\.?[0-9]{0,40}|\.[0-9]{1,40})(?:[eE][+-]?[0-9]{1,2})?")
_BOOLEANS = {"yes": "true", "true": "true", "1": "true", "no": "false", "false": "false", "0": "false"}
_XSD = {kind: ox.NamedNode(iris.expand(f"xsd:{kind}")) for kind in ("decimal", "boolean")}
#: What a parameter takes: a value, or several.
Given = str | int | float | None | Sequence[str | int | float]
#: Classes that readers look for under another one: a laboratory is an organisation, but also a facility.
_BESIDE = {"Facility": ("Laboratory",)}
_MOST_WORDS = 12  # of two places named side by side
_MOST_LISTED = 6  # candidates that a message lists


def values(given: Given) -> list[str]:
    """Return the values given to a parameter as texts, empty ones left out."""
    some = [given] if given is None or isinstance(given, str | int | float) else given
    return [str(one) for one in some if one not in ("", None)]


def entity_segments(parameter: Parameter) -> tuple[str, ...]:
    """Return the segments of the entities that a parameter takes; none if it takes no entities."""
    words = iris.ENTITY_SEGMENTS if parameter.type == "entity" else tuple(parameter.type.split("|"))
    return words if set(words) <= set(iris.ENTITY_SEGMENTS) else ()


def resolve_entity(graph: "Graph", words: str, segments: Sequence[str] = (), *, exact: bool = False) -> str:
    """Return the entity of some segments that words stand for; see ``Index.candidates``.

    A name that an organisation shares with its project means the organisation; two places, of which one lies
    in the other, mean the inner one (``Minhang Maqiao``), unless ``exact``. Raises Ambiguous with the
    candidates and their classes, or NotFound with what else has the name, or with the nearest names.
    """
    found = graph.names.candidates(words, segments=segments, exact=exact)
    if len(found) > 1 and {_segment(one) for one in found} == {"org", "project"}:
        found = [one for one in found if _segment(one) == "org"]
    if len(found) == 1:
        return found[0]
    if found:
        more = f"; and {len(found) - _MOST_LISTED} more" if len(found) > _MOST_LISTED else ""
        listed = "; ".join(f"{_described(graph, one)}" for one in found[:_MOST_LISTED])
        raise Ambiguous(f"{words!r} may be any of: {listed}{more}")
    if not exact and (not segments or "place" in segments) and (inner := _place_in_place(graph, words)):
        return inner
    if elsewhere := graph.names.candidates(words, exact=True):
        raise NotFound(f"{words!r} is {_described(graph, elsewhere[0], article=True)}")
    near = graph.names.search(words, segments=segments, limit=3, least=60)
    near = near or graph.names.search(words, limit=3, least=75)
    named = "; ".join(f"{hit.name}: {_kind(graph, hit.entity)} ({hit.entity})" for hit in near)
    raise NotFound(f"nothing is called {words!r}" + (f"; did you mean {named}?" if near else ""))


def serialised_term(
    graph: "Graph", asked: Question, parameter: Parameter, value: str, *, exact: bool = False
) -> str:
    """Return the value of a parameter as a serialised RDF term, or as several separated by spaces.

    ``value`` is a number, yes or no, any text, one of the words, or the name, label, id or IRI of an entity
    or term. A class stands for itself and all classes below it. Raises KgError for what is not a number,
    NotFound for a value that the parameter does not take, Ambiguous where several entities have the name.
    """
    kind = parameter.type
    if kind == "text":
        return str(ox.Literal(value))
    if kind in ("number", "boolean"):
        return _number_or_boolean(parameter, value)
    if segments := entity_segments(parameter):
        try:
            return str(ox.NamedNode(iris.iri(resolve_entity(graph, value, segments, exact=exact))))
        except NotFound as error:
            raise NotFound(f"{error}{_advice(graph, asked, parameter, value)}") from None
    words = kind.split("|")
    if len(words) > 1:
        if value not in words:
            raise NotFound(f"{parameter.name} is one of {', '.join(words)}, not {value!r}")
        return str(ox.Literal(value))
    return _term(parameter, value, graph.vocabulary)


def _number_or_boolean(parameter: Parameter, value: str) -> str:
    if parameter.type == "number":
        if not _NUMBER.fullmatch(value):
            raise KgError(f"{parameter.name} takes a number, not {value!r}")
        return str(ox.Literal(format(Decimal(value), "f"), datatype=_XSD["decimal"]))
    if value.casefold() not in _BOOLEANS:
        raise NotFound(f"{parameter.name} is yes or no, not {value!r}")
    return str(ox.Literal(_BOOLEANS[value.casefold()], datatype=_XSD["boolean"]))


def _term(parameter: Parameter, value: str, vocabulary: Vocabulary) -> str:
    """Return a predicate, concept, or class with those below it, by name, label or IRI.

    Case, plurals and hyphens do not matter; a tier is found by its industries too ("core industries").
    """
    known = {term.name: term for term in _choices(parameter.type, vocabulary)}
    wanted = squeeze(fold(value))
    for term in known.values():
        forms = {squeeze(fold(form)) for form in (term.name, term.label) if form}
        if term.iri.casefold() == value.casefold() or forms & {wanted, wanted.removesuffix("industry")}:
            beside = _BESIDE.get(term.id, ()) if parameter.type == "class" else ()
            below = vocabulary.below([term.id, *beside]) if term.id in vocabulary.classes else [term.id]
            same = sorted(below)
            return " ".join(str(ox.NamedNode(vocabulary.terms[name].iri)) for name in same)
    raise NotFound(f"{parameter.name} is one of {', '.join(sorted(known)) or 'nothing'}, not {value!r}")


def _choices(kind: str, vocabulary: Vocabulary) -> Iterable[Term]:
    """Return the terms that a parameter takes: predicates, classes, or the concepts of a scheme.

    ``class`` is any class of entities or that of targets, ``topic-class`` one of entities of the segment
    ``topic``.
    """
    if kind in ("predicate", "class"):
        own = vocabulary.predicates if kind == "predicate" else vocabulary.entity_classes()
        beside = vocabulary.terms.get("targets" if kind == "predicate" else "Target")
        return [*own.values(), *([beside] if beside else [])]
    if kind.endswith("-class"):
        return vocabulary.entity_classes(kind.removesuffix("class").removesuffix("-")).values()
    return vocabulary.schemes.get(kind, {}).values()


def _advice(graph: "Graph", asked: Question, parameter: Parameter, words: str) -> str:
    """Return what to do with a name that a parameter does not take: the parameter that does, else kg show."""
    elsewhere = {_segment(one) for one in graph.names.candidates(words, exact=True)}
    if not elsewhere:
        return ""
    taking = [p.name for p in asked.parameters if elsewhere & set(entity_segments(p)) and p != parameter]
    if taking:
        return f"; use --{taking[0]}"
    roots = graph.vocabulary.terms.values()
    wanted = [t.label.lower() for s in entity_segments(parameter) for t in roots if t.segment == s]
    return (
        f"; {asked.name} takes {_article(' or '.join(wanted))} as its {parameter.name}; try kg show {words!r}"
    )


def _place_in_place(graph: "Graph", words: str) -> str:
    """Return the inner one of two places that words name side by side, as documents print; else nothing."""
    parts = words.split()
    for at in range(1, len(parts)) if len(parts) <= _MOST_WORDS else ():
        sides = [" ".join(parts[:at]), " ".join(parts[at:])]
        found = [graph.names.candidates(side, segments=("place",), exact=True) for side in sides]
        if [len(places) for places in found] == [1, 1]:
            (one,), (other,) = found
            for outer, inner in ((one, other), (other, one)):
                if internal_rows(graph.store, "within", inner=[inner], outer=[outer]).rows:
                    return inner
    return ""


def _described(graph: "Graph", entity: str, *, article: bool = False) -> str:
    """Return ``Jinan: city (place/jinan)`` for a list, or ``a city (place/jinan)`` for a sentence."""
    kind = _kind(graph, entity)
    named = _article(kind) if article else f"{graph.names.labels.get(entity, entity)}: {kind}"
    return f"{named} ({entity})"


def _kind(graph: "Graph", entity: str) -> str:
    """Return what an entity is called by its class; its segment where the graph does not say."""
    rows = internal_rows(graph.store, "entity-types", entity=[entity]).values()
    classes = [iris.short(row["class"]) for row in rows]
    return next((graph.labels[name].lower() for name in classes if name in graph.labels), _segment(entity))


def _article(noun: str) -> str:
    return f"{'an' if noun[:1] in 'aeiou' else 'a'} {noun}"


def _segment(entity: str) -> str:
    return entity.partition("/")[0]
