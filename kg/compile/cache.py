"""Compiled lines of sources, kept in the folder of builds: an unchanged source is not compiled again."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from kg import locations
from kg.compile import statements
from kg.ontology import Ontology
from kg.read.seeds import Document, EntityIndex

NAME = "lines"


@dataclass(frozen=True)
class Cache:
    """Lines by source, each file named by a hash of all that its lines depend on.

    ``code`` stands for the code and the ontology; ``tables`` holds a hash of the folder of each source whose
    tables did not change while they were read. The lines of other sources are not kept.
    """

    folder: Path
    code: str
    tables: Mapping[str, str]

    def lines(self, document: Document, register: EntityIndex, ontology: Ontology) -> list[str]:
        """Return the lines of a source: kept ones, else compiled now and kept."""
        path = self.path(document, register)
        kept = _read(path) if path else None
        if kept is not None:
            return kept
        lines = sorted(set(statements.lines(document, register, ontology)))
        if path:
            data = "".join(lines).encode()
            self.folder.mkdir(exist_ok=True)
            # the hash tells a torn file from a whole one, so nothing waits for the disk here
            path.write_bytes(f"# {_hash(data)}\n".encode() + data)
        return lines

    def path(self, document: Document, register: EntityIndex) -> Path | None:
        """Return the file for the lines of a source; None if its tables changed while they were read."""
        state = self.tables.get(document.source.id)
        if state is None:
            return None
        source = document.source.model_dump_json(exclude={"file", "line"})
        labels = {register.label(end) for t in document.targets for end in (t.indicator, t.topic) if end}
        parts = (self.code, source, state, *sorted(labels))
        return self.folder / f"{document.source.id}.{_hash(chr(0).join(parts).encode())[:32]}.nq"

    def sweep(self, documents: Iterable[Document], register: EntityIndex) -> None:
        """Delete kept lines that belong to none of these sources."""
        keep = {self.path(document, register) for document in documents}
        for path in self.folder.glob("*.nq"):
            if path not in keep:
                path.unlink(missing_ok=True)


def tables(seeds: Path) -> dict[str, str]:
    """Return a hash of each source's folder of tables."""
    return {path.parent.name: locations.fingerprint(path.parent) for path in seeds.glob("*/statements.csv")}


def _read(path: Path) -> list[str] | None:
    """Read kept lines; return None if there are none or they are damaged."""
    if not path.is_file():
        return None
    head, _, data = path.read_bytes().partition(b"\n")
    if head != f"# {_hash(data)}".encode():
        return None
    # a line ends with the newline alone: texts hold other separators, at which str.splitlines cuts
    return [f"{line}\n" for line in data.decode().split("\n")[:-1]]


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
