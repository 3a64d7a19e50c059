"""The graph as one interactive HTML page, which needs no server and no network, and in a notebook."""

from collections.abc import Collection
from dataclasses import dataclass
from html import escape

from kg import iris
from kg.errors import KgError
from kg.page.data import read_content
from kg.page.html import render_html
from kg.page.layout import place_nodes
from kg.query import internal_rows
from kg.query.graph import Graph
from kg.query.networkx_view import network
from kg.store import oxigraph

LIMIT = 20_000  # entities that a browser draws and searches without delay
_REGIONS = "SELECT ?region { ?region a kg:Region }"


@dataclass(frozen=True)
class Inline:
    """An HTML page that a notebook shows in a frame of its own, ``height`` pixels high.

    >>> Inline("<p>A page</p>", height=100)._repr_html_().count("srcdoc=")
    1
    """

    page: str
    height: int = 560

    def _repr_html_(self) -> str:
        style = f"width:100%;height:{self.height}px;border:1px solid #d9dee4"
        return f'<iframe srcdoc="{escape(self.page)}" style="{style}"></iframe>'

    def __repr__(self) -> str:
        return f"Inline(a page of {len(self.page):,} characters, height={self.height})"


@dataclass(frozen=True)
class Part:
    """The part of a graph that a page shows; without arguments the whole.

    ``region`` keeps what lies within two steps of that region, ``around`` what lies ``depth`` steps from an
    entity (by name or id), ``kinds`` entities of these classes, ``shared`` the regions and what at least so
    many of them name; ``hierarchy`` tells whether assumed links come along.
    """

    region: str | None = None
    around: str | None = None
    depth: int = 1
    kinds: Collection[str] = ()
    shared: int = 0
    hierarchy: bool = True


def render_page(graph: Graph, part: Part = Part()) -> str:
    """Return the page of a graph, or of a part of it.

    Raises NotFound for a name that is not known, KgError for more than LIMIT entities, naming what fits.
    """
    keep: Collection[str] | None = None
    if part.region or part.around or part.kinds:
        keep = list(network(graph, **{name: value for name, value in vars(part).items() if name != "shared"}))
    if part.shared:
        named = _shared(graph, part.shared)
        keep = named if keep is None else named & set(keep)
    _check_size(graph, keep)
    content = read_content(graph, keep, hierarchy=part.hierarchy)
    joined = {end for pair in content.pairs for end in pair}
    groups = {entity: root for entity, root in content.drawn.items() if entity in joined}
    places = place_nodes(groups, content.pairs, content.regions & joined)
    return render_html(content, places, title="Regiograph")


def _check_size(graph: Graph, keep: Collection[str] | None) -> None:
    number = len(graph.names.entities if keep is None else keep)
    if number <= LIMIT:
        return
    least = next((n for n in range(2, 1000) if len(_shared(graph, n)) <= LIMIT), 1000)
    raise KgError(
        f"{number:,} entities are more than a page can show ({LIMIT:,}): take what at least "
        f"{least} regions name (--shared {least}, {len(_shared(graph, least)):,} entities) or a part "
        "(--region NAME, --around NAME --depth N, --kind KIND)"
    )


def _shared(graph: Graph, least: int) -> set[str]:
    """Return the regions and what at least so many of them name."""
    rows = internal_rows(graph.store, "shared").values()
    regions = {row["region"] for row in oxigraph.select(graph.store, _REGIONS).values()}
    found = regions | {row["entity"] for row in rows if int(row["regions"]) >= least}
    return {iris.short(entity) for entity in found}
