"""Imports a user's table: each line a paragraph of a source, each pair of cells a statement."""

from __future__ import annotations

import csv
import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import accumulate, islice
from pathlib import Path

from kg import text
from kg.errors import KgError
from kg.ontology import Ontology
from kg.read import files, models, periods, seeds, tables
from kg.read.slugs import assign_slugs

#: Column, predicate, column: company, locatedIn, country.
Triple = tuple[str, str, str]
MOST_ERRORS = 10
_CONTROL = re.compile(r"[\x00-\x1f]")
#: Where a quote may begin and end: at a word, or at one character of a script that sets no blanks.
_TOKEN = re.compile(r"[^\W\u2e80-\U0003ffff]+|\S")
#: Scripts beside Han characters in names that are not Chinese.
_KANA_OR_HANGUL = re.compile(
    r"[\u1100-\u11ff\u3040-\u30ff\u3130-\u318f\u31f0-\u31ff\uac00-\ud7af\uff66-\uff9f]"
)
_NOTE = "The table writes the name in another way, or it is longer than a quote may be."


@dataclass(frozen=True)
class Cell:
    """A cell without blanks at its ends, and its place: line from 0, and offsets in that line."""

    text: str
    line: int
    start: int
    end: int


@dataclass(frozen=True)
class Delimited:
    """A user's file: its bytes, its lines (split at the newline alone), its columns, its rows by column."""

    raw: bytes
    lines: Sequence[str]
    header: Sequence[str]
    rows: Sequence[Mapping[str, Cell]]


@dataclass(frozen=True)
class Columns:
    """What the columns of a table mean: the class of the entities in a column, and statements."""

    entities: Mapping[str, str]
    statements: Sequence[Triple]


@dataclass(frozen=True)
class Origin:
    """Where a table comes from: the row that it gets in sources.csv; ``published`` is a day (2024-03-01)."""

    title: str
    publisher: str
    published: str
    address: str = "https://example.org/"


@dataclass(frozen=True)
class Imported:
    """The source's id, and how many entities and statements were written."""

    source: str
    entities: int
    statements: int


@dataclass(frozen=True, order=True)
class _Entity:
    segment: str
    name: str
    kind: str


@dataclass(frozen=True)
class _Statement:
    paragraph: int
    quote: str
    subject: _Entity
    predicate: str
    object: _Entity


def import_table(file: Path, folder: Path, columns: Columns, origin: Origin, known: Ontology) -> Imported:
    """Write the curated tables that state what a CSV or TSV file says.

    ``folder`` must be new or empty; ``kg check`` and ``kg build --seeds`` take it from there. Rows whose
    cell for the subject or object is empty state nothing. The paragraphs of the source are the lines of
    the file that are not blank, as ``kg check --texts`` counts them; a statement rests on the line that
    holds its object. Each name is one entity, whatever other name it resembles. A name in Han characters
    is labelled as Chinese and, since the check asks for an English label, as English too; the tables have
    no third language, so all others are English.

    Raises KgError, and writes nothing, for a column, class, predicate or day that does not exist, a folder
    that is not empty, and a file that cannot be read for certain.
    """
    if not periods.is_day(origin.published):
        raise KgError(f"published must be a day that exists, such as 2024-03-01, not {origin.published!r}")
    if folder.exists() and any(folder.iterdir()):
        raise KgError(f"{folder} is not empty: own tables go into a folder of their own")
    table = read_delimited(file)
    _check_columns(file, table.header, columns, known)
    stated = _statements(file, table, columns, known)
    if not stated:
        raise KgError(f"{file} states nothing: no row has both cells of a statement")
    ids = _identifiers({end for one in stated for end in (one.subject, one.object)})
    source = assign_slugs([file.stem])[file.stem]
    try:
        with files.new_folder(folder) as new:
            _write_tables(new, source, table, origin, (stated, ids))
    except OSError as error:
        raise KgError(f"cannot write {folder}: {error.strerror}") from None
    return Imported(source, len(ids), len(stated))


def read_delimited(file: Path) -> Delimited:
    """Read a UTF-8 file whose cells are separated by commas, semicolons or tabs; empty rows are skipped.

    Raises KgError that names file, line and remedy where it cannot be read for certain.
    """
    try:
        raw = file.read_bytes()
    except OSError as error:
        raise KgError(f"cannot read {file}: {error.strerror}") from None
    if fault := tables.encoding_fault(raw):
        line, what, guess = fault
        raise KgError(f"{file}:{line}: {what}{f', perhaps {guess}' if guess else ''}: {tables.SAVE_AS_UTF8}")
    content = raw.decode()
    if not content.removeprefix("\ufeff").strip():
        raise KgError(f"{file} is empty: its first line holds the names of its columns")
    if "\r" in content and "\n" not in content.strip():
        raise KgError(f"{file}: its lines end with carriage returns alone: save it with newlines")
    lines = content.split("\n")
    # a byte order mark stays in the lines, since the check counts it as a character of the text
    physical = [f"{line}\n" for line in (lines[0].removeprefix("\ufeff"), *lines[1:])]
    delimiter = tables.separator("".join(physical))
    header: list[str] = []
    rows = []
    for first, last, cells in tables.numbered_rows(physical, delimiter, skip_blanks=True):
        if isinstance(cells, csv.Error):
            raise KgError(f"{file}:{first}: the row cannot be read: {cells}: {tables.QUOTING}")
        if not any(cell.strip() for cell in cells):
            continue
        if not header:
            header = [cell.strip() for cell in cells]
            continue
        placed = _placed("".join(physical[first - 1 : last]), cells, first - 1)
        if len(placed) < len(header) or any(cell.text for cell in placed[len(header) :]):
            what = f"{len(cells)} cells where the header has {len(header)}"
            raise KgError(f"{file}:{first}: {what}: {tables.QUOTING}")
        rows.append(dict(zip(header, placed, strict=False)))
    return Delimited(raw, lines, header, rows)


def _placed(raw: str, cells: Sequence[str], first: int) -> list[Cell]:
    """Return the cells of a row with their places; ``raw`` is the row as written, from line ``first`` on."""
    found, at = [], 0
    for cell in cells:
        while raw[at : at + 1] == " ":
            at += 1
        quoted = raw[at : at + 1] == '"'
        begin = at + quoted
        end = begin + len(cell.replace('"', '""') if quoted else cell)
        start, stop = begin + len(cell) - len(cell.lstrip()), end - len(cell) + len(cell.rstrip())
        within = raw.rfind("\n", 0, start) + 1
        found.append(Cell(cell.strip(), first + raw.count("\n", 0, start), start - within, stop - within))
        at = end + quoted + 1
    return found


def _write_tables(
    folder: Path,
    source: str,
    table: Delimited,
    origin: Origin,
    content: tuple[Sequence[_Statement], Mapping[_Entity, str]],
) -> None:
    stated, ids = content
    paragraphs = sum(bool(line.strip()) for line in table.lines)
    day = origin.published
    labelling = {"confidence": "certain", "ground": f"document {source}", "date": day}
    rows: dict[str, list[dict[str, object]]] = {
        name: [] for name in (*seeds.COMMON_TABLES, *seeds.SOURCE_TABLES)
    }
    rows["sources.csv"] = [
        {
            "id": source, "kind": "table", "title": origin.title, "publisher": origin.publisher,
            "published": day, "language": "en", "address": origin.address,
            "sha256": hashlib.sha256(table.raw).hexdigest(), "paragraphs": paragraphs,
        }
    ]  # fmt: skip
    rows["sections.csv"] = [{"first": 1, "last": paragraphs, "heading": origin.title, "read": day}]
    rows["statements.csv"] = [_statement_row(one, ids) for one in stated]
    rows["coverage.csv"] = [{"paragraph": 1, "reason": "page-furniture", "read": day}]
    rows["names.csv"] = [{**row, **labelling} for row in _name_rows(ids)]
    for entity, identifier in sorted(ids.items(), key=lambda pair: pair[1]):
        rows[seeds.SEGMENT_TABLES[entity.segment]].append({"id": identifier, "kind": entity.kind})
    (folder / source).mkdir()
    known: Mapping[str, type[models.Row]] = {**seeds.COMMON_TABLES, **seeds.SOURCE_TABLES}
    for name, model in known.items():
        if name == "verified.csv":  # written by the check alone
            continue
        path = folder / source / name if name in seeds.SOURCE_TABLES else folder / name
        files.write_table(path, model.columns(), rows[name])


def _check_columns(file: Path, header: Sequence[str], columns: Columns, known: Ontology) -> None:
    """Raise KgError for a column, class or predicate that does not exist or does not fit."""
    for column in dict.fromkeys(
        [*columns.entities, *(end for a, _, b in columns.statements for end in (a, b))]
    ):
        if column not in header or column not in columns.entities:
            named = ", ".join(name for name in header if name)
            raise KgError(f"{column!r} is no column with a class; {file.name} has {named}")
        if header.count(column) > 1:
            raise KgError(f"{file}: {header.count(column)} columns are called {column!r}: rename all but one")
    for kind in columns.entities.values():
        if not _segment(known, kind):
            classes = [name for name in known.classes if _segment(known, name)]
            raise KgError(f"{kind!r} is no class of entity; {_nearest(kind, classes)}")
    linking = [name for name, predicate in known.predicates.items() if not predicate.datatype]
    for left, name, right in columns.statements:
        if name not in linking:
            raise KgError(f"{name!r} is no predicate between entities; {_nearest(name, linking)}")
        ends = columns.entities[left], columns.entities[right]
        if not joins(known, name, ends):
            one = known.predicates[name]
            raise KgError(
                f"{name} goes from {' or '.join(one.subjects)} to {' or '.join(one.objects)}, "
                f"not from {ends[0]} to {ends[1]}"
            )


def _nearest(word: str, words: Sequence[str]) -> str:
    near = get_close_matches(word, words, 3, 0.5)
    return f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(sorted(words))}"


def joins(known: Ontology, predicate: str, ends: tuple[str, str]) -> bool:
    """Return whether a predicate may join entities of these two classes."""
    found = known.predicates[predicate]
    return known.is_a(ends[0], found.subjects) and known.is_a(ends[1], found.objects)


def _segment(known: Ontology, kind: str) -> str:
    """Return the segment of ids of a class's members; empty for what is no class of entity."""
    return next((s for s in seeds.SEGMENT_TABLES if known.is_a(kind, (known.segments[s],))), "")


def _statements(file: Path, table: Delimited, columns: Columns, known: Ontology) -> list[_Statement]:
    """Return the statements of all rows, each once a paragraph, by paragraph."""
    numbers = list(accumulate(bool(line.strip()) for line in table.lines))
    kinds = {column: (_segment(known, kind), kind) for column, kind in columns.entities.items()}
    first: dict[tuple[str, str], tuple[str, str]] = {}
    stated: dict[tuple[object, ...], _Statement] = {}
    errors: dict[str, None] = {}

    def entity(column: str, cell: Cell) -> _Entity:
        segment, kind = kinds[column]
        where = f"{file}:{cell.line + 1}:{column}"
        if _CONTROL.search(cell.text):
            what = "holds a line break, a tab or another control character"
            raise KgError(f"{where}: the name {cell.text!r} {what}: write it in one line")
        other, before = first.setdefault((segment, cell.text), (kind, where))
        if other != kind:
            what = f"{cell.text!r} has the class {kind} here and {other} in {before}"
            raise KgError(f"{where}: {what}: tell the two apart")
        return _Entity(segment, cell.text, kind)

    for cells in table.rows:
        for left, predicate, right in columns.statements:
            subject, object_ = cells[left], cells[right]
            if not subject.text or not object_.text:
                continue
            try:
                ends = entity(left, subject), entity(right, object_)
                quote = _quote(table.lines[object_.line], subject, object_)
                if not quote:
                    where = f"{file}:{object_.line + 1}:{right}"
                    what = f"no {text.MAX_WORDS} words of the line tell {object_.text!r} apart"
                    raise KgError(f"{where}: {what}: shorten its cells")
            except KgError as error:
                errors.setdefault(str(error))
                continue
            one = _Statement(numbers[object_.line], quote, ends[0], predicate, ends[1])
            stated.setdefault((one.paragraph, one.subject, predicate, one.object), one)
    if errors:
        more = [f"and {len(errors) - MOST_ERRORS} more"] if len(errors) > MOST_ERRORS else []
        raise KgError("\n".join([*islice(errors, MOST_ERRORS), *more]))
    return sorted(stated.values(), key=lambda one: one.paragraph)


def _quote(line: str, subject: Cell, object_: Cell) -> str:
    """Return words of a line that hold both cells, or else the object, or else its beginning.

    They are no longer than a quote may be and occur once in the line; empty where no such words exist.
    """
    for start, end in _runs(line, subject, object_):
        quote = _CONTROL.sub(" ", line[start:end])
        if _fits(quote) and len(text.find(line, quote)[0]) == 1:
            return quote
    return ""


def _runs(line: str, subject: Cell, object_: Cell) -> Iterator[tuple[int, int]]:
    start, end = object_.start, object_.end
    if subject.line == object_.line:
        yield min(subject.start, start), max(subject.end, end)
    tokens = [found.span() for found in _TOKEN.finditer(line)]
    if _fits(line[start:end]):
        yield from _around(line, tokens, start, end)
    else:
        yield from _within(line, tokens, start, end)


def _around(line: str, tokens: Sequence[tuple[int, int]], start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield a cell, then the cell with more and more words before and after it, by turns."""
    before = [first for first, _ in tokens if first < start]
    after = [last for _, last in reversed(tokens) if last > end]
    while _fits(line[start:end]):
        yield start, end
        if not before and not after:
            return
        if before:
            start = before.pop()
        if after and _fits(line[start:end]):
            yield start, end
            end = after.pop()


def _within(line: str, tokens: Sequence[tuple[int, int]], start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the longest runs of words that begin near the beginning of a long cell."""
    first = sum(begin < start for begin, _ in tokens)
    near = tokens[max(0, first - text.MAX_HAN) : first + 2 * text.MAX_HAN]
    for begin, _ in sorted(near, key=lambda span: abs(span[0] - start)):
        stop = next(last for _, last in reversed(near) if last > begin and _fits(line[begin:last]))
        if begin < end and stop > start:
            yield begin, stop


def _fits(quote: str) -> bool:
    words, han = text.length(quote)
    return words <= text.MAX_WORDS and han <= text.MAX_HAN


def _statement_row(one: _Statement, ids: Mapping[_Entity, str]) -> dict[str, object]:
    named = text.contains(one.quote, one.object.name)
    return {
        "paragraph": one.paragraph,
        "quote": one.quote,
        "subject": ids[one.subject],
        "predicate": one.predicate,
        "object": ids[one.object],
        "flags": "" if named else "object-not-in-quote",
        "note": "" if named else _NOTE,
    }


def _identifiers(entities: Iterable[_Entity]) -> dict[_Entity, str]:
    """Return one id for each entity, whatever the order of the rows."""
    by_segment: dict[str, list[_Entity]] = {}
    for entity in sorted(entities):
        by_segment.setdefault(entity.segment, []).append(entity)
    found = {}
    for segment, members in by_segment.items():
        slugs = assign_slugs([entity.name for entity in members])
        found.update({entity: f"{segment}/{slugs[entity.name]}" for entity in members})
    return found


def _name_rows(ids: Mapping[_Entity, str]) -> list[dict[str, object]]:
    """Return labels by entity; names that the check holds for one label get their slug added.

    The check compares names without regard to case, width and kinds of blanks.
    """
    alike = Counter((entity.segment, text.key(entity.name)) for entity in ids)
    rows: list[dict[str, object]] = []
    for entity, identifier in sorted(ids.items(), key=lambda pair: pair[1]):
        languages = ("en", "zh") if _is_chinese(entity.name) else ("en",)
        label = entity.name
        if alike[entity.segment, text.key(entity.name)] > 1:
            label = f"{entity.name} ({identifier.partition('/')[2]})"
        roles = {label: "label", entity.name: "label" if label == entity.name else "alias"}
        rows += [
            {"entity": identifier, "name": name, "lang": language, "role": role}
            for name, role in roles.items()
            for language in languages
        ]
    return rows


def _is_chinese(name: str) -> bool:
    return text.length(name)[1] > 0 and not _KANA_OR_HANGUL.search(name)
