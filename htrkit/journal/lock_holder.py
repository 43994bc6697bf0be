"""Who holds OUT, written so that runs on other hosts can read it."""

import json
import os
from dataclasses import asdict, dataclass, replace
from typing import Self

from htrkit.core.shown import shown
from htrkit.journal.lock_host import Host

MOST_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Holder:
    """A process that holds OUT, as it stands in `lock.json`."""

    host: str
    boot_id: str
    pid_namespace: str
    pid: int
    starttime: int
    owner: str
    """In words, for people."""
    counter: int = 0
    """Grows while the holder lives; hosts' clocks are never compared."""

    @classmethod
    def here(cls, owner: str, host: Host) -> Self:
        """Describe this process."""
        stat = host.stat(os.getpid())
        started = stat.starttime if stat is not None else 0
        return cls(host.name, host.boot_id, host.pid_namespace(), os.getpid(), started, owner)

    def is_same_process(self, other: "Holder") -> bool:
        """Say whether both are the same process, whatever the counters."""
        return replace(self, owner="", counter=0) == replace(other, owner="", counter=0)

    def has_ended(self, host: Host) -> bool:
        """Say whether the holder is gone for certain: only a host knows that, of its own processes since its boot."""
        place = (self.host, self.boot_id, self.pid_namespace)
        if not all(place) or place != (host.name, host.boot_id, host.pid_namespace()):
            return False
        return host.has_ended(self.pid, self.starttime)

    def encoded(self) -> bytes:
        """Give the content of `lock.json`; it never gets shorter while the counter grows."""
        return json.dumps(asdict(self)).encode() + b"\n"

    def __str__(self) -> str:
        """Give who it is, safe to show."""
        return f"{shown(self.owner)} on {shown(self.host)}"


def decoded(content: bytes) -> Holder | None:
    """Read `lock.json`; None for anything that no run of this version wrote whole."""
    try:
        match json.loads(content):
            case {
                "host": str(host),
                "boot_id": str(boot_id),
                "pid_namespace": str(namespace),
                "pid": int(pid),
                "starttime": int(starttime),
                "owner": str(owner),
                "counter": int(counter),
            } if pid > 0:
                return Holder(host, boot_id, namespace, pid, starttime, owner, counter)
            case _:
                return None
    except (ValueError, RecursionError):
        return None
