"""How well drafts agree with curated statements, on a document whose names and rows the drafter has not seen.

    python -m tests.draft.evaluate TEXTS

prints the tables that stand in docs/explanation/methods.md. Names known to the drafter are those that stand in
the other documents, of entities that rows of these documents use, the names of provinces and cities, and the
labels of tiers.
A new name agrees with an entity if it is one of its names, in the singular or the plural.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from kg import locations
from kg import ontology as ontologies
from kg.check.texts import find_files, match_text, read_paragraphs
from kg.draft.document import propose_rows
from kg.draft.rows import NEW
from kg.read import mentions
from kg.read.seeds import Seeds, read_seeds
from tests import excerpt

#: Relations of the document itself, of people and of meetings: the head of a page, filled by hand.
PROVENANCE = {
    "creator", "publisher", "issued", "issues", "translatedBy", "hasContact", "summarises", "temporal", "heldOn",
    "presentedAt", "deliveredBy", "mayorOf", "governorOf", "hasPhase",
}  # fmt: skip


@dataclass(frozen=True)
class Score:
    """Rows that were proposed, curated rows, and how many of either agree with one of the other."""

    proposed: int = 0
    right: int = 0
    curated: int = 0
    found: int = 0

    def __add__(self, other: Score) -> Score:
        return Score(
            self.proposed + other.proposed,
            self.right + other.right,
            self.curated + other.curated,
            self.found + other.found,
        )

    @property
    def precision(self) -> float:
        return self.right / self.proposed if self.proposed else 0.0

    @property
    def recall(self) -> float:
        return self.found / self.curated if self.curated else 0.0


def evaluate(seeds: Seeds, source: str, paragraphs: list[str]) -> dict[str, Score]:
    """The scores of a draft of one source: objects, pairs, statements by relation, targets."""
    known = ontologies.read(locations.ontology(None))
    hidden = without_rows(seeds, source)
    rows = propose_rows(hidden, known, source, paragraphs, names=names_elsewhere(seeds, source))
    forms = {entity: mentions.forms(name.name for name in names) for entity, names in seeds.names_of.items()}
    curated = [
        (row.paragraph, row.subject, row.predicate, row.object)
        for row in seeds.documents[source].statements
        if row.predicate not in PROVENANCE
        and not row.subject.startswith("source/")
        and row.object in seeds.kinds
    ]
    named = {entity for row in curated for entity in (row[1], row[3])}
    ids = _Ids({entity: found for entity, found in forms.items() if entity in named})
    drafted = [
        (int(row["paragraph"]), row["subject"], row["predicate"], row["object"])
        for row in rows
        if row["kind"] == "statement"
    ]
    scores = {
        "object in its paragraph": _score({r[::3] for r in drafted}, {r[::3] for r in curated}, ids),
        "subject and object": _score(
            {(r[0], r[1], r[3]) for r in drafted}, {(r[0], r[1], r[3]) for r in curated}, ids
        ),
        "statement": _score({*drafted}, {*curated}, ids),
    }
    for relation in sorted({r[2] for r in [*drafted, *curated]}):
        ours, theirs = ({r for r in some if r[2] == relation} for some in (drafted, curated))
        scores[relation] = _score(ours, theirs, ids)
    return {**scores, **_targets(rows, seeds, source)}


def names_elsewhere(seeds: Seeds, source: str) -> dict[str, set[str]]:
    """The names, by entity, that a drafter may know who has not seen a document."""
    names: dict[str, set[str]] = {}
    for other, document in seeds.documents.items():
        if other == source:
            continue
        used = {entity for row in document.statements for entity in (row.subject, row.object)}
        for one in document.mentions:
            if one.entity in used:
                names.setdefault(one.entity, set()).add(one.words)
    for entity in seeds.entities.values():
        if entity.kind == "TierWord":  # the ontology has the words of tiers
            labels = (name.name for name in seeds.names_of[entity.id] if name.role == "label")
            names.setdefault(entity.id, set()).update(labels)
        if getattr(entity, "gb2260", "") or getattr(entity, "iso31662", ""):
            names.setdefault(entity.id, set()).update(name.name for name in seeds.names_of[entity.id])
    return names


class _Ids:
    """The ids that a cell of a draft may mean."""

    def __init__(self, forms: Mapping[str, set[str]]) -> None:
        self.bearers: dict[str, set[str]] = {}
        for entity, found in forms.items():
            for form in found:
                self.bearers.setdefault(form, set()).add(entity)

    def of(self, cell: object) -> set[object]:
        if not isinstance(cell, str) or not cell.startswith(NEW):
            return {cell}
        return {
            entity
            for form in mentions.forms([cell.removeprefix(NEW)])
            for entity in self.bearers.get(form, ())
        }


def _score(
    drafted: Collection[tuple[object, ...]], curated: Collection[tuple[object, ...]], ids: _Ids
) -> Score:
    right, found = 0, set()
    for row in drafted:
        hits = {known for known in _readings(row, ids) if known in curated}
        right += bool(hits)
        found |= hits
    return Score(len(drafted), right, len(curated), len(found))


def _readings(row: tuple[object, ...], ids: _Ids) -> Iterator[tuple[object, ...]]:
    cells = [ids.of(cell) for cell in row]
    readings: list[tuple[object, ...]] = [()]
    for some in cells:
        readings = [(*before, one) for before in readings for one in some]
    yield from readings


def _targets(rows: list[dict[str, str]], seeds: Seeds, source: str) -> dict[str, Score]:
    curated = Counter(
        (row.paragraph, row.value, row.unit)
        for row in seeds.documents[source].targets
        if row.value is not None
    )
    drafted = Counter(
        (int(row["paragraph"]), Decimal(row["value"]), row["unit"]) for row in rows if row["kind"] == "target"
    )
    both = (drafted & curated).total()
    whole = Counter(
        (row.paragraph, row.value, row.unit, row.indicator, row.comparator)
        for row in seeds.documents[source].targets
        if row.value is not None
    )
    full = Counter(
        (int(row["paragraph"]), Decimal(row["value"]), row["unit"], row["indicator"], row["comparator"])
        for row in rows
        if row["kind"] == "target"
    )
    same = (full & whole).total()
    return {
        "target: value and unit": Score(drafted.total(), both, curated.total(), both),
        "target: indicator and comparator too": Score(full.total(), same, whole.total(), same),
    }


def without_rows(seeds: Seeds, source: str) -> Seeds:
    document = replace(seeds.documents[source], statements=(), targets=(), mentions=())
    return replace(seeds, documents={**seeds.documents, source: document})


def markdown(scores: Mapping[str, Mapping[str, Score]]) -> str:
    """The scores of each source and of all as a table, relations that few rows have left out."""
    total: dict[str, Score] = {}
    for found in scores.values():
        for what, score in found.items():
            total[what] = total.get(what, Score()) + score
    heads = [f"{name} P | R" for name in scores]
    lines = [f"| what | {' | '.join(heads)} | both P | R | F | curated |"]
    lines.append("|---|" + "---:|" * (2 * len(heads) + 4))
    for what, score in total.items():
        if score.curated < 10:
            continue
        cells = []
        for found in scores.values():
            one = found.get(what, Score())
            cells += [f"{one.precision:.2f}", f"{one.recall:.2f}"]
        both = score.precision + score.recall
        middle = 2 * score.precision * score.recall / both if both else 0.0
        cells += [f"{score.precision:.2f}", f"{score.recall:.2f}", f"{middle:.2f}", str(score.curated)]
        lines.append(f"| {what} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def main(texts: Path, *sources: str) -> None:
    """Print the table for documents beside all others, or for the first two beside each other."""
    with tempfile.TemporaryDirectory() as folder:
        kept = locations.seeds() if sources else excerpt.copy_seeds(locations.seeds(), Path(folder) / "seeds")
        seeds, _ = read_seeds(kept)
    files = find_files([texts])
    read = {digest: read_paragraphs(path) for digest, path in files.items()}
    found = {
        name: match_text(seeds.documents[name], files, read).paragraphs for name in sources or excerpt.FIRST
    }
    scores = {name: evaluate(seeds, name, paragraphs) for name, paragraphs in found.items() if paragraphs}
    sys.stdout.write(markdown(scores))


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
