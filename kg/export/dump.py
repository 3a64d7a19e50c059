"""A graph as sorted N-Quads in a file: compared line by line, and looked up by subject without loading it."""

from __future__ import annotations

import heapq
import mmap
import re
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from functools import lru_cache
from itertools import islice, pairwise
from pathlib import Path
from typing import IO, NamedTuple

from kg import iris
from kg.errors import BadStore
from kg.store import manifest, oxigraph
from kg.store.manifest import TEXT

RUN = 500_000
_LINE = re.compile(
    r"(?P<s><[^>]*>) <(?P<p>[^>]*)> "
    r'(?:<(?P<iri>[^>]*)>|"(?P<text>(?:[^"\\]|\\.)*)"(?P<more>@[\w-]+|\^\^<[^>]*>)?)'
    r"(?: <(?P<g>[^>]*)>)? \.\n?"
)
_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|.)")
_ESCAPED = {"t": "\t", "n": "\n", "r": "\r", "b": "\b", "f": "\f"}


class Fact(NamedTuple):
    """What a subject has: predicate, value and graph in short form; texts may have a language."""

    predicate: str
    value: str
    lang: str
    graph: str


class Quads:
    """An open file of sorted N-Quads."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        size = file.seek(0, 2)
        self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if size else None
        self.label = lru_cache(maxsize=65_536)(self._label)

    def lines(self) -> Iterator[bytes]:
        self._file.seek(0)
        for line in self._file:
            yield line.rstrip(b"\n")

    def about(self, subject: str) -> list[Fact]:
        """The facts of one subject, by its id or IRI."""
        if self._map is None:
            return []
        prefix = f"<{subject if '://' in subject else iris.BASE + subject}> ".encode()
        found = []
        at = self._first(prefix)
        while self._map[at : at + len(prefix)] == prefix:
            end = self._map.find(b"\n", at) + 1 or len(self._map)
            if one := fact(self._map[at:end].decode()):
                found.append(one)
            at = end
        return found

    def value(self, subject: str, predicate: str, *, lang: str = "") -> str:
        """One value, or nothing."""
        return next((f.value for f in self.about(subject) if (f.predicate, f.lang) == (predicate, lang)), "")

    def _label(self, identifier: str) -> str:
        """How people call a thing: its English label, a predicate's phrase, else its id."""
        found = {(f.predicate, f.lang): f.value for f in self.about(_long(identifier))}
        for key in (("phrase", ""), ("skos:prefLabel", "en"), ("rdfs:label", "en"), ("phrase", "en")):
            if key in found:
                return found[key]
        return identifier

    def _first(self, prefix: bytes) -> int:
        """Where the first line stands that is not below the prefix."""
        assert self._map is not None
        low, high = 0, len(self._map)
        while low < high:
            middle = (low + high) // 2
            start = self._map.rfind(b"\n", low, middle) + 1 or low
            end = self._map.find(b"\n", middle) + 1 or len(self._map)
            if self._map[start:end] < prefix:
                low = end
            else:
                high = start
        return low


def read(path: Path, stack: ExitStack) -> Quads:
    """A folder of builds or an N-Quads file, sorted where it is not; files close with the stack."""
    if path.is_dir():
        built = manifest.current(path)
        text = path / TEXT
        if not text.is_file():
            dump = stack.enter_context(tempfile.TemporaryFile())  # noqa: SIM115
            oxigraph.open_folder(built.path(path)).dump(dump, format=oxigraph.N_QUADS)
            return Quads(_sorted(dump, stack))
        return Quads(_sorted(stack.enter_context(text.open("rb")), stack))
    if not path.is_file() or path.suffix != ".nq":
        raise BadStore(f"{path} is neither a folder of kg build nor an N-Quads file (.nq)")
    return Quads(_sorted(stack.enter_context(path.open("rb")), stack))


def subjects(old: Quads, new: Quads) -> list[str]:
    """Subjects of which the two do not say the same, in order."""
    found = set()
    left, right = old.lines(), new.lines()
    one, two = next(left, b""), next(right, b"")
    while one or two:
        if one == two:
            one, two = next(left, b""), next(right, b"")
        elif one and (not two or one < two):
            found.add(one.partition(b" ")[0])
            one = next(left, b"")
        else:
            found.add(two.partition(b" ")[0])
            two = next(right, b"")
    return sorted(subject[1:-1].decode() for subject in found)


def _sorted(file: IO[bytes], stack: ExitStack) -> IO[bytes]:
    """The file, or a sorted copy; runs of lines are sorted in memory and merged."""
    file.seek(0)
    if all(before <= after for before, after in pairwise(file)):
        return file
    file.seek(0)
    runs = []
    while lines := sorted(line.rstrip(b"\n") + b"\n" for line in islice(file, RUN)):
        runs.append(_spool(lines, stack))
    return _spool(_once(heapq.merge(*runs)), stack)


def _spool(lines: Iterable[bytes], stack: ExitStack) -> IO[bytes]:
    file = stack.enter_context(tempfile.TemporaryFile())  # noqa: SIM115
    file.writelines(lines)
    file.seek(0)
    return file


def _once(lines: Iterable[bytes]) -> Iterator[bytes]:
    before = b""
    for line in lines:
        if line != before:
            yield line
        before = line


def fact(line: str) -> Fact | None:
    """One line; None where it has a blank node, which ours have not."""
    found = _LINE.fullmatch(line)
    if not found:
        return None
    predicate, graph = iris.short(found["p"]), iris.short(found["g"] or "")
    if found["iri"] is not None:
        return Fact(predicate, iris.short(found["iri"]), "", graph)
    more = found["more"] or ""
    text = _ESCAPE.sub(_unescape, found["text"])
    return Fact(predicate, text, more[1:] if more.startswith("@") else "", graph)


def _unescape(found: re.Match[str]) -> str:
    code = found[1]
    return chr(int(code[1:], 16)) if code[0] in "uU" and len(code) > 1 else _ESCAPED.get(code, code)


def _long(identifier: str) -> str:
    """A short form as an IRI; our own terms have neither colon nor slash."""
    if "://" in identifier or "/" in identifier:
        return identifier
    return iris.expand(identifier) if ":" in identifier else iris.NS + identifier
