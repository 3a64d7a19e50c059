"""Files written in one step: what is written through, what is replaced, what stays after a failure."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from kg.read import files


def test_a_regular_file_is_replaced_and_keeps_its_permissions(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("old")
    path.chmod(0o640)
    with path.open() as reader:
        files.replace_file(path, "new")
        assert reader.read() == "old"
    assert (path.read_text(), stat.S_IMODE(path.stat().st_mode)) == ("new", 0o640)
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(("umask", "mode"), [("022", 0o644), ("077", 0o600)])
def test_a_new_file_has_the_permissions_of_the_umask(tmp_path: Path, umask: str, mode: int) -> None:
    path = tmp_path / "t.csv"
    code = f"import os, pathlib; from kg.read import files; os.umask(0o{umask}); files.replace_file(pathlib.Path({str(path)!r}), 'x')"
    subprocess.run([sys.executable, "-c", code], check=True)
    assert stat.S_IMODE(path.stat().st_mode) == mode


@pytest.mark.parametrize("there", [True, False])
@pytest.mark.parametrize("absolute", [True, False])
def test_a_symbolic_link_stays_and_its_file_is_replaced(tmp_path: Path, there: bool, absolute: bool) -> None:
    target, link, again = tmp_path / "deep" / "real.csv", tmp_path / "link.csv", tmp_path / "again.csv"
    target.parent.mkdir()
    if there:
        target.write_text("old")
    link.symlink_to(target if absolute else "deep/real.csv")
    again.symlink_to(link)
    files.replace_file(again, "new")
    assert (again.is_symlink(), link.is_symlink(), target.read_text()) == (True, True, "new")
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["again.csv", "deep", "link.csv", "real.csv"]


def test_a_fifo_is_written_into(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    link = tmp_path / "link"
    link.symlink_to(fifo)
    read: list[bytes] = []
    for path in (fifo, link):
        reader = threading.Thread(target=lambda: read.append(fifo.read_bytes()))
        reader.start()
        files.replace_file(path, b"x" * 200_000)
        reader.join()
    assert read == [b"x" * 200_000] * 2
    assert stat.S_ISFIFO(fifo.stat().st_mode)
    assert link.is_symlink()


def test_a_device_is_written_into(tmp_path: Path) -> None:
    null, full = tmp_path / "null", tmp_path / "full"
    try:
        os.mknod(null, 0o666 | stat.S_IFCHR, os.makedev(1, 3))
        os.mknod(full, 0o666 | stat.S_IFCHR, os.makedev(1, 7))
        null.write_text("")
    except PermissionError:
        pytest.skip("device nodes need privileges")
    files.replace_file(null, "gone")
    with pytest.raises(OSError, match="No space left on device") as error:
        files.replace_file(full, "x")
    assert error.value.filename == str(full)
    assert stat.S_ISCHR(null.stat().st_mode)
    assert stat.S_ISCHR(full.stat().st_mode)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["full", "null"]


def test_the_shells_pipes_and_redirections_are_written_into(tmp_path: Path) -> None:
    """The file behind /dev/stdout is not replaced: what the shell appends later is in the same file."""
    code = "import pathlib, sys; from kg.read import files; files.replace_file(pathlib.Path(sys.argv[1]), 'new\\n')"
    script = f"""
    kgwrite() {{ {sys.executable} -c "{code}" "$1"; }}
    echo first > out; {{ kgwrite /dev/stdout; echo last; }} >> out
    kgwrite >(cat > piped); wait $!; kgwrite /dev/stdout | cat > through
    """
    subprocess.run(["bash", "-ec", script], cwd=tmp_path, check=True)
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {
        "out": "first\nnew\nlast\n", "piped": "new\n", "through": "new\n"
    }  # fmt: skip


#: What makes a write fail, and the reason that is given.
FAILURES = {
    "a limit of the file's size": ("resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))", "File too large"),
    "no leave to write in the folder": ("os.setuid(65534)", "Permission denied"),
    "no folder": ("path = path / 'no' / 't.csv'", "No such file or directory|Not a directory"),
}


@pytest.mark.parametrize("what", FAILURES)
def test_the_old_file_is_intact_where_writing_fails(tmp_path: Path, what: str) -> None:
    cause, reason = FAILURES[what]
    if "setuid" in cause and os.getuid() != 0:
        pytest.skip("needs another user")
    tmp_path.chmod(0o755)
    for parent in tmp_path.parents[:2] if os.getuid() == 0 else ():
        parent.chmod(0o755)
    path = tmp_path / "t.csv"
    path.write_text("old")
    code = f"""
import os, pathlib, re, resource
from kg.read import files
path = pathlib.Path({str(path)!r})
{cause}
try:
    files.replace_file(path, 'x' * 100)
except OSError as error:
    assert re.fullmatch({reason!r}, error.strerror) and error.filename == str(path), error
else:
    raise SystemExit('it was written')
"""
    subprocess.run([sys.executable, "-c", code], check=True)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "seeds"

    def fail() -> None:
        with files.new_folder(folder) as new:
            (new / "t.csv").write_text("half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert list(folder.parent.iterdir()) == []
    folder.mkdir()
    with files.new_folder(folder) as new:
        (new / "t.csv").write_text("whole")
        assert list(folder.iterdir()) == []
    assert [path.read_text() for path in folder.iterdir()] == ["whole"]
    with pytest.raises(OSError, match="not empty"), files.new_folder(folder):
        pass
    assert list(folder.parent.iterdir()) == [folder]
