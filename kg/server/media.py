"""Formats of answers and their negotiation: which one an Accept header asks for (RFC 9110, 12.5)."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass

import pyoxigraph as ox


@dataclass(frozen=True, eq=False)
class Format:
    """A format: its short name, the media types that ask for it (the first is its own), what writes it."""

    name: str
    types: tuple[str, ...]
    writer: ox.QueryResultsFormat | ox.RdfFormat

    @property
    def type(self) -> str:
        return self.types[0]


_R, _G = ox.QueryResultsFormat, ox.RdfFormat
RESULTS = (
    Format("json", ("application/sparql-results+json", "application/json"), _R.JSON),
    Format("xml", ("application/sparql-results+xml", "application/xml", "text/xml"), _R.XML),
    Format("csv", ("text/csv",), _R.CSV),
    Format("tsv", ("text/tab-separated-values",), _R.TSV),
)
GRAPHS = (
    Format("ttl", ("text/turtle", "application/x-turtle"), _G.TURTLE),
    Format("nt", ("application/n-triples", "text/plain"), _G.N_TRIPLES),
    Format("jsonld", ("application/ld+json", "application/json"), _G.JSON_LD),
    Format("rdf", ("application/rdf+xml", "application/xml", "text/xml"), _G.RDF_XML),
    Format("nq", ("application/n-quads",), _G.N_QUADS),
    Format("trig", ("application/trig",), _G.TRIG),
)
_TEXT = {"text/csv", "text/tab-separated-values", "text/turtle", "text/plain", "text/html"}


def choose(accept: str, offered: Sequence[str]) -> str | None:
    """The media type that fits best, in the order of the offer where several do; None where none does."""
    ranges = _ranges(accept)
    if not ranges:
        return offered[0]
    best, found = 0.0, None
    for media in offered:
        quality = _quality(media, ranges)
        if quality > best:
            best, found = quality, media
    return found


@functools.lru_cache(maxsize=256)
def format_of(accept: str, offered: tuple[Format, ...], *, name: str = "") -> tuple[Format, str] | None:
    """The format, and the media type to call it by; a name (``csv``) goes before the Accept header."""
    if name:
        named = [form for form in offered if name in (form.name, *form.types)]
        return (named[0], named[0].type) if named else None
    by_type: dict[str, Format] = {}
    own = [form.type for form in offered]
    for form in offered:
        for media in form.types:
            by_type.setdefault(media, form)
    chosen = choose(accept, [*own, *(media for media in by_type if media not in own)])
    return (by_type[chosen], chosen) if chosen else None


def header(media: str) -> str:
    """A media type as Content-Type has it."""
    return f"{media}; charset=utf-8" if media in _TEXT else media


@functools.lru_cache(maxsize=256)
def takes_gzip(accept_encoding: str) -> bool:
    """Whether a client takes gzip."""
    given = {name: quality for name, quality, _ in _ranges(accept_encoding)}
    return given.get("gzip", given.get("*", 0.0)) > 0


def _ranges(text: str) -> list[tuple[str, float, int]]:
    found = []
    for part in text.split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        if not name:
            continue
        quality, others = 1.0, 0
        for parameter in parameters:
            key, _, value = parameter.partition("=")
            if key.strip().lower() == "q":
                try:
                    quality = min(max(float(value), 0.0), 1.0)
                except ValueError:
                    quality = 0.0
            elif key.strip().lower() != "charset":
                others += 1
        found.append((name.lower(), quality, others))
    return found


def _quality(media: str, ranges: Sequence[tuple[str, float, int]]) -> float:
    """The quality that the most specific range gives a media type."""
    main = media.partition("/")[0]
    best, rank = 0.0, -1
    for name, quality, others in ranges:
        fits = 2 if name == media else 1 if name == f"{main}/*" else 0 if name in ("*/*", "*") else -1
        if fits > rank and not others:
            best, rank = quality, fits
    return best
