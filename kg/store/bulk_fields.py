"""Fields and mappings of topics in a bulk load: read whole, checked, compiled."""

from collections.abc import Callable, Iterator
from pathlib import Path

from kg.check.fields import check_crosswalk, check_fields
from kg.compile import fields
from kg.errors import Problem
from kg.read.fields import FieldRow, MappingRow, read_crosswalk, read_fields
from kg.read.seeds import EntityIndex

Report = Callable[[Problem], None]


def read_field_lines(folder: Path, register: EntityIndex, report: Report) -> Iterator[str]:
    """Yield the fields and the mappings of topics to them; those with a problem are left out."""
    rows = [*read_fields(folder), *read_crosswalk(folder)]
    known = [row for row in rows if isinstance(row, FieldRow)]
    mapped = [row for row in rows if isinstance(row, MappingRow)]
    unsound = [row for row in rows if isinstance(row, Problem)]
    problems = [*unsound, *check_fields(known), *check_crosswalk(mapped, known, register)]
    for problem in problems:
        report(problem)
    bad = {(problem.file, problem.line) for problem in problems}
    if not any((row.file, row.line) in bad for row in known):
        yield from fields.lines(known, (row for row in mapped if (row.file, row.line) not in bad))
