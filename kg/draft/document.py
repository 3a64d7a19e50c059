"""The draft of a source: proposals for each paragraph that its sections give to a region."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from kg import text
from kg.draft.figures import propose_targets
from kg.draft.rows import NEW
from kg.draft.statements import Frame, propose_statements
from kg.draft.vocabulary import Vocabulary
from kg.ontology import Ontology
from kg.read import outline, periods
from kg.read.seeds import Document, Seeds


def propose_rows(
    seeds: Seeds,
    ontology: Ontology,
    source: str,
    paragraphs: Sequence[str],
    *,
    names: Mapping[str, Iterable[str]] | None = None,
    only: Collection[int] = (),
) -> list[dict[str, str]]:
    """Return proposals for a source in the order of its text, without what its tables hold already.

    ``names`` are those of entities to look for: all that are not ambiguous, unless given. ``only`` are the
    numbers of the paragraphs to draft: all, unless given.
    """
    document = seeds.documents[source]
    vocabulary = Vocabulary(ontology, seeds.kinds, known_names(seeds) if names is None else names)
    usage = count_predicates(seeds, vocabulary, but=source)
    regions = frozenset(seeds.regions)
    indicators = [
        (entity, unit, name)
        for entity, unit in seeds.register.units.items()
        for name in seeds.register.keys[entity]
    ]
    rows: list[dict[str, str]] = []
    published = document.source.published
    proposed = outline.propose_sections(paragraphs, year=int(published[:4]))
    times = {number: one.period for one in proposed for number in range(one.first, one.last + 1)}
    for number, raw in enumerate(paragraphs, 1):
        section = document.section(number)
        if section is None or not section.region or (only and number not in only):
            continue
        frame = Frame(number, raw, section.region, regions, vocabulary, usage, indicators)
        rows += propose_statements(frame)
        period = section.period or times[number]
        bounds = periods.parse(period)
        over = bool(bounds and bounds.ends and bounds.ends.isoformat() < published)
        rows += propose_targets(frame, period, over=over)
    used = {
        row_key(entity) for row in rows for column in ("subject", "object") if (entity := _new(row[column]))
    }
    kept = (row for row in rows if row["kind"] != "entity" or row_key(row) in used)
    return list(_without_known(kept, document))


def known_names(seeds: Seeds) -> dict[str, list[str]]:
    """Return the names of each entity that need not be doubted."""
    return {
        entity: [name.name for name in names if not name.ambiguous]
        for entity, names in seeds.names_of.items()
        if not entity.startswith("indicator/") and entity in seeds.kinds
    }


def count_predicates(
    seeds: Seeds, vocabulary: Vocabulary, *, but: str
) -> Mapping[tuple[bool, str, str], int]:
    """Count the predicates of curated statements, but for one source, by kind of subject and object."""
    regions = frozenset(seeds.regions)
    return Counter(
        (row.subject in regions, vocabulary.root(seeds.kinds.get(row.object, "")), row.predicate)
        for name, document in seeds.documents.items()
        for row in document.statements
        if name != but
    )


def _without_known(rows: Iterable[dict[str, str]], document: Document) -> Iterator[dict[str, str]]:
    """Yield each proposal once, and none that the tables of the source hold."""
    seen: set[tuple[str, ...]] = {
        ("statement", str(row.paragraph), row.subject, row.predicate, row.object)
        for row in document.statements
    }
    seen |= {("target", str(row.paragraph), row.written) for row in document.targets}
    pairs: set[tuple[str, ...]] = set()  # no two relations of the same two in a paragraph
    for row in rows:
        key = row_key(row)
        pair = (*key[:3], key[-1]) if row["kind"] == "statement" else key
        if key not in seen and pair not in pairs:
            seen.add(key)
            pairs.add(pair)
            yield row


def without_rows(rows: Iterable[dict[str, str]], known: Iterable[Mapping[str, str]]) -> list[dict[str, str]]:
    """Return the proposals that are none of those known."""
    keys = {row_key(row) for row in known}
    return [row for row in rows if row_key(row) not in keys]


def row_key(row: Mapping[str, str]) -> tuple[str, ...]:
    """Return what makes a proposal the same as another."""
    if row["kind"] == "entity":
        return ("entity", text.key(row["name"]))
    if row["kind"] == "target":
        return ("target", row["paragraph"], row["written"])
    return (
        "statement",
        *(_folded(row[column]) for column in ("paragraph", "subject", "predicate", "object")),
    )


def _new(cell: str) -> dict[str, str]:
    """Return what identifies the row of a new name; nothing for an id."""
    return {"kind": "entity", "name": cell.removeprefix(NEW)} if cell.startswith(NEW) else {}


def _folded(cell: str) -> str:
    return f"{NEW}{text.key(cell.removeprefix(NEW))}" if cell.startswith(NEW) else cell
