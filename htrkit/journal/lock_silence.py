"""Whether whoever holds a lock on another host still lives: while it does, the counter in its file grows."""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from htrkit.journal.lock_claim import claim_of
from htrkit.journal.lock_heartbeat import BEAT_SECONDS
from htrkit.journal.lock_holder import Holder, decoded
from htrkit.journal.lock_host import Host

SILENT_SECONDS = 20 * BEAT_SECONDS
"""Ten minutes of our own time: hosts' clocks are never compared."""
LOOK_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Patience:
    """What waiting is done with."""

    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


def silent_among(
    locks: Sequence[Path], patience: Patience | None = None, *, host: Host | None = None
) -> Mapping[Path, bytes]:
    """Give the locks whose holders, on other hosts, show no life for ten minutes, with what stands in their files.

    Locks that nobody holds by a file, or somebody of this host does, are not waited for: the kernel tells of those.
    """
    patience, here = patience or Patience(), host or Host()
    watched = {lock: content for lock in locks if (content := _claimed_elsewhere(lock, here)) is not None}
    end = patience.clock() + SILENT_SECONDS
    while watched and patience.clock() < end:
        patience.sleep(LOOK_SECONDS)
        watched = {lock: content for lock, content in watched.items() if _content(lock) == content}
    return watched


def _claimed_elsewhere(lock: Path, here: Host) -> bytes | None:
    content = _content(lock)
    holder = decoded(content) if content is not None else None
    return content if holder is not None and not _is_of(holder, here) else None


def _is_of(holder: Holder, here: Host) -> bool:
    place = holder.host, holder.boot_id, holder.pid_namespace
    return all(place) and place == (here.name, here.boot_id, here.pid_namespace())


def _content(lock: Path) -> bytes | None:
    with suppress(OSError):
        return claim_of(lock).read_bytes()
    return None
