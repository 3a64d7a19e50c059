"""The graph as Python users hold it: open it, ask a named question, run SPARQL.

>>> from kg.query import graph
>>> g = graph.open_graph()
>>> answer = g.ask("promoters", topic="silicon carbide")
>>> answer.columns[0]
'region'
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pyoxigraph as ox

from kg import iris, locations
from kg.errors import BadStore, KgError, NotFound
from kg.query.entities import Entity, find_entities
from kg.query.parameters import serialised_term
from kg.query.result import LISTS, RECORDS, Answer
from kg.query.statements import Evidence, Statement, Target, find_evidence, find_statements, find_targets
from kg.query.vocabulary import Vocabulary, read_vocabulary
from kg.read import queries
from kg.read.queries import Question
from kg.store import guard, manifest, oxigraph, search
from kg.store.oxigraph import Rows, Store


@dataclass(frozen=True)
class Graph:
    """An open graph: Oxigraph's store, what was opened, and the index file of its names if there is one."""

    store: Store
    where: str
    index: Path | None = None

    @cached_property
    def names(self) -> search.Index:
        """All names, for look-ups and search: the index beside the store, else one made in memory."""
        return search.open(self.index) if self.index else search.of(self.store)

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """Classes, predicates, properties and concepts of the graph's own ontology."""
        return read_vocabulary(self.store)

    @cached_property
    def labels(self) -> Mapping[str, str]:
        """English labels by id: entities, predicates, classes and concepts."""
        return self.names.labels.beside(self.vocabulary.labels)

    @cached_property
    def entities(self) -> tuple[Entity, ...]:
        """All entities with their class, labels, note and coordinates, in the order of their ids."""
        return tuple(find_entities(self.store))

    def query(
        self, text: str, *, allow_service: bool = False
    ) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
        """Run SPARQL; raises BadQuery where it is malformed or asks for what is refused."""
        guard.refuse(text, allow_service=allow_service)
        return oxigraph.query(self.store, text)

    def select(self, text: str) -> Answer:
        """Run a SELECT and keep its rows."""
        guard.refuse(text)
        return self.answer(oxigraph.select(self.store, text))

    def ask(self, question_name: str, **parameters: str | int | float) -> Answer:
        """Answer a question of the catalogue; parameters take a name, an alias or an id."""
        asked = queries.find(question_name)
        given = {key: str(value) for key, value in parameters.items() if value not in ("", None)}
        found = self.answer(oxigraph.select(self.store, asked.bind(self.terms(asked, given))))
        for column in set(LISTS).intersection(found.columns):
            found = found.named(column)
        return found

    def terms(self, asked: Question, given: Mapping[str, str]) -> dict[str, str]:
        """Parameters of a question as serialised RDF terms.

        Raises NotFound for one that the question does not have, KgError where one that it needs is missing.
        """
        kinds = {parameter.name: parameter for parameter in asked.parameters}
        if missing := [p.name for p in asked.parameters if p.needed and p.name not in given]:
            raise KgError(f"{asked.name} needs {' and '.join(missing)}, for example: {asked.example}")
        for key in given:
            if key not in kinds:
                raise NotFound(f"{asked.name} has no parameter {key}; it has {', '.join(kinds) or 'none'}")
        return {
            key: serialised_term(kinds[key], value, self.names, self.vocabulary)
            for key, value in given.items()
        }

    def evidence(self, records: Iterable[str]) -> dict[str, Evidence]:
        """Return the evidence of statements and targets by their ids; unknown ids are left out."""
        return find_evidence(self.store, records)

    def statements(
        self, *, ids: Iterable[str] | None = None, entity: str = "", source: str = ""
    ) -> list[Statement]:
        """Return statements with their evidence: all, or those of these ids, of an entity, of a source."""
        return find_statements(self.store, ids=ids, entity=entity, source=source)

    def targets(
        self, *, ids: Iterable[str] | None = None, entity: str = "", source: str = ""
    ) -> list[Target]:
        """Return targets with their evidence: all, or those of these ids, of an entity, of a source."""
        return find_targets(self.store, ids=ids, entity=entity, source=source)

    def sentence(self, found: Statement | Target) -> str:
        """Return a statement or target as a sentence with English labels."""
        if isinstance(found, Target):
            return found.label
        named = found.object if found.is_literal else self.labels.get(found.object, found.object)
        subject = self.labels.get(found.subject, found.subject)
        return f"{subject} {self.vocabulary.phrase(found.predicate)} {named}"

    def uncounted(self, found: Answer) -> Answer:
        """The answer with the statements behind counts (``count/jinan/chip``) in their place."""
        if "counts" not in found.columns:
            return found
        statements: dict[str, list[str]] = {}
        wanted = " ".join(f"<{iris.iri(count)}>" for count in sorted(set(found.ids("counts"))))
        if wanted:
            counted = queries.internal("counted").bind({"count": wanted})
            for row in oxigraph.select(self.store, counted).values():
                statements.setdefault(iris.short(row["count"]), []).append(row["statement"])
        return found.resolved("counts", "statements", statements)

    def cite(self, found: Answer) -> Answer:
        """The answer with its evidence: a row for each statement or target behind a row, with source,
        paragraph, quote and the publisher's page opened at the quote.

        An answer that names no statement stays as it is.
        """
        found = self.uncounted(found)
        column = next((column for column in found.columns if column in RECORDS), None)
        if column is None:
            return found
        known = self.evidence(found.ids(column))
        where = {key: (e.source, e.paragraph, e.quote, e.link) for key, e in known.items()}
        return found.expand(column, where)

    def answer(self, rows: Rows) -> Answer:
        """Rows of a store with the labels that people read."""
        return Answer(rows.variables, rows.rows, self.labels)


def open_graph(where: str | os.PathLike[str] | None = None) -> Graph:
    """Open a graph: a folder of builds, an RDF file, an endpoint's address, or nothing for the project's own.

    The project's own graph is built when there is none yet. Raises BadStore where nothing can be opened.
    """
    if isinstance(where, str) and where.startswith(("http://", "https://")):
        from kg.store import endpoint  # late: a graph on disk needs no HTTP

        return Graph(endpoint.open_endpoint(where), where)
    path = locations.build(where)
    if path.is_file():
        return Graph(read_file(path), str(path))
    if where is None and not (path / manifest.NAME).is_file():
        from kg.store import build  # late: asking an existing graph must not wait for the checks' libraries

        print(f"building the graph in {path} (once)", file=sys.stderr)
        build.build(locations.seeds(), locations.ontology(), path)
    elif where is None and locations.newer(path / manifest.NAME):
        print("the tables changed since this graph was built: kg build", file=sys.stderr)
    return open_built(manifest.current(path).path(path), str(path))


def open_built(folder: Path, where: str) -> Graph:
    """Open one store of a folder of builds, with its index."""
    index = search.beside(folder)
    return Graph(oxigraph.open_folder(folder), where, index if index.is_file() else None)


def read_file(path: Path) -> Store:
    """A store in memory from an RDF file, its format told by its ending."""
    form = ox.RdfFormat.from_extension(path.suffix.removeprefix("."))
    if form is None:
        raise BadStore(f"{path}: not an RDF format that is known by the ending {path.suffix!r}")
    found = ox.Store()
    try:
        found.bulk_load(path=str(path), format=form)
    except (SyntaxError, ValueError) as error:
        raise BadStore(f"{path} cannot be read: {error}") from None
    return found
