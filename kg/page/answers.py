"""Answers of named questions that a page shows as they are: what changed, what a region names.

Rows refer to entities, sources and statements by number, as those of ``kg.page.data``.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from kg import iris
from kg.query import internal_rows
from kg.query.graph import Graph
from kg.query.result import Answer

Cell = str | int | float | None | Sequence["Cell"]
Numbers = Mapping[str, int]

#: The classes of the inventory that other parts of a page show: topics and targets.
_ELSEWHERE = ("Sector", "Technology", "Idea", "TierWord", "CodeName", "Target")


def change_rows(graph: Graph, entities: Numbers, sources: Numbers, statements: Numbers) -> list[Cell]:
    """Return what the question ``change`` answers, between all documents of all regions.

    A row holds region, earlier and later source, thing, the change, relations, stages and tiers then and now,
    and statements.
    """
    return [
        [
            entities[row["region"]], sources[row["earlier"]], sources[row["later"]], entities[row["object"]],
            *(row[name] for name in ("turn", "then", "now")),
            *(iris.notation(row[name]) for name in ("before", "after", "tier_before", "tier_after")),
            _numbers(row["statements"], statements),
        ]
        for row in _texts(graph.ask("change"))
        if {row["region"], row["object"]} <= entities.keys()
    ]  # fmt: skip


def inventory_rows(
    graph: Graph, regions: Iterable[str], entities: Numbers, statements: Numbers
) -> list[Cell]:
    """Return what the question ``inventory`` answers of each region, but for topics and targets.

    A row holds region, thing, how the two are joined, sectors, and statements.
    """
    return [
        [
            entities[region], entities[row["thing"]], row["how"], row["sectors"],
            _numbers(row["statements"], statements),
        ]
        for region in regions
        for row in _texts(graph.ask("inventory", region=region))
        if row["kind"] not in _ELSEWHERE and row["thing"] in entities
    ]  # fmt: skip


def mention_rows(graph: Graph, entities: Numbers, sources: Numbers) -> list[Cell]:
    """Return how often a program saw a topic: topic, source, region, times, and the first paragraph."""
    rows = internal_rows(graph.store, "mention-counts").values()
    named = [{**row, **{key: iris.short(row[key]) for key in ("topic", "source", "region")}} for row in rows]
    return [
        [
            entities[row["topic"]], sources[row["source"]], entities[row["region"]], int(row["times"]),
            int(row["first"]),
        ]
        for row in named
        if {row["topic"], row["region"]} <= entities.keys()
    ]  # fmt: skip


def _texts(found: Answer) -> Iterator[dict[str, str]]:
    return ({name: str(value or "") for name, value in row.items()} for row in found)


def _numbers(ids: str, statements: Numbers) -> list[Cell]:
    short = dict.fromkeys(map(iris.short, ids.split()))
    return [statements[one] for one in short if one in statements]
