"""The tables of docs/explanation/methods.md, computed from the seeds and the files beside this one.

    python -m tests.agreement.report

writes them between the two markers of the page; a test fails while page and tables differ.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from kg import locations
from kg.read import seeds as tables
from kg.read.models import SectionRow
from kg.read.seeds import Seeds
from tests import excerpt
from tests.agreement import compare, score, verdict
from tests.agreement.score import Score, percent

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "methods.md"
BEGIN = "<!-- figures: written by python -m tests.agreement.report -->"
END = "<!-- end of figures -->"


def write(page: Path = PAGE) -> None:
    """Put the current figures on the page."""
    head, _, tail = _parts(page.read_text(encoding="utf-8"))
    page.write_text(f"{head}{BEGIN}\n{render()}\n{END}{tail}", encoding="utf-8")


def shown(page: Path = PAGE) -> str:
    """The figures that the page shows."""
    return _parts(page.read_text(encoding="utf-8"))[1]


def render(folder: Path | None = None) -> str:
    """All tables, as Markdown."""
    seeds, _ = tables.read_seeds(folder := folder or locations.seeds())
    with tempfile.TemporaryDirectory() as temporary:
        twice = excerpt.copy_seeds(folder, Path(temporary) / "seeds")
        compared = (
            ("Agreement by section", _agreement(seeds, twice)),
            ("How the differences were settled", _settled(twice)),
        )
    parts = (
        *compared,
        ("The reports of 2024 and 2026", _reports(folder)),
        ("The random sample", _sample()),
        ("The fresh readings", _readings()),
        ("Coverage by paragraph", _coverage(seeds)),
        ("Statements and targets by region", _regions(seeds)),
        ("Predicates by region", _predicates(seeds)),
        ("Entities by kind", _kinds(seeds)),
        ("Identities", _identities(seeds)),
        ("What stayed unresolved", _unresolved(seeds)),
    )
    return "\n\n".join(f"### {title}\n\n{body}" for title, body in parts)


def _agreement(seeds: Seeds, folder: Path) -> str:
    headings = {
        f"{name} {section.first}-{section.last}": _label(seeds, section)
        for name, document in seeds.documents.items()
        for section in document.sections
    }
    before = {one.section: one for one in score.read()}
    rows = []
    for now in score.score(folder):
        then = before[now.section]
        rows.append(
            (
                f"{now.section} {headings.get(now.section, '')}".strip(),
                f"{then.first} / {now.first}", now.second,
                f"{then.missed_by_first} / {now.missed_by_first}",
                f"{then.missed_by_second} / {now.missed_by_second}",
                then.agreement, now.agreement, f"{_same(then)} / {_same(now)}",
            )
        )  # fmt: skip
    columns = (
        "section", "things, first", "things, second", "not in first", "not in second",
        "agreement % before", "now", "same predicate %",
    )  # fmt: skip
    return _table(columns, rows)


def _reports(folder: Path) -> str:
    """Return how far tables and second reading agree on documents whose differences have no list of decisions."""
    one, two = compare.read_first(folder), compare.read_second(folder)
    rows: list[tuple[object, ...]] = []
    for source in sorted(set(compare.read_twice()) - set(excerpt.FIRST)):
        now = score.of_source(source, one, two)
        drawn = (verdict.drawn(source, kind) for kind in ("rows", "fresh"))
        counts = (" / ".join(str(each[name]) for name in verdict.JUDGEMENTS) for each in drawn)
        held = now.second - now.missed_by_first
        rows.append((source, now.second, held, now.agreement, _same(now), *counts))
    columns = (
        "document", "things, second reading", "held by the tables now", "agreement % now",
        "same predicate %", "drawn: plain / weak / false", "drawn again",
    )  # fmt: skip
    return _table(columns, rows)


def _settled(folder: Path) -> str:
    before, now, recall = score.read()[-1], score.score(folder)[-1], verdict.recall(folder)
    counts = Counter(one.verdict for one in verdict.decisions())
    rows = [
        ("things of the second reading", recall.mentions, recall.mentions),
        ("of them such as the words bear", recall.sound, recall.sound),
        ("of these held by the tables", recall.before, recall.now),
        ("share held, %", percent(recall.before, recall.sound), percent(recall.now, recall.sound)),
        ("figures of the second reading", before.figures, now.figures),
        ("of them held", before.figure, now.figure),
        ("things with a class in both readings", before.tiers, now.tiers),
        ("of them with the same class", before.tier, now.tier),
    ]
    return "\n\n".join(
        (
            _table(("", "before", "now"), rows),
            _table(
                ("decision", "rows", "what it means"),
                [(name, counts[name], meaning) for name, meaning in verdict.DECISIONS.items()],
            ),
        )
    )


def _sample() -> str:
    counts = verdict.verdicts(verdict.sample())
    total = sum(counts.values())
    rows = [(name, counts[name], percent(counts[name], total)) for name in verdict.SAMPLE]
    return _table(("verdict", "statements", "%"), rows)


def _readings() -> str:
    rows = []
    for number, judged in verdict.readings().items():
        counts = Counter(one.judgement for one in judged)
        shares = [counts[name] for name in verdict.JUDGEMENTS]
        rows.append((number, len(judged), *shares, percent(counts["plain"], len(judged))))
    return _table(("reading", "statements", *verdict.JUDGEMENTS, "plain, %"), rows)


def _coverage(seeds: Seeds) -> str:
    rows = []
    for name, document in seeds.documents.items():
        stated = {row.paragraph for row in document.evidence()}
        covered = {row.paragraph for row in document.coverage} - stated
        reread = sum(s.last - s.first + 1 for s in document.sections if s.read and s.reread)
        total = document.source.paragraphs
        reasons = Counter(row.reason for row in document.coverage)
        rows.append(
            (
                name, total, len(stated), len(covered), total - len(stated | covered), reread,
                ", ".join(f"{reason} {count}" for reason, count in sorted(reasons.items())),
            )
        )  # fmt: skip
    columns = (
        "document", "paragraphs", "with statements or targets", "accounted for without", "passed over",
        "read twice", "spans without a statement, by reason",
    )  # fmt: skip
    return _table(columns, rows)


def _regions(seeds: Seeds) -> str:
    rows = []
    for region in ("place/china", *seeds.regions, ""):
        statements, targets, entities = 0, 0, set()
        for document in seeds.documents.values():
            for row in document.statements:
                if _region(document.section(row.paragraph)) == region:
                    statements += 1
                    entities |= {e for e in (row.subject, row.object) if e in seeds.entities}
            targets += sum(_region(document.section(t.paragraph)) == region for t in document.targets)
        rows.append(
            (_name(seeds, region) if region else "(forms and contacts)", statements, targets, len(entities))
        )
    rows.append(
        (
            "all",
            sum(len(d.statements) for d in seeds.documents.values()),
            sum(len(d.targets) for d in seeds.documents.values()),
            len(seeds.entities),
        )
    )
    return _table(("section's region", "statements", "targets", "entities in them"), rows)


def _predicates(seeds: Seeds) -> str:
    rows = []
    for region in ("place/china", *seeds.regions):
        counts = Counter(
            row.predicate
            for document in seeds.documents.values()
            for row in document.statements
            if _region(document.section(row.paragraph)) == region
        )
        total = counts.total()
        rows.append((_name(seeds, region), ", ".join(f"{p} {percent(n, total)}" for p, n in _ranked(counts))))
    return _table(("section's region", "% of its statements"), rows)


def _kinds(seeds: Seeds) -> str:
    counts = Counter(entity.kind for entity in seeds.entities.values())
    return _table(("kind", "entities"), _ranked(counts))


def _identities(seeds: Seeds) -> str:
    labels = [name for name in seeds.names if name.role == "label" and name.lang == "en"]
    chinese = {name.entity for name in seeds.names if name.role == "label" and name.lang == "zh"}
    sure = Counter(name.confidence for name in labels)
    ground = Counter(name.ground.partition(" ")[0] for name in labels)
    roles = Counter(name.role for name in seeds.names)
    rows: list[tuple[object, ...]] = [
        (f"entities whose name is {word}", sure[word]) for word in ("certain", "probable", "unresolved")
    ]
    rows += [(f"named on the ground of: {word}", ground[word]) for word in sorted(ground)]
    rows += [(f"names used as {word}", roles[word]) for word in sorted(roles)]
    rows.append(("entities without a Chinese name", len(seeds.entities.keys() - chinese)))
    return _table(("", "count"), rows)


def _unresolved(seeds: Seeds) -> str:
    rows = []
    for entity, names in sorted(seeds.names_of.items()):
        words = [name for name in names if name.lang == "en" and name.role == "label"]
        if words and words[0].confidence != "certain":
            printed = ", ".join(name.name for name in names if name.role == "printed")
            rows.append((words[0].confidence, words[0].name, printed, f"`{entity}`"))
    rows.sort(key=lambda row: (row[0] != "unresolved", row[3]))
    return _table(("confidence", "name", "as printed", "entity"), rows)


def _ranked(counts: Counter[str]) -> list[tuple[str, int]]:
    """Most first; equals in the order of the alphabet."""
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def _parts(text: str) -> tuple[str, str, str]:
    """What stands before, between and after the markers of a page."""
    head, begin, rest = text.partition(BEGIN)
    body, end, tail = rest.partition(END)
    if not (begin and end):
        raise ValueError("the page has lost its markers")
    return head, body.strip("\n"), tail


def _same(one: Score) -> str:
    return percent(one.predicate, one.rows)


def _label(seeds: Seeds, section: SectionRow) -> str:
    return _name(seeds, section.region) if section.region else "(forms and contacts)"


def _region(section: SectionRow | None) -> str:
    return section.region if section else ""


def _name(seeds: Seeds, entity: str) -> str:
    return next(n.name for n in seeds.names_of[entity] if n.lang == "en" and n.role == "label")


def _table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join(f"| {' | '.join(str(cell).replace('|', '/') for cell in line)} |" for line in lines)


if __name__ == "__main__":
    write()
