"""Loads into other engines: by the Graph Store Protocol with resume, or as files for a bulk loader."""

from __future__ import annotations

import hashlib
import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from urllib.parse import urlencode

import pyoxigraph as ox

from kg import iris
from kg.errors import BadStore
from kg.store.endpoint import STATED

LINES = 20_000  # of N-Quads that one request carries
_AGAIN = {429, 502, 503, 504}


def cut(lines: Iterable[str], folder: Path, size: int, *, stated: bool = False) -> list[Path]:
    """N-Quads files of at most ``size`` bytes; ``stated`` puts the default graph into ``graph/stated``."""
    folder.mkdir(parents=True, exist_ok=True)
    paths: list[Path] = []
    held: list[bytes] = []
    held_size = 0

    def write() -> None:
        path = folder / f"part-{len(paths) + 1:05}.nq"
        path.write_bytes(b"".join(held))
        paths.append(path)

    for line in in_graphs(lines) if stated else lines:
        data = line.encode()
        if held and held_size + len(data) > size:
            write()
            held, held_size = [], 0
        held.append(data)
        held_size += len(data)
    if held:
        write()
    return paths


def in_graphs(lines: Iterable[str]) -> Iterator[str]:
    """The lines with ``graph/stated`` where they name no graph."""
    for line in lines:
        for quad in ox.parse(line, format=ox.RdfFormat.N_QUADS):
            graph = quad.graph_name if isinstance(quad.graph_name, ox.NamedNode) else ox.NamedNode(STATED)
            yield f"{quad.subject} {quad.predicate} {quad.object} {graph} .\n"


def send(
    path: Path,
    address: str,
    *,
    stated: bool = False,
    lines: int = LINES,
    timeout: float = 300.0,
    retries: int = 5,
    progress: Callable[[int], None] | None = None,
) -> int:
    """Send an N-Quads file to a graph store, some thousand lines a request; returns how many were sent now.

    What has arrived is noted beside the file, so that a load that broke off goes on where it stopped;
    sending a piece twice does no harm, since the graph has no blank nodes.
    """
    note = path.with_name(f".{path.name}.{hashlib.sha256(address.encode()).hexdigest()[:12]}.sent")
    mark = _mark(path)
    done = _done(note, mark)
    sent = 0
    with path.open(encoding="utf-8") as file:
        for _ in islice(file, done):
            pass
        while piece := list(islice(file, lines)):
            for graph, body in _by_graph(piece, stated=stated):
                _post(address, graph, body, timeout, retries)
            done += len(piece)
            sent += len(piece)
            note.write_text(json.dumps({"mark": mark, "lines": done}), encoding="utf-8")
            if progress:
                progress(done)
    return sent


def _by_graph(lines: list[str], *, stated: bool) -> Iterator[tuple[str, bytes]]:
    found: dict[str, list[ox.Triple]] = {}
    for quad in ox.parse("".join(lines), format=ox.RdfFormat.N_QUADS):
        graph = STATED if stated else ""
        if isinstance(quad.graph_name, ox.NamedNode):
            graph = quad.graph_name.value
        found.setdefault(graph, []).append(quad.triple)
    for graph, triples in sorted(found.items()):
        yield graph, ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b""


def _post(address: str, graph: str, body: bytes, timeout: float, retries: int) -> None:
    mark = "&" if "?" in address else "?"
    where = address + mark + (urlencode({"graph": graph}) if graph else "default")
    pause = 0.5
    for left in range(retries, -1, -1):
        request = urllib.request.Request(  # noqa: S310  an address that the user named
            where, data=body, headers={"Content-Type": "application/n-triples"}, method="POST"
        )
        try:
            with urllib.request.urlopen(request, timeout=timeout) as answer:  # noqa: S310
                answer.read()
                return
        except urllib.error.HTTPError as error:
            with error:
                said = " ".join(error.read(2000).decode("utf-8", "replace").split())[:300]
            if error.code not in _AGAIN or not left:
                raise BadStore(
                    f"{address} did not take {graph or 'the default graph'}: {error.code} {said}"
                ) from None
        except OSError as error:
            if not left:
                reason = getattr(error, "reason", error)
                raise BadStore(f"{address} does not take the load: {reason}; run again to go on") from None
        time.sleep(pause)
        pause *= 2


def _mark(path: Path) -> str:
    status = path.stat()
    return f"{status.st_size}-{status.st_mtime_ns}-{iris.BASE}"


def _done(note: Path, mark: str) -> int:
    try:
        found = json.loads(note.read_text(encoding="utf-8"))
        return int(found["lines"]) if found["mark"] == mark else 0
    except (OSError, ValueError, KeyError):
        return 0
