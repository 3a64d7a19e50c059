"""Synthetic corpora of any size for benchmarks and load tests: made up by chance from a seed, true of nothing.

    python -m tests.bench.corpus FOLDER STATEMENTS [--seed 1] [--format csv|jsonl|parquet]

Regions down to counties, a report a year from each, statements and targets with quotes, positions and
sections, entities with aliases. Every title, name and ground says that it is synthetic, ids begin with
``synthetic-``, and the folder holds a note; nothing of it goes into the wheel or among curated tables.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from kg.read import models

GROUND = "synthetic: made up by tests/bench/corpus.py"
NOTE = "Synthetic tables, made up by a program for benchmarks. They say nothing about any place or company.\n"
DAY = "2030-01-01"
PER_DOCUMENT = 40
PER_PARAGRAPH = 2
FIRST_YEAR, YEARS = 2016, 15
Row = Mapping[str, object]
Put = Callable[[str, Row], None]
_FIELDS = [
    "photonic",
    "carbide",
    "lithium",
    "quantum",
    "marine",
    "genomic",
    "ceramic",
    "polymer",
    "hydrogen",
    "satellite",
    "robotic",
    "vacuum",
]
_THINGS = [
    "device",
    "material",
    "module",
    "sensor",
    "battery",
    "reactor",
    "turbine",
    "coating",
    "membrane",
    "laser",
    "alloy",
    "catalyst",
]
_HAN = "光电材料器件模组电池涡轮薄膜合金海洋氢能卫星量子"
_STAGES = (
    ("planned", "will build"),
    ("under-way", "accelerate"),
    ("completed", "completed"),
    ("encouraged", "support"),
)
_TIERS = (
    ("pillar", ""),
    ("future", "future industries"),
    ("emerging", "emerging industries"),
    ("leading", "leading"),
)


@dataclass(frozen=True)
class World:
    """The entities of a corpus: regions with what they lie in, and numbers of all others."""

    regions: tuple[tuple[str, str, str], ...]
    topics: int
    orgs: int
    projects: int
    programmes: int


def write(folder: Path, statements: int, *, seed: int = 1, form: str = "csv") -> int:
    """Write a corpus with at least this many statements and targets; returns how many there are."""
    chance = random.Random(seed)
    world = _world(statements)
    folder.mkdir(parents=True)
    (folder / "SYNTHETIC.txt").write_text(NOTE, encoding="utf-8")
    with ExitStack() as files:
        tables = {stem: files.enter_context(_Table(folder, stem, form)) for stem in _COLUMNS}

        def put(stem: str, cells: Row) -> None:
            tables[stem].put(cells)

        _entities(world, put)
        written = number = 0
        while written < statements:
            written += _document(number, world, chance, put)
            number += 1
    return written


def _world(statements: int) -> World:
    documents = statements // PER_DOCUMENT + 1
    counties = max(4, min(2_900, documents // YEARS))
    regions: list[tuple[str, str, str]] = []
    for n in range(max(1, min(31, counties // 8))):
        regions.append((f"place/synthetic-province-{n}", "Province", ""))
    provinces = len(regions)
    for n in range(max(2, counties // 8)):
        regions.append((f"place/synthetic-city-{n}", "City", regions[n % provinces][0]))
    cities = len(regions) - provinces
    for n in range(counties):
        regions.append((f"place/synthetic-county-{n}", "District", regions[provinces + n % cities][0]))
    return World(
        tuple(regions),
        topics=min(1_200, 20 + statements // 50),
        orgs=5 + statements // 12,
        projects=5 + statements // 20,
        programmes=3 + statements // 100,
    )


def _entities(world: World, put: Put) -> None:
    for number, (region, kind, above) in enumerate(world.regions):
        latitude, longitude = f"{20 + number * 7 % 300 / 10:.1f}", f"{75 + number * 13 % 590 / 10:.1f}"
        put(
            "places",
            {"id": region, "kind": kind, "latitude": latitude, "longitude": longitude, "ground": GROUND},
        )
        _names(region, region.partition("/")[2].replace("-", " "), f"合成地{number}", put)
        if above:
            put("hierarchy", {"child": region, "relation": "locatedIn", "parent": above, "ground": GROUND})
    for number in range(world.topics):
        put(
            "topics",
            {"id": f"topic/synthetic-{number}", "kind": "Sector" if number % 9 == 0 else "Technology"},
        )
        _names(
            f"topic/synthetic-{number}",
            topic(number),
            f"{_HAN[number % 24]}{_HAN[number // 24 % 24]}{number}",
            put,
        )
        if number % 9:
            above = f"topic/synthetic-{number - number % 9}"
            put(
                "hierarchy",
                {
                    "child": f"topic/synthetic-{number}",
                    "relation": "broader",
                    "parent": above,
                    "ground": GROUND,
                },
            )
    for number in range(world.orgs):
        put("orgs", {"id": f"org/synthetic-{number}", "kind": "Company"})
        _names(f"org/synthetic-{number}", f"Synthetic Company {number}", f"合成公司{number}", put)
    for number in range(world.projects):
        put("projects", {"id": f"project/synthetic-{number}", "kind": "Project"})
        _names(f"project/synthetic-{number}", f"synthetic plant no. {number}", "", put)
    for number in range(world.programmes):
        put("programmes", {"id": f"programme/synthetic-{number}", "kind": "Programme"})
        _names(f"programme/synthetic-{number}", f"synthetic action {number}", f"合成行动{number}", put)
    put("indicators", {"id": "indicator/synthetic-output", "kind": "Indicator", "unit": "CNY"})
    _names("indicator/synthetic-output", "synthetic output value", "合成产值", put)


def topic(number: int) -> str:
    """The English label of a topic."""
    return f"synthetic {_FIELDS[number % 12]} {_THINGS[number // 12 % 12]} {number}"


def _names(entity: str, label: str, han: str, put: Put) -> None:
    names = [(label, "en", "label"), (label.upper(), "en", "printed")] + (
        [(han, "zh", "label")] if han else []
    )
    for name, lang, role in names:
        cells = {"entity": entity, "name": name, "lang": lang, "role": role, "confidence": "certain"}
        put("names", {**cells, "ground": GROUND, "date": DAY})


def _document(number: int, world: World, chance: random.Random, put: Put) -> int:
    """One report of one region and year; returns how many statements and targets it has."""
    region = world.regions[number % len(world.regions)][0]
    year = FIRST_YEAR + number // len(world.regions) % YEARS
    copy = number // (len(world.regions) * YEARS)
    source = f"{region.partition('/')[2]}-{year}" + (f"-{copy}" if copy else "")
    paragraphs = max(4, int(chance.lognormvariate(0, 0.4) * PER_DOCUMENT / PER_PARAGRAPH))
    put("sources", {
        "id": source, "kind": "synthetic report", "title": f"Synthetic report {source}", "title_zh": "合成报告",
        "publisher": "Synthetic Press", "published": f"{year}-01-20", "language": "en",
        "address": f"https://example.org/{source}", "sha256": _hash(source), "paragraphs": paragraphs,
    })  # fmt: skip
    step = max(2, paragraphs // 4)
    for first in range(1, paragraphs + 1, step):
        last = min(first + step - 1, paragraphs)
        cells = {
            "first": first,
            "last": last,
            "region": region,
            "heading": f"Synthetic part {first}",
            "read": DAY,
        }
        put("sections", {"source": source, **cells})
    written = 0
    for paragraph in range(1, paragraphs + 1):
        hashed = _hash(f"{source} {paragraph}")
        cells = {"source": source, "paragraph": paragraph, "hash": hashed}
        put("positions", {**cells, "quote": "", "start": 0, "end": 400})
        quotes: dict[str, None] = {}
        for stated in _statements(source, region, year, world, chance):
            put("statements", {"source": source, "paragraph": paragraph, **stated})
            quotes[stated["quote"]] = None
            written += 1
        if paragraph % 6 == 0:
            cells = _target(region, year, world, chance)
            put("targets", {"source": source, "paragraph": paragraph, **cells})
            quotes[str(cells["quote"])] = None
            written += 1
        start = 5
        for quote in quotes:
            at = {"quote": quote, "start": start, "end": start + len(quote), "hash": hashed}
            put("positions", {"source": source, "paragraph": paragraph, **at})
            start += len(quote) + 9
    return written


def _statements(
    source: str, region: str, year: int, world: World, chance: random.Random
) -> Iterator[dict[str, str]]:
    seen = set()
    for _ in range(chance.randint(1, 2 * PER_PARAGRAPH - 1)):
        kind = chance.random()
        # a few topics are in every report, most are rare
        number = min(int(chance.paretovariate(0.6)) - 1, world.topics - 1)
        org, project = chance.randrange(world.orgs), chance.randrange(world.projects)
        programme = chance.randrange(world.programmes)
        subject, predicate, item, name = region, "promotes", f"topic/synthetic-{number}", topic(number)
        if kind > 0.9:
            subject, predicate = f"org/synthetic-{org}", "develops"
        elif kind > 0.8:
            item, name = f"project/synthetic-{project}", f"synthetic plant no. {project}"
            predicate = "builds"
        elif kind > 0.72:
            subject, predicate = f"project/synthetic-{project}", "byCompany"
            item, name = f"org/synthetic-{org}", f"Synthetic Company {org}"
        elif kind > 0.66:
            predicate, item, name = "hosts", f"org/synthetic-{org}", f"Synthetic Company {org}"
        elif kind > 0.63:
            predicate, item = "implements", f"programme/synthetic-{programme}"
            name = f"synthetic action {programme}"
        elif kind > 0.61:
            subject, predicate = f"programme/synthetic-{programme}", "focusesOn"
        elif kind > 0.59 and number:
            subject, predicate = f"topic/synthetic-{number - 1}", "componentOf"
        if (subject, item) in seen:
            continue
        seen.add((subject, item))
        stage, cue = chance.choice(_STAGES) if predicate in ("promotes", "builds") else ("", "")
        governing = " ".join(filter(None, (cue, _GOVERNING.get(predicate, "" if cue else "such as"))))
        quote = f"{governing} the {name} in {chance.choice(_FIELDS)} parks"
        tier, words = chance.choice(_TIERS) if predicate == "promotes" and chance.random() < 0.3 else ("", "")
        yield {
            "quote": quote, "subject": subject, "predicate": predicate, "object": item, "stage": stage,
            "tier": tier if words else "", "cue": words or cue,
            "period": f"{year}" if chance.random() < 0.5 else "",
            "note": "synthetic" if chance.random() < 0.05 else "",
        } | ({"stage": ""} if words else {})  # fmt: skip


#: A word for each predicate that has to have one.
_GOVERNING = {
    "promotes": "develop", "builds": "build", "supports": "support", "researches": "research",
    "upgrades": "upgrade", "implements": "implement", "hosts": "run", "develops": "support",
}  # fmt: skip


def _target(region: str, year: int, world: World, chance: random.Random) -> dict[str, object]:
    amount = chance.randint(2, 900)
    return {
        "quote": f"exceed {amount} billion yuan", "place": region,
        "topic": f"topic/synthetic-{chance.randrange(world.topics)}", "indicator": "indicator/synthetic-output",
        "comparator": "more-than", "value": amount * 10**9, "unit": "CNY", "written": f"{amount} billion",
        "unit_written": "yuan", "period": f"../{year}",
    }  # fmt: skip


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


_OF_SOURCES: dict[str, type[models.Row]] = {
    "sections": models.SectionRow,
    "statements": models.StatementRow,
    "targets": models.TargetRow,
    "positions": models.PositionRow,
}
_COMMON: dict[str, type[models.Row]] = {
    "sources": models.SourceRow,
    "places": models.PlaceRow,
    "orgs": models.EntityRow,
    "topics": models.EntityRow,
    "projects": models.EntityRow,
    "programmes": models.EntityRow,
    "indicators": models.IndicatorRow,
    "names": models.NameRow,
    "hierarchy": models.HierarchyRow,
}
_COLUMNS: dict[str, tuple[str, ...]] = {
    **{stem: model.columns() for stem, model in _COMMON.items()},
    **{stem: ("source", *model.columns()) for stem, model in _OF_SOURCES.items()},
}


class _Table:
    """A table that is written row by row."""

    def __init__(self, folder: Path, stem: str, form: str) -> None:
        self.columns = _COLUMNS[stem]
        self.form = form
        self.path = folder / f"{stem}.{form}"
        self.rows: list[Sequence[str]] = []
        if form == "parquet":
            import pyarrow
            import pyarrow.parquet

            schema = pyarrow.schema([(column, pyarrow.string()) for column in self.columns])
            self.arrow, self.writer = pyarrow, pyarrow.parquet.ParquetWriter(self.path, schema)
            self.schema = schema
        else:
            self.file = self.path.open("w", encoding="utf-8", newline="")
            self.csv = csv.writer(self.file, lineterminator="\n")
            if form == "csv":
                self.csv.writerow(self.columns)

    def __enter__(self) -> _Table:
        return self

    def __exit__(self, *_: object) -> None:
        if self.form == "parquet":
            self._flush()
            self.writer.close()
        else:
            self.file.close()

    def put(self, cells: Row) -> None:
        if self.form == "jsonl":
            found = {column: cells[column] for column in self.columns if column in cells}
            self.file.write(json.dumps(found, ensure_ascii=False) + "\n")
        elif self.form == "csv":
            self.csv.writerow([cells.get(column, "") for column in self.columns])
        else:
            self.rows.append([str(cells.get(column, "")) for column in self.columns])
            if len(self.rows) == 10_000:
                self._flush()

    def _flush(self) -> None:
        columns = [list(column) for column in zip(*self.rows, strict=True)] or [[] for _ in self.columns]
        self.writer.write_table(self.arrow.table(columns, schema=self.schema))
        self.rows.clear()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Write a synthetic corpus.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("statements", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--format", default="csv", choices=("csv", "jsonl", "parquet"))
    given = parser.parse_args()
    print(f"{write(given.folder, given.statements, seed=given.seed, form=given.format):,} rows")
