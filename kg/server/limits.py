"""What one request may cost: the deadline of a query, sizes, rows, connections."""

from dataclasses import dataclass

MIB = 1 << 20


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
