"""SHACL validation of the compiled graph against the published shapes, by pySHACL."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kg import iris, ontology
from kg.compile import reference
from kg.errors import Problem, missing_extra
from kg.ontology import Ontology
from kg.read.seeds import Seeds

if TYPE_CHECKING:
    import rdflib


def validate(seeds: Seeds, known: Ontology, folder: Path) -> list[Problem]:
    """Return the problems of the graph of these seeds; raise MissingExtra without pySHACL."""
    lines = reference.lines(seeds, known, folder, version="")
    return validate_lines(lines, folder)


def validate_lines(lines: list[str], folder: Path) -> list[Problem]:
    """Return the problems of N-Quads lines, each with focus node, path and the shape's message."""
    try:
        import pyshacl
        from rdflib import RDF, SH, Graph
    except ImportError:
        raise missing_extra("shacl", "SHACL validation") from None
    logger = logging.getLogger("rdflib.term")
    level = logger.level
    logger.setLevel(logging.ERROR)  # rdflib logs a traceback for each ill-typed literal; the shapes find them
    try:
        shapes = Graph().parse(folder / ontology.SHAPES)
        _, report, _ = pyshacl.validate(_union(lines), shacl_graph=shapes, advanced=False, meta_shacl=False)
    finally:
        logger.setLevel(level)
    assert isinstance(report, Graph)
    problems = []
    for result in report.subjects(RDF.type, SH.ValidationResult):
        focus, path, value = (report.value(result, part) for part in (SH.focusNode, SH.resultPath, SH.value))
        message = report.value(result, SH.resultMessage)
        node, column = iris.short(str(focus)), iris.short(str(path or ""))
        problems.append(Problem(node, 0, column, "shacl", str(message), str(value or "")))
    return sorted(problems)


def _union(lines: Iterable[str]) -> rdflib.Graph:
    """All triples of N-Quads lines in one ``rdflib.Graph`` in memory, whatever their graph."""
    import rdflib

    triples = {str(quad.triple) + " .\n" for quad in ox.parse("".join(lines), format=ox.RdfFormat.N_QUADS)}
    return rdflib.Graph().parse(data="".join(sorted(triples)), format="nt")
