"""An open graph: named questions, SPARQL, statements with evidence, and the views of other libraries."""

import os
import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from kg import iris, locations
from kg.errors import BadStore, KgError, NotFound
from kg.query import internal_rows
from kg.query.entities import Entity, find_entities
from kg.query.parameters import Given, entity_segments, resolve_entity, serialised_term, values
from kg.query.result import LISTS, STATED, Answer
from kg.query.statements import (
    Evidence,
    Mention,
    Statement,
    Target,
    doubts,
    find_mentions,
    find_spotted,
    find_stated,
)
from kg.query.vocabulary import Vocabulary, read_vocabulary
from kg.read import queries
from kg.read.queries import Question
from kg.store import guard, manifest, oxigraph
from kg.store.names import Index, index_in_memory, index_path, names_of, open_index, quotes_of
from kg.store.oxigraph import QueryResult, Rows, Store

if TYPE_CHECKING:
    import networkx as nx
    import rdflib

Ids = Iterable[str] | None


@dataclass(frozen=True)
class Graph(AbstractContextManager["Graph"]):
    """An open graph, made by ``kg.open_graph``.

    ``where`` says what was opened, and ``index`` is the file of names beside the store, if there is one.

    >>> import kg
    >>> graph = kg.open_graph()
    >>> graph.ask("backing", topic="silicon carbide").columns[:3]
    ('region', 'topic', 'way')
    """

    store: Store
    where: str
    index: Path | None = None

    def __repr__(self) -> str:
        try:
            row = self.answer(internal_rows(self.store, "counts"))[0]
        except KgError as error:
            return f"<Graph {self.where}: {error}>"
        counts = ", ".join(f"{row[name]:,} {name}" for name in row)
        return f"<Graph {self.where}: {counts}, {len(self.names.entities):,} entities>"

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the names index; the store is closed with its last reference."""
        if "names" in self.__dict__:
            self.names.close()

    @cached_property
    def names(self) -> Index:
        """All names, for look-ups and search: the index beside the store, else one made in memory."""
        return open_index(self.index) if self.index else index_in_memory(names_of(self.store))

    @cached_property
    def words(self) -> Index:
        """The words of documents that statements quote: in the index of names, else in one made in memory."""
        return self.names if self.index else index_in_memory((), quotes_of(self.store))

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

    def ask(self, question: str, /, **parameters: Given) -> Answer:
        """Answer a question of the catalogue; parameters are names, aliases or ids, empty ones left out.

        A list gives several values to a parameter. Raises NotFound (with near ones) for a question, parameter
        or value that is not there, Ambiguous where several entities have a name, KgError for one missing.
        """
        asked = queries.find(question)
        found = self.answer(oxigraph.select(self.store, asked.bind(self.terms(asked, parameters))))
        label = found.label
        for column in LISTS:
            found = found.mapped(column, lambda ids: ", ".join(sorted(label(one) or one for one in ids)))
        return found.doubted(self._doubts)

    def summary(self, question: str, /, **parameters: Given) -> list[str]:
        """Return the lines that sum up the answer to a question.

        There are none where its header names no summary, or the summary does not know a parameter given; but
        words that choose among the rows (``by``, ``only``) change nothing.
        """
        asked = queries.find(question)
        terms = self.terms(asked, parameters) if asked.summary else {}
        choosing = {p.name for p in asked.parameters if "|" in p.type and not entity_segments(p)}
        lines = []
        for told in map(queries.internal, asked.summary.split()):
            if not terms.keys() - choosing - {parameter.name for parameter in told.parameters}:
                rows = oxigraph.select(self.store, told.bind(terms)).rows
                lines += [line.value for (line,) in rows if isinstance(line, ox.Literal)]
        return lines

    def terms(self, asked: Question, given: Mapping[str, Given], *, exact: bool = False) -> dict[str, str]:
        """Return parameters of a question as serialised RDF terms, ready to be bound; raises as ``ask``.

        With ``exact`` a part of a name is not taken for the name.
        """
        several = {key: v for key, value in given.items() if (v := values(value))}
        kinds = {parameter.name: parameter for parameter in asked.parameters}
        if missing := [p.name for p in asked.parameters if p.needed and p.name not in several]:
            raise KgError(f"{asked.name} needs {' and '.join(missing)}, for example: {asked.example}")
        if unknown := [key for key in several if key not in kinds]:
            raise NotFound(f"{asked.name} has no parameter {unknown[0]}; it has {', '.join(kinds) or 'none'}")
        if twice := [key for key, v in several.items() if kinds[key].type == "boolean" and len(v) > 1]:
            raise KgError(f"{twice[0]} is yes or no, not several values")
        terms = {
            key: dict.fromkeys(serialised_term(self, asked, kinds[key], v, exact=exact) for v in some)
            for key, some in several.items()
        }
        return {key: " ".join(some) for key, some in terms.items()}

    def search(
        self, words: str, *, region: Given = None, source: Given = None, texts: Sequence[Path] | None = None
    ) -> Answer:
        """Return the paragraphs that hold all these words, with the words and the statements that rest there.

        Quotes, governing words, cues, names and headings are searched, and the texts in the folders ``texts``
        (default: those of $KG_TEXTS, else ./texts) that are at hand. Raises as ``ask``.
        """
        from kg.query.search import search_words  # late: no question needs it

        return search_words(self, words, region=region, source=source, texts=texts)

    def resolve(self, words: str, *, segments: Sequence[str] = ()) -> str:
        """Return the id of the entity that a name, a part of one, or an id stands for; raises as ``ask``."""
        return resolve_entity(self, words, segments)

    def query(self, text: str, *, allow_service: bool = False) -> QueryResult:
        """Run a SPARQL query of any form; the prefixes of ``kg.iris`` need no declaration.

        Raises BadQuery where it is malformed or asks for what is refused, such as SERVICE.
        """
        guard.refuse(text, allow_service=allow_service)
        return oxigraph.query(self.store, text)

    def select(self, text: str) -> Answer:
        """Run a SELECT query and return its rows; raises BadQuery as ``query``, and for other forms."""
        guard.refuse(text)
        return self.answer(oxigraph.select(self.store, text))

    def answer(self, rows: Rows) -> Answer:
        """Return rows of a store as an Answer with this graph's labels and evidence."""
        return Answer(rows.variables, rows.rows, self.labels, self._evidence_behind)

    def _doubts(self, ids: Collection[str]) -> dict[str, str]:
        """Return what is doubtful by id; a mention is marked as one."""
        seen = self.mentions(ids=[one for one in ids if one.startswith("mention/")])
        others = [one for one in ids if not one.startswith("spotting/")]  # the questions say what these are
        return doubts(self.store, others) | {one.id: one.evidence.doubt for one in seen}

    def statements(self, *, ids: Ids = None, entity: str = "", source: str = "") -> list[Statement]:
        """Return statements with their evidence: all, or those of these ids, of an entity, of a source."""
        return find_stated(Statement, self.store, ids=ids, entity=entity, source=source)

    def targets(self, *, ids: Ids = None, entity: str = "", source: str = "") -> list[Target]:
        """Return targets and results with their evidence: all, of these ids, of an entity, of a source."""
        return find_stated(Target, self.store, ids=ids, entity=entity, source=source)

    def mentions(self, *, ids: Ids = None, entity: str = "", source: str = "") -> list[Mention]:
        """Return mentions in the order of the texts: all, or those of these ids, an entity, a source."""
        return find_mentions(self.store, ids=ids, entity=entity, source=source)

    def evidence(self, ids: Iterable[str]) -> dict[str, Evidence]:
        """Return the evidence of statements, targets, mentions and spottings by id, unknown ids left out."""
        kinds: dict[str, list[str]] = {"statement": [], "target": [], "mention": [], "spotting": []}
        kinds["result"] = kinds["target"]
        for one in set(ids):
            kinds.get(one.partition("/")[0], []).append(one)
        found: list[Statement | Target | Mention] = [*self.targets(ids=kinds["target"])]
        found += [*self.mentions(ids=kinds["mention"]), *self.statements(ids=kinds["statement"])]
        return {each.id: each.evidence for each in found} | find_spotted(self.store, kinds["spotting"])

    def sentence(self, found: Statement | Target, *, about: str = "") -> str:
        """Return a statement or target as a sentence with English labels; ``about`` begins it if it can."""
        if isinstance(found, Target):
            return found.label
        named = found.object if found.is_literal else self.labels.get(found.object, found.object)
        subject = self.labels.get(found.subject, found.subject)
        term = self.vocabulary.terms.get(found.predicate)
        if term and term.inverse_phrase and found.object == about:
            return f"{named} {term.inverse_phrase} {subject}"
        return f"{subject} {self.vocabulary.phrase(found.predicate)} {named}"

    def uncounted(self, found: Answer) -> Answer:
        """Return the answer with the statements behind counts (``count/jinan/chip``) in their place."""
        known = self._counted(found.ids("counts"))
        joined = {count: " ".join(dict.fromkeys(behind)) for count, behind in known.items()}
        return found.mapped("counts", lambda ids: " ".join(joined[one] for one in ids), "statements")

    def cite(self, found: Answer) -> Answer:
        """Return the answer with its evidence in each row.

        The column that names statements or targets gives way to ``sources``, ``paragraphs``, ``quotes`` and
        ``links`` (the publisher's page opened at the quote), lists in the same order with ``|`` between. An
        answer that names no statement is returned as it is.
        """
        found = self.uncounted(found)
        column = next((column for column in found.columns if column in STATED), None)
        return found if column is None else found.cited(column, self.evidence(found.ids(column)))

    def to_networkx(self, **filters: Any) -> "nx.MultiDiGraph":
        """Return what is stated as a networkx MultiDiGraph, edges keyed by statement with their evidence.

        ``filters`` are those of ``kg.query.networkx_view.network``.
        """
        from kg.query import networkx_view  # late: networkx takes a third of a second to import

        return networkx_view.network(self, **filters)

    def to_rdflib(self) -> "rdflib.Dataset":
        """Return the graph as an rdflib Dataset over the same store, by oxrdflib; KgError at an endpoint."""
        import oxrdflib  # late: rdflib takes a quarter of a second to import
        import rdflib

        if not isinstance(self.store, ox.Store):
            raise KgError(f"{self.where} is an endpoint, which rdflib reads by its own SPARQLStore")
        found = rdflib.Dataset(store=oxrdflib.OxigraphStore(store=self.store))
        for prefix, namespace in iris.PREFIXES.items():
            found.bind(prefix, namespace, override=True, replace=True)
        return found

    def _counted(self, counts: Iterable[str]) -> dict[str, list[str]]:
        """Return the ids of the statements behind each count."""
        found: dict[str, list[str]] = {count: [] for count in sorted(counts)}
        for row in internal_rows(self.store, "counted", count=found).values() if found else ():
            found[iris.short(row["count"])].append(iris.short(row["statement"]))
        return found

    def _evidence_behind(self, ids: Collection[str]) -> dict[str, list[Evidence]]:
        """Return the evidence behind statements, targets and counts by their ids."""
        counted = self._counted(one for one in ids if one.startswith("count/"))
        behind = {one: counted.get(one, [one]) for one in ids}
        known = self.evidence(member for members in behind.values() for member in members)
        return {one: [known[m] for m in members if m in known] for one, members in behind.items()}


def open_graph(where: str | os.PathLike[str] | None = None) -> Graph:
    """Open a graph to read; raises BadStore where there is none, or none that can be read.

    ``where`` is a folder of builds, an RDF file, or the address of a SPARQL endpoint; without it the
    project's own graph is opened, and built if there is none yet.
    """
    if isinstance(where, str) and where.startswith(("http://", "https://")):
        from kg.store import endpoint  # late: a graph on disk needs no HTTP

        return Graph(endpoint.open_endpoint(where), where)
    path = locations.build(where)
    if path.is_file():
        return Graph(_read_file(path), str(path))
    if where is None and not (path / manifest.NAME).is_file():
        from kg.store import build  # late: asking an existing graph must not wait for the checks' libraries

        sys.stderr.write(f"building the graph in {path} (once)\n")
        build.build_graph(folder=path)
    elif where is None and locations.newer(path / manifest.NAME):
        sys.stderr.write("the tables changed since this graph was built: kg build\n")
    return open_built(manifest.current(path).path(path), str(path))


def open_built(folder: Path, where: str) -> Graph:
    """Open one store of a folder of builds, with its index of names; ``where`` is what to call it."""
    index = index_path(folder)
    return Graph(oxigraph.open_folder(folder), where, index if index.is_file() else None)


def _read_file(path: Path) -> Store:
    """Read an RDF file into a store in memory; its ending says the format."""
    form, found = ox.RdfFormat.from_extension(path.suffix.removeprefix(".")), ox.Store()
    if form is None:
        raise BadStore(f"{path}: not an RDF format that is known by the ending {path.suffix!r}")
    try:
        found.bulk_load(path=str(path), format=form)
    except (SyntaxError, ValueError) as error:
        raise BadStore(f"{path} cannot be read: {error}") from None
    return found
