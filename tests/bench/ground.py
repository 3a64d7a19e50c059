"""What a run measures on: a synthetic corpus of a size and the graph built from it, in a folder of its own."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from kg import locations
from kg.query import graph
from kg.store import manifest
from tests.bench import corpus, scale


@dataclass(frozen=True)
class Ground:
    """Tables with ``size`` statements and targets in ``rows`` rows, and where they are built."""

    size: int
    rows: int
    tables: Path
    folder: Path

    @cached_property
    def built(self) -> manifest.Built:
        """The graph, as the benchmark of building has left it."""
        return manifest.current(self.folder)

    @property
    def file(self) -> Path:
        """The graph as N-Quads, as it was compiled and loaded."""
        return self.folder.parent / f"graph-{self.size}.nq"

    @cached_property
    def graph(self) -> graph.Graph:
        """The graph on disk, read-only."""
        self.built  # noqa: B018
        return graph.open_graph(self.folder)

    @cached_property
    def curated(self) -> Path:
        """The curated tables, their sources copied under new ids until there are as many statements."""
        folder = self.folder.parent / f"seeds-{self.size}"
        scale.scale(locations.seeds(), folder, self.size)
        return folder

    def remove(self) -> None:
        """Make room for the next size."""
        for path in self.folder.parent.glob(f"*-{self.size}*"):
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def ground(folder: Path, statements: int) -> Ground:
    """A corpus with about this many statements below a folder."""
    tables = folder / f"corpus-{statements}"
    size = corpus.write(tables, statements)
    rows = sum(path.read_bytes().count(b"\n") - 1 for path in tables.glob("*.csv"))
    return Ground(size, rows, tables, folder / f"build-{size}")
