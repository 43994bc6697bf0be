"""How many files this process may have open: a lock is one, and a run may be in a thousand shards."""

import resource
from contextlib import suppress

BESIDES = 256
"""Files that are open for everything else."""


def allow_open_files(count: int) -> None:
    """Raise this process's own limit for so many files more than usual, as far as the system's lets us."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = count + BESIDES
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
