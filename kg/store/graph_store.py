"""Loading into other engines: by the Graph Store Protocol, resumed where it stopped, or as files.

See https://www.w3.org/TR/sparql11-http-rdf-update/ for the protocol; docs/engines.md says what suits which
engine.
"""

import contextlib
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, islice
from pathlib import Path
from urllib.parse import urlencode

import pyoxigraph as ox

from kg import iris
from kg.errors import BadStore
from kg.read import files
from kg.store import manifest, oxigraph

LINES = 20_000  # of N-Quads in one request
_HEADERS = {"Content-Type": "application/n-triples"}


@dataclass(frozen=True)
class Source:
    """What is loaded: quads in a fixed order, and a mark that changes when they do."""

    path: Path
    mark: str
    read: Callable[[], Iterator[ox.Quad]]

    def quads(self, *, stated: bool = False) -> Iterator[ox.Quad]:
        """Yield the quads; ``stated`` puts the default graph into ``graph/stated``.

        Raises BadStore if they cannot be read or have blank nodes.
        """
        number, graph = 0, ox.NamedNode(oxigraph.STATED)
        try:
            for number, quad in enumerate(self.read(), 1):  # noqa: B007  the message needs it
                if isinstance(quad.subject, ox.BlankNode) or isinstance(quad.object, ox.BlankNode):
                    what = "blank nodes, which a load in parts would tear apart"
                    raise BadStore(f"{self.path} has {what}: name them")
                if stated and isinstance(quad.graph_name, ox.DefaultGraph):
                    quad = ox.Quad(quad.subject, quad.predicate, quad.object, graph)
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
        return Source(store, built.made_from, lambda: iter(oxigraph.open_folder(store)))
    if not path.is_file():
        raise BadStore(f"there is no graph at {path}: kg build or kg bulk makes one")
    if not (form := ox.RdfFormat.from_extension(path.suffix.removeprefix("."))):
        raise BadStore(
            f"{path} is no RDF file: its name ends in none of .nq, .nt, .ttl, .trig, .rdf, .jsonld"
        )
    status = path.stat()
    mark = f"{status.st_size}-{status.st_mtime_ns}-{iris.BASE}"
    return Source(path, mark, lambda: ox.parse(path=str(path), format=form))


def write_parts(source: Source, folder: Path, size: int, *, stated: bool = False) -> list[Path]:
    """Write N-Quads files of at most ``size`` bytes; ``stated`` puts the default graph into ``graph/stated``.

    Files of an earlier load are removed from the folder.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.glob("part-*.nq"):
        path.unlink()
    paths = []
    for number, part in enumerate(_parts(source.quads(stated=stated), size), 1):
        paths.append(folder / f"part-{number:05}.nq")
        files.replace_file(paths[-1], part)
    return paths


def send(
    source: Source, address: str, *, stated: bool = False, again: bool = False, lines: int = LINES,
    progress: Callable[[int], None] = lambda _done: None,
) -> Sent:  # fmt: skip
    """Send quads to a graph store, some thousand a request.

    What has arrived is noted beside the source, so that a load that broke off is resumed where it stopped;
    it begins anew if the graph store has nothing of it any more, or with ``again``. A piece that is sent
    twice does no harm, since there are no blank nodes. Raises BadStore if the engine does not take it.
    """
    from kg.store import endpoint  # late: writing files needs no HTTP library

    client = endpoint.Client(timeout=300.0, retries=5, busy=frozenset({429, 502, 503, 504}))
    key = hashlib.sha256(address.encode()).hexdigest()[:12]
    note = source.path.with_name(f".{source.path.name}.{key}.sent")
    before, when, graph = (0, "", "") if again else _read_note(note, source.mark)
    if before and not client.holds(_address(address, graph)):
        before, when = 0, ""
    done = before
    quads = islice(source.quads(stated=stated), before, None)
    while piece := list(islice(quads, lines)):
        for graph, group in groupby(sorted(piece, key=_graph), _graph):
            body = ox.serialize((quad.triple for quad in group), format=ox.RdfFormat.N_TRIPLES) or b""
            try:
                client.request("POST", _address(address, graph), _HEADERS, body)
            except endpoint.HttpError as error:
                raise BadStore(f"{address} did not take {graph or 'the default graph'}: {error}") from None
            except BadStore as error:
                raise BadStore(f"{error}; run the load again to resume it") from None
        done += len(piece)
        now = datetime.now().astimezone().isoformat(" ", "minutes")
        content = {"mark": source.mark, "quads": done, "when": now, "graph": graph}
        with contextlib.suppress(OSError):  # in a read-only folder nothing is noted
            files.replace_file(note, json.dumps(content))
        progress(done)
    return Sent(done - before, before, when)


def _read_note(note: Path, mark: str) -> tuple[int, str, str]:
    """Return the number of quads that have arrived, when that was, and the graph of the last ones."""
    # without a note, or with one of another version, the load begins anew
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        found = json.loads(note.read_text(encoding="utf-8"))
        if found["mark"] == mark:
            return int(found["quads"]), str(found["when"]), str(found["graph"])
    return 0, "", ""


def _parts(quads: Iterable[ox.Quad], size: int) -> Iterator[bytes]:
    held = bytearray()
    for quad in quads:
        line = f"{quad} .\n".encode()
        if held and len(held) + len(line) > size:
            yield bytes(held)
            held.clear()
        held += line
    if held:
        yield bytes(held)


def _graph(quad: ox.Quad) -> str:
    return quad.graph_name.value if isinstance(quad.graph_name, ox.NamedNode) else ""


def _address(address: str, graph: str) -> str:
    mark = "&" if "?" in address else "?"
    return address + mark + (urlencode({"graph": graph}) if graph else "default")
