"""Compiler of the reports that only a program read, and what it spotted in them, in ``graph/reports``.

Nothing here is a plain triple or a statement. A report without a text at hand is a node of its own class.
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from kg.compile.nquads import decimal, integer, iri, literal, name, quads
from kg.read.fields import FieldRow, MappingRow
from kg.read.reports import ReportRow, Reports, Spotted, read_spotted

GRAPH = "graph/reports"
#: The region of the State Council's reports, which no other region is compared with.
COUNTRY = "china"
#: Words of a prior, in all; standard deviations from which a topic is distinct; regions that a year needs.
PRIOR, DISTINCT, FEWEST = 1_000, 1.96, 10
#: A topic named less often is never distinct.
LEAST = 2
_PART_NAMES = ("review", "several years", "year ahead", "government", "other")


def lines(catalogue: Reports, fields: Iterable[FieldRow], mappings: Iterable[MappingRow]) -> Iterator[str]:
    """Yield the lines of all reports: at most eight of each topic in each report."""
    rows = {region: read_spotted(catalogue.folder, region) for region in catalogue.regions}
    distinct = distinctness(rows)
    widest = _widest_fields(fields, mappings)
    for report in catalogue.reports:
        if report.excluded:
            yield from _report(report, catalogue, None, 0)
    for region, reports in catalogue.regions.items():
        by_year: dict[int, list[Spotted]] = {}
        for row in rows[region]:
            by_year.setdefault(row.year, []).append(row)
        previous = None
        for report in reports:
            here = by_year.get(report.year, [])
            yield from _report(report, catalogue, previous, sum(sum(row.counts) for row in here))
            yield from _spottings(report, here, distinct)
            yield from _attention(report, here, widest)
            previous = report.year
    for place, year in catalogue.missing():
        node = iri(f"report/{place.partition('/')[2]}-gwr-{year}")
        pairs = (
            ("rdf:type", name("kg:MissingReport")),
            ("kg:ofRegion", iri(place)),
            ("kg:year", integer(year)),
        )
        yield from quads(node, pairs, GRAPH)


def distinctness(rows: Mapping[str, Sequence[Spotted]]) -> dict[tuple[str, int, str], float]:
    """Return by region, year and topic how many standard deviations above the other regions it is named.

    Log-odds with an informative prior (Monroe, Colaresi and Quinn 2008): the prior of a topic is its share of
    all mentions. Only those from DISTINCT on are kept, of years with FEWEST regions at least.
    """
    counts: dict[int, dict[str, Counter[str]]] = {}
    for region, some in rows.items():
        for row in some:
            counts.setdefault(row.year, {}).setdefault(region, Counter())[row.entity] = sum(row.counts)
    overall = _added(
        topics for regions in counts.values() for region, topics in regions.items() if region != COUNTRY
    )
    scale = PRIOR / max(1, overall.total())
    found = {}
    for year, regions in counts.items():
        provinces = [topics for region, topics in regions.items() if region != COUNTRY]
        together = _added(provinces)
        for region, topics in regions.items() if len(provinces) >= FEWEST else ():
            others = together if region == COUNTRY else together - topics
            sizes = topics.total(), others.total()
            for topic, number in topics.items():
                score = _log_odds(number, others[topic], sizes, overall[topic] * scale or scale)
                if number >= LEAST and score >= DISTINCT:
                    found[region, year, topic] = score
    return found


def _added(some: Iterable[Counter[str]]) -> Counter[str]:
    total: Counter[str] = Counter()
    for one in some:
        total.update(one)
    return total


def _log_odds(here: int, there: int, sizes: tuple[int, int], prior: float) -> float:
    one, other = here + prior, there + prior
    ratio = math.log(one / (sizes[0] + PRIOR - one)) - math.log(other / (sizes[1] + PRIOR - other))
    return ratio / math.sqrt(1 / one + 1 / other)


def _widest_fields(fields: Iterable[FieldRow], mappings: Iterable[MappingRow]) -> dict[str, set[str]]:
    """Return the widest fields of each topic: those at the top of their classification."""
    known = {row.id: row for row in fields}
    found: dict[str, set[str]] = {}
    for mapping in mappings:
        if mapping.field in known and mapping.predicate_id in ("skos:exactMatch", "skos:broadMatch"):
            field = known[mapping.field]
            while field.parent:
                field = known[f"field/{field.scheme}-{field.parent}"]
            found.setdefault(mapping.topic, set()).add(field.id)
    return found


def _report(report: ReportRow, catalogue: Reports, previous: int | None, mentions: int) -> list[str]:
    parts = catalogue.parts_of.get(report.id, ())
    pairs = (
        ("rdf:type", name("kg:Report")),
        ("kg:ofRegion", iri(report.place)),
        ("kg:year", integer(report.year)),
        ("kg:previousYear", integer(previous) if previous else ""),
        ("dcterms:issued", report.spoken and literal(report.spoken, datatype="xsd:date")),
        ("dcterms:language", literal(report.language)),
        ("kg:characters", integer(report.characters)),
        ("kg:paragraphs", integer(report.paragraphs)),
        ("spdx:checksumValue", literal(report.sha256)),
        ("dcterms:identifier", report.address and literal(report.address)),
        ("dcterms:provenance", literal(report.origin)),
        ("kg:fault", report.faults and literal(report.faults)),
        ("kg:excluded", report.excluded and literal(report.excluded)),
        ("kg:mentions", "" if report.excluded else integer(mentions)),
        (
            "kg:outline",
            literal("; ".join(f"{p.part} ¶{p.first} ({p.found})" for p in parts)) if parts else "",
        ),
    )
    return quads(iri(f"report/{report.id}"), pairs, GRAPH)


def _spottings(
    report: ReportRow, rows: Iterable[Spotted], distinct: Mapping[tuple[str, int, str], float]
) -> Iterator[str]:
    node = iri(f"report/{report.id}")
    for row in rows:
        numbers = zip(_PART_NAMES, row.counts, strict=True)
        score = distinct.get((report.region, row.year, row.entity))
        pairs = (
            ("rdf:type", name("kg:Spotting")),
            ("kg:spottedIn", node),
            ("kg:spots", iri(row.entity)),
            ("kg:times", integer(sum(row.counts))),
            ("kg:timesByPart", literal("; ".join(f"{part} {number}" for part, number in numbers if number))),
            ("kg:atParagraph", integer(row.paragraph)),
            ("kg:beside", literal(row.words)),
            ("kg:distinctness", decimal(Decimal(f"{score:.2f}")) if score else ""),
        )
        yield from quads(iri(f"spotting/{report.id}/{row.entity.partition('/')[2]}"), pairs, GRAPH)


def _attention(report: ReportRow, rows: Iterable[Spotted], widest: Mapping[str, set[str]]) -> Iterator[str]:
    counts: Counter[str] = Counter()
    for row in rows:
        for field in widest.get(row.entity, ()):
            counts[field] += sum(row.counts)
    for field, number in sorted(counts.items()):
        node = iri(f"attention/{report.id}/{field.partition('/')[2]}")
        pairs = (
            ("kg:attentionIn", iri(f"report/{report.id}")),
            ("kg:attentionTo", iri(field)),
            ("kg:times", integer(number)),
        )
        yield from quads(node, pairs, GRAPH)
