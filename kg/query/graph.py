"""The graph as Python users hold it: open it, ask a named question, run SPARQL.

>>> from kg.query import graph
>>> g = graph.open_graph()
>>> answer = g.ask("promoters", topic="silicon carbide")
>>> answer.columns[0]
'region'
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from urllib.parse import quote as percent

import pyoxigraph as ox

from kg import iris, locations
from kg.errors import BadStore, KgError, NotFound
from kg.query.result import LISTS, RECORDS, Answer
from kg.read import queries
from kg.read.queries import Parameter, Question
from kg.store import guard, manifest, oxigraph
from kg.store.names import Index, index_of, index_path, open_index
from kg.store.oxigraph import QueryResult, Rows, Store

_SCHEMES = ("stages", "tiers", "comparators", "flags", "units", "confidences", "roles")
#: What a parameter of a closed type may be, found once for a graph.
_CHOICE = "SELECT ?found ?name ?label { GRAPH graph:ontology { PATTERN } } ORDER BY ?name ?found"
_CONCEPTS = "?found skos:inScheme kg:SCHEME ; skos:notation ?name ; skos:prefLabel ?label"
_CHOICES = {
    "predicate": "?found a ?kind ; rdfs:label ?label . FILTER (?kind = kg:Predicate || ?found = kg:targets)",
    "class": "?found rdfs:subClassOf+ kg:Entity ; rdfs:label ?label",
}
_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,40}\.?[0-9]{0,40}|\.[0-9]{1,40})(?:[eE][+-]?[0-9]{1,2})?")
_TERM_LABELS = """
SELECT ?term ?label {
  GRAPH graph:ontology { ?term skos:prefLabel|rdfs:label ?label }
  FILTER (lang(?label) = "en")
}
"""
_PHRASES = "SELECT ?predicate ?phrase { GRAPH graph:ontology { ?predicate kg:phrase ?phrase } }"
_EVIDENCE = """
SELECT ?record ?source ?title ?paragraph ?quote ?address ?start ?end ?row {
  GRAPH ?graph {
    VALUES ?record { UNDEF }
    ?record kg:paragraph/kg:number ?paragraph ; kg:evidence ?words ; kg:row ?row .
    ?words oa:hasSelector/oa:exact ?quote .
    OPTIONAL { ?words oa:hasSelector ?position . ?position oa:start ?start ; oa:end ?end }
  }
  ?graph prov:wasDerivedFrom ?source .
  ?source skos:prefLabel ?title . FILTER (lang(?title) = "en")
  GRAPH graph:dataset { ?source dcterms:identifier ?address }
}
"""


_COUNTED = """
SELECT ?count ?statement {
  VALUES ?count { UNDEF }
  GRAPH graph:counts { ?count kg:countsRegion ?region ; kg:countsTopic ?topic }
  OPTIONAL { GRAPH graph:counts { ?count kg:countsYear ?year } }
  GRAPH ?graph { ?statement rdf:object ?topic ; rdf:subject ?region ; rdf:predicate ?relation }
  ?graph prov:wasDerivedFrom ?source .
  GRAPH graph:ontology { ?relation rdfs:subPropertyOf kg:backs }
  FILTER NOT EXISTS {
    GRAPH ?graph { ?statement kg:flag ?flag } GRAPH graph:ontology { ?flag kg:withholds true }
  }
  GRAPH graph:dataset { ?source dcterms:issued ?day }
  FILTER (!BOUND(?year) || YEAR(?day) = ?year)
}
ORDER BY ?count ?day ?statement
"""


@dataclass(frozen=True)
class Evidence:
    """Where it says so: the source, its paragraph (from 1), the quote, and where that stands in it."""

    record: str
    source: str
    title: str
    paragraph: int
    quote: str
    address: str
    start: int | None
    end: int | None
    row: str

    @property
    def link(self) -> str:
        """The publisher's page, opened at the quote by a browser that knows text fragments."""
        return text_fragment(self.address, self.quote)


@dataclass(frozen=True)
class Graph:
    """An open graph: Oxigraph's store, what was opened, and the index file of its names if there is one."""

    store: Store
    where: str
    index: Path | None = None
    _choices: dict[str, list[dict[str, str]]] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def names(self) -> Index:
        """All names, for look-ups and search: the index beside the store, else one made in memory."""
        return open_index(self.index) if self.index else index_of(self.store)

    def close(self) -> None:
        """Close the names index; the store is closed with its last reference."""
        if "names" in self.__dict__:
            self.names.close()

    @cached_property
    def labels(self) -> Mapping[str, str]:
        """English labels by id: entities, predicates, classes and concepts of the small schemes."""
        rows = oxigraph.select(self.store, _TERM_LABELS).values()
        return self.names.labels.beside({iris.short(row["term"]): row["label"] for row in rows})

    @cached_property
    def phrases(self) -> Mapping[str, str]:
        """How each predicate reads in a sentence, by the predicate's short form."""
        rows = oxigraph.select(self.store, _PHRASES).values()
        return {iris.short(row["predicate"]): row["phrase"] for row in rows}

    def query(self, text: str, *, allow_service: bool = False) -> QueryResult:
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
        return {key: self._term(kinds[key], value) for key, value in given.items()}

    def evidence(self, records: Iterable[str]) -> dict[str, Evidence]:
        """Evidence of statements and targets, by their ids."""
        wanted = " ".join(f"<{iris.iri(record)}>" for record in sorted(set(records)))
        if not wanted:
            return {}
        found = oxigraph.select(self.store, _EVIDENCE.replace("UNDEF", wanted)).values()
        return {
            record.record: record
            for row in found
            for record in [
                Evidence(
                    iris.short(row["record"]),
                    iris.short(row["source"]),
                    row["title"],
                    int(row["paragraph"]),
                    row["quote"],
                    row["address"],
                    int(row["start"]) if row["start"] else None,
                    int(row["end"]) if row["end"] else None,
                    row["row"],
                )
            ]
        }

    def uncounted(self, found: Answer) -> Answer:
        """The answer with the statements behind counts (``count/jinan/chip``) in their place."""
        if "counts" not in found.columns:
            return found
        statements: dict[str, list[str]] = {}
        wanted = " ".join(f"<{iris.iri(count)}>" for count in sorted(set(found.ids("counts"))))
        if wanted:
            for row in oxigraph.select(self.store, _COUNTED.replace("UNDEF", wanted)).values():
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

    def _term(self, parameter: Parameter, value: str) -> str:
        """A parameter's value as one serialised term, whatever it holds."""
        if parameter.type == "number":
            return _number(parameter, value)
        if parameter.type == "boolean":
            return _boolean(parameter, value)
        if parameter.type in (*_SCHEMES, *_CHOICES):
            return self._of_ontology(parameter, value)
        words = tuple(parameter.type.split("|"))
        segments = iris.ENTITY_SEGMENTS if parameter.type == "entity" else words
        if not set(segments) <= set(iris.ENTITY_SEGMENTS):
            if value not in words:
                raise NotFound(f"{parameter.name} is one of {', '.join(words)}, not {value!r}")
            return str(ox.Literal(value))
        return str(ox.NamedNode(iris.iri(self.names.resolve(value, segments=segments))))

    def _of_ontology(self, parameter: Parameter, value: str) -> str:
        """A concept, predicate or class by its name (byCompany, in-production), its label or its IRI."""
        kind = parameter.type
        if kind not in self._choices:
            pattern = _CHOICES.get(kind, _CONCEPTS.replace("SCHEME", kind))
            self._choices[kind] = oxigraph.select(self.store, _CHOICE.replace("PATTERN", pattern)).values()
        names = {}
        for row in self._choices[kind]:
            name = row["name"] or iris.short(row["found"]).rpartition(":")[2]
            names[name] = row["found"]
            if value.casefold() in (name.casefold(), row["label"].casefold(), row["found"].casefold()):
                return f"<{row['found']}>"
        raise NotFound(f"{parameter.name} is one of {', '.join(sorted(names))}, not {value!r}")


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
    index = index_path(folder)
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


def _number(parameter: Parameter, value: str) -> str:
    """A number, also as Python writes large and small ones (1e+16), every digit kept."""
    if not _NUMBER.fullmatch(value):
        raise KgError(f"{parameter.name} takes a number, not {value!r}")
    return str(ox.Literal(format(Decimal(value), "f"), datatype=ox.NamedNode(iris.expand("xsd:decimal"))))


def _boolean(parameter: Parameter, value: str) -> str:
    known = {"yes": "true", "true": "true", "1": "true", "no": "false", "false": "false", "0": "false"}
    if value.casefold() not in known:
        raise NotFound(f"{parameter.name} is yes or no, not {value!r}")
    return str(ox.Literal(known[value.casefold()], datatype=ox.NamedNode(iris.expand("xsd:boolean"))))


def text_fragment(address: str, quote: str) -> str:
    """An address that opens a page at a quote (WICG text fragment)."""
    return f"{address}#:~:text={percent(quote, safe='').replace('-', '%2D')}"
