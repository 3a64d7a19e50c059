"""Each benchmark runs once, at the smallest size: a slow machine fails nothing, a broken benchmark does."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from kg.read import queries
from tests.bench import __main__ as bench
from tests.bench import report, searching
from tests.bench.figure import OURS, Figure

BENCHMARKS = ["build", "query", "view", "page", "cold start", "verification", "search"]


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> list[Figure]:
    return list(bench.figures(tmp_path_factory.mktemp("bench"), [400], 1, rdflib=False))


def test_every_benchmark_measures_us_and_its_floor(figures: list[Figure]) -> None:
    assert list(dict.fromkeys(figure.benchmark for figure in figures)) == BENCHMARKS
    assert all(figure.values and figure.size for figure in figures)
    timed = [figure for figure in figures if figure.unit == "s"]
    assert all(value > 0 for figure in timed for value in figure.values)
    held = [f for f in timed if f.who == OURS and f.floor]
    assert len(held) > 2 * len(queries.catalogue())
    assert all(report.ratio(figure, figures) for figure in held)


def test_every_question_is_measured_on_disk_and_in_memory(figures: list[Figure]) -> None:
    cases = {figure.case for figure in figures if figure.benchmark == "query"}
    assert cases == {f"{name}, {where}" for name in queries.catalogue() for where in ("disk", "memory")}


def test_results_are_a_table_a_file_and_a_chart(figures: list[Figure]) -> None:
    found = json.loads(report.as_json(figures, 1.0))
    assert len(found["figures"]) == len(figures)
    assert found["machine"]["cores"] >= 1
    table = report.markdown(figures)
    assert [line[4:] for line in table.splitlines() if line.startswith("###")] == BENCHMARKS
    grown = [*figures, *(Figure(**{**vars(f), "size": f.size * 10}) for f in figures)]
    assert ElementTree.fromstring(report.chart(grown)).tag.endswith("svg")


def test_a_missed_aim_is_told() -> None:
    ours = Figure("build", "load", 10, OURS, (3.0, 4.0, 9.0), floor="bare", most=2)
    bare = Figure("build", "load", 10, "bare", (1.0, 2.0, 1.0))
    assert report.missed([ours, bare]) == ["build, load, 10: 4.00 times bare, aimed at 2"]
    assert report.missed([Figure("build", "load", 10, OURS, (1.0,), floor="bare", most=2), bare]) == []
    assert report.missed([Figure("cold start", "kg", 1, OURS, (9.0,), "ms", most=8)]) == [
        "cold start, kg, 1: 9.00 ms, aimed at 8"
    ]


def test_made_up_names_are_the_same_each_time() -> None:
    assert list(searching.made_up(50)) == list(searching.made_up(50))
    assert len({entity for entity, *_ in searching.made_up(50)}) == 50


def test_results_are_written(figures: list[Figure], tmp_path: Path) -> None:
    bench.write(figures, 1.0, tmp_path / "out", "bench")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "bench.json",
        "bench.md",
        "bench.svg",
    ]


def test_a_run_is_put_into_the_page(figures: list[Figure], tmp_path: Path) -> None:
    page = tmp_path / "benchmarks.md"
    page.write_text("# Benchmarks\n\n## Figures\n\nan earlier run\n")
    grown = [*figures, *(Figure(**{**vars(f), "size": f.size * 10}) for f in figures)]
    for _ in range(2):
        report.publish(grown, 60.0, page)
        text = page.read_text()
        assert text.startswith("# Benchmarks\n\n## Figures\n\nOne run of 1 minutes on ")
        assert text.count("### build") == 1
        assert "an earlier run" not in text
    assert page.with_suffix(".svg").is_file()
