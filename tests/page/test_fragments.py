"""The page opens publishers' pages where the rows of a graph stand."""

from kg.page.data import read_content
from kg.query.graph import Graph


def test_a_row_has_the_fragment_that_its_quote_alone_does_not_make(curated: Graph) -> None:
    data = read_content(curated).data
    found = {row[0]: row[-1] for kind in ("statements", "targets") for row in data[kind]}  # type: ignore[attr-defined]
    evidence = [s.evidence for s in curated.statements()] + [t.evidence for t in curated.targets()]
    expected = {
        where.id.partition("/")[2]: where.fragment if where.prefix or where.suffix or where.repeated else None
        for where in evidence
    }
    assert found == expected
    assert len({fragment for fragment in found.values() if fragment}) > 200
    assert "" in found.values()
