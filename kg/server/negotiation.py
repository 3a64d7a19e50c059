"""Content negotiation: the formats of answers and which one a request asks for (RFC 9110, 12.5)."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass

import pyoxigraph as ox


@dataclass(frozen=True, eq=False)
class Format:
    """A format: its short name, the media types that ask for it (its own first), what writes it."""

    name: str
    types: tuple[str, ...]
    writer: ox.QueryResultsFormat | ox.RdfFormat

    @property
    def type(self) -> str:
        """The format's own media type."""
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
    """Return the media type that fits best, the first of the offer among equals; None where none fits."""
    ranges = _ranges(accept)
    if not accept.strip(", "):
        return offered[0]
    best = max(offered, key=lambda media: _quality(media, ranges))
    return best if _quality(best, ranges) > 0 else None


@functools.lru_cache(maxsize=256)
def choose_format(accept: str, offered: tuple[Format, ...], *, name: str = "") -> tuple[Format, str] | None:
    """Return the format and the media type to call it by; None where none fits.

    A known short name or media type (``csv``) goes before the Accept header; an unknown one is ignored, since
    clients send names of their own (``turtle``, ``json-ld``) beside an Accept header that can be met.
    """
    for form in offered if name else ():
        if name in (form.name, *form.types):
            return form, form.type
    by_type: dict[str, Format] = {}
    own = [form.type for form in offered]
    for form in offered:
        for media in form.types:
            by_type.setdefault(media, form)
    chosen = choose(accept, [*own, *(media for media in by_type if media not in own)])
    return (by_type[chosen], chosen) if chosen else None


def content_type(media: str) -> str:
    """Return a media type as a Content-Type header has it."""
    return f"{media}; charset=utf-8" if media in _TEXT else media


@functools.lru_cache(maxsize=256)
def takes_gzip(accept_encoding: str) -> bool:
    """Return whether a client takes gzip."""
    given = dict(_ranges(accept_encoding))
    return given.get("gzip", given.get("*", 0.0)) > 0


def _ranges(text: str) -> list[tuple[str, float]]:
    """Parse a header into names and qualities; names with parameters of their own are left out."""
    found = []
    for part in text.split(","):
        name, *parameters = (piece.strip().lower() for piece in part.split(";"))
        given = dict(parameter.partition("=")[::2] for parameter in parameters)
        if name and given.keys() <= {"q", "charset"}:
            found.append((name, _number(given.get("q", "1"))))
    return found


def _number(value: str) -> float:
    try:
        return min(max(float(value), 0.0), 1.0)
    except ValueError:
        return 0.0


def _quality(media: str, ranges: Sequence[tuple[str, float]]) -> float:
    """Return the quality that the most specific range gives a media type."""
    given = dict(reversed(ranges))  # of equal ones the first counts
    names = (media, media.partition("/")[0] + "/*", "*/*", "*")
    return next((given[name] for name in names if name in given), 0.0)
