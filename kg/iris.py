"""Identifiers: short ids such as ``place/jinan``, their IRIs, and the one prefix map."""

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Collection

BASE = "https://w3id.org/regiograph/"
NS = BASE + "ns#"

#: Segments whose members are entities, in the order in which tables and legends list them.
ENTITY_SEGMENTS = ("place", "org", "topic", "project", "programme", "person", "event", "indicator", "source")
NODE_SEGMENTS = (
    "statement", "target", "result", "name", "link", "count", "graph", "derived", "field", "mapping",
    "mention", "report", "spotting", "attention",
)  # fmt: skip
STANDARD = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "skosxl": "http://www.w3.org/2008/05/skos-xl#",
    "dcterms": "http://purl.org/dc/terms/",
    "prov": "http://www.w3.org/ns/prov#",
    "oa": "http://www.w3.org/ns/oa#",
    "geo": "http://www.w3.org/2003/01/geo/wgs84_pos#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "void": "http://rdfs.org/ns/void#",
    "qb": "http://purl.org/linked-data/cube#",
    "sh": "http://www.w3.org/ns/shacl#",
    "geosparql": "http://www.opengis.net/ont/geosparql#",
    "spdx": "http://spdx.org/rdf/terms#",
    "sssom": "https://w3id.org/sssom/",
}
#: Prefix to namespace: ours by segment (``place:jinan``), ``kg:`` for our terms, then the standards.
PREFIXES = {
    "kg": NS,
    **{segment: f"{BASE}{segment}/" for segment in ENTITY_SEGMENTS + NODE_SEGMENTS},
    **STANDARD,
}

SLUG = r"[a-z0-9]+(?:-[a-z0-9]+)*"
ID = re.compile(rf"(?P<segment>{'|'.join(ENTITY_SEGMENTS)})/(?P<slug>{SLUG})")
RECIPE = "1"
_DIGEST = re.compile(r"-[0-9a-f]{8}([0-9a-f]{24})?$")


def iri(identifier: str) -> str:
    """``place/jinan`` → its IRI; also ``statement/…``, ``graph/…``."""
    return BASE + identifier


def expand(curie: str) -> str:
    """``kg:promotes`` → the IRI; raises KeyError on an unknown prefix."""
    prefix, _, local = curie.partition(":")
    return PREFIXES[prefix] + local


def short(term: str) -> str:
    """An IRI as people read it: ``place/jinan`` for ours, ``skos:broader`` for a known prefix."""
    if term.startswith(BASE):
        return term.removeprefix(NS).removeprefix(BASE)
    for prefix, namespace in STANDARD.items():
        if term.startswith(namespace):
            return f"{prefix}:{term.removeprefix(namespace)}"
    return term


def notation(term: str) -> str:
    """The notation of one of our concepts by its IRI or short form: ``stage-planned`` → ``planned``."""
    return short(term).partition("-")[2]


def digest(*parts: str | int) -> str:
    """The first 128 bits of SHA-256 over the parts, in hexadecimal; the parts cannot run together."""
    joined = "\x1f".join(str(part) for part in (RECIPE, *parts))
    return hashlib.sha256(joined.encode()).hexdigest()[:32]


def assign_slugs(names: Collection[str]) -> dict[str, str]:
    """Return one slug for each name: ``Acme & Sons`` → acme-sons.

    A digest of the name is added where the slug lost letters or signs (``Müller`` → muller-1a2b3c4d),
    where another name has the same slug (ABB, abb), and where the slug seems to end with a digest.
    """
    plain, slugs = {}, {}
    for name in names:
        folded = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()
        plain[name] = slug = re.sub(r"[^a-z0-9]+", "-", folded).strip("-")
        # letters, numbers, punctuation and blanks: without marks and symbols it is the slug of another name
        lost = any(not char.isascii() or unicodedata.category(char)[0] not in "LNPZ" for char in name)
        slugs[name] = "" if lost or len(slug) > 100 or _DIGEST.search(slug) else slug
    for length in (8, 32):
        counts = Counter(slugs.values())
        for name, slug in slugs.items():
            if not slug or counts[slug] > 1:
                slugs[name] = f"{plain[name][: 99 - length].rstrip('-') or 'x'}-{digest(name)[:length]}"
    return slugs
