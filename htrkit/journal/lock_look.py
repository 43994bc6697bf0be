"""Whether another run holds OUT, asked without taking anything and without leaving a trace."""

import errno
import fcntl
import os
from pathlib import Path

from htrkit.journal.lock_claim import claim_of
from htrkit.journal.lock_holder import decoded
from htrkit.journal.lock_host import Host

_HELD = frozenset({errno.EWOULDBLOCK, errno.EACCES})
MOST_WORDS = 300


def holder_of(lock: Path) -> str | None:
    """Give in words who holds a lock; None for nobody, and where it cannot be told.

    For an instant it shares the kernel's lock, which keeps another run from taking it in that very instant.
    """
    return _of_flock(lock) or _of_file(claim_of(lock))


def _of_flock(lock: Path) -> str | None:
    try:
        handle = os.open(lock, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno not in _HELD:
            return None
        return os.pread(handle, MOST_WORDS, 0).decode("utf-8", "replace").strip() or "another process"
    finally:
        os.close(handle)
    return None


def _of_file(claim: Path) -> str | None:
    """Read the file that stands for the lock where the file system has none; a holder that is gone holds nothing."""
    try:
        holder = decoded(claim.read_bytes())
    except OSError:
        return None
    return None if holder is None or holder.has_ended(Host()) else str(holder)
