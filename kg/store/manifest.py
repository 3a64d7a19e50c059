"""The manifest of a folder of builds: which store is current, what it was made from, what it holds."""

import json
from dataclasses import dataclass
from pathlib import Path

from kg.errors import BadStore

FORMAT = 1
NAME = "current.json"
#: The graph as sorted N-Quads, beside the store; a bulk load has none.
TEXT = "graph.nq"


@dataclass(frozen=True)
class Built:
    """A built graph: its store's folder, what it was made from (a hash), and how much it holds."""

    format: int
    store: str
    made_from: str
    version: str
    quads: int
    counts: dict[str, int]

    def path(self, folder: Path) -> Path:
        """Return the folder of the store in a folder of builds."""
        return folder / self.store


def current(folder: Path) -> Built:
    """Return the graph that a folder holds; raises BadStore if there is none, or none that can be read."""
    found = read(folder)
    if found is None:
        raise BadStore(f"no graph in {folder}: kg build makes one")
    if not found.path(folder).is_dir():
        raise BadStore(f"the graph in {folder} has lost its store {found.store}: kg build makes it again")
    return found


def read(folder: Path) -> Built | None:
    """Read the manifest; return None if there is none; raises BadStore if it is damaged or newer."""
    path = folder / NAME
    if not path.is_file():
        return None
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        if found["format"] > FORMAT:  # such a file may have fields that are not known here
            by = f"a newer version ({found.get('version', 'unknown')})"
            raise BadStore(f"the graph in {folder} was built by {by}: update regiograph")
        return Built(**found)
    except (ValueError, TypeError, KeyError):
        raise BadStore(f"{path} is damaged: delete it and run kg build") from None
