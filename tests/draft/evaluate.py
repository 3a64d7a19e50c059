"""How well drafts agree with curated statements, on a document whose names and rows the drafter has not seen.

    python -m tests.draft.evaluate TEXTS
    python -m tests.draft.evaluate --blind DRAFT.csv ...

print the tables that stand in docs/explanation/methods.md. The first drafts the first two documents: names known to the
drafter are those that stand in the other one, of entities that its rows use, the names of provinces and cities, and the
labels of tiers. The second takes drafts, each named after its source, that were made before anybody read it, and looks
at the paragraphs of sections that were read since.
A new name agrees with an entity if it is one of its names, in the singular or the plural.
"""

from __future__ import annotations

import csv
import sys
import tempfile
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from kg import locations
from kg import ontology as ontologies
from kg.check.texts import find_files, match_text, read_paragraphs
from kg.draft.document import propose_rows
from kg.draft.rows import NEW
from kg.read import mentions, models
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
    """The scores of a draft of one source, made without its rows and without names that it alone has."""
    known = ontologies.read(locations.ontology(None))
    hidden = without_rows(seeds, source)
    rows = propose_rows(hidden, known, source, paragraphs, names=names_elsewhere(seeds, source))
    return compare(rows, seeds, source)


def compare(
    rows: Sequence[Mapping[str, str]], seeds: Seeds, source: str, only: Collection[int] = ()
) -> dict[str, Score]:
    """The scores of a draft: objects, pairs, statements by relation, targets; ``only`` in these paragraphs."""
    rows = [row for row in rows if not only or int(row["paragraph"]) in only]
    forms = {entity: mentions.forms(name.name for name in names) for entity, names in seeds.names_of.items()}
    curated = [
        (row.paragraph, row.subject, row.predicate, row.object)
        for row in seeds.documents[source].statements
        if row.predicate not in PROVENANCE
        and not row.subject.startswith("source/")
        and row.object in seeds.kinds
        and (not only or row.paragraph in only)
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
    targets = [row for row in seeds.documents[source].targets if not only or row.paragraph in only]
    return {**scores, **_targets(rows, targets)}


def blind(seeds: Seeds, draft: Path) -> tuple[str, dict[str, Score]]:
    """The source of a draft that was made before anybody read it, and its scores where it was read since."""
    source = draft.name.partition(".")[0]
    read = (row for row in seeds.documents[source].sections if row.read)
    only = {number for row in read for number in range(row.first, row.last + 1)}
    with draft.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return source, compare(rows, seeds, source, only or {0})


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


def _targets(rows: Sequence[Mapping[str, str]], targets: Sequence[models.TargetRow]) -> dict[str, Score]:
    numbers = [row for row in targets if row.value is not None]
    curated: Counter[tuple[object, ...]] = Counter((row.paragraph, row.value, row.unit) for row in numbers)
    whole: Counter[tuple[object, ...]] = Counter(
        (row.paragraph, row.value, row.unit, row.indicator, row.comparator) for row in numbers
    )
    proposed = [row for row in rows if row["kind"] == "target"]
    drafted: Counter[tuple[object, ...]] = Counter(
        (int(row["paragraph"]), Decimal(row["value"]), row["unit"]) for row in proposed
    )
    full: Counter[tuple[object, ...]] = Counter(
        (int(row["paragraph"]), Decimal(row["value"]), row["unit"], row["indicator"], row["comparator"])
        for row in proposed
    )
    both, same = (drafted & curated).total(), (full & whole).total()
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
    heads = [] if len(scores) == 1 else heads
    whole = "both" if len(heads) == 2 else "all"
    lines = [f"| {' | '.join(['what', *heads, f'{whole} P | R | F | curated'])} |"]
    lines.append("|---|" + "---:|" * (2 * len(heads) + 4))
    for what, score in total.items():
        if score.curated < 10:
            continue
        cells = []
        for found in scores.values() if heads else ():
            one = found.get(what, Score())
            cells += [f"{one.precision:.2f}", f"{one.recall:.2f}"]
        both = score.precision + score.recall
        middle = 2 * score.precision * score.recall / both if both else 0.0
        cells += [f"{score.precision:.2f}", f"{score.recall:.2f}", f"{middle:.2f}", str(score.curated)]
        lines.append(f"| {what} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


#: What the table of blind drafts shows of each document.
_SHOWN = ("object in its paragraph", "subject and object", "statement", "target: value and unit")


def blind_markdown(scores: Mapping[str, Mapping[str, Score]]) -> str:
    """The scores of blind drafts as two tables: by document, and by relation over all of them."""
    total: dict[str, Score] = {}
    for found in scores.values():
        for what, score in found.items():
            total[what] = total.get(what, Score()) + score
    lines = [f"| document | curated | {' | '.join(f'{what} P | R' for what in _SHOWN)} |"]
    lines.append("|---|" + "---:|" * (1 + 2 * len(_SHOWN)))
    for name, found in (*scores.items(), ("all", total)):
        cells = [f"{one.precision:.2f} | {one.recall:.2f}" for one in map(found.__getitem__, _SHOWN)]
        lines.append(f"| {name} | {found['statement'].curated} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n\n" + markdown({"all": total})


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
    if sys.argv[1] == "--blind":
        all_seeds, _ = read_seeds(locations.seeds())
        drafts = (blind(all_seeds, Path(draft)) for draft in sys.argv[2:])
        sys.stdout.write(blind_markdown(dict(drafts)))
    else:
        main(Path(sys.argv[1]), *sys.argv[2:])
