"""What one request may cost: the deadline of a query, sizes, rows, connections, and a worker's sandbox.

A worker process has limited memory, writes no core dump, is the first to go when the machine runs out of
memory, and has no network: a seccomp filter refuses ``socket()`` (seccomp(2), linux/audit.h, linux/filter.h).
"""

import contextlib
import ctypes
import platform
import resource
import struct
from dataclasses import dataclass
from pathlib import Path

MIB = 1 << 20
_MACHINES = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)}  # audit architecture, socket()
_IO_URING_SETUP = 425  # opens sockets without calling socket()
_X32 = 0x40000000  # system calls of the x32 interface begin here
_NO_NEW_PRIVILEGES, _SET_SECCOMP, _FILTER = 38, 22, 2  # prctl(2)
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | 13  # SECCOMP_RET_ALLOW, SECCOMP_RET_ERRNO | EACCES
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06  # BPF instructions


@dataclass(frozen=True)
class Limits:
    """What one request may cost: times in seconds, sizes in bytes.

    ``workers`` processes answer quick queries and as many again may be busy with slow ones, each with
    ``memory`` of address space.
    """

    timeout: float = 15
    workers: int = 4
    memory: int = 1024 * MIB
    rows: int = 1_000_000
    answer: int = 1024 * MIB
    whole: int = MIB  # an answer up to this size is sent only when it is complete
    query: int = 256 << 10
    body: int = MIB
    address: int = 16 << 10
    head: int = 8 << 10  # the headers, beside the address
    header_time: float = 10
    body_time: float = 20
    write_time: float = 30
    idle_time: float = 75
    connections: int = 1000
    waiting: int = 500
    waiting_time: float = 10
    slow: float = 1  # a query that runs longer moves to the slow lane and a fresh worker takes its place
    spared: float = 5  # a slow query runs this long before a crowd may end it


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
