"""The difference of two builds, by id and in sentences: statements, targets, entities, names, links."""

import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as ox

from kg import iris
from kg.errors import BadStore, shorten
from kg.store import manifest, oxigraph

HOW = ("added", "removed", "changed")
#: Kinds of things in the order in which they are listed, with their plural.
_PLURALS = {
    "source": "Sources", "statement": "Statements", "target": "Targets", "result": "Results",
    "entity": "Entities", "name": "Names", "link": "Links", "section": "Sections", "term": "Terms",
    "question": "Questions", "dataset": "Dataset",
}  # fmt: skip
#: Properties of statements that follow from others, or belong to the table and not to the world.
_DERIVED = {"rdf:type", "row", "begins", "ends", "rdfs:label", "paragraph"}
_ENTITY = {
    "rdf:type", "note", "unit", "gb2260", "iso31662", "geo:lat", "geo:long", "ground", "dcterms:isReplacedBy",
    "dcterms:description", "dcterms:language", "dcterms:identifier", "dcterms:bibliographicCitation",
    "dcterms:isVersionOf", "dcterms:provenance", "spdx:checksumValue", "paragraphs",
}  # fmt: skip
#: Properties whose values are shown by their labels.
_LABELLED = {
    "rdf:type", "stage", "tier", "flag", "unit", "comparator", "ofRegion", "role", "confidence", "topic",
    "place", "indicator",
}  # fmt: skip
_CALLED = {
    "rdf:type": "kind", "evidence": "quote", "unitWritten": "unit as written", "iso31662": "ISO 3166-2",
}  # fmt: skip


@dataclass(frozen=True)
class Change:
    """A thing that was added, removed or changed; ``details`` list its properties that changed."""

    what: str
    how: str
    id: str
    words: str
    details: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.words} [{self.id}]" + "".join(f"\n  - {detail}" for detail in self.details)


@dataclass(frozen=True)
class Difference:
    """All changes, and the numbers of statements and targets whose row and of quotes whose position moved."""

    changes: tuple[Change, ...]
    moved: int
    positions: int

    def counts(self) -> dict[str, dict[str, int]]:
        """Return the number of changes by kind of thing, then by added, removed and changed."""
        found = Counter((change.what, change.how) for change in self.changes)
        kinds = dict.fromkeys(change.what for change in self.changes)
        return {what: {how: found[what, how] for how in HOW} for what in kinds}

    def as_json(self) -> dict[str, object]:
        """Return the difference as a value that JSON has."""
        changes = [asdict(change) for change in self.changes]
        numbers = {"moved": self.moved, "positions": self.positions}
        return {"counts": self.counts(), **numbers, "changes": changes}


class Property(NamedTuple):
    """A property of a subject: predicate, value and graph in short form; texts may have a language."""

    predicate: str
    value: str
    lang: str
    graph: str


class Quads:
    """The quads of one build, looked up by subject."""

    def __init__(self, store: oxigraph.Store) -> None:
        self._store = store
        self.label = lru_cache(maxsize=65_536)(self._label)

    def about(self, subject: str) -> list[Property]:
        """Return the properties of one subject by its id or IRI, in order; blank nodes are left out."""
        try:
            node = ox.NamedNode(subject if "://" in subject else iris.iri(subject))
        except ValueError:  # a text
            return []
        return [
            Property(
                iris.short(quad.predicate.value),
                one.value if isinstance(one, ox.Literal) else iris.short(one.value),
                (isinstance(one, ox.Literal) and one.language) or "",
                iris.short(getattr(quad.graph_name, "value", "")),
            )
            for quad in sorted(self._store.quads_for_pattern(node, None, None, None), key=str)
            if isinstance(one := quad.object, ox.NamedNode | ox.Literal)
        ]

    def value(self, subject: str, predicate: str, *, lang: str = "") -> str:
        """Return one value of a property, or nothing."""
        return next((p.value for p in self.about(subject) if (p.predicate, p.lang) == (predicate, lang)), "")

    def differing(self, other: "Quads") -> list[str]:
        """Return the IRIs of subjects of which another build does not say the same, in order."""
        pairs = ((self._store, other._store), (other._store, self._store))
        quads = (quad for one, two in pairs for quad in one if quad not in two)
        return sorted({q.subject.value for q in quads if isinstance(q.subject, ox.NamedNode)})

    def _label(self, identifier: str) -> str:
        """Return what people call a subject: its English label, a predicate's phrase, else its id."""
        address = identifier  # our own terms have neither colon nor slash
        if "/" not in identifier:
            address = iris.expand(identifier) if ":" in identifier else iris.NS + identifier
        found = {(p.predicate, p.lang): p.value for p in self.about(address)}
        keys = (("phrase", ""), ("skos:prefLabel", "en"), ("rdfs:label", "en"), ("phrase", "en"))
        return next((found[key] for key in keys if key in found), identifier)


@contextmanager
def open_quads(old: Path, new: Path) -> Iterator[tuple[Quads, Quads]]:
    """Open two folders of builds or N-Quads files, sorted or not; raises BadStore for anything else."""
    with tempfile.TemporaryDirectory() as folder:  # files are loaded to disk, for they may be large
        yield Quads(_open(old, Path(folder, "old"))), Quads(_open(new, Path(folder, "new")))


def _open(path: Path, folder: Path) -> oxigraph.Store:
    if path.is_dir():
        return oxigraph.open_folder(manifest.current(path).path(path))
    if not path.is_file() or path.suffix != ".nq":
        raise BadStore(f"{path} is neither a folder of kg build nor an N-Quads file (.nq)")
    try:
        oxigraph.create(folder, path)
    except (SyntaxError, ValueError) as error:
        raise BadStore(f"{path} cannot be read: {error}") from None
    return oxigraph.open_folder(folder)


def compare(old: Path, new: Path) -> Difference:
    """Compare two folders of builds or N-Quads files; raises BadStore if one of them cannot be read."""
    changes = []
    moved = positions = 0
    with open_quads(old, new) as graphs:
        for address in graphs[0].differing(graphs[1]):
            kind = _kind(address)
            if kind == "position":
                positions += all(graph.about(address) for graph in graphs)
            elif kind and (found := _change(kind, address, graphs)):
                changes.append(found)
            elif kind in ("statement", "target", "result"):
                moved += 1
    changes.sort(key=lambda c: (list(_PLURALS).index(c.what), HOW.index(c.how), c.words, c.id))
    return Difference(tuple(changes), moved, positions)


def render(found: Difference, *, limit: int = 0) -> str:
    """Return the difference as Markdown; ``limit`` bounds each list, 0 shows all."""
    if not found.changes and not found.moved and not found.positions:
        return "The two say the same.\n"
    counts = [
        f"- {_PLURALS[what]}: " + ", ".join(f"{number:,} {how}" for how, number in kinds.items() if number)
        for what, kinds in found.counts().items()
    ]
    moved = f"- {found.moved:,} statements and targets only moved to another row of their table"
    positions = f"- {found.positions:,} positions of quotes and paragraphs changed"
    parts = ["\n".join([*counts, *[moved] * bool(found.moved), *[positions] * bool(found.positions)])]
    for (what, how), changes in groupby(found.changes, key=lambda change: (change.what, change.how)):
        lines = [f"- {change}" for change in changes]
        more = [f"- ... and {len(lines) - limit:,} more"] if 0 < limit < len(lines) else []
        parts.append("\n".join([f"## {_PLURALS[what]} {how}", "", *lines[: limit or None], *more]))
    return "\n\n".join(parts) + "\n"


def _kind(address: str) -> str:
    """Return what a subject is; nothing for those that others describe."""
    if address.startswith(iris.NS) or not address.startswith(iris.BASE):
        return "term"
    segment, _, rest = iris.short(address).partition("/")
    if segment == "source" and "/" in rest:
        return "section" if "/section/" in rest else "position"
    if segment in _PLURALS or segment in ("graph", "count"):
        return segment if segment in _PLURALS else ""
    return "entity" if segment in iris.ENTITY_SEGMENTS else "term"


def _tells(kind: str, predicate: str) -> bool:
    """Return whether a change of a property is a change of the thing."""
    if kind in ("statement", "target", "result"):
        return predicate not in _DERIVED
    if kind in ("entity", "source"):
        return predicate in _ENTITY or (kind == "source" and predicate == "skos:prefLabel")
    return True


def _change(kind: str, address: str, graphs: tuple[Quads, Quads]) -> Change | None:
    sides = [[one for one in graph.about(address) if _tells(kind, one.predicate)] for graph in graphs]
    old, new = map(set, sides)
    if old == new:
        return None
    how = "added" if not old else "removed" if not new else "changed"
    was, now = (
        {
            predicate: ", ".join(_value(one, graph) for one in same)
            for predicate, same in groupby(sorted(differing), key=lambda one: one.predicate)
        }
        for differing, graph in zip((old - new, new - old), graphs, strict=True)
    )
    details = tuple(
        f"{_CALLED.get(p, p.rpartition(':')[2])}: {was.get(p) or 'nothing'} → {now.get(p) or 'nothing'}"
        for p in sorted(was.keys() | now.keys())
        if how == "changed"
    )
    subject, at = iris.short(address), how != "removed"
    return Change(kind, how, subject, _words(kind, subject, sides[at], graphs[at]), details)


def _value(one: Property, graph: Quads) -> str:
    if one.predicate == "evidence":
        return f"“{graph.value(f'{one.value}/exact', 'oa:exact')}”"
    return graph.label(one.value) if one.predicate in _LABELLED else shorten(one.value)


def _words(kind: str, subject: str, properties: list[Property], graph: Quads) -> str:
    """Return what a thing says or is called."""
    one = {each.predicate: each.value for each in properties}
    ends = " ".join(
        graph.label(one[end]) for end in ("rdf:subject", "rdf:predicate", "rdf:object") if end in one
    )
    if kind == "statement":
        return ends + (f" ({graph.label(one['stage'])})" if "stage" in one else "") + _where(one, graph)
    if kind in ("target", "result"):
        label = graph.value(subject, "rdfs:label", lang="en")
        return f"{graph.label(one.get('place', ''))}: {label}" + _where(one, graph)
    if kind == "name":
        forms = (each for each in properties if each.predicate == "skosxl:literalForm")
        written = (f"“{form.value}” ({form.lang}, {graph.label(one.get('role', ''))})" for form in forms)
        return f"{next(written, '')} of {one.get('names', '')}"
    if kind == "link":
        return f"{ends} (assumed: {one.get('ground', '')})"
    if kind in ("entity", "source"):
        types = [
            graph.label(e.value) for e in properties if e.predicate == "rdf:type" and e.value != "Region"
        ]
        retired = [f"replaced by {e.value}" for e in properties if e.predicate == "dcterms:isReplacedBy"]
        return ", ".join([graph.label(subject), *([" and ".join(types)] if types else []), *retired])
    return one.get("dcterms:title") or graph.label(subject)


def _where(one: Mapping[str, str], graph: Quads) -> str:
    source, _, rest = one.get("evidence", "").removeprefix("source/").partition("/paragraph/")
    quote = graph.value(f"{one.get('evidence', '')}/exact", "oa:exact")
    return f"; {source} ¶{rest.partition('/')[0]}: “{quote}”"
