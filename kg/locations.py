"""Where data lie: beside the checkout, in the installed package, or where the user says."""

import hashlib
import os
from pathlib import Path

from kg.errors import KgError

VERSION = "0.1.0"
PACKAGE = Path(__file__).parent
QUERIES = PACKAGE / "query" / "named"
INTERNAL_QUERIES = PACKAGE / "query" / "internal"
WEB = PACKAGE / "page" / "web"


def seeds(folder: str | os.PathLike[str] | None = None) -> Path:
    """Return the folder of curated tables: the one given, else the project's own."""
    return _folder(folder, "seeds", "sources.csv")


def ontology(folder: str | os.PathLike[str] | None = None) -> Path:
    """The folder of the ontology: the one given, else the project's own."""
    return _folder(folder, "ontology", "kg.ttl")


def texts(folder: str | os.PathLike[str] | None = None) -> tuple[Path, ...]:
    """The folders of document texts: the one given, else those of ``$KG_TEXTS`` that exist, else ``./texts``.

    ``$KG_TEXTS`` names folders as ``$PATH`` does. Raises KgError if a given folder is missing.
    """
    if folder is not None:
        if not Path(folder).is_dir():
            raise KgError(f"no folder of texts at {folder}")
        return (Path(folder),)
    named = os.environ.get("KG_TEXTS") or "texts"
    return tuple(Path(part) for part in named.split(os.pathsep) if part and Path(part).is_dir())


def build(folder: str | os.PathLike[str] | None = None) -> Path:
    """The folder of built graphs: the one given, else ``build/`` of the checkout, else a user cache.

    The cache has a folder for each state of the packaged tables, so that a new version builds anew.
    """
    if folder is not None:
        return Path(folder)
    if _checkout():
        return PACKAGE.parent / "build"
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "regiograph" / fingerprint(seeds(), ontology())[:16]


def newer(than: Path) -> bool:
    """Whether a table or the ontology of the checkout was saved after a file was."""
    moment, top = than.stat().st_mtime_ns, PACKAGE.parent
    paths = (path for name in ("seeds", "ontology") for path in (top / name).rglob("*.*"))
    return _checkout() and any(path.stat().st_mtime_ns > moment for path in paths)


def fingerprint(*folders: Path) -> str:
    """SHA-256 over names and contents of all tables, Turtle and query files: equal input, equal build."""
    state = hashlib.sha256(VERSION.encode())
    for folder in folders:
        for path in sorted(p for p in folder.rglob("*") if p.suffix in {".csv", ".ttl", ".tsv", ".rq"}):
            content = path.read_bytes()
            state.update(f"{path.relative_to(folder).as_posix()}\0{len(content)}\0".encode())
            state.update(content)
    return state.hexdigest()


def _checkout() -> bool:
    return (PACKAGE.parent / "pyproject.toml").is_file() and (PACKAGE.parent / "seeds").is_dir()


def _folder(given: str | os.PathLike[str] | None, name: str, landmark: str) -> Path:
    places = (PACKAGE.parent / name, PACKAGE / "data" / name) if given is None else (Path(given),)
    for path in places:
        if (path / landmark).is_file():
            return path
    if given is not None:
        raise KgError(f"{given} is not a folder of {name}: it has no {landmark}")
    raise KgError(f"the {name} folder is missing from this installation; name one with --{name}")
