"""Real runs from the command line: one whose device server is killed, and one that is timed."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bench.gpu.setting import CPU, ROOT, Setting
from htrkit.journal.journal import read

POLL_SECONDS = 0.05
Event = dict[str, object]


@dataclass(frozen=True, slots=True)
class Going:
    """A run that goes on, or has ended."""

    process: "subprocess.Popen[bytes]"
    out: Path

    def events(self) -> list[Event]:
        """Give what the journal says so far."""
        place = self.out / ".htrkit" / "journal.jsonl"
        return list(read(place)) if place.exists() else []

    def wait_for(self, kind: str, count: int = 1) -> list[Event]:
        """Wait until so many events of a kind are there; give them, or fewer where the run ended before."""
        while True:
            over = self.process.poll() is not None
            found = events_of(self.events(), kind)
            if len(found) >= count or over:
                return found
            time.sleep(POLL_SECONDS)

    def ended(self) -> int:
        """Wait for its end; give its exit status."""
        return self.process.wait()


@contextmanager
def run_of(pages: Path, out: Path, setting: Setting, words: Sequence[str] = ()) -> Iterator[Going]:
    """Start `htrkit run` over pages with lines beside them; what it says goes to a file beside OUT."""
    device = ["-d", CPU, "--serve-cpu"] if setting.device == CPU else ["-d", setting.device]
    fixed = ["-s", "sidecar", "-f", "txt", "--progress", "plain", "--yes"]
    command = [sys.executable, "-m", "htrkit", "run", str(pages), "-o", str(out), *fixed, *device, *words]
    with out.with_suffix(".said").open("wb") as said:
        process = subprocess.Popen(command, cwd=ROOT, stdout=said, stderr=subprocess.STDOUT)
    try:
        yield Going(process, out)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
        process.wait()


def events_of(events: Sequence[Event], kind: str) -> list[Event]:
    """Give the events of a kind."""
    return [event for event in events if event["event"] == kind]


def texts(out: Path) -> dict[str, str]:
    """Give the text of each page."""
    folder = out / "txt"
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.txt"))}


def seconds_between(first: Event, last: Event) -> float:
    """Give the seconds from one event to the other."""
    start, end = (datetime.fromisoformat(str(event["at"])) for event in (first, last))
    return (end - start).total_seconds()


def kill(pid: int) -> None:
    """End a process as the kernel would for want of memory."""
    os.kill(pid, signal.SIGKILL)
