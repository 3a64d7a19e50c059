"""Adds an entity with its names to the curated tables in one step."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rapidfuzz import fuzz, process

from kg import iris, text
from kg.errors import KgError
from kg.ontology import Ontology
from kg.read import divisions, files, scaffold, seeds, tables

#: Names are near from this likeness on, in per cent; so many are shown.
NEAR, MOST = 75, 5
#: Places with a code of GB/T 2260 and a short name.
_DIVISIONS = frozenset({"Province", "City", "District"})


@dataclass(frozen=True)
class NewEntity:
    """An entity as a curator gives it; without an ``id`` one is made from the English label."""

    kind: str
    en: str
    zh: str = ""
    ground: str = ""
    date: str = ""
    id: str = ""
    confidence: str = "certain"
    aliases: Sequence[str] = ()
    printed: Sequence[str] = ()
    place: str = ""
    unit: str = ""
    note: str = ""


@dataclass(frozen=True)
class Added:
    """What was added: rows by table, and entities with a name like its own."""

    id: str
    rows: Mapping[str, Sequence[Mapping[str, str]]]
    near: Sequence[tuple[str, str]] = ()
    shared: Collection[str] = field(default=())


def add_entity(folder: Path, new: NewEntity, ontology: Ontology) -> Added:
    """Add an entity to its table, its names to names.csv, and the place it lies in to hierarchy.csv.

    A place of the administrative divisions gets its code and its short name. Raises KgError, and writes
    nothing, where the id or a label exists already, or a cell would be wrong.
    """
    known, problems = seeds.read_seeds(folder)
    needed = {*seeds.ENTITY_TABLES, "names.csv", "hierarchy.csv", "redirects.csv"}
    scaffold.raise_first([one for one in problems if one.file in needed], "; nothing was written")
    identifier = new.id or f"{_segment(new.kind, ontology)}/{iris.assign_slugs([new.en])[new.en]}"
    table = seeds.SEGMENT_TABLES.get(identifier.partition("/")[0], "")
    if not table:
        raise KgError(f"{identifier!r} is no id of an entity: write one such as org/acme-optics")
    _refuse_known(identifier, new, known)
    for value, scheme in ((new.confidence, "confidences"), (new.unit, "units")):
        if value and value not in ontology.schemes[scheme]:
            listed = ", ".join(sorted(ontology.schemes[scheme]))
            raise KgError(f"{value!r} is none of the {scheme}: {listed}")
    rows = {table: [_entity_row(identifier, new)], "names.csv": _name_rows(identifier, new)}
    shared = _shared(identifier, new, known)
    for row in rows["names.csv"]:
        row["ambiguous"] = "yes" if text.key(row["name"]) in shared else ""
    if new.place:
        link = {"child": identifier, "relation": "locatedIn", "parent": new.place, "ground": new.ground}
        rows["hierarchy.csv"] = [link]
    _validate(rows)
    near = _near(identifier, new, known)
    for name, added in rows.items():
        _append(folder / name, added)
    return Added(identifier, rows, near, sorted({one for ones in shared.values() for one in ones}))


def _segment(kind: str, ontology: Ontology) -> str:
    """Return the segment of a class; raise KgError with the near ones if there is no such class."""
    if found := ontology.classes.get(kind):
        for segment, root in ontology.segments.items():
            if root in found.ancestors and segment in seeds.SEGMENT_TABLES:
                return segment
    kinds = [name for name in ontology.classes if ontology.is_a(name, ("Entity",))]
    near = [name for name, *_ in process.extract(kind, kinds, limit=3)]
    raise KgError(f"{kind!r} is no class of entities: did you mean {' or '.join(near)}?")


def _refuse_known(identifier: str, new: NewEntity, known: seeds.Seeds) -> None:
    retired = {row.old: row.new for row in known.redirects}
    if identifier in known.kinds:
        raise KgError(f"{identifier} exists already; give another id with --id")
    if identifier in retired:
        raise KgError(f"{identifier} is retired, and an id is never used again; give another with --id")
    if new.place and new.place not in known.kinds:
        raise KgError(f"no such entity {new.place}: add the place first")
    segment = f"{identifier.partition('/')[0]}/"
    within = known.register.within
    for name in filter(None, (new.en, new.zh)):
        for bearer in _bearers(name, known):
            apart = new.place and within.get(bearer) and new.place not in within[bearer]
            if bearer.startswith(segment) and not apart:
                raise KgError(
                    f"{bearer} has the name {name!r} already; if this is another one, "
                    "name the place of each: --in PLACE, and locatedIn in hierarchy.csv"
                )


def _bearers(name: str, known: seeds.Seeds) -> list[str]:
    key = text.key(name)
    return [entity for entity, keys in known.register.keys.items() if key in keys]


def _shared(identifier: str, new: NewEntity, known: seeds.Seeds) -> dict[str, list[str]]:
    """Return the entities that have a name of the new one, by the name as it is compared."""
    names = {text.key(row["name"]): row["name"] for row in _name_rows(identifier, new)}
    return {key: found for key, name in names.items() if (found := _bearers(name, known))}


def _entity_row(identifier: str, new: NewEntity) -> dict[str, str]:
    row = {"id": identifier, "kind": new.kind, "note": new.note, "unit": new.unit}
    if new.kind in _DIVISIONS and (code := divisions.code_of(new.zh)):
        row |= {"gb2260": code, "ground": divisions.ground()}
    return row


def _name_rows(identifier: str, new: NewEntity) -> list[dict[str, str]]:
    named = [(new.en, "label"), (new.zh, "label")]
    named += [(name, "alias") for name in new.aliases] + [(name, "printed") for name in new.printed]
    rows = [_name_row(identifier, name, role, new) for name, role in named if name]
    if new.kind in _DIVISIONS and (short := divisions.short_name(new.zh)):
        rows.append(_name_row(identifier, short, "alias", new) | {"ground": f"short for {new.zh}"})
    return list({text.key(row["name"]): row for row in reversed(rows)}.values())[::-1]


def _name_row(identifier: str, name: str, role: str, new: NewEntity) -> dict[str, str]:
    return {
        "entity": identifier, "name": name, "lang": "zh" if text.length(name)[1] else "en", "role": role,
        "confidence": new.confidence, "ground": new.ground, "date": new.date,
    }  # fmt: skip


def _near(identifier: str, new: NewEntity, known: seeds.Seeds) -> list[tuple[str, str]]:
    """Return entities with names like the new ones, the most alike first, each with that name."""
    names = [(row.entity, row.name, text.key(row.name)) for row in known.names]
    found: dict[str, tuple[float, str]] = {}
    for row in _name_rows(identifier, new):
        key = text.key(row["name"])
        scorer = fuzz.partial_ratio if text.length(key)[1] else fuzz.token_sort_ratio
        matches = process.extract(
            key, [one for *_, one in names], scorer=scorer, score_cutoff=NEAR, limit=4 * MOST
        )
        for other, score, at in matches:
            if len(other) > 1 and score > found.get(names[at][0], (0.0, ""))[0]:
                found[names[at][0]] = score, names[at][1]
    segment = identifier.partition("/")[0]
    ranked = sorted(found.items(), key=lambda one: (not one[0].startswith(f"{segment}/"), -one[1][0], one[0]))
    return [(entity, name) for entity, (_, name) in ranked[:MOST]]


def _validate(rows: Mapping[str, Iterable[Mapping[str, str]]]) -> None:
    """Raise KgError for the first cell that has another form than its column."""
    for name, added in rows.items():
        model = seeds.COMMON_TABLES[name]
        for row in added:
            cells = {column: row.get(column, "") for column in model.columns()}
            found = tables.parse_row(model, tables.Record(0, cells), file=name)
            if isinstance(found, list):
                raise KgError(f"{found[0].column} of {name}: {found[0].text!r}; {found[0].remedy}")


def _append(path: Path, added: Iterable[Mapping[str, str]]) -> None:
    """Add rows to a table and format it; its other rows stay as they are."""
    columns = seeds.COMMON_TABLES[path.name].columns()
    blank = dict.fromkeys(columns, "")
    files.write_table(path, columns, [*scaffold.read_cells(path), *({**blank, **row} for row in added)])
    scaffold.format_table(path)
