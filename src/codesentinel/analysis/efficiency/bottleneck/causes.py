"""The kinds of causes: what each does to a service, what to do about it, and what it brings about besides."""

from __future__ import annotations

from typing import NamedTuple


class Kind(NamedTuple):
    """``brings`` are the kinds that rise in its wake, and are its symptoms; there is no circle in that."""

    title: str
    mechanism: str
    action: str
    brings: tuple[str, ...] = ()


_WAITS = ("lock", "pool", "dependency")

KINDS: dict[str, Kind] = {
    "throttling": Kind(
        "its CPU quota",
        "the control group has used up its quota, and every thread stands still until the next period",
        "raise the quota (cpu.max, or limits.cpu in Kubernetes), or find what burns the CPU: "
        "`codesentinel profile record`",
        ("cores", "cpu", "gc", "log", "disk", "network", *_WAITS),
    ),
    "memory": Kind(
        "memory",
        "pages that are needed were given away and are read again from the disk",
        "raise the memory limit or shrink what is mapped and cached; "
        "`codesentinel memory process group` shows who has it",
        ("disk", "cpu", "gc", "cores", "log", *_WAITS),
    ),
    "gc": Kind(
        "garbage collection",
        "the interpreter stops all threads while it looks for garbage",
        "make fewer cycles, collect less often (gc.freeze, gc.set_threshold); "
        "`codesentinel profile record` shows who allocates",
        ("cpu", "cores", *_WAITS),
    ),
    "log": Kind(
        "the volume of its own log",
        "each request writes so many records that this takes longer than its work",
        "lower the log level, or sample; look at what was switched on",
        ("cpu", "cores", "disk", *_WAITS),
    ),
    "cpu": Kind(
        "the CPU that its own code burns",
        "requests wait for the interpreter, or spend their time in it",
        "look at the code: `codesentinel profile record --pid PID` shows the hot functions",
        ("cores", *_WAITS),
    ),
    "disk": Kind(
        "the disk",
        "requests wait until what they read or write is done",
        "write less or later (batch, fsync less often), or give it a faster disk; "
        "`codesentinel memory process top` shows who else writes",
        ("cores", *_WAITS),
    ),
    "network": Kind(
        "the network to a dependency",
        "packets take longer, or are sent again; the other service itself does not",
        "look at the path between the two: routes, loss, an overloaded proxy; make fewer trips",
        ("dependency", "pool", "lock"),
    ),
    "dependency": Kind(
        "a service that it depends on",
        "requests wait for the answers of another service",
        "look at that service: `codesentinel bottleneck --service NAME`; set a timeout and a limit meanwhile",
        ("pool", "lock"),
    ),
    "lock": Kind(
        "a lock",
        "requests wait for one another, or for a job that holds what they need",
        "hold the lock for less: no I/O inside, split it; "
        "`codesentinel profile record --idle` shows who waits",
        (),
    ),
    "pool": Kind(
        "a pool of connections",
        "all connections are in use, and requests queue for the next that is free",
        "raise the pool's size as far as the other side can bear, or hold connections for less",
        (),
    ),
    "cores": Kind(
        "the cores of the host",
        "threads are ready and wait for a core that others use",
        "`codesentinel memory process top` shows who uses them; move one of the two, or give it a share",
        _WAITS,
    ),
    "descriptors": Kind(
        "file descriptors",
        "nothing can be opened, connections least of all",
        "raise the limit (LimitNOFILE), or find what is not closed: `codesentinel memory process detail`",
    ),
}
"""In the order in which equals are told."""
