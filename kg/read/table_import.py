"""Your own table as a graph: each line a paragraph of a source, each pair of cells a statement."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

from kg import iris, locations, ontology, text
from kg.errors import KgError
from kg.ontology import Ontology
from kg.read import models as row_models
from kg.read import periods, seeds, tables
from kg.read.tables import Cell, Delimited

Fact = tuple[str, str, str]
_CONTROL = re.compile(r"[\x00-\x1f]")
#: Where a quote may begin and end: at a word, or at one character of a script that sets no blanks.
_TOKEN = re.compile(r"[^\W\u2e80-\U0003ffff]+|\S")
#: Scripts that stand beside Han characters in names that are not Chinese.
_KANA_OR_HANGUL = re.compile(
    r"[\u1100-\u11ff\u3040-\u30ff\u3130-\u318f\u31f0-\u31ff\uac00-\ud7af\uff66-\uff9f]"
)
_FLAG = "object-not-in-quote"
_NOTE = "The table writes the name in another way, or it is longer than a quote may be."


@dataclass(frozen=True, order=True)
class _Thing:
    """What a cell names."""

    segment: str
    name: str
    kind: str


@dataclass(frozen=True)
class _Stated:
    """A fact of one row, with the paragraph and the words on which it rests."""

    paragraph: int
    quote: str
    subject: _Thing
    predicate: str
    object: _Thing


def write(
    file: Path,
    folder: Path,
    *,
    kinds: Mapping[str, str],
    facts: Sequence[Fact],
    title: str,
    publisher: str,
    published: str,
    address: str = "https://example.org/",
) -> str:
    """Write the curated tables that say what a CSV file says; returns the id of the source, its file's name.

    ``kinds`` maps columns to classes (company → Company), ``facts`` are column, predicate, column
    (company, locatedIn, country). Empty cells say nothing. ``published`` is a day (2024-03-01). The
    folder must be new; ``kg check`` and ``kg build --seeds`` take it from there.

    The paragraphs of the source are the lines of the file that are not blank, as ``kg check --texts``
    counts them; a fact rests on the line that holds its object. Each name is one entity, whatever other
    name it resembles. A name in Han characters is labelled as Chinese and, since the check asks for an
    English label, as English too; the tables know no third language, so all others are English.

    Raises KgError, and writes nothing, for a column, class or day that does not exist, a folder that does,
    and a file that cannot be read for certain.
    """
    if not periods.is_day(published):
        raise KgError(f"published is a day that exists, such as 2024-03-01, not {published!r}")
    if folder.exists() and any(folder.iterdir()):
        raise KgError(f"{folder} is not empty: own tables go into a folder of their own")
    known = ontology.read(locations.ontology())
    found = tables.read_delimited(file)
    _check(file, found.header, kinds, facts, known)
    stated = _stated(file, found, facts, {c: (_segment(known, kind), kind) for c, kind in kinds.items()})
    ids = _ids({end for one in stated for end in (one.subject, one.object)})
    source = _slugs([file.stem])[file.stem]
    paragraphs = sum(bool(line.strip()) for line in found.lines)
    cells = {
        "id": source, "kind": "table", "title": title, "publisher": publisher, "published": published,
        "language": "en", "address": address, "sha256": hashlib.sha256(found.raw).hexdigest(),
        "paragraphs": paragraphs,
    }  # fmt: skip
    (folder / source).mkdir(parents=True)
    _write(folder, "sources.csv", [cells])
    for name in ("hierarchy.csv", "redirects.csv"):
        _write(folder, name, [])
    for name in ("targets.csv", "positions.csv"):
        _write(folder / source, name, [])
    section = {"first": 1, "last": paragraphs, "heading": title, "read": published}
    _write(folder / source, "sections.csv", [section])
    _write(folder / source, "statements.csv", [_statement(one, ids) for one in stated])
    _write(folder / source, "coverage.csv", [{"paragraph": 1, "reason": "page-furniture", "read": published}])
    for segment, name in seeds.SEGMENT_TABLES.items():
        ours = sorted((i, thing.kind) for thing, i in ids.items() if thing.segment == segment)
        _write(folder, name, [{"id": i, "kind": kind} for i, kind in ours])
    common = {"confidence": "certain", "ground": f"document {source}", "date": published}
    _write(folder, "names.csv", [{**named, **common} for named in _names(ids)])
    return source


def _write(folder: Path, name: str, rows: Sequence[Mapping[str, object]]) -> None:
    models: Mapping[str, type[row_models.Row]] = {**seeds.COMMON_TABLES, **seeds.SOURCE_TABLES}
    tables.write_table(folder / name, models[name].columns(), rows)


def _check(
    file: Path, header: Sequence[str], kinds: Mapping[str, str], facts: Sequence[Fact], known: Ontology
) -> None:
    """Raise KgError for a column or class that does not exist, or a column that stands twice."""
    for column in dict.fromkeys([*kinds, *(end for fact in facts for end in (fact[0], fact[2]))]):
        if column not in header or column not in kinds:
            named = ", ".join(name for name in header if name)
            raise KgError(f"{column!r} is no column with a class; {file.name} has {named}")
        if header.count(column) > 1:
            raise KgError(f"{file}: {header.count(column)} columns are called {column!r}: rename all but one")
    roots = [root for segment, root in known.segments.items() if segment in seeds.SEGMENT_TABLES]
    for kind in kinds.values():
        if kind not in known.classes or not any(known.is_a(kind, (root,)) for root in roots):
            raise KgError(
                f"{kind!r} is no class of entity; there are Company, Country, Sector, Technology ..."
            )


def _segment(known: Ontology, kind: str) -> str:
    return next(segment for segment, root in known.segments.items() if known.is_a(kind, (root,)))


def _stated(
    file: Path, found: Delimited, facts: Sequence[Fact], kinds: Mapping[str, tuple[str, str]]
) -> list[_Stated]:
    """What the rows say, each fact once a paragraph, by paragraph."""
    numbers = list(accumulate(bool(line.strip()) for line in found.lines))
    known: dict[tuple[str, str], tuple[str, str]] = {}
    stated: dict[tuple[object, ...], _Stated] = {}
    for cells in found.rows:
        for left, predicate, right in facts:
            subject, object_ = cells[left], cells[right]
            if not subject.text or not object_.text:
                continue
            ends = _thing(file, left, subject, kinds, known), _thing(file, right, object_, kinds, known)
            quote = _quote(found.lines[object_.line], subject, object_)
            if not quote:
                where = f"{file}:{object_.line + 1}:{right}"
                raise KgError(f"{where}: no {text.MAX_WORDS} words of the line tell {object_.text!r} apart")
            one = _Stated(numbers[object_.line], quote, ends[0], predicate, ends[1])
            stated.setdefault((one.paragraph, one.subject, predicate, one.object), one)
    return sorted(stated.values(), key=lambda one: one.paragraph)


def _thing(
    file: Path,
    column: str,
    cell: Cell,
    kinds: Mapping[str, tuple[str, str]],
    known: dict[tuple[str, str], tuple[str, str]],
) -> _Thing:
    """What a cell names; ``known`` holds the class of each name so far, and where it stands."""
    segment, kind = kinds[column]
    where = f"{file}:{cell.line + 1}:{column}"
    if _CONTROL.search(cell.text):
        what = "holds a line break, a tab or another control character"
        raise KgError(f"{where}: the name {cell.text!r} {what}: write it in one line")
    other, before = known.setdefault((segment, cell.text), (kind, where))
    if other != kind:
        what = f"{cell.text!r} has the class {kind} here and {other} in {before}"
        raise KgError(f"{where}: {what}: tell the two apart")
    return _Thing(segment, cell.text, kind)


def _quote(line: str, subject: Cell, object_: Cell) -> str:
    """Words of a line that hold both cells, or else the object, or else its beginning.

    They are no longer than a quote may be and stand in the line once; empty where no such words are.
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
        return
    first = sum(begin < start for begin, _ in tokens)
    near = tokens[max(0, first - text.MAX_HAN) : first + 2 * text.MAX_HAN]
    for begin, _ in sorted(near, key=lambda span: abs(span[0] - start)):
        stop = next(last for _, last in reversed(near) if last > begin and _fits(line[begin:last]))
        if begin < end and stop > start:
            yield begin, stop


def _fits(quote: str) -> bool:
    words, han = text.length(quote)
    return words <= text.MAX_WORDS and han <= text.MAX_HAN


def _statement(one: _Stated, ids: Mapping[_Thing, str]) -> dict[str, object]:
    named = text.key(one.object.name) in text.key(one.quote)
    return {
        "paragraph": one.paragraph,
        "quote": one.quote,
        "subject": ids[one.subject],
        "predicate": one.predicate,
        "object": ids[one.object],
        "flags": "" if named else _FLAG,
        "note": "" if named else _NOTE,
    }


def _ids(things: Iterable[_Thing]) -> dict[_Thing, str]:
    """One id for each thing, whatever the order of the rows."""
    by_segment: dict[str, list[_Thing]] = {}
    for thing in sorted(things):
        by_segment.setdefault(thing.segment, []).append(thing)
    found = {}
    for segment, members in by_segment.items():
        slugs = _slugs([thing.name for thing in members])
        found.update({thing: f"{segment}/{slugs[thing.name]}" for thing in members})
    return found


def _slugs(names: Collection[str]) -> dict[str, str]:
    """One slug for each name: ``Acme & Sons`` → acme-sons.

    A digest of the name follows where the slug has lost letters or signs (``Müller`` → muller-1a2b3c4d),
    where another name has the same one (ABB, abb), and where it looks as if it had a digest.
    """
    plain = {name: _plain(name) for name in names}
    slugs = {name: slug if _keeps(name, slug) else "" for name, slug in plain.items()}
    for length in (8, 32):
        counts = Counter(slugs.values())
        for name, slug in slugs.items():
            if not slug or counts[slug] > 1:
                slugs[name] = f"{plain[name] or 'x'}-{iris.digest(name)[:length]}"
    return slugs


def _plain(name: str) -> str:
    ascii_ = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()
    return re.sub(r"[^a-z0-9]+", "-", ascii_).strip("-")


def _keeps(name: str, slug: str) -> bool:
    """Whether a slug tells a name but for its case, blanks and punctuation."""
    lost = any(not char.isascii() or unicodedata.category(char)[0] not in "LNPZ" for char in name)
    return bool(slug) and not lost and not re.search(r"-[0-9a-f]{8}([0-9a-f]{24})?$", slug)


def _names(ids: Mapping[_Thing, str]) -> list[dict[str, object]]:
    """Labels by entity; of names that the check holds for one label, each has its slug added.

    The check compares names without regard to case, width and kinds of blanks.
    """
    alike = Counter((thing.segment, text.key(thing.name)) for thing in ids)
    rows: list[dict[str, object]] = []
    for thing, entity in sorted(ids.items(), key=lambda item: item[1]):
        languages = ("en", "zh") if _is_chinese(thing.name) else ("en",)
        label = thing.name
        if alike[thing.segment, text.key(thing.name)] > 1:
            label = f"{thing.name} ({entity.partition('/')[2]})"
        names = {label: "label", thing.name: "label" if label == thing.name else "alias"}
        rows += [
            {"entity": entity, "name": name, "lang": language, "role": role}
            for name, role in names.items()
            for language in languages
        ]
    return rows


def _is_chinese(name: str) -> bool:
    return text.length(name)[1] > 0 and not _KANA_OR_HANGUL.search(name)
