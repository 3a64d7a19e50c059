"""Files and folders written in one step: others see the old content or the new, never a part."""

from __future__ import annotations

import os
import secrets
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


def replace(path: Path, content: str | bytes) -> None:
    """Replace the content of a file in one step; its permissions stay, and so does a symbolic link to it.

    What is no regular file (a device, a FIFO, a pipe of the shell) is written into. Raises OSError with
    the path; the old file is intact then, and nothing is left beside it.
    """
    data = content.encode() if isinstance(content, str) else content
    try:
        try:
            old = path.stat()
        except FileNotFoundError:
            old = None
        # /dev/stdout names a regular file where the shell sends it to one; replaced, the shell would lose it
        if (old and not stat.S_ISREG(old.st_mode)) or path.absolute().parts[1:2] in (("dev",), ("proc",)):
            _write(os.open(path, os.O_WRONLY | os.O_APPEND), data)
        else:
            _replace_regular(path.resolve(), data, old)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from None


@contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """Yield a folder to write into; it becomes ``path`` at the end, or vanishes if anything is raised.

    ``path`` may be an empty folder. Raises OSError where it is not, or cannot be written.
    """
    path = path.resolve()
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = _beside(path)
    try:
        temporary.mkdir()
        yield temporary
        temporary.replace(path)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise


def _replace_regular(path: Path, data: bytes, old: os.stat_result | None) -> None:
    temporary = _beside(path)
    # the process's umask holds for a file that is opened so; asking for the umask would set it for a moment
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    try:
        _write(handle, data, sync=True)
        if old:
            with suppress(PermissionError):  # only the superuser keeps another's ownership
                shutil.chown(temporary, old.st_uid, old.st_gid)
            temporary.chmod(stat.S_IMODE(old.st_mode))
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _write(handle: int, data: bytes, *, sync: bool = False) -> None:
    with os.fdopen(handle, "wb") as out:
        out.write(data)
        out.flush()
        if sync:
            os.fsync(out.fileno())


def _beside(path: Path) -> Path:
    """Return a path in the same folder that no reader of tables takes for one."""
    return path.parent / f".{path.name[:40]}.{secrets.token_hex(6)}"
