"""The difference of two builds, by id and in sentences: statements, targets, entities, names, links."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path

from kg import iris
from kg.errors import shorten
from kg.export.dump import Pair, Property, Quads

HOW = ("added", "removed", "changed")
WHAT = ("source", "statement", "target", "entity", "name", "link", "section", "term", "question", "dataset")
#: Properties of statements that follow from others, or belong to the table and not to the world.
_DERIVED = {"rdf:type", "row", "begins", "ends", "rdfs:label", "paragraph"}
_ENTITY = {
    "rdf:type", "note", "unit", "gb2260", "iso31662", "geo:lat", "geo:long", "ground", "dcterms:isReplacedBy",
    "dcterms:description", "dcterms:language", "dcterms:identifier", "dcterms:bibliographicCitation",
    "dcterms:isVersionOf", "dcterms:provenance", "spdx:checksumValue", "paragraphs",
}  # fmt: skip
_CALLED = {
    "rdf:type": "kind",
    "evidence": "quote",
    "unitWritten": "unit as written",
    "iso31662": "ISO 3166-2",
}


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
        found: dict[str, dict[str, int]] = {}
        for change in self.changes:
            kinds = found.setdefault(change.what, dict.fromkeys(HOW, 0))
            kinds[change.how] += 1
        return found

    def as_json(self) -> dict[str, object]:
        """Return the difference as a value that JSON has."""
        return {
            "counts": self.counts(),
            "moved": self.moved,
            "positions": self.positions,
            "changes": [asdict(change) for change in self.changes],
        }


def compare(old: Path, new: Path) -> Difference:
    """Compare two folders of builds or N-Quads files.

    Raises:
        BadStore: One of them cannot be read.
    """
    with ExitStack() as stack:
        pair = Pair(old, new, stack)
        before, after = pair.old, pair.new
        changes = []
        moved = positions = 0
        for address in pair.subjects():
            subject = iris.short(address)
            kind = _kind(address, subject)
            if not kind:
                continue
            one, two = before.about(address), after.about(address)
            if kind == "position":
                positions += bool(one and two)
                continue
            found = _change(kind, subject, one, two, before, after)
            if found:
                changes.append(found)
            elif kind in ("statement", "target"):
                moved += 1
    changes.sort(key=lambda c: (WHAT.index(c.what), HOW.index(c.how), c.words, c.id))
    return Difference(tuple(changes), moved, positions)


def render(found: Difference, *, limit: int = 0) -> str:
    """Return the difference as Markdown; ``limit`` bounds each list, 0 shows all."""
    if not found.changes and not found.moved and not found.positions:
        return "The two say the same.\n"
    counts = [
        f"- {_plural(what)}: " + ", ".join(f"{number:,} {how}" for how, number in kinds.items() if number)
        for what, kinds in found.counts().items()
    ]
    if found.moved:
        counts.append(f"- {found.moved:,} statements and targets only moved to another row of their table")
    if found.positions:
        counts.append(f"- {found.positions:,} positions of quotes and paragraphs changed")
    parts = ["\n".join(counts)]
    for what, kinds in found.counts().items():
        for how in (how for how in HOW if kinds[how]):
            lines = [f"- {change}" for change in found.changes if (change.what, change.how) == (what, how)]
            shown = lines[: limit or None]
            if len(lines) > len(shown):
                shown.append(f"- ... and {len(lines) - len(shown):,} more")
            parts.append("\n".join([f"## {_plural(what)} {how}", "", *shown]))
    return "\n\n".join(parts) + "\n"


def _kind(address: str, subject: str) -> str:
    """Return what a subject is; nothing for those that others describe."""
    if address.startswith(iris.NS) or not address.startswith(iris.BASE):
        return "term"
    segment, _, rest = subject.partition("/")
    if segment == "source" and "/" in rest:
        return "section" if "/section/" in rest else "position"
    if segment in ("graph", "count"):
        return ""
    if segment in WHAT:
        return segment
    return "entity" if segment in iris.ENTITY_SEGMENTS else "term"


def _change(
    kind: str, subject: str, one: list[Property], two: list[Property], before: Quads, after: Quads
) -> Change | None:
    keep = _KEPT.get(kind, bool)
    old, new = [f for f in one if keep(f)], [f for f in two if keep(f)]
    if set(old) == set(new):
        return None
    how = "added" if not old else "removed" if not new else "changed"
    properties, graph = (old, before) if how == "removed" else (new, after)
    words = _WORDS.get(kind, _plain)(subject, properties, graph)
    details = _details(old, new, before, after) if how == "changed" else ()
    return Change(kind, how, subject, words, details)


def _details(
    old: Iterable[Property], new: Iterable[Property], before: Quads, after: Quads
) -> tuple[str, ...]:
    """Return each property with its old and its new value."""
    found: dict[str, tuple[list[str], list[str]]] = {}
    for properties, others, graph, side in ((old, new, before, 0), (new, old, after, 1)):
        for one in sorted(set(properties) - set(others)):
            values = found.setdefault(one.predicate, ([], []))
            values[side].append(_value(one, graph))
    lines = []
    for predicate, (was, now) in sorted(found.items()):
        called = _CALLED.get(predicate, predicate.rpartition(":")[2])
        lines.append(f"{called}: {', '.join(was) or 'nothing'} → {', '.join(now) or 'nothing'}")
    return tuple(lines)


def _value(one: Property, graph: Quads) -> str:
    if one.predicate == "evidence":
        return f"“{graph.value(f'{one.value}/exact', 'oa:exact')}”"
    if one.predicate in ("dcterms:isReplacedBy", "dcterms:source") or not _names_a_term(one):
        return shorten(one.value)
    return graph.label(one.value)


def _names_a_term(one: Property) -> bool:
    return one.predicate in (
        "rdf:type", "stage", "tier", "flag", "unit", "comparator", "ofRegion", "role", "confidence", "topic",
        "place", "indicator",
    )  # fmt: skip


def _statement(_subject: str, properties: list[Property], graph: Quads) -> str:
    one = _by_predicate(properties)
    ends = [one.get(f"rdf:{part}", "") for part in ("subject", "predicate", "object")]
    stage = f" ({graph.label(one['stage'])})" if "stage" in one else ""
    return " ".join(graph.label(end) for end in ends) + stage + _where(one, graph)


def _target(subject: str, properties: list[Property], graph: Quads) -> str:
    one = _by_predicate(properties)
    label = graph.value(subject, "rdfs:label", lang="en")
    return f"{graph.label(one.get('place', ''))}: {label}" + _where(one, graph)


def _where(one: Mapping[str, str], graph: Quads) -> str:
    source, _, rest = one.get("evidence", "").removeprefix("source/").partition("/paragraph/")
    quote = graph.value(f"{one.get('evidence', '')}/exact", "oa:exact")
    return f"; {source} ¶{rest.partition('/')[0]}: “{quote}”"


def _name(_subject: str, properties: list[Property], graph: Quads) -> str:
    form = next((f for f in properties if f.predicate == "skosxl:literalForm"), None)
    one = _by_predicate(properties)
    written = f"“{form.value}” ({form.lang}, {graph.label(one.get('role', ''))})" if form else ""
    return f"{written} of {one.get('names', '')}"


def _link(_subject: str, properties: list[Property], graph: Quads) -> str:
    one = _by_predicate(properties)
    ends = [graph.label(one.get(f"rdf:{part}", "")) for part in ("subject", "predicate", "object")]
    return f"{' '.join(ends)} (assumed: {one.get('ground', '')})"


def _entity(subject: str, properties: list[Property], graph: Quads) -> str:
    kinds = [graph.label(f.value) for f in properties if f.predicate == "rdf:type" and f.value != "Region"]
    retired = [f"replaced by {f.value}" for f in properties if f.predicate == "dcterms:isReplacedBy"]
    return ", ".join([graph.label(subject), *([" and ".join(kinds)] if kinds else []), *retired])


def _plain(subject: str, properties: list[Property], graph: Quads) -> str:
    title = _by_predicate(properties).get("dcterms:title", "")
    return title or graph.label(subject)


def _by_predicate(properties: Iterable[Property]) -> dict[str, str]:
    return {one.predicate: one.value for one in properties}


def _plural(what: str) -> str:
    return {"entity": "Entities", "dataset": "Dataset"}.get(what, f"{what.capitalize()}s")


def _of_statement(one: Property) -> bool:
    return one.predicate not in _DERIVED


def _of_entity(one: Property) -> bool:
    return one.predicate in _ENTITY


def _of_source(one: Property) -> bool:
    return one.predicate in _ENTITY or one.predicate == "skos:prefLabel"


_KEPT: Mapping[str, Callable[[Property], bool]] = {
    "statement": _of_statement,
    "target": _of_statement,
    "entity": _of_entity,
    "source": _of_source,
}
_WORDS: Mapping[str, Callable[[str, list[Property], Quads], str]] = {
    "statement": _statement,
    "target": _target,
    "name": _name,
    "link": _link,
    "entity": _entity,
    "source": _entity,
}
