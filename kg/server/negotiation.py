"""Content negotiation: the formats of answers and which one a request asks for (RFC 9110, 12.5)."""

import re
from collections.abc import Mapping, Sequence
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
_QUALITY = re.compile(r"[0-9]*\.?[0-9]+|[0-9]+\.")
_TEXT = {"text/csv", "text/tab-separated-values", "text/turtle", "text/plain", "text/html"}


def choose(accept: str, offered: Sequence[str]) -> str | None:
    """Return the media type that fits best, the first of the offer among equals; None where none fits."""
    ranges = _ranges(accept)
    if not accept.strip(", "):
        return offered[0]
    best = max(offered, key=lambda media: _quality(media, ranges))
    return best if _quality(best, ranges) > 0 else None


def choose_format(accept: str, offered: tuple[Format, ...], *, name: str = "") -> tuple[Format, str] | None:
    """Return the format and the media type to call it by; None where none fits.

    A known short name or media type (``csv``) goes before the Accept header; an unknown one is ignored, since
    clients send names of their own (``turtle``, ``json-ld``) beside an Accept header that can be met.
    """
    for form in offered if name else ():
        if name in (form.name, *form.types):
            return form, form.type
    own, others = [form.type for form in offered], [media for form in offered for media in form.types[1:]]
    chosen = choose(accept, [*own, *others])
    return next(((form, chosen) for form in offered if chosen in form.types), None) if chosen else None


def content_type(media: str) -> str:
    """Return a media type as a Content-Type header has it."""
    return f"{media}; charset=utf-8" if media in _TEXT else media


def takes_gzip(accept_encoding: str) -> bool:
    """Return whether a client takes gzip."""
    given = _ranges(accept_encoding)
    return given.get("gzip", given.get("*", 0.0)) > 0


def _ranges(text: str) -> dict[str, float]:
    """Parse a header into qualities by name; names with parameters of their own are left out."""
    found: dict[str, float] = {}
    for part in text.lower().split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        given = dict(parameter.partition("=")[::2] for parameter in parameters)
        if name and given.keys() <= {"q", "charset"}:
            quality = given.get("q", "1")
            found.setdefault(name, min(float(quality), 1.0) if _QUALITY.fullmatch(quality) else 0.0)
    return found


def _quality(media: str, ranges: Mapping[str, float]) -> float:
    """Return the quality that the most specific range gives a media type."""
    names = (media, media.partition("/")[0] + "/*", "*/*", "*")
    return next((ranges[name] for name in names if name in ranges), 0.0)
