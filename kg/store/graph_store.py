"""Loading into other engines: by the Graph Store Protocol, resumed where it stopped, or as files.

See https://www.w3.org/TR/sparql11-http-rdf-update/ for the protocol; docs/engines.md says what suits which
engine.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from urllib.parse import urlencode

import pyoxigraph as ox

from kg import iris
from kg.errors import BadStore
from kg.read import files
from kg.store import manifest, oxigraph
from kg.store.oxigraph import STATED

LINES = 20_000  # of N-Quads in one request
_NTRIPLES = "application/n-triples"


@dataclass(frozen=True)
class Source:
    """What is loaded: quads in a fixed order, and a mark that changes when they do."""

    path: Path
    mark: str
    read: Callable[[], Iterator[ox.Quad]]

    def quads(self) -> Iterator[ox.Quad]:
        """Yield the quads; raises BadStore if they cannot be read or have blank nodes."""
        number = 0
        try:
            for number, quad in enumerate(self.read(), 1):  # noqa: B007  the message needs it
                if isinstance(quad.subject, ox.BlankNode) or isinstance(quad.object, ox.BlankNode):
                    raise BadStore(
                        f"{self.path} has blank nodes, which a load in parts would tear apart: name them"
                    )
                yield quad
        except (SyntaxError, ValueError) as error:
            raise BadStore(f"{self.path} cannot be read after {number:,} quads: {error}") from None


@dataclass(frozen=True)
class Sent:
    """How a load ended: quads sent now, and quads that had arrived before, with the time of that."""

    now: int
    before: int
    when: str


def open_source(path: Path) -> Source:
    """Open a folder of builds or an RDF file; raises BadStore if there are no quads in it."""
    if path.is_dir():
        if (path / manifest.TEXT).is_file():
            return open_source(path / manifest.TEXT)
        built = manifest.current(path)
        store = built.path(path)
        return Source(
            store, built.made_from, lambda: oxigraph.open_folder(store).quads_for_pattern(None, None, None)
        )
    if not path.is_file():
        raise BadStore(f"there is no graph at {path}: kg build or kg bulk makes one")
    form = ox.RdfFormat.from_extension(path.suffix.removeprefix("."))
    if form is None:
        raise BadStore(
            f"{path} is no RDF file: its name ends in none of .nq, .nt, .ttl, .trig, .rdf, .jsonld"
        )
    status = path.stat()
    return Source(
        path,
        f"{status.st_size}-{status.st_mtime_ns}-{iris.BASE}",
        lambda: ox.parse(path=str(path), format=form),
    )


def write_parts(source: Source, folder: Path, size: int, *, stated: bool = False) -> list[Path]:
    """Write N-Quads files of at most ``size`` bytes; ``stated`` puts the default graph into ``graph/stated``.

    Files of an earlier load are removed from the folder.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.glob("part-*.nq"):
        path.unlink()
    paths: list[Path] = []
    for part in _parts(_lines(source.quads(), stated=stated), size):
        paths.append(folder / f"part-{len(paths) + 1:05}.nq")
        files.replace_file(paths[-1], part)
    return paths


def send(
    source: Source,
    address: str,
    *,
    stated: bool = False,
    again: bool = False,
    lines: int = LINES,
    progress: Callable[[int], None] | None = None,
) -> Sent:
    """Send quads to a graph store, some thousand a request.

    What has arrived is noted beside the source, so that a load that broke off is resumed where it stopped;
    it begins anew if the graph store has nothing of it any more, or with ``again``. A piece that is sent
    twice does no harm, since there are no blank nodes. Raises BadStore if the engine does not take it.
    """
    from kg.store import endpoint  # late: writing files needs no HTTP library

    client = endpoint.Client(timeout=300.0, retries=5, busy=frozenset({429, 502, 503, 504}))
    note = _Note(source, address)
    before, when, graph = (0, "", "") if again else note.read()
    if before and not client.holds(_address(address, graph)):
        before, when = 0, ""
    done = before
    for piece in _batches(islice(source.quads(), before, None), lines):
        for graph, body in _by_graph(piece, stated=stated):
            try:
                client.request("POST", _address(address, graph), {"Content-Type": _NTRIPLES}, body)
            except endpoint.HttpError as error:
                raise BadStore(f"{address} did not take {graph or 'the default graph'}: {error}") from None
            except BadStore as error:
                raise BadStore(f"{error}; run the load again to resume it") from None
        done += len(piece)
        note.write(done, graph)
        if progress:
            progress(done)
    return Sent(done - before, before, when)


class _Note:
    """A hidden file beside a source: how many of its quads have arrived at an address."""

    def __init__(self, source: Source, address: str) -> None:
        key = hashlib.sha256(address.encode()).hexdigest()[:12]
        self._path = source.path.with_name(f".{source.path.name}.{key}.sent")
        self._mark = source.mark

    def read(self) -> tuple[int, str, str]:
        """Return the number of quads, when they had arrived, and the graph of the last ones."""
        try:
            found = json.loads(self._path.read_text(encoding="utf-8"))
            if found["mark"] == self._mark:
                return int(found["quads"]), str(found["when"]), str(found["graph"])
        except (OSError, ValueError, KeyError, TypeError):
            pass  # no note, or one of another version: the load begins anew
        return 0, "", ""

    def write(self, quads: int, graph: str) -> None:
        when = datetime.now().astimezone().isoformat(" ", "minutes")
        content = {"mark": self._mark, "quads": quads, "when": when, "graph": graph}
        with contextlib.suppress(OSError):  # in a read-only folder nothing is noted
            files.replace_file(self._path, json.dumps(content))


def _lines(quads: Iterable[ox.Quad], *, stated: bool) -> Iterator[bytes]:
    graph = ox.NamedNode(STATED)
    for some in _batches(quads, LINES):
        placed: Iterable[ox.Quad] = some
        if stated:
            placed = (
                q
                if isinstance(q.graph_name, ox.NamedNode)
                else ox.Quad(q.subject, q.predicate, q.object, graph)
                for q in some
            )
        # split at the newline alone: a literal may hold U+2028
        yield from (
            line + b"\n" for line in (ox.serialize(placed, format=oxigraph.N_QUADS) or b"").split(b"\n")[:-1]
        )


def _parts(lines: Iterable[bytes], size: int) -> Iterator[bytes]:
    held: list[bytes] = []
    length = 0
    for line in lines:
        if held and length + len(line) > size:
            yield b"".join(held)
            held, length = [], 0
        held.append(line)
        length += len(line)
    if held:
        yield b"".join(held)


def _by_graph(quads: Iterable[ox.Quad], *, stated: bool) -> Iterator[tuple[str, bytes]]:
    found: dict[str, list[ox.Triple]] = {}
    for quad in quads:
        default = STATED if stated else ""
        graph = quad.graph_name.value if isinstance(quad.graph_name, ox.NamedNode) else default
        found.setdefault(graph, []).append(quad.triple)
    for graph, triples in sorted(found.items()):
        yield graph, ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b""


def _address(address: str, graph: str) -> str:
    mark = "&" if "?" in address else "?"
    return address + mark + (urlencode({"graph": graph}) if graph else "default")


def _batches(quads: Iterable[ox.Quad], size: int) -> Iterator[list[ox.Quad]]:
    quads = iter(quads)
    while batch := list(islice(quads, size)):
        yield batch
