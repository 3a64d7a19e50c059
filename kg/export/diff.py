"""What differs between two builds, in words and by id: statements, targets, entities, names, links."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path

from kg import iris
from kg.errors import shorten
from kg.export import dump
from kg.export.dump import Fact, Quads

HOW = ("added", "removed", "changed")
WHAT = ("source", "statement", "target", "entity", "name", "link", "section", "term", "question", "dataset")
#: Properties of records that follow from others, or tell of the table and not of the world.
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
    """One thing that was added, removed or changed; ``details`` tell what of it changed."""

    what: str
    how: str
    id: str
    words: str
    details: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.words} [{self.id}]" + "".join(f"\n  - {detail}" for detail in self.details)


@dataclass(frozen=True)
class Difference:
    """All changes, and how many records only moved to another row of their table."""

    changes: tuple[Change, ...]
    moved: int
    positions: int

    def counts(self) -> dict[str, dict[str, int]]:
        found: dict[str, dict[str, int]] = {}
        for change in self.changes:
            kinds = found.setdefault(change.what, dict.fromkeys(HOW, 0))
            kinds[change.how] += 1
        return found

    def as_json(self) -> dict[str, object]:
        return {
            "counts": self.counts(),
            "moved": self.moved,
            "positions": self.positions,
            "changes": [asdict(change) for change in self.changes],
        }


def compare(old: Path, new: Path) -> Difference:
    """Compare two folders of builds or N-Quads files; raises BadStore where one cannot be read."""
    with ExitStack() as stack:
        before, after = dump.read(old, stack), dump.read(new, stack)
        changes = []
        moved = positions = 0
        for address in dump.subjects(before, after):
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
    """The difference as text that is Markdown too; ``limit`` bounds each list, 0 shows all."""
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
    """What a subject is, nothing where others tell of it."""
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
    kind: str, subject: str, one: list[Fact], two: list[Fact], before: Quads, after: Quads
) -> Change | None:
    keep = _KEPT.get(kind, bool)
    old, new = [f for f in one if keep(f)], [f for f in two if keep(f)]
    if set(old) == set(new):
        return None
    how = "added" if not old else "removed" if not new else "changed"
    facts, graph = (old, before) if how == "removed" else (new, after)
    words = _WORDS.get(kind, _plain)(subject, facts, graph)
    details = _details(old, new, before, after) if how == "changed" else ()
    return Change(kind, how, subject, words, details)


def _details(old: Iterable[Fact], new: Iterable[Fact], before: Quads, after: Quads) -> tuple[str, ...]:
    """Each property with what it was and what it is."""
    found: dict[str, tuple[list[str], list[str]]] = {}
    for facts, others, graph, side in ((old, new, before, 0), (new, old, after, 1)):
        for fact in sorted(set(facts) - set(others)):
            values = found.setdefault(fact.predicate, ([], []))
            values[side].append(_value(fact, graph))
    lines = []
    for predicate, (was, now) in sorted(found.items()):
        called = _CALLED.get(predicate, predicate.rpartition(":")[2])
        lines.append(f"{called}: {', '.join(was) or 'nothing'} → {', '.join(now) or 'nothing'}")
    return tuple(lines)


def _value(fact: Fact, graph: Quads) -> str:
    if fact.predicate == "evidence":
        return f"“{graph.value(f'{fact.value}/exact', 'oa:exact')}”"
    if fact.predicate in ("dcterms:isReplacedBy", "dcterms:source") or not _names_a_term(fact):
        return shorten(fact.value)
    return graph.label(fact.value)


def _names_a_term(fact: Fact) -> bool:
    return fact.predicate in (
        "rdf:type", "stage", "tier", "flag", "unit", "comparator", "ofRegion", "role", "confidence", "topic",
        "place", "indicator",
    )  # fmt: skip


def _statement(_subject: str, facts: list[Fact], graph: Quads) -> str:
    one = _by_predicate(facts)
    ends = [one.get(f"rdf:{part}", "") for part in ("subject", "predicate", "object")]
    stage = f" ({graph.label(one['stage'])})" if "stage" in one else ""
    return " ".join(graph.label(end) for end in ends) + stage + _where(one, graph)


def _target(subject: str, facts: list[Fact], graph: Quads) -> str:
    one = _by_predicate(facts)
    label = graph.value(subject, "rdfs:label", lang="en")
    return f"{graph.label(one.get('place', ''))}: {label}" + _where(one, graph)


def _where(one: Mapping[str, str], graph: Quads) -> str:
    source, _, rest = one.get("evidence", "").removeprefix("source/").partition("/paragraph/")
    quote = graph.value(f"{one.get('evidence', '')}/exact", "oa:exact")
    return f"; {source} ¶{rest.partition('/')[0]}: “{quote}”"


def _name(_subject: str, facts: list[Fact], graph: Quads) -> str:
    form = next((f for f in facts if f.predicate == "skosxl:literalForm"), None)
    one = _by_predicate(facts)
    written = f"“{form.value}” ({form.lang}, {graph.label(one.get('role', ''))})" if form else ""
    return f"{written} of {one.get('names', '')}"


def _link(_subject: str, facts: list[Fact], graph: Quads) -> str:
    one = _by_predicate(facts)
    ends = [graph.label(one.get(f"rdf:{part}", "")) for part in ("subject", "predicate", "object")]
    return f"{' '.join(ends)} (assumed: {one.get('ground', '')})"


def _entity(subject: str, facts: list[Fact], graph: Quads) -> str:
    kinds = [graph.label(f.value) for f in facts if f.predicate == "rdf:type" and f.value != "Region"]
    retired = [f"replaced by {f.value}" for f in facts if f.predicate == "dcterms:isReplacedBy"]
    return ", ".join([graph.label(subject), *([" and ".join(kinds)] if kinds else []), *retired])


def _plain(subject: str, facts: list[Fact], graph: Quads) -> str:
    title = _by_predicate(facts).get("dcterms:title", "")
    return title or graph.label(subject)


def _by_predicate(facts: Iterable[Fact]) -> dict[str, str]:
    return {fact.predicate: fact.value for fact in facts}


def _plural(what: str) -> str:
    return {"entity": "Entities", "dataset": "Dataset"}.get(what, f"{what.capitalize()}s")


def _of_record(fact: Fact) -> bool:
    return fact.predicate not in _DERIVED


def _of_entity(fact: Fact) -> bool:
    return fact.predicate in _ENTITY


def _of_source(fact: Fact) -> bool:
    return fact.predicate in _ENTITY or fact.predicate == "skos:prefLabel"


_KEPT: Mapping[str, Callable[[Fact], bool]] = {
    "statement": _of_record,
    "target": _of_record,
    "entity": _of_entity,
    "source": _of_source,
}
_WORDS: Mapping[str, Callable[[str, list[Fact], Quads], str]] = {
    "statement": _statement,
    "target": _target,
    "name": _name,
    "link": _link,
    "entity": _entity,
    "source": _entity,
}
