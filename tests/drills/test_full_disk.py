"""A disk that is really full: the run pauses, fails no page, and goes on when there is room; all of it is journaled."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from htrkit.domain.events import Record, WorkerLost
from htrkit.domain.exits import ExitCode
from htrkit.journal.journal import read
from htrkit.journal.lines import encode

pytestmark = pytest.mark.slow

BLOCK_BYTES = 4096
OPTIONS = ("-s", "none", "-d", "cpu", "-f", "txt,page", "-j", "1", "--threads", "1", "--progress", "json")
AGAIN = ("-d", "cpu", "-j", "1", "--threads", "1", "--progress", "json")


@dataclass(frozen=True, slots=True)
class Disk:
    """A file system of its own, with room for what a run holds back and some ten pages."""

    place: Path

    @property
    def out(self) -> Path:
        return self.place / "out"

    def grow(self) -> None:
        subprocess.run(["mount", "-o", "remount,size=200m", str(self.place)], check=True)

    def journaled(self) -> list[str]:
        return [str(line["event"]) for line in read(self.out / ".htrkit" / "journal.jsonl")]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Disk]:
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1184k", "htrkit-drill", str(place)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a small disk needs the right to mount one")
    yield Disk(place)
    subprocess.run(["umount", "-l", str(place)], check=True)


def htrkit(*words: object, at_pause: Callable[[int], None]) -> tuple[int, list[dict]]:
    """Run the command and give its exit code and events; `at_pause` is told the pid when the run pauses."""
    events = []
    with subprocess.Popen([sys.executable, "-m", "htrkit", *map(str, words)], stderr=subprocess.PIPE, text=True) as run:
        for line in run.stderr or ():
            if line.startswith("{"):
                events.append(json.loads(line))
                if events[-1]["event"] == "RunPaused":
                    at_pause(run.pid)
    return run.returncode, events


def test_a_full_disk_pauses_the_run_until_there_is_room(strips: Path, small_disk: Disk) -> None:
    out = small_disk.out
    code, events = htrkit("run", strips, "-o", out, *OPTIONS, at_pause=lambda _: small_disk.grow())
    told = [event["event"] for event in events]

    assert code == ExitCode.DONE, events[-1]
    assert 0 < told.index("RunPaused") < told.index("RunContinued")
    assert events[-1]["done"] == 40
    assert events[-1]["failed"] == 0
    assert len(list((out / "page").glob("*.xml"))) == 40
    assert not (out / ".htrkit" / "ballast").exists()


def test_a_run_that_ends_on_a_full_disk_has_journaled_its_pause_and_its_end(strips: Path, small_disk: Disk) -> None:
    out = small_disk.out

    def fill_up_and_interrupt(pid: int) -> None:
        fill_block(out / ".htrkit" / "journal.jsonl")
        fill_up(small_disk.place / "rest")
        os.kill(pid, signal.SIGINT)

    code, events = htrkit("run", strips, "-o", out, *OPTIONS, at_pause=fill_up_and_interrupt)
    journaled = [event for event in small_disk.journaled() if event != "MachineSampled"]

    assert code == ExitCode.INTERRUPTED, events[-1]
    assert journaled[-4:] == ["RunPaused", "WorkerLost", "RunDraining", "RunEnded"]
    assert events[-1]["not_run"] == 40 - events[-1]["done"] > 0

    small_disk.grow()
    code, events = htrkit("resume", out, *AGAIN, at_pause=lambda _: None)
    assert code == ExitCode.DONE, events[-1]
    assert events[-1]["done"] == 40


def fill_block(journal: Path) -> None:
    """Add a line that leaves no room in the block where the next would stand."""
    least = len(padding(0))
    missing = -(journal.stat().st_size + least) % BLOCK_BYTES
    with journal.open("ab") as file:
        file.write(padding(missing))
    assert journal.stat().st_size % BLOCK_BYTES == 0


def padding(characters: int) -> bytes:
    return encode(Record("2026-11-25T07:00:00Z", WorkerLost("w9", "x" * characters)))


def fill_up(place: Path) -> None:
    """Take every block that is left."""
    with place.open("wb", buffering=0) as rest:
        try:
            while True:
                rest.write(b"x" * BLOCK_BYTES)
        except OSError:
            return
