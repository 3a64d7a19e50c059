"""Imports a user's table: each line a paragraph of a source, each pair of cells a statement."""

import csv
import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby, islice
from pathlib import Path
from typing import NamedTuple

from kg import iris, text
from kg.errors import KgError
from kg.ontology import Ontology
from kg.read import files, models, periods, seeds, tables
from kg.read.table_columns import Columns, check_columns, segment_of

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
class UserTable:
    """A user's file: its bytes, its lines (split at the newline alone), its columns, its rows by column."""

    file: Path
    raw: bytes
    lines: Sequence[str]
    header: Sequence[str]
    rows: Sequence[Mapping[str, Cell]]


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


class _Entity(NamedTuple):
    segment: str
    name: str
    kind: str


class _Statement(NamedTuple):
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
    table = read_user_table(file)
    try:
        check_columns(columns, table.header, known)
    except KgError as error:
        raise KgError(f"{file}: {error}") from None
    stated = _statements(table, columns, known)
    if not stated:
        raise KgError(f"{file} states nothing: no row has both cells of a statement")
    ids: dict[_Entity, str] = {}
    entities = sorted({end for one in stated for end in (one.subject, one.object)})
    for segment, group in groupby(entities, lambda entity: entity.segment):
        members = list(group)
        slugs = iris.assign_slugs([entity.name for entity in members])
        ids |= {entity: f"{segment}/{slugs[entity.name]}" for entity in members}
    source = iris.assign_slugs([file.stem])[file.stem]
    rows = _rows(source, table, origin, stated, ids)
    known_tables: Mapping[str, type[models.Row]] = {**seeds.COMMON_TABLES, **seeds.SOURCE_TABLES}
    try:
        with files.new_folder(folder) as new:
            (new / source).mkdir()
            for name, model in known_tables.items():
                path = new / source / name if name in seeds.SOURCE_TABLES else new / name
                if name in rows or name not in (*seeds.WRITTEN_TABLES, "verified.csv"):
                    files.write_table(path, model.columns(), rows.get(name, []))
    except OSError as error:
        raise KgError(f"cannot write {folder}: {error.strerror}") from None
    return Imported(source, len(ids), len(stated))


def read_user_table(file: Path) -> UserTable:
    """Read a UTF-8 file with commas, semicolons, tabs or bars between cells; empty rows are skipped.

    Raises KgError that names file, line and remedy where it cannot be read for certain.
    """
    raw = _read_text(file)
    lines = raw.decode().split("\n")
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
        placed = list(_placed("".join(physical[first - 1 : last]), cells, first - 1))
        if len(placed) < len(header) or any(cell.text for cell in placed[len(header) :]):
            title = len(header) == 1  # of the table, above the header
            remedy = "the first line must name the columns, not the table" if title else tables.QUOTING
            raise KgError(f"{file}:{first}: {len(cells)} cells where the header has {len(header)}: {remedy}")
        rows.append(dict(zip(header, placed, strict=False)))
    return UserTable(file, raw, lines, header, rows)


def _read_text(file: Path) -> bytes:
    """Return the bytes of a file; raise KgError unless they are UTF-8 with newlines."""
    try:
        raw = file.read_bytes()
    except OSError as error:
        raise KgError(f"cannot read {file}: {error.strerror}") from None
    if fault := files.encoding_fault(raw):
        line, what, guess = fault
        raise KgError(f"{file}:{line}: {what}{guess and f', perhaps {guess}'}: {files.SAVE_AS_UTF8}")
    content = raw.removeprefix(b"\xef\xbb\xbf").strip()
    if not content:
        raise KgError(f"{file} is empty: its first line holds the names of its columns")
    if b"\r" in content and b"\n" not in content:
        raise KgError(f"{file}: its lines end with carriage returns alone: save it with newlines")
    if re.match(rb"sep=.\r?\n", content):
        raise KgError(f"{file}:1: {content[:5].decode()} is for Excel alone: remove the line")
    return raw


def _placed(raw: str, cells: Sequence[str], first: int) -> Iterator[Cell]:
    """Yield the cells of a row with their places; ``raw`` is the row as written, from line ``first`` on."""
    at = 0
    for cell in cells:
        while raw[at : at + 1] == " ":
            at += 1
        quoted = raw[at : at + 1] == '"'
        begin = at + quoted
        end = begin + len(cell.replace('"', '""') if quoted else cell)
        start, stop = begin + len(cell) - len(cell.lstrip()), end - len(cell) + len(cell.rstrip())
        within = raw.rfind("\n", 0, start) + 1
        yield Cell(cell.strip(), first + raw.count("\n", 0, start), start - within, stop - within)
        at = end + quoted + 1


def _statements(table: UserTable, columns: Columns, known: Ontology) -> list[_Statement]:
    """Return the statements of all rows, each once a paragraph, by paragraph."""
    numbers = list(accumulate(bool(line.strip()) for line in table.lines))
    kinds = {column: (segment_of(known, kind), kind) for column, kind in columns.entities.items()}
    first: dict[tuple[str, str], tuple[str, str]] = {}
    stated: dict[tuple[object, ...], _Statement] = {}
    errors: dict[str, None] = {}

    def entity(column: str, cell: Cell) -> _Entity:
        segment, kind = kinds[column]
        where = f"{table.file}:{cell.line + 1}:{column}"
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
                    what = f"no {text.MAX_WORDS} words of the line tell {object_.text!r} apart"
                    where = f"{table.file}:{object_.line + 1}:{right}"
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
    start, end = object_.start, object_.end
    runs = [(min(subject.start, start), max(subject.end, end))] if subject.line == object_.line else []
    tokens = [found.span() for found in _TOKEN.finditer(line)]
    search = _around if _fits(line[start:end]) else _within
    for first, last in (*runs, *search(line, tokens, start, end)):
        quote = _CONTROL.sub(" ", line[first:last])
        if _fits(quote) and len(text.find(line, quote)[0]) == 1:
            return quote
    return ""


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
    near = tokens[max(0, first - text.MAX_HAN_OF_TABLE) : first + 2 * text.MAX_HAN_OF_TABLE]
    for begin, _ in sorted(near, key=lambda span: abs(span[0] - start)):
        stop = next(last for _, last in reversed(near) if last > begin and _fits(line[begin:last]))
        if begin < end and stop > start:
            yield begin, stop


def _fits(quote: str) -> bool:
    words, han = text.length(quote)
    return words <= text.MAX_WORDS and han <= text.MAX_HAN_OF_TABLE


def _rows(
    source: str, table: UserTable, origin: Origin, stated: Sequence[_Statement], ids: Mapping[_Entity, str]
) -> dict[str, list[dict[str, object]]]:
    """Return the rows of the curated tables by file name."""
    paragraphs = sum(bool(line.strip()) for line in table.lines)
    day = origin.published
    rows: dict[str, list[dict[str, object]]] = {
        "sources.csv": [{
            "id": source, "kind": "table", "title": origin.title, "publisher": origin.publisher,
            "published": day, "language": "en", "address": origin.address,
            "sha256": hashlib.sha256(table.raw).hexdigest(), "paragraphs": paragraphs,
        }],
        "sections.csv": [{"first": 1, "last": paragraphs, "heading": origin.title, "read": day}],
        "coverage.csv": [{"paragraph": 1, "reason": "page-furniture", "read": day}],
        "statements.csv": [],
    }  # fmt: skip
    for one in stated:
        doubt = {"flags": "object-not-in-quote", "note": _NOTE}
        rows["statements.csv"].append({
            "paragraph": one.paragraph, "quote": one.quote, "subject": ids[one.subject],
            "predicate": one.predicate, "object": ids[one.object],
            **({} if text.contains(one.quote, one.object.name) else doubt),
        })  # fmt: skip
    labelling = {"confidence": "certain", "ground": f"document {source}", "date": day}
    rows["names.csv"] = [{**row, **labelling} for row in _name_rows(ids)]
    for entity, identifier in sorted(ids.items(), key=lambda pair: pair[1]):
        table_name = seeds.SEGMENT_TABLES[entity.segment]
        rows.setdefault(table_name, []).append({"id": identifier, "kind": entity.kind})
    return rows


def _name_rows(ids: Mapping[_Entity, str]) -> Iterator[dict[str, object]]:
    """Yield labels by entity; names that the check holds for one label get their slug added.

    The check compares names without regard to case, width and kinds of blanks.
    """
    alike = Counter((entity.segment, text.key(entity.name)) for entity in ids)
    for entity, identifier in sorted(ids.items(), key=lambda pair: pair[1]):
        label = entity.name
        if alike[entity.segment, text.key(label)] > 1:
            label = f"{label} ({identifier.partition('/')[2]})"
        is_chinese = text.length(entity.name)[1] > 0 and not _KANA_OR_HANGUL.search(entity.name)
        for name, role in {entity.name: "alias", label: "label"}.items():
            for language in ("en", "zh") if is_chinese else ("en",):
                yield {"entity": identifier, "name": name, "lang": language, "role": role}
