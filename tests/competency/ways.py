"""Ways to put a competency question to the graph: each gives a function from a graph to rows of cells.

A cell is an id (``place/jinan``), a number, or words. All go through named questions of the catalogue.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from kg.query.graph import Graph
from kg.query.paths import find_paths
from kg.query.values import Value

Row = tuple[Value, ...]
Way = Callable[[Graph], Iterable[Row]]
WITHHELD = {"misprint", "unresolved", "cancelled"}


def column(asked: str, *names: str, **given: str | int) -> Way:
    """Some columns of a named question, each row once; rows with an empty cell are left out."""

    def way(graph: Graph) -> list[Row]:
        rows = (tuple(plain(row[name]) for name in names) for row in graph.ask(asked, **given))
        return list(dict.fromkeys(row for row in rows if all(cell not in (None, "") for cell in row)))

    return way


def naming(*topics: str, exact: bool = False, source: str = "") -> Way:
    """Regions whose text names one of the topics or, unless ``exact``, something below it."""

    def way(graph: Graph) -> list[Row]:
        wanted = f"source/{source}"
        return sorted(
            {
                (row["region"],)
                for topic in topics
                for row in graph.ask("coverage", topic=topic, exact="yes" if exact else "no")
                if row["found"] in ("stated", "narrower", "through", "withheld", "named")
                and (not source or row["source"] == wanted)
            }
        )

    return way


def silent(*topics: str, exact: bool = False, source: str = "gwr-2024") -> Way:
    """Regions of a document whose text names none of the topics."""

    def way(graph: Graph) -> list[Row]:
        regions = {
            (row["region"],)
            for row in graph.ask("coverage", topic=topics[0])
            if row["source"] == f"source/{source}"
        }
        return sorted(regions - set(naming(*topics, exact=exact, source=source)(graph)))

    return way


def said(
    *,
    subject: str = "",
    relation: str = "",
    object: str = "",
    kind: str = "",
    tier: str = "",
    stage: str = "",
    paragraph: int = 0,
    source: str = "",
    flag: str = "",
    show: tuple[str, ...] = ("object",),
) -> Way:
    """Cells of statements, by subject, object (an id, or the beginning of one), tier and the rest."""

    def way(graph: Graph) -> list[Row]:
        given: dict[str, str | int] = {
            "entity": subject or ("" if object.endswith("/") else object),
            "relation": relation,
            "stage": stage,
            "source": source,
            "paragraph": paragraph or "",
        }
        rows = (
            row
            for row in graph.ask("statements", **{key: value for key, value in given.items() if value})
            if (not subject or row["subject"] == subject)
            and (not object or str(row["object"]).startswith(object))
            and (not tier or plain(row["tier"]) == tier.replace("-", " "))
            and (not flag or flag in str(row["flags"]))
            and not WITHHELD & set(str(row["flags"]).split(", "))
        )
        kinds = _kinds(graph) if kind else {}
        return list(
            dict.fromkeys(
                tuple(plain(row[name]) for name in show)
                for row in rows
                if not kind or kinds.get(str(row["object"])) == kind
            )
        )

    return way


def aims(*names: str, **given: str | int) -> Way:
    """Cells of targets; ``billion`` is the value in thousand millions, ``what`` scope and indicator."""

    def way(graph: Graph) -> list[Row]:
        rows = []
        for row in graph.ask("targets", **given):
            value = row["value"]
            billion = value / 1e9 if isinstance(value, int | float) else None
            cells = {**row, "billion": billion, "what": f"{row['scope']} {row['indicator']}"}
            rows.append(tuple(plain(cells[name]) for name in names))
        return list(dict.fromkeys(rows))

    return way


def first(way: Way) -> Way:
    """The first column alone."""
    return lambda graph: list(dict.fromkeys(row[:1] for row in way(graph)))


def plain(cell: Value) -> Value:
    """A concept as its notation: ``tier-core`` is core."""
    for scheme in ("tier-", "stage-", "comparator-", "unit-", "flag-", "confidence-"):
        if isinstance(cell, str) and cell.startswith(scheme):
            return cell.removeprefix(scheme).replace("-", " ")
    return cell


def both(one: Way, other: Way) -> Way:
    """Rows that two ways give alike."""
    return lambda graph: [row for row in one(graph) if row in set(other(graph))]


def less(one: Way, other: Way) -> Way:
    """Rows of the first that the second does not give."""
    return lambda graph: [row for row in one(graph) if row not in set(other(graph))]


def either(*ways: Way) -> Way:
    """Rows of any, each once."""
    return lambda graph: list(dict.fromkeys(row for way in ways for row in way(graph)))


def only(way: Way, keep: Callable[[Row], bool]) -> Way:
    """Rows that pass."""
    return lambda graph: [row for row in way(graph) if keep(row)]


def count(way: Way) -> Way:
    """How many rows there are."""
    return lambda graph: [(len(list(way(graph))),)]


def whether(way: Way) -> Way:
    """Yes where there is a row, no where there is none."""
    return lambda graph: [("yes" if list(way(graph)) else "no",)]


def steps(start: str, end: str, *through: str, longest: int = 2) -> Way:
    """Subject and object of each step of the paths that pass through all of these, and nothing else."""

    def way(graph: Graph) -> list[Row]:
        found = find_paths(graph, start, end, longest=longest, limit=1000)
        by_path: dict[Value, list[Row]] = {}
        for row in found:
            by_path.setdefault(row["path"], []).append((row["subject"], row["object"]))
        return list(
            dict.fromkeys(
                step
                for passed in by_path.values()
                if {cell for step in passed for cell in step} - _ends(graph, start, end) == set(through)
                for step in passed
            )
        )

    return way


def quoted(way: Way, asked: str, show: str, phrase: str, **given: str | int) -> Way:
    """Rows of a way whose evidence, in the answer to a question, holds the phrase in its quote."""

    def found(graph: Graph) -> list[Row]:
        cited = graph.cite(graph.ask(asked, **given))
        hits = {(row[show],) for row in cited if phrase in str(row["quotes"]).casefold()}
        return [row for row in way(graph) if row in hits]

    return found


def nameless(*names: str) -> Way:
    """Entities that bear one of the names, or nearly; there should be none."""
    return lambda graph: [
        (hit.entity,) for words in names for hit in graph.names.search(words, least=88, limit=3)
    ]


def _ends(graph: Graph, *names: str) -> set[Value]:
    return {graph.resolve(words) for words in names}


def _kinds(graph: Graph) -> dict[str, str]:
    return {
        str(row["entity"]): str(row["kind"])
        for row in graph.select("SELECT ?entity ?kind { ?entity a ?kind FILTER (?kind != kg:Region) }")
    }
