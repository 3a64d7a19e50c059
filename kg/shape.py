"""SHACL: the compiled graph held against the published shapes, by pySHACL."""

from __future__ import annotations

from pathlib import Path

from kg import nquads, ontology, rdf, term
from kg.error import missing_extra
from kg.ontology import Ontology
from kg.problem import Problem
from kg.seeds import Seeds


def validate(seeds: Seeds, known: Ontology, folder: Path) -> list[Problem]:
    """Problems that pySHACL finds in the graph of these seeds; raises MissingExtra without pySHACL."""
    lines = nquads.lines(seeds, known, folder, version="")
    return validate_lines(lines, folder)


def validate_lines(lines: list[str], folder: Path) -> list[Problem]:
    """The same for N-Quads lines; each result names the focus node, the path and the shape's message."""
    try:
        import pyshacl
        from rdflib import RDF, SH, Graph
    except ImportError:
        raise missing_extra("shacl", "SHACL validation") from None
    data = rdf.union(lines)
    shapes = Graph().parse(folder / ontology.SHAPES)
    _, report, _ = pyshacl.validate(data, shacl_graph=shapes, advanced=False, meta_shacl=False)
    assert isinstance(report, Graph)
    problems = []
    for result in report.subjects(RDF.type, SH.ValidationResult):
        focus, path, value = (report.value(result, part) for part in (SH.focusNode, SH.resultPath, SH.value))
        message = report.value(result, SH.resultMessage)
        problems.append(
            Problem(
                term.short(str(focus)),
                0,
                term.short(str(path or "")),
                "shacl",
                str(message),
                str(value or ""),
            )
        )
    return sorted(problems)
