"""The curated tables with some sources alone: what tests of the program ask, as documents are added."""

from __future__ import annotations

import csv
import re
import shutil
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path

from kg.check import mentions as check
from kg.read import files, mentions, seeds
from kg.read.fields import CROSSWALK

FIRST = ("gwr-2024", "sh-sei-2021")
#: Entities that no row of these sources uses, and that stood in the tables before the third was added.
UNUSED = frozenset({"programme/shanghai-ai-two-wheel-drive"})

_Row = dict[str, str]


def copy_seeds(folder: Path, to: Path, sources: Iterable[str] = FIRST) -> Path:
    """Copy tables, with the rows of some sources and the entities, names and links that these need."""
    kept = frozenset(sources)
    shutil.copytree(folder, to, ignore=shutil.ignore_patterns("reports"))
    found, problems = seeds.read_seeds(to)
    assert not problems
    others = found.documents.keys() - kept
    for name in others:
        shutil.rmtree(to / name)
    used = _used(found, kept)
    elsewhere = re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(others)))})\b" if others else "(?!)")
    evidence = {row.id for name in others for row in found.documents[name].evidence()}
    keep: Mapping[str, Callable[[_Row], bool]] = {
        "sources.csv": lambda row: row["id"] in kept,
        "verified.csv": lambda row: row["source"] in kept,
        **dict.fromkeys(seeds.SEGMENT_TABLES.values(), lambda row: row["id"] in used),
        "names.csv": lambda row: (
            row["entity"] in used and (row["role"] == "label" or not elsewhere.search(row["ground"]))
        ),
        "hierarchy.csv": lambda row: (
            {row["child"], row["parent"]} <= used and not elsewhere.search(row["ground"])
        ),
        "redirects.csv": lambda row: row["new"] not in found.kinds.keys() - used | evidence,
    }
    for name, is_kept in keep.items():
        _filter(to / name, is_kept)
    for name in kept:
        _without_originals(to / name / "sections.csv", kept)
    path = to / CROSSWALK
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(one for one in lines if _is_of(one, used)), encoding="utf-8")
    _search_again(to)
    return to


def _used(found: seeds.Seeds, kept: frozenset[str]) -> set[str]:
    used = {f"source/{name}" for name in kept} | (UNUSED & found.entities.keys())
    for document in (found.documents[name] for name in kept):
        used |= {section.region for section in document.sections}
        used |= {end for row in document.statements for end in (row.subject, row.object)}
        used |= {end for row in document.targets for end in (row.place, row.topic, row.indicator)}
    size = 0
    while size != len(used):
        size = len(used)
        used |= {link.parent for link in found.hierarchy if link.child in used}
    return used


def _without_originals(path: Path, kept: Collection[str]) -> None:
    columns, rows = _read(path)
    if "digest_of" in columns:
        rows = [{**row, "digest_of": row["digest_of"] if row["digest_of"] in kept else ""} for row in rows]
        files.write_table(path, columns, rows)


def _is_of(line: str, used: set[str]) -> bool:
    """Whether a line of the crosswalk is a header, or of a topic in use."""
    topic = line.partition("\t")[0].replace("topic:", "topic/")
    return not topic.startswith("topic/") or topic in used


def _search_again(to: Path) -> None:
    """Record that the texts were searched for the names that are left, and what that would have found."""
    found, _ = seeds.read_seeds(to)
    register = found.register
    searched = [{"entity": entity, "forms": one} for entity, one in check.forms_of(register).items()]
    for name, document in found.documents.items():
        before = document.searched_forms
        changed = {one["entity"] for one in searched if before.get(one["entity"]) != one["forms"]}
        forms = {entity: mentions.forms(register.keys[entity]) for entity in changed}
        named = [
            one
            for one in document.mentions
            if one.entity in register.keys
            and (one.entity not in forms or _is_form(one.words, forms[one.entity]))
        ]
        left = {(one.paragraph, one.words) for one in named}
        rows = [
            {**one.model_dump(), "within": one.within if (one.paragraph, one.within) in left else ""}
            for one in named
        ]
        files.write_table(to / name / "mentions.csv", mentions.MentionRow.columns(), rows)
        files.write_table(to / name / "searched.csv", mentions.SearchRow.columns(), searched)


def _is_form(words: str, forms: Iterable[str]) -> bool:
    """Whether words of a text, which may be cut, are a form of a name."""
    folded = mentions.fold(words).text.strip(" '")
    return any(form.startswith(folded) for form in forms)


def _filter(path: Path, is_kept: Callable[[_Row], bool]) -> None:
    columns, rows = _read(path)
    files.write_table(path, columns, [row for row in rows if is_kept(row)])


def _read(path: Path) -> tuple[list[str], list[_Row]]:
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        return list(reader.fieldnames or ()), list(reader)
