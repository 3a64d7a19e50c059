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
from kg.store import oxigraph
from tests.conftest import SAMPLE

IDS = {  # pinned: a change here renames what others have linked to
    "wuhan-2030/statements.csv:2": "statement/",
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
