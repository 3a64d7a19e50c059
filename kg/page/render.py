"""The graph as one interactive page: a file that needs no server, no network and no code of the reader's."""

from __future__ import annotations

from collections.abc import Collection

from kg import iris
from kg.errors import KgError
from kg.page import data, html, queries
from kg.page.layout import layout
from kg.query.graph import Graph
from kg.query.networkx_view import network
from kg.store import oxigraph

LIMIT = 20_000


def render(
    graph: Graph,
    *,
    region: str | None = None,
    around: str | None = None,
    depth: int = 1,
    kinds: Collection[str] = (),
    shared: int = 0,
    hierarchy: bool = True,
) -> str:
    """The page of a graph, or of a part of it.

    ``region`` keeps what lies within two steps of it, ``around`` and ``depth`` a neighbourhood, ``kinds``
    these kinds, ``shared`` the regions and what at least so many of them name; ``hierarchy`` the assumed
    links. Raises KgError where more than LIMIT entities would have to be shown, and names what fits.
    """
    keep: Collection[str] | None = None
    if region or around or kinds:
        keep = list(
            network(graph, region=region, around=around, depth=depth, kinds=kinds, hierarchy=hierarchy)
        )
    if shared:
        named = _shared(graph, shared)
        keep = named if keep is None else named & set(keep)
    _fits(graph, keep)
    found = data.read(graph, keep, hierarchy=hierarchy)
    joined = {end for pair in found.pairs for end in pair}
    groups = {entity: root for entity, root in found.drawn.items() if entity in joined}
    places = layout(groups, found.pairs, found.regions & joined)
    return html.render(found, places, title="Regiograph")


def _fits(graph: Graph, keep: Collection[str] | None) -> None:
    number = (
        int(oxigraph.select(graph.store, queries.NUMBER).values()[0]["number"]) if keep is None else len(keep)
    )
    if number <= LIMIT:
        return
    least = next((n for n in range(2, 1000) if len(_shared(graph, n)) <= LIMIT), 1000)
    raise KgError(
        f"{number:,} entities are more than a page can show ({LIMIT:,}): take what at least "
        f"{least} regions name (--shared {least}, {len(_shared(graph, least)):,} entities) or a part "
        "(--region NAME, --around NAME --depth N, --kind KIND)"
    )


def _shared(graph: Graph, least: int) -> set[str]:
    """The regions, and what at least so many of them name."""
    rows = oxigraph.select(graph.store, queries.SHARED).values()
    regions = {row["region"] for row in oxigraph.select(graph.store, queries.REGIONS).values()}
    found = regions | {row["entity"] for row in rows if int(row["regions"]) >= least}
    return {iris.short(entity) for entity in found}
