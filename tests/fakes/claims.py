"""Locks that processes on other hosts hold, or held until their host was gone."""

import json
from dataclasses import replace
from pathlib import Path

from htrkit.journal.lock_claim import claim_of
from htrkit.journal.lock_holder import Holder
from htrkit.journal.lock_host import Host


def elsewhere(lock: Path, *, counter: int = 3, host: str = "node7") -> None:
    """Let a process of another host hold a lock."""
    holder = replace(Holder.here("process 12", Host()), host=host, boot_id="another", counter=counter)
    lock.parent.mkdir(parents=True, exist_ok=True)
    claim_of(lock).write_bytes(holder.encoded())


def beat(lock: Path) -> None:
    """Let it show that it lives."""
    values = json.loads(claim_of(lock).read_bytes())
    claim_of(lock).write_text(json.dumps(values | {"counter": values["counter"] + 1}))
