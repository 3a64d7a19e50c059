"""The sandbox of a worker process.

A worker has limited memory, writes no core dump, is the first to go when the machine runs out of memory, and
has no network: a seccomp filter refuses ``socket()`` (seccomp(2), linux/audit.h, linux/filter.h).
"""

import contextlib
import ctypes
import platform
import resource
import struct
from pathlib import Path

_MACHINES = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)}  # audit architecture, socket()
_IO_URING_SETUP = 425  # opens sockets without calling socket()
_X32 = 0x40000000  # system calls of the x32 interface begin here
_NO_NEW_PRIVILEGES, _SET_SECCOMP, _FILTER = 38, 22, 2  # prctl(2)
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | 13  # SECCOMP_RET_ALLOW, SECCOMP_RET_ERRNO | EACCES
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06  # BPF instructions


def enclose(memory: int, *, network: bool = False) -> bool:
    """Limit this process for good; return whether the network is closed to it."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    return not network and close_network()


def close_network() -> bool:
    """Refuse new sockets from now on; return False where the system has no such filter."""
    known = _MACHINES.get(platform.machine())
    if platform.system() != "Linux" or known is None:
        return False
    architecture, socket = known
    program = b"".join(
        struct.pack("HBBI", *step)
        for step in (
            (_LOAD, 0, 0, 4),  # the architecture
            (_EQUAL, 0, 4, architecture),
            (_LOAD, 0, 0, 0),  # the number of the system call
            (_AT_LEAST, 2, 0, _X32),
            (_EQUAL, 1, 0, _IO_URING_SETUP),
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
