"""rdflib's view of the graph: the same data as an ``rdflib.Graph`` or ``Dataset``. The one home of rdflib."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, TypeVar

from kg import term
from kg.error import missing_extra
from kg.store import Store

if TYPE_CHECKING:
    import rdflib

G = TypeVar("G", bound="rdflib.Graph")


def dataset(store: Store) -> rdflib.Dataset:
    """The open store seen through rdflib, without a copy (oxrdflib)."""
    try:
        import oxrdflib
        import rdflib
    except ImportError:
        raise missing_extra("rdf", "the rdflib view") from None
    found = rdflib.Dataset(store=oxrdflib.OxigraphStore(store=store))
    return _bound(found)


def union(lines: Iterable[str]) -> rdflib.Graph:
    """All triples of N-Quads lines in one ``rdflib.Graph`` in memory, whatever their graph."""
    try:
        import rdflib
    except ImportError:
        raise missing_extra("rdf", "the rdflib view") from None
    import pyoxigraph as ox

    triples = {str(quad.triple) + " .\n" for quad in ox.parse("".join(lines), format=ox.RdfFormat.N_QUADS)}
    return _bound(rdflib.Graph().parse(data="".join(sorted(triples)), format="nt"))


def _bound(graph: G) -> G:
    for prefix, namespace in term.PREFIXES.items():
        graph.bind(prefix, namespace, override=True, replace=True)
    return graph
