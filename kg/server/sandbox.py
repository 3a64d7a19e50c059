"""The walls around a worker: memory, no core dumps, first to go when memory runs out, and no network.

The network is closed by a seccomp filter that refuses ``socket()``; where the kernel has none (other systems
than Linux) the text of a query alone is checked.
"""

from __future__ import annotations

import contextlib
import ctypes
import platform
import resource
import struct
from pathlib import Path

_SOCKET = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)}
_NO_NEW_PRIVILEGES, _SET_SECCOMP, _FILTER = 38, 22, 2
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | 13  # an errno: EACCES
_LOAD, _EQUAL, _RETURN = 0x20, 0x15, 0x06


def enclose(memory: int, *, network: bool = False) -> None:
    """Limit this process for good."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    if not network:
        close_network()


def close_network() -> bool:
    """Refuse new sockets from now on; tells whether this system can."""
    known = _SOCKET.get(platform.machine())
    if platform.system() != "Linux" or known is None:
        return False
    architecture, socket = known
    program = b"".join(
        struct.pack("HBBI", *step)
        for step in (
            (_LOAD, 0, 0, 4),  # the architecture
            (_EQUAL, 0, 3, architecture),
            (_LOAD, 0, 0, 0),  # the number of the system call
            (_EQUAL, 0, 1, socket),
            (_RETURN, 0, 0, _REFUSE),
            (_RETURN, 0, 0, _ALLOW),
        )
    )
    held = ctypes.create_string_buffer(program)
    described = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(held))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) != 0:
        return False
    return bool(libc.prctl(_SET_SECCOMP, _FILTER, described, 0, 0) == 0)
