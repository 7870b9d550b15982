"""The limit of memory that a worker sets for itself, as far as the system can: what it cannot is left to time."""

from __future__ import annotations

import os
import sys

#: Libraries of numpy take address space for one thread per core, by the gigabyte on a large machine; none is needed.
_ONE_THREAD = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


def confine(memory: int) -> None:
    """Limit this process to so many bytes of memory, for good; it leaves no core dump of a unit's data."""
    for name in _ONE_THREAD:
        os.environ.setdefault(name, "1")
    if sys.platform != "win32":
        import resource

        _lower(resource.RLIMIT_AS, memory)
        _lower(resource.RLIMIT_CORE, 0)


def peak_memory() -> int:
    """Return the most memory that this process has held, in bytes; 0 where the system does not tell."""
    if sys.platform == "win32":
        return 0
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


if sys.platform != "win32":

    def _lower(kind: int, value: int) -> None:
        import contextlib
        import resource

        _, hard = resource.getrlimit(kind)
        if hard != resource.RLIM_INFINITY:
            value = min(value, hard)
        with contextlib.suppress(OSError, ValueError):  # macOS may refuse a limit of address space
            resource.setrlimit(kind, (value, value))
