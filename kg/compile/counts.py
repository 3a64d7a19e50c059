"""Counts computed beforehand: statements that back each topic, by region and year, as an RDF data cube.

A count over all statements grows with them; these grow with regions and topics alone, so that a matrix or a
ranking reads them in place of a million statements. Each count over all years comes with the triple region
kg:backs topic: a query for what regions share reads one triple in place of four.

Where a section is a digest of another source, and both have the region back a topic, the original is counted.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing

from kg.compile.nquads import integer, iri, literal, name, quad, quads
from kg.ontology import Ontology
from kg.read.seeds import Document, EntityIndex

GRAPH = "graph/counts"
#: A region that backs a topic, once: their ids, the year in which the source came out, the source, and the
#: one of which it is a digest there.
Backed = tuple[str, str, str, str, str]
_TABLES = (
    "CREATE TABLE backed (region TEXT, topic TEXT, year TEXT, source TEXT, original TEXT)",
    "CREATE VIEW twice AS SELECT region, topic, original FROM backed WHERE original != '' "
    "INTERSECT SELECT region, topic, source FROM backed",
    "CREATE VIEW once AS SELECT * FROM backed WHERE (region, topic, original) NOT IN (SELECT * FROM twice)",
)
_GROUPS = """
SELECT region, topic, '', count(*), group_concat(DISTINCT source) FROM once GROUP BY region, topic
UNION ALL
SELECT region, topic, year, count(*), group_concat(DISTINCT source) FROM once GROUP BY region, topic, year
"""


def backed(document: Document, register: EntityIndex, ontology: Ontology) -> Iterator[Backed]:
    """Yield the statements of a source by which a region backs a topic.

    Those withheld are left out, and those of one region in the section of another.
    """
    year = document.source.published[:4]
    for at in document.statements:
        if (
            ontology.predicates[at.predicate].backs
            and at.object.startswith("topic/")
            and at.subject in register.regions
            and not ontology.withholds(at.flags)
            and (not (section := document.section(at.paragraph)) or section.region in ("", at.subject))
        ):
            yield at.subject, at.object, year, document.source.id, section.digest_of if section else ""


def lines(found: Iterable[Backed]) -> Iterator[str]:
    """Yield the observations of each region and topic, over all years and by year.

    SQLite groups them, on disk if they are many.
    """
    with closing(sqlite3.connect("")) as groups:
        for table in _TABLES:
            groups.execute(table)
        groups.executemany("INSERT INTO backed VALUES (?, ?, ?, ?, ?)", found)
        for region, topic, year, number, sources in groups.execute(_GROUPS):
            pairs = (
                ("rdf:type", name("qb:Observation")),
                ("qb:dataSet", name("kg:countsByYear" if year else "kg:counts")),
                ("kg:countsRegion", iri(region)),
                ("kg:countsTopic", iri(topic)),
                ("kg:countsYear", year and literal(year, datatype="xsd:integer")),
                ("kg:count", integer(number)),
                *(("dcterms:source", iri(f"source/{source}")) for source in sorted(sources.split(","))),
            )
            yield from quads(iri(identifier(region, topic, year)), pairs, GRAPH)
            if not year:
                yield quad(iri(region), name("kg:backs"), iri(topic), GRAPH)


def identifier(region: str, topic: str, year: str = "") -> str:
    """Return the id of a count: ``count/jinan/chip``, ``count/jinan/chip/2024``."""
    parts = (region.partition("/")[2], topic.partition("/")[2], year)
    return "/".join(("count", *(part for part in parts if part)))
