"""The answers of coverage held against a search of the texts that shares no code with it."""

import csv
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from kg.query.graph import Graph

_QUOTES = re.compile('["“”„«»「」『』＂《》]')
_ENDINGS = (("y", "ies"), ("", "s"), ("", "es"))
#: Answers that say that nothing of the topic's names stands in the text, and that something does.
_ABSENT, _PRESENT = {"not-named"}, {"named", "ambiguous"}


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _pattern(name: str) -> str:
    """An expression for a name as a reader would look for it: any case, dash, blank; one or many."""
    words = [word for word in re.split(r"[\s‐‑‒–—-]+", _QUOTES.sub("", name).strip(" '").lower()) if word]
    *others, last = words
    alike = {last}
    if re.search("[a-z][a-z]$", last):
        for one, many in _ENDINGS:
            alike.add(last.removesuffix(one) + many if last.endswith(one) else last)
            if last.endswith(many) and not re.search("(ss|us|is|as|os|ics|news)$", last):
                alike.add(last.removesuffix(many) + one)
    ends = "|".join(re.escape(word) for word in sorted(alike, key=len, reverse=True))
    body = r"[\s-]+".join([*map(re.escape, others), f"(?:{ends})"])
    latin = re.compile(r"[a-z0-9]")
    before = r"(?<![a-z0-9])" if latin.match(words[0][0]) else ""
    after = r"(?![a-z0-9])" if latin.match(last[-1]) else ""
    return f"{before}{body}{after}"


def _texts_by_region(seeds: Path, texts: Path) -> Iterator[tuple[str, str, str]]:
    """Source, region and the text of the region's sections."""
    at_hand = [path.read_text(encoding="utf-8") for path in sorted(texts.glob("*.txt"))]
    for source in _rows(seeds / "sources.csv"):
        paragraphs = next(
            lines
            for text in at_hand
            if len(lines := [line for line in text.split("\n") if line.strip()]) == int(source["paragraphs"])
        )
        regions: dict[str, list[str]] = {}
        for section in _rows(seeds / source["id"] / "sections.csv"):
            run = paragraphs[int(section["first"]) - 1 : int(section["last"])]
            regions.setdefault(section["region"], []).extend(run)
        for region, found in regions.items():
            plain = _QUOTES.sub("", "\n".join(found)).lower().replace("’", "'").replace("‘", "'")
            yield f"source/{source['id']}", region, re.sub("[‐‑‒–—]", "-", plain)


@pytest.fixture(scope="module")
def found(first_seeds: Path, texts: Path) -> dict[tuple[str, str, str], bool]:
    """Whether some name of a topic with a field stands in the text of a region's sections."""
    mapped = [
        line.split("\t")
        for line in (first_seeds / "crosswalks/topics-fields.sssom.tsv")
        .read_text(encoding="utf-8")
        .splitlines()
        if line.startswith("topic:")
    ]
    topics = {row[0].replace(":", "/", 1) for row in mapped if not row[3].endswith("NoTermFound")}
    names: dict[str, list[str]] = {}
    for row in _rows(first_seeds / "names.csv"):
        if row["entity"] in topics:
            names.setdefault(row["entity"], []).append(_pattern(row["name"]))
    compiled = {topic: re.compile("|".join(patterns)) for topic, patterns in names.items()}
    return {
        (source, region, topic): bool(pattern.search(text))
        for source, region, text in _texts_by_region(first_seeds, texts)
        for topic, pattern in compiled.items()
    }


@pytest.mark.parametrize("exact", ["yes", "no"])
def test_what_is_not_named_does_not_stand_in_the_text(
    curated: Graph, found: dict[tuple[str, str, str], bool], exact: str
) -> None:
    """No topic with a field is *not named* where one of its names stands, or *named* where none does."""
    answers = {
        (str(row["source"]), str(row["region"]), str(row["topic"])): str(row["found"])
        for row in curated.ask("coverage", exact=exact)
    }
    cells = {cell: stands for cell, stands in found.items() if cell in answers}
    assert len(cells) > 3_000
    assert [cell for cell, stands in cells.items() if stands and answers[cell] in _ABSENT] == []
    assert [cell for cell, stands in cells.items() if not stands and answers[cell] in _PRESENT] == []
    counts = Counter(answers[cell] for cell in cells)
    assert counts["not-named"] > 2_500
    assert counts["stated"] > 200
    assert counts["not-searched"] == 0
