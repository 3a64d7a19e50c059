"""Your own table as a graph: each row a paragraph of a source, each pair of cells a statement quoting it."""

from __future__ import annotations

import csv
import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path

from kg import home, ontology, period, row, seeds, table, term, text
from kg.error import KgError
from kg.ontology import Ontology

Fact = tuple[str, str, str]
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


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

    Raises KgError for a column, class or day that does not exist, or a folder that does.
    """
    if not period.is_day(published):
        raise KgError(f"published is a day that exists, such as 2024-03-01, not {published!r}")
    if folder.exists() and any(folder.iterdir()):
        raise KgError(f"{folder} is not empty: own tables go into a folder of their own")
    known = ontology.read(home.ontology())
    raw = file.read_bytes()
    lines = text.paragraphs(raw.decode("utf-8"))
    records = list(csv.DictReader(lines))
    columns = list(records[0]) if records else []
    for column in {*kinds, *(end for fact in facts for end in (fact[0], fact[2]))}:
        if column not in columns or column not in kinds:
            raise KgError(f"{column!r} is no column with a class; {file.name} has {', '.join(columns)}")
    for kind in kinds.values():
        if not any(kind in known.classes and known.is_a(kind, (root,)) for root in known.segments.values()):
            raise KgError(
                f"{kind!r} is no class of entity; there are Company, Country, Sector, Technology ..."
            )
    source = _slug(file.stem)
    named = {
        (column, record[column]): f"{_segment(known, kind)}/{_slug(record[column])}"
        for column, kind in kinds.items()
        for record in records
        if record[column]
    }
    statements = [
        {
            "paragraph": number,
            "quote": lines[number - 1].strip(),
            "subject": named[subject, record[subject]],
            "predicate": predicate,
            "object": named[object_, record[object_]],
        }
        for number, record in enumerate(records, 2)
        for subject, predicate, object_ in facts
        if record[subject] and record[object_]
    ]
    used = {end for statement in statements for end in (statement["subject"], statement["object"])}
    entities = {i: (kinds[column], name) for (column, name), i in named.items() if i in used}
    cells = {
        "id": source, "kind": "table", "title": title, "publisher": publisher, "published": published,
        "language": "en", "address": address, "sha256": hashlib.sha256(raw).hexdigest(),
        "paragraphs": len(lines),
    }  # fmt: skip
    (folder / source).mkdir(parents=True)
    _write(folder, "sources.csv", [cells])
    for name in ("hierarchy.csv", "redirects.csv"):
        _write(folder, name, [])
    for name in ("targets.csv", "positions.csv"):
        _write(folder / source, name, [])
    _write(
        folder / source,
        "sections.csv",
        [{"first": 1, "last": len(lines), "heading": title, "read": published}],
    )
    _write(folder / source, "statements.csv", statements)
    _write(folder / source, "coverage.csv", [{"paragraph": 1, "reason": "page-furniture", "read": published}])
    for segment, name in seeds.SEGMENT_TABLES.items():
        ours = {i: kind for i, (kind, _) in entities.items() if i.partition("/")[0] == segment}
        _write(folder, name, [{"id": i, "kind": kind} for i, kind in sorted(ours.items())])
    _write(
        folder,
        "names.csv",
        [
            {
                "entity": identifier, "name": name, "lang": language, "role": "label",
                "confidence": "certain", "ground": f"document {source}", "date": published,
            }
            for identifier, (_, name) in sorted(entities.items())
            for language in (("en", "zh") if _CHINESE.search(name) else ("en",))
        ],
    )  # fmt: skip
    return source


def _write(folder: Path, name: str, rows: Sequence[Mapping[str, object]]) -> None:
    models: Mapping[str, type[row.Row]] = {**seeds.COMMON_TABLES, **seeds.SOURCE_TABLES}
    table.write(folder / name, models[name].columns(), rows)


def _segment(known: Ontology, kind: str) -> str:
    return next(segment for segment, root in known.segments.items() if known.is_a(kind, (root,)))


def _slug(name: str) -> str:
    """``Müller & Co`` → muller-co; names without Latin letters by a digest."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or f"x-{term.digest(name)[:8]}"
