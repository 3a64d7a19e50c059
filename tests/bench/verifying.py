"""Quotes held against their texts, beside plain str.find of the same quotes in the same paragraphs."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from kg import text
from kg.check import quotes as quote_check
from kg.read import seeds as tables
from kg.read.seeds import Document, Seeds
from tests.bench.figure import OURS, Figure, race
from tests.bench.ground import Ground

FLOOR = "str.find"


def figures(ground: Ground, repeats: int) -> Iterator[Figure]:
    seeds, _ = tables.read_seeds(ground.curated)
    folder = ground.folder.parent / f"texts-{ground.size}"
    with_texts, paragraphs = _texts(seeds, folder)
    quotes = [
        (paragraphs[name][at.paragraph - 1], at.quote)
        for name, document in seeds.documents.items()
        for at in document.evidence()
    ]

    def ours() -> None:
        for cached in (text.fold, text.folded_hash, text.key):
            cached.cache_clear()
        found = quote_check.verify_seeds(with_texts, [folder])
        assert found.verified

    def bare() -> None:
        assert all(paragraph.find(quote) >= 0 for paragraph, quote in quotes)

    documents = len(seeds.documents)

    def find() -> None:
        text.fold.cache_clear()
        assert all(text.find(paragraph, quote)[0] for paragraph, quote in quotes)

    for case, run, done, what in (
        ("find every quote", find, len(quotes), "quotes"),
        ("positions, cues, gaps of all documents", ours, documents, "documents"),
    ):
        for who, values in race({OURS: run, FLOOR: bare}, repeats).items():
            yield Figure("verification", case, ground.size, who, values, "s", done, what, FLOOR)


def _texts(seeds: Seeds, folder: Path) -> tuple[Seeds, dict[str, list[str]]]:
    """Texts made up of the quotes themselves, since the documents are not ours to hand on."""
    folder.mkdir()
    documents: dict[str, Document] = {}
    paragraphs = {}
    for name, document in seeds.documents.items():
        said: list[dict[str, None]] = [{} for _ in range(document.source.paragraphs)]
        for at in document.evidence():
            said[at.paragraph - 1][at.quote] = None
        lines = [f"{name} {n}: {' and, beside it, '.join(quotes)}" for n, quotes in enumerate(said, 1)]
        content = "\n".join(lines)
        (folder / f"{name}.txt").write_text(content, encoding="utf-8")
        digest = hashlib.sha256(content.encode()).hexdigest()
        source = document.source.model_copy(update={"sha256": digest})
        documents[name] = replace(document, source=source)
        paragraphs[name] = lines
    return replace(seeds, documents=documents), paragraphs
