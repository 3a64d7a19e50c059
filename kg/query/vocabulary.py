"""The vocabulary of a graph: classes, predicates, properties and concepts of its own ontology.

Labels, definitions, phrases and schemes are read here alone, from a store, a file or an endpoint.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import pyoxigraph as ox

from kg import iris
from kg.query import internal_rows
from kg.store.oxigraph import Store


@dataclass(frozen=True)
class Term:
    """A class, property or concept.

    ``id`` is the short form (``promotes``, ``skos:broader``, ``stage-planned``), ``kinds`` are the short
    forms of its types, ``parents`` those of what it is a subclass or subproperty of. ``scheme``, ``notation``
    and ``withholds`` belong to concepts, ``phrase``, ``inverse_phrase`` (from object to subject) and
    ``drawn_as`` to predicates, ``segment`` to the root classes of entities. What is not said is empty.
    """

    id: str
    iri: str
    kinds: tuple[str, ...] = ()
    label: str = ""
    label_zh: str = ""
    definition: str = ""
    parents: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    ranges: tuple[str, ...] = ()
    phrase: str = ""
    inverse_phrase: str = ""
    drawn_as: str = ""
    segment: str = ""
    scheme: str = ""
    notation: str = ""
    withholds: bool = False

    @property
    def name(self) -> str:
        """The name by which curated tables call it: the notation, else the local name."""
        return self.notation or self.id.rpartition(":")[2]


@dataclass(frozen=True)
class Vocabulary:
    """The terms of a graph's ontology by their short forms, in order."""

    terms: Mapping[str, Term]

    @cached_property
    def labels(self) -> Mapping[str, str]:
        """English labels by short form."""
        return {term.id: term.label for term in self.terms.values() if term.label}

    @cached_property
    def classes(self) -> Mapping[str, Term]:
        """Classes by short form."""
        return {name: term for name, term in self.terms.items() if "owl:Class" in term.kinds}

    @cached_property
    def predicates(self) -> Mapping[str, Term]:
        """Predicates that statements may use, by short form."""
        return {name: term for name, term in self.terms.items() if "Predicate" in term.kinds}

    @cached_property
    def schemes(self) -> Mapping[str, Mapping[str, Term]]:
        """Concepts by the short form of their scheme (``stages``, ``tiers``, ``flags``), then notation."""
        found: dict[str, dict[str, Term]] = {}
        for term in sorted(self.terms.values(), key=lambda term: term.notation):
            if term.scheme and term.notation:
                found.setdefault(term.scheme, {})[term.notation] = term
        return found

    def phrase(self, predicate: str) -> str:
        """Return how a predicate reads in a sentence (``is located in``), or its short form."""
        return self.terms.get(predicate, Term("", "")).phrase or predicate

    def ancestors(self, identifier: str) -> tuple[str, ...]:
        """Return the short forms of a term and of all that it is below, nearest first."""
        found = [identifier]
        for one in found:
            parents = self.terms[one].parents if one in self.terms else ()
            found += [parent for parent in parents if parent not in found]
        return tuple(found)

    def below(self, names: Iterable[str]) -> frozenset[str]:
        """Return these terms and all that are below one of them."""
        wanted = frozenset(names)
        return wanted.union(term for term in self.terms if not wanted.isdisjoint(self.ancestors(term)))

    def entity_classes(self, segment: str = "") -> dict[str, Term]:
        """Return the classes of entities, or those of the entities of one segment (``topic``)."""
        return {
            name: self.classes[name]
            for name in sorted(self.below(["Entity"]) & self.classes.keys() - {"Entity"})
            if not segment or self.terms[self.root(name)].segment == segment
        }

    def root(self, name: str) -> str:
        """Return the class at or above this one whose members have a segment of their own, or nothing."""
        return next((c for c in self.ancestors(name) if c in self.terms and self.terms[c].segment), "")


def read_vocabulary(store: Store) -> Vocabulary:
    """Read the vocabulary from the graph ``graph/ontology`` of a store; it is empty if there is none.

    >>> import kg
    >>> vocabulary = read_vocabulary(kg.open_graph().store)
    >>> vocabulary.terms["promotes"].label_zh, vocabulary.root("Sector"), vocabulary.phrase("byCompany")
    ('推进', 'Topic', 'is carried out by')
    """
    values: dict[str, dict[str, list[tuple[str, str]]]] = {}
    for term, name, value in internal_rows(store, "vocabulary").rows:
        if isinstance(term, ox.NamedNode) and isinstance(name, ox.NamedNode):
            text = getattr(value, "value", ""), getattr(value, "language", None) or ""
            values.setdefault(term.value, {}).setdefault(iris.short(name.value), []).append(text)
    found = (_term(address, values[address]) for address in sorted(values))
    return Vocabulary({term.id: term for term in found})


def _term(address: str, properties: Mapping[str, list[tuple[str, str]]]) -> Term:
    def text(*names: str, languages: tuple[str, ...] = ("en", "")) -> str:
        known = {language: value for name in names for value, language in sorted(properties.get(name, ()))}
        return next((known[language] for language in languages if language in known), "")

    def short(*names: str) -> tuple[str, ...]:
        return tuple(iris.short(value) for name in names for value, _ in sorted(properties.get(name, ())))

    return Term(
        iris.short(address), address, kinds=short("rdf:type"), label=text("rdfs:label", "skos:prefLabel"),
        label_zh=text("rdfs:label", "skos:prefLabel", languages=("zh",)), definition=text("skos:definition"),
        parents=short("rdfs:subClassOf", "rdfs:subPropertyOf"), domains=short("rdfs:domain"),
        ranges=short("rdfs:range"), phrase=text("phrase"), inverse_phrase=text("inversePhrase"),
        drawn_as=text("drawnAs"), segment=text("segment"), scheme=next(iter(short("skos:inScheme")), ""),
        notation=text("skos:notation"), withholds=text("withholds") == "true",
    )  # fmt: skip
