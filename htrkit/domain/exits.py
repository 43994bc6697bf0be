"""The exit codes that scripts can rely on, in one place."""

from enum import IntEnum


class ExitCode(IntEnum):
    """What `htrkit` tells the shell when it ends."""

    DONE = 0
    """Every selected page is done and none failed."""
    BUG = 1
    """A bug in htrkit: one line on screen, the traceback in a file whose path is shown."""
    USAGE = 2
    """Usage or configuration: an unknown engine, option, key."""
    PREFLIGHT = 3
    """Preflight refused, or no page was found: nothing was processed."""
    FAILED_PAGES = 4
    """Finished, but the record holds failed (or, on request, flagged) pages; a promised file is missing or changed."""
    STOPPED_EARLY = 5
    """Stopped early: failure rate, quality alarm, disk full, no device left."""
    HELD = 6
    """Another run holds OUT, OUT holds a run already, or settings changed since it started."""
    INTERRUPTED = 130
    """SIGINT: drained and resumable."""
    WARNED = 138
    """SIGUSR1, a scheduler's warning: drained and resumable."""
    TERMINATED = 143
    """SIGTERM: drained and resumable."""
