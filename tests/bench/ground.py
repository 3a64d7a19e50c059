"""What a run measures on: tables of a size and the graph built from them, in a folder of the run's own."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from kg import build, home, pointer
from kg.graph import Graph, open_graph
from tests.bench.scale import scale


@dataclass(frozen=True)
class Ground:
    """Tables with ``size`` statements, and where they are built."""

    size: int
    seeds: Path
    folder: Path

    @cached_property
    def built(self) -> pointer.Built:
        return build.build(self.seeds, home.ontology(), self.folder)[0]

    @property
    def file(self) -> Path:
        """The graph as N-Quads."""
        self.built  # noqa: B018
        return self.folder / "graph.nq"

    @cached_property
    def graph(self) -> Graph:
        """The graph on disk, read-only."""
        self.built  # noqa: B018
        return open_graph(self.folder)


def ground(folder: Path, statements: int) -> Ground:
    """Tables with about this many statements below a folder."""
    seeds = folder / f"seeds-{statements}"
    return Ground(scale(home.seeds(), seeds, statements), seeds, folder / f"build-{statements}")
