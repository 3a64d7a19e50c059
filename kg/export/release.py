"""A release of the data: what an analyst without Python needs, its version, what changed since the last."""

import hashlib
import io
import json
import re
import zipfile
from pathlib import Path

from kg import locations
from kg.export import diff, rdf, statements
from kg.page import render_page
from kg.query.graph import open_graph
from kg.read import files
from kg.store import manifest

CHANGELOG = "CHANGELOG.md"
_EPOCH = (1980, 1, 1, 0, 0, 0)  # equal tables make an equal archive


def write(seeds: Path, build: Path, folder: Path, *, since: Path | None = None) -> list[Path]:
    """Write a release of a built graph; ``since`` is the build or N-Quads file of the one before.

    Returns the files: the page, N-Quads, statements as one table, the curated tables, version, changes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    graph = open_graph(build)
    built = manifest.current(build)
    name = version(seeds)
    about = {"data": name, "code": locations.VERSION, "quads": built.quads, **built.counts}
    about["since"] = since.name if since else None
    changes = "No release before it was named, so there is nothing to compare with.\n"
    if since:
        changes = f"Since {since.name}:\n\n{diff.render(diff.compare(since, build))}"
    content: dict[str, str | bytes] = {
        "regiograph.html": render_page(graph),
        "regiograph.nq": rdf.rdf_bytes(graph, "nq"),
        "statements.csv": statements.statement_bytes(graph, "csv"),
        "tables.zip": _archive(seeds),
        "DATA-VERSION.json": json.dumps(about, ensure_ascii=False, indent=1) + "\n",
        "DATA-CHANGES.md": f"# Data {name}\n\n{changes}",
    }
    for file, data in content.items():
        files.replace_file(folder / file, data)
    return [folder / file for file in content]


def version(seeds: Path) -> str:
    """Return the newest version of the change log of the tables, and a hash of what they say."""
    state = hashlib.sha256()
    for path in _files(seeds):
        data = path.read_bytes()
        state.update(f"{path.relative_to(seeds).as_posix()}\0{len(data)}\0".encode())
        state.update(data)
    log = seeds / CHANGELOG
    named = re.search(r"^## (\S+)", log.read_text(encoding="utf-8"), re.M) if log.is_file() else None
    return f"{named[1] if named else '0'}+{state.hexdigest()[:12]}"


def _archive(seeds: Path) -> bytes:
    """Return the curated tables as one archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in [*_files(seeds), *seeds.glob(CHANGELOG)]:
            entry = zipfile.ZipInfo(path.relative_to(seeds).as_posix(), _EPOCH)
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _files(seeds: Path) -> list[Path]:
    return sorted(path for path in seeds.rglob("*") if path.suffix in (".csv", ".tsv"))
