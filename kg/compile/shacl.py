"""SHACL validation of the compiled graph against the published shapes, by pySHACL."""

import logging
from pathlib import Path

import pyoxigraph as ox

from kg import iris, ontology
from kg.errors import Problem, missing_extra


def validate_lines(lines: list[str], folder: Path) -> list[Problem]:
    """Return the problems of N-Quads lines, each with focus node, path and the shape's message.

    Raises MissingExtra without pySHACL.
    """
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
        triples = (str(q.triple) for q in ox.parse("".join(lines), format=ox.RdfFormat.N_QUADS))
        union = Graph().parse(data=" .\n".join([*sorted(set(triples)), ""]), format="nt")
        _, report, _ = pyshacl.validate(union, shacl_graph=shapes, advanced=False, meta_shacl=False)
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
