"""Fixtures: a made-up report in Chinese, added to a copy of the sample seeds."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import pytest

from kg import locations, text
from kg import ontology as ontologies
from kg.draft import document
from kg.ontology import Ontology
from kg.read import files, models, tables
from kg.read.seeds import SOURCE_TABLES, Seeds, read_seeds

REPORT = """样本市2031年政府工作报告
一、2030年工作回顾
全年建成光谷二期等项目，量子纺织产业产值增长12.5%。
二、2031年工作安排
加快发展激光雷达、量子纺织、云纹陶瓷等未来产业，打造“银杏谷”产业园，深入实施“蓝鲸+”行动。
制定《样本市深空规划》，新建星火实验室30个以上，力争产值突破1.2万亿元。"""
SOURCE = "sample-2031"


@dataclass(frozen=True)
class Ground:
    """A folder of seeds with the report as a source without rows, the folder of its text, its draft."""

    seeds: Path
    texts: Path
    draft: Path
    ontology: Ontology

    def read(self) -> Seeds:
        return read_seeds(self.seeds)[0]

    def propose(self) -> list[dict[str, str]]:
        return document.propose_rows(self.read(), self.ontology, SOURCE, text.paragraphs(REPORT))


@pytest.fixture
def ground(sample: Path) -> Ground:
    texts = sample.parent / "texts"
    texts.mkdir()
    (texts / "report.txt").write_text(REPORT)
    row = {
        "id": SOURCE, "kind": "report", "title": "A report", "publisher": "Sample Press", "published": "2031-02-01",
        "language": "zh", "address": "https://example.org/31", "paragraphs": "6",
        "sha256": hashlib.sha256(REPORT.encode()).hexdigest(),
    }  # fmt: skip
    columns = models.SourceRow.columns()
    found, _ = tables.read_table(
        sample / "sources.csv", columns, name="sources.csv", optional=models.SourceRow.optional
    )
    files.write_table(sample / "sources.csv", columns, [*(one.cells for one in found), row])
    (sample / SOURCE).mkdir()
    section = {"first": "1", "last": "6", "region": "place/sample-city", "heading": "The report"}
    for name, model in SOURCE_TABLES.items():
        files.write_table(
            sample / SOURCE / name, model.columns(), [section] if name == "sections.csv" else []
        )
    with (sample / "names.csv").open("a") as names:  # the names of the sample's indicators are English
        names.write("indicator/output-value,产值,zh,label,certain,made up for tests,2030-01-04\n")
    return Ground(
        sample, texts, sample.parent / "drafts" / f"{SOURCE}.csv", ontologies.read(locations.ontology())
    )
