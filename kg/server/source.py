"""What is served: one store on disk, an RDF file, or an endpoint, the same for every worker."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pyoxigraph as ox

from kg import iris, locations
from kg.errors import BadStore
from kg.query.graph import Graph, open_built, open_graph
from kg.store import manifest, oxigraph


@dataclass(frozen=True)
class Source:
    """An opened graph with what the server says of it."""

    graph: Graph
    where: str

    @cached_property
    def graphs(self) -> frozenset[str]:
        """The named graphs, which alone a query may name."""
        if isinstance(self.graph.store, ox.Store):
            return frozenset(g.value for g in self.graph.store.named_graphs() if isinstance(g, ox.NamedNode))
        rows = oxigraph.select(self.graph.store, "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }").values()
        return frozenset(row["g"] for row in rows)


def locate(where: str | os.PathLike[str] | None, *, fresh: bool = True) -> str:
    """The one address that all workers open: a store's folder, a file, or an endpoint.

    With ``fresh`` it is opened to see that it can be; the project's own graph is built where there is none.
    """
    if where is not None and is_remote(str(where)):
        return str(where)
    if where is not None and (Path(where) / "CURRENT").is_file():
        return str(Path(where).resolve())  # a store itself, as kg build keeps it
    path = Path(open_graph(where).where) if fresh else locations.build(where)
    return str((manifest.current(path).path(path) if path.is_dir() else path).resolve())


def open_source(where: str) -> Source:
    """Open what ``locate`` found."""
    if not is_remote(where) and (Path(where) / "CURRENT").is_file():
        return Source(open_built(Path(where), where), where)
    return Source(open_graph(where), where)


def is_remote(where: str) -> bool:
    """Whether this is an endpoint's address."""
    return where.startswith(("http://", "https://"))


def version(where: str) -> str:
    """A short mark that changes when what is served changes; part of every ETag."""
    path = Path(where)
    if is_remote(where):
        return hashlib.sha256(where.encode()).hexdigest()[:12]
    try:
        changed = path.stat().st_mtime_ns
    except OSError as error:
        raise BadStore(f"{where} cannot be read: {error.strerror}") from None
    return hashlib.sha256(f"{iris.BASE}{where}{changed}".encode()).hexdigest()[:12]
