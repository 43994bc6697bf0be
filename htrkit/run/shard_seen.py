"""Who seems to be at work on a shard, looked at from outside: nothing is taken, and nobody is waited for."""

import time
from collections.abc import Callable

from htrkit.domain.events import RunEnded
from htrkit.journal.last_line import last_event
from htrkit.journal.lock_claim import claim_of
from htrkit.journal.lock_look import holder_of
from htrkit.journal.lock_silence import SILENT_SECONDS
from htrkit.run.out_folder import OutFolder


def seen_at(part: OutFolder, *, now: Callable[[], float] = time.time) -> str | None:
    """Give in words who holds a shard; None for nobody.

    A holder on another host whose file has not been touched for ten minutes counts as nobody. Hosts' clocks decide
    that, so that it is good for what is said, and for nothing that is taken.
    """
    holder = holder_of(part.lock)
    if holder is None:
        return None
    try:
        silent_seconds = now() - claim_of(part.lock).stat().st_mtime
    except OSError:
        return holder
    return holder if silent_seconds < SILENT_SECONDS else None


def is_at_work(part: OutFolder) -> bool:
    """Tell whether a process holds a shard and has not written of its end."""
    return seen_at(part) is not None and last_event(part.journal) != RunEnded.__name__
