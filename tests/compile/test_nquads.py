from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg import iris, locations
from kg.check import run
from kg.compile import nquads, reference
from kg.query.graph import Graph
from kg.read.seeds import read_seeds
from kg.store import oxigraph
from tests.conftest import SAMPLE

#: A change here renames what others have linked to.
IDS = {
    "hubei-2030/statements.csv:2": "statement/ad8c4b945c1b886590cfb90cbb3f38e3",
    "hubei-2030/statements.csv:3": "statement/12a57f9e6386f7ee1cf769c58ef90026",
    "hubei-2030/statements.csv:4": "statement/2067d9de691c369a6ca37ab941ee08a7",
    "hubei-2030/statements.csv:5": "statement/2a27e13bb1f90239b878f554337acc16",
    "hubei-2030/statements.csv:6": "statement/408a7ab8147bcad432b878be6a0b9b32",
    "hubei-2030/targets.csv:2": "target/6a29f33e18f3bad650217719c459835e",
    "wuhan-2030/statements.csv:2": "statement/7885c434a03ad356f1603e97c5a8e0e8",
    "wuhan-2030/statements.csv:3": "statement/e843d41e67b5cdee7570ec0905f7ec94",
    "wuhan-2030/targets.csv:2": "target/e836a0dc32fbc57d7df9b73e0f27517a",
    "wuhan-2030/targets.csv:3": "target/cb1a3e8c49b6df676a731dc1c41b09f1",
}
DIGESTS = {
    (
        "gwr-2024",
        47,
        "place/jinan",
        "promotes",
        "topic/silicon-carbide",
        "",
    ): "18ff126c801e5bc644ff583f489334cc",
    (
        "gwr-2024",
        30,
        "place/shandong",
        "promotes",
        "topic/silicon-carbide",
        "2024",
    ): "1cac4b7633bb276a7e2f94fc09e56bb2",
    ("a", 1): "bb4092802e4f06cc69d34a46a41829f9",
    ("a1",): "821ba43c6eb8b110662f48dc541d0574",
    ("1", "a"): "66adc7dfd58fb11c4a83259dde39a660",
    ("", ""): "23717c262196ac79fd4d9a5cf7b8616a",
    ("",): "2b8d9cc6944cb101828f20db1b3c4051",
    ("济南", 1): "363acdfff4c9e752474b9e8767dd5a92",
    ("x", "\u2028"): "6436b6bd55ba61853583ddd510117dfb",
    ("2021/2025", "../2025"): "b35fbff41ec0e3bd4d9e5dc477e3e497",
}


def lines(folder: Path) -> list[str]:
    report = run.check_seeds(folder, locations.ontology())
    return reference.lines(report.seeds, report.ontology, locations.ontology(), version="test")


@pytest.fixture(scope="module")
def sample_lines() -> list[str]:
    return lines(SAMPLE / "seeds")


def test_a_statement_is_a_node_and_a_plain_triple(sample_graph: Graph) -> None:
    rows = oxigraph.select(
        sample_graph.store,
        """SELECT ?statement ?stage ?cue ?paragraph ?exact ?start ?end ?row ?source {
             place:sample-province kg:builds place:optics-park .
             GRAPH ?g { ?statement rdf:subject place:sample-province ; rdf:predicate kg:builds ;
               rdf:object place:optics-park ; kg:stage ?stage ; kg:cue ?cue ; kg:paragraph/kg:number ?paragraph ;
               kg:evidence/oa:hasSelector ?quote , ?position ; kg:row ?row .
               ?quote oa:exact ?exact . ?position oa:start ?start ; oa:end ?end }
             ?g prov:wasDerivedFrom ?source }""",
    ).values()
    assert [{**row, "statement": len(row["statement"])} for row in rows] == [
        {
            "statement": len(iris.BASE) + 42,
            "stage": f"{iris.NS}stage-planned",
            "cue": "will build",
            "paragraph": "2",
            "exact": "build an optics park",
            "start": "25",
            "end": "45",
            "row": "hubei-2030/statements.csv:2",
            "source": f"{iris.BASE}source/hubei-2030",
        }
    ]


def test_a_withheld_statement_is_a_node_only(sample_graph: Graph) -> None:
    ask = "ASK { place:sample-city kg:promotes topic:lidar }"
    assert not oxigraph.query(sample_graph.store, ask)
    nodes = "ASK { GRAPH ?g { ?s rdf:subject place:sample-city ; rdf:object topic:lidar ; kg:flag kg:flag-unresolved } }"
    assert oxigraph.query(sample_graph.store, nodes)


def test_no_triple_stands_in_two_graphs(sample_lines: list[str]) -> None:
    counts = Counter(quad.triple for quad in ox.parse("".join(sample_lines), format=ox.RdfFormat.N_QUADS))
    assert counts
    assert [triple for triple, count in counts.items() if count > 1] == []


def test_lines_are_what_the_store_gives_back(sample_lines: list[str]) -> None:
    """An engine changes nothing: no literal is normalised, nothing is lost."""
    dumped = oxigraph.memory(sample_lines).dump(format=ox.RdfFormat.N_QUADS)
    assert dumped is not None
    assert sorted(dumped.decode().splitlines(keepends=True)) == sample_lines


def test_the_bytes_do_not_depend_on_hash_seed_locale_or_folder(
    tmp_path: Path, sample_lines: list[str]
) -> None:
    elsewhere = shutil.copytree(SAMPLE / "seeds", tmp_path / "ein anderer Ordner")
    code = (
        "import sys; from pathlib import Path; from kg import locations\nfrom kg.check import run\nfrom kg.compile import reference\n"
        "r = run.check_seeds(Path(sys.argv[1]), locations.ontology())\n"
        "sys.stdout.buffer.write(''.join(reference.lines(r.seeds, r.ontology, locations.ontology(), version='test')).encode())"
    )
    for seed, locale in (("1", "C"), ("4242", "C.UTF-8")):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "LC_ALL": locale, "TZ": "Asia/Shanghai"}
        done = subprocess.run(
            [sys.executable, "-c", code, str(elsewhere)], env=environment, capture_output=True, check=True
        )
        assert done.stdout.decode() == "".join(sample_lines)


def test_mending_a_quote_keeps_the_id(sample: Path) -> None:
    path = sample / "hubei-2030/statements.csv"
    path.write_text(path.read_text().replace("build an optics park", "will build an optics park"))
    pattern = re.compile(r"/(statement/\w+)>")
    assert set(pattern.findall("".join(lines(sample)))) == set(
        pattern.findall("".join(lines(SAMPLE / "seeds")))
    )


@given(st.text())
def test_any_literal_survives(value: str) -> None:
    try:
        value.encode()
    except UnicodeEncodeError:
        return
    written = nquads.quad(nquads.iri("place/x"), nquads.name("kg:note"), nquads.literal(value, lang="en"))
    (quad,) = ox.parse(written, format=ox.RdfFormat.N_QUADS)
    assert quad.object == ox.Literal(value, language="en")


def test_ids_are_what_others_have_linked_to() -> None:
    seeds, _ = read_seeds(SAMPLE / "seeds")
    assert {f"{row.file}:{row.line}": row.id for d in seeds.documents.values() for row in d.evidence()} == IDS
    assert {parts: iris.digest(*parts) for parts in DIGESTS} == DIGESTS
