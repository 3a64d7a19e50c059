"""Runs something again whenever files in folders change."""

import time
from collections.abc import Callable, Iterable
from pathlib import Path

SECONDS = 0.5

#: Files by their path, with time of change and size.
_Snapshot = dict[Path, tuple[int, int]]


def run_on_change(
    run: Callable[[], object], folders: Iterable[Path], pause: Callable[[], object] | None = None
) -> None:
    """Run, then again after each change of a file in the folders, until Ctrl-C.

    A change during a run counts, so that ``run`` may not write there itself. ``pause`` is called between two
    looks at the folders.
    """
    folders = tuple(folders)
    try:
        while True:
            before = _take_snapshot(folders)
            run()
            while _take_snapshot(folders) == before:
                (pause or _sleep)()
    except KeyboardInterrupt:
        return


def _sleep() -> None:
    time.sleep(SECONDS)


def _take_snapshot(folders: Iterable[Path]) -> _Snapshot:
    found: _Snapshot = {}
    for path in (path for folder in folders for path in folder.rglob("[!.]*")):
        try:
            status = path.stat()
        except OSError:  # gone since it was listed, as an editor's temporary files are
            continue
        found[path] = status.st_mtime_ns, status.st_size
    return found
