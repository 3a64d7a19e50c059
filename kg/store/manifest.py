"""The pointer file of a folder of builds: which store is current, what it was made from, what it holds."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from kg.errors import BadStore

FORMAT = 1
NAME = "current.json"


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
        return folder / self.store

    def as_json(self) -> str:
        return json.dumps(asdict(self), indent=1) + "\n"


def current(folder: Path) -> Built:
    """The graph that a folder holds; raises BadStore where there is none, or one we cannot read."""
    found = read(folder)
    if found is None:
        raise BadStore(f"no graph in {folder}: kg build makes one")
    if not found.path(folder).is_dir():
        raise BadStore(f"the graph in {folder} has lost its store {found.store}: kg build makes it again")
    return found


def read(folder: Path) -> Built | None:
    """What the pointer file says, None where there is none; raises BadStore where it is damaged or newer."""
    path = folder / NAME
    if not path.is_file():
        return None
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        newer = found["format"] > FORMAT
        built = Built(**found)
    except (ValueError, TypeError, KeyError):
        raise BadStore(f"{path} is damaged: delete it and run kg build") from None
    if newer:
        raise BadStore(
            f"the graph in {folder} was built by a newer version ({built.version}): update regiograph"
        )
    return built
