"""Moves accepted rows of a draft into the curated tables, if the check finds nothing wrong with them."""

import datetime
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from kg import iris, text
from kg import ontology as ontologies
from kg.check.run import check_seeds
from kg.draft.rows import COLUMNS, NEW, DraftRow, cells_of
from kg.errors import KgError, Problem
from kg.ontology import Ontology
from kg.read import files, models, scaffold, tables
from kg.read.seeds import ENTITY_TABLES, SEGMENT_TABLES, Seeds

#: What a check asks for when rows were added: positions and mentions are written, topics mapped afterwards.
_AFTERWARDS = frozenset({"stale-position", "stale-mention", "unsorted", "unmapped-topic"})
_FILL = "write an English label into the cell label, or an id that exists into the cell entity"
#: Columns of the draft that fill columns of the tables of entities.
_COLUMNS_OF_DRAFT = {"id": "label", "kind": "class"}
_TABLES: Mapping[str, type[models.Evidence]] = {
    "statements.csv": models.StatementRow, "targets.csv": models.TargetRow,
}  # fmt: skip
Cells = Mapping[str, str]


@dataclass
class Additions:
    """Rows to add, by table relative to the seeds' folder, each with the line of the draft it comes from."""

    rows: dict[str, list[tuple[Cells, int]]] = field(default_factory=dict)

    def add(self, table: str, cells: Cells, line: int) -> None:
        """Add a row to a table."""
        self.rows.setdefault(table, []).append((cells, line))


@dataclass(frozen=True)
class Acceptance:
    """What accepting a draft did: rows added by table, or the problems that prevented it."""

    added: Mapping[str, int]
    problems: tuple[Problem, ...]
    left: int


def read_draft(path: Path) -> tuple[list[DraftRow], list[Problem]]:
    """Read a draft; raise KgError if there is none."""
    if not path.is_file():
        raise KgError(f"no draft at {path}: kg draft SOURCE writes one")
    found = list(tables.read_rows(path, DraftRow, name=str(path)))
    return [one for one in found if isinstance(one, DraftRow)], [
        one for one in found if isinstance(one, Problem)
    ]


def accept_rows(seeds: Seeds, ontology: Path, source: str, draft: Path, texts: Iterable[Path]) -> Acceptance:
    """Move the accepted rows of a draft to the tables of a source, entities and names first.

    All are moved, or none: nothing is written if a row cannot be read, or the check of the tables finds a
    problem that it did not find before. Rows that are in the tables already are left as they are there.
    """
    rows, problems = read_draft(draft)
    chosen = [row for row in rows if row.accept == "yes"]
    additions, wrong = collect(chosen, seeds, ontologies.read(ontology), source, draft)
    problems += wrong
    if problems or not chosen:
        return Acceptance({}, tuple(sorted(problems)), len(rows))
    contents, places = _merge(seeds.folder, additions)
    problems = _check(seeds.folder, ontology, _Trial(contents, places, draft), list(texts))
    if problems:
        return Acceptance({}, tuple(sorted(problems)), len(rows))
    left = [cells_of(row) for row in rows if row.accept != "yes"]
    replace_all({**contents, draft: files.csv_text(COLUMNS, left)})
    return Acceptance({table: len(added) for table, added in additions.rows.items()}, (), len(left))


def collect(
    chosen: Sequence[DraftRow], seeds: Seeds, ontology: Ontology, source: str, draft: Path
) -> tuple[Additions, list[Problem]]:
    """Return the rows of curated tables that accepted rows of a draft become, and what is wrong with them."""
    additions = Additions()
    problems: list[Problem] = []
    ids = _Names(seeds)
    for row in chosen:
        if row.kind == "entity":
            problems += _collect_entity(row, seeds, ontology, source, ids, additions)
    for row in chosen:
        if row.kind != "entity":
            problems += _collect_evidence(row, source, ids, additions, draft)
    return additions, problems


class _Names:
    """Ids by printed name: those of this draft, else of entities that bear the name already."""

    def __init__(self, seeds: Seeds) -> None:
        self.known: dict[str, set[str]] = {}
        for entity, keys in seeds.register.keys.items():
            for key in keys:
                self.known.setdefault(key, set()).add(entity)
        self.accepted: dict[str, str] = {}

    def resolve(self, row: DraftRow, column: str) -> str | Problem:
        """Return the id that a cell names; a problem where a printed name has none, or several."""
        cell = str(getattr(row, column))
        if not cell.startswith(NEW):
            return cell
        key = text.key(cell.removeprefix(NEW))
        if key in self.accepted:
            return self.accepted[key]
        found = sorted(self.known.get(key, ()))
        if len(found) == 1:
            return found[0]
        what = "the name is that of several entities" if found else "no entity has this name yet"
        remedy = (
            f"write one of {', '.join(found)}"
            if found
            else "accept its row of kind entity too, or write an id"
        )
        return row.problem(column, "new-name", what, cell, remedy)


def _collect_entity(
    row: DraftRow, seeds: Seeds, ontology: Ontology, source: str, ids: _Names, additions: Additions
) -> Iterator[Problem]:
    if row.entity:
        identifier = row.entity
        if identifier not in seeds.kinds:
            yield row.problem(
                "entity", "unknown-entity", "no such entity", identifier, "leave it empty for a new one"
            )
            return
    else:
        made = _new_id(row, seeds, ontology)
        if isinstance(made, Problem):
            yield made
            return
        identifier = made
        table = SEGMENT_TABLES[identifier.partition("/")[0]]
        cells = {**dict.fromkeys(ENTITY_TABLES[table].columns(), ""), "id": identifier, "kind": row.class_}
        additions.add(table, cells, row.line)
    ids.accepted[text.key(row.name)] = identifier
    for name, lang, role in _names(row):
        if text.key(name) not in seeds.register.keys.get(identifier, ()):
            additions.add("names.csv", _name_row(identifier, name, lang, role, row, source), row.line)


def _new_id(row: DraftRow, seeds: Seeds, ontology: Ontology) -> str | Problem:
    """Return the id that the label of a new entity makes."""
    if not row.label:
        return row.problem("label", "missing-label", "a new entity needs an English label", row.name, _FILL)
    kind = ontology.classes.get(row.class_)
    ancestors = kind.ancestors if kind else frozenset()
    segment = next(
        (s for s, root in ontology.segments.items() if root in ancestors and s in SEGMENT_TABLES), ""
    )
    if not segment:
        what, remedy = (
            "no class of entities",
            "a class of the ontology such as Company, Technology, Programme",
        )
        return row.problem("class", "unknown-kind", what, row.class_, remedy)
    if segment == "indicator":
        what, remedy = "indicators are not drafted", "add it to indicators.csv with its unit"
        return row.problem("class", "unknown-kind", what, row.class_, remedy)
    identifier = f"{segment}/{iris.assign_slugs([row.label])[row.label]}"
    if identifier in seeds.kinds:
        what = f"{identifier} exists already ({seeds.register.label(identifier)})"
        remedy = "write that id into the cell entity if it is the same thing, else another label"
        return row.problem("label", "duplicate-id", what, row.label, remedy)
    return identifier


def _names(row: DraftRow) -> Iterator[tuple[str, str, str]]:
    """Yield name, language and role of the names that a row gives an entity."""
    if row.entity:
        yield row.name, row.lang, "printed"
        return
    yield row.label, "en", "label"
    if row.lang == "zh":
        yield row.name, "zh", "label"
    elif text.key(row.name) != text.key(row.label):
        yield row.name, row.lang, "printed"


def _name_row(identifier: str, name: str, lang: str, role: str, row: DraftRow, source: str) -> dict[str, str]:
    printed = name == row.name  # another one is our translation
    return {
        "entity": identifier, "name": name, "lang": lang, "role": role,
        "confidence": "certain" if printed else "probable",
        "ground": f"document {source} {row.paragraph}" if printed else "translated",
        "date": datetime.date.today().isoformat(), "ambiguous": "",
    }  # fmt: skip


def _collect_evidence(
    row: DraftRow, source: str, ids: _Names, additions: Additions, draft: Path
) -> Iterator[Problem]:
    table = "statements.csv" if row.kind == "statement" else "targets.csv"
    model = _TABLES[table]
    cells = {column: str(getattr(row, column)) for column in model.columns()}
    for column in ("subject", "object", "place", "topic"):
        if column in cells:
            found = ids.resolve(row, column)
            if isinstance(found, Problem):
                yield found
                return
            cells[column] = found
    parsed = tables.parse_row(model, tables.Record(row.line, cells), file=str(draft), source=source)
    if isinstance(parsed, list):
        yield from parsed
    else:
        additions.add(f"{source}/{table}", cells, row.line)


def _merge(folder: Path, additions: Additions) -> tuple[dict[Path, str], dict[tuple[str, int], int]]:
    """Return the new content of each table, and the line of the draft by table and line of an added row."""
    contents: dict[Path, str] = {}
    places: dict[tuple[str, int], int] = {}
    for table, added in additions.rows.items():
        path, sort_key = folder / table, scaffold.sort_key(Path(table))
        present = scaffold.read_cells(path)
        new = [(cells, line) for cells, line in added if cells not in present]
        merged = sorted([*((cells, 0) for cells in present), *new], key=lambda pair: sort_key(pair[0]))
        contents[path] = files.csv_text(tuple(added[0][0]), [cells for cells, _ in merged])
        places |= {(table, at): line for at, (_, line) in enumerate(merged, 2) if line}
    return contents, places


@dataclass(frozen=True)
class _Trial:
    """Tables as they would be, and the line of the draft by table and line of an added row."""

    contents: Mapping[Path, str]
    places: Mapping[tuple[str, int], int]
    draft: Path


def _check(folder: Path, ontology: Path, trial: _Trial, texts: list[Path]) -> list[Problem]:
    """Return the problems that the new tables have and the old ones have not, at the rows of the draft."""
    before = {_what(problem) for problem in check_seeds(folder, ontology, texts).problems}
    with tempfile.TemporaryDirectory() as temporary:
        copy = Path(shutil.copytree(folder, Path(temporary) / "seeds"))
        for path, content in trial.contents.items():
            files.replace_file(copy / path.relative_to(folder), content)
        after = check_seeds(copy, ontology, texts).problems
    return [
        _at_draft(problem, trial)
        for problem in after
        if problem.code not in _AFTERWARDS
        and (_what(problem) not in before or (problem.file, problem.line) in trial.places)
    ]


def _what(problem: Problem) -> tuple[str, ...]:
    """Return a problem without its line, which other rows move."""
    return problem.file, problem.column, problem.code, problem.text


def _at_draft(problem: Problem, trial: _Trial) -> Problem:
    line = trial.places.get((problem.file, problem.line), 0)
    if not line:
        return problem
    column = _COLUMNS_OF_DRAFT.get(problem.column, problem.column)
    remedy = "accept a row that names it, too" if problem.code == "unused-entity" else problem.remedy
    return replace(problem, file=str(trial.draft), line=line, column=column, remedy=remedy)


def replace_all(contents: Mapping[Path, str]) -> None:
    """Replace files one after the other; if one cannot be written, put back those before."""
    before = {path: path.read_bytes() for path in contents}
    done: list[Path] = []
    try:
        for path, content in contents.items():
            files.replace_file(path, content)
            done.append(path)
    except BaseException:
        for path in done:
            files.replace_file(path, before[path])
        raise
