"""A run that is killed over and over, paced by its own journal, and gone on with until it has come to its end."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from htrkit.domain.exits import ExitCode
from htrkit.files.atomic import TEMPORARY
from htrkit.run.out_folder import OutFolder
from tests.fakes.chaos_parent import MODEL, SCANS
from tests.fakes.chaos_processes import is_server, processes_of
from tests.fakes.chaos_tail import Tail

ROOT = Path(__file__).parents[2]
GRACE_SECONDS = 1.0
"""After its parent's death no process of a run lives longer."""
STUCK_SECONDS = 90.0
POLL_SECONDS = 0.001
ENDED = {ExitCode.DONE, ExitCode.FAILED_PAGES}


def shelf(folder: Path, keys: Iterable[str]) -> None:
    """Lay out pages and a model; nobody will look into them."""
    folder.mkdir(exist_ok=True)
    (folder / MODEL).write_bytes(b"weights")
    for key in keys:
        place = folder / SCANS / f"{key}.png"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(b"picture")


@dataclass(slots=True)
class Kills:
    """Who was killed, and what that showed."""

    parents: int = 0
    workers: int = 0
    servers: int = 0
    orphans: int = 0
    """Processes that lived too long after their parent."""
    slowest_seconds: float = 0.0
    """Until nobody lived any more after a parent's death."""
    swept: int = 0
    """Files aside that were there when a run was gone on with."""
    given_up: int = 0
    """Times that the run ended early, resumable."""

    @property
    def all(self) -> int:
        return self.parents + self.workers + self.servers


@dataclass(slots=True)
class Chaos:
    """One run in a folder with a shelf; `words` go to its parent."""

    folder: Path
    name: str = "out"
    words: Sequence[str] = ()
    environment: dict[str, str] = field(default_factory=dict)
    lures: set[str] = field(default_factory=set)
    """Pages with which the parent is killed the first time that they are in hand."""
    kills: Kills = field(default_factory=Kills)
    parent: subprocess.Popen[bytes] | None = None
    tail: Tail = field(init=False)

    @property
    def out(self) -> OutFolder:
        return OutFolder(self.folder / self.name / "out")

    def __post_init__(self) -> None:
        self.out.path.parent.mkdir()
        self.tail = Tail(self.out.journal)

    def start(self) -> subprocess.Popen[bytes]:
        """Begin the run, or go on with it."""
        self.kills.swept += len(unfinished(self.out.path))
        environment = {**os.environ, "PYTHONPATH": str(ROOT), **self.environment}
        command = [sys.executable, "-m", "tests.fakes.chaos_parent", str(self.out.path), *self.words]
        with (self.out.path.parent / "noise").open("ab") as noise:
            self.parent = subprocess.Popen(
                command, cwd=self.folder, env=environment, stdin=subprocess.DEVNULL, stdout=noise, stderr=noise
            )
        return self.parent

    def undisturbed(self) -> int:
        """Take the run to its end without harm; give its exit code."""
        return self.start().wait(STUCK_SECONDS)

    def wait_for(self, true: Callable[[Tail], bool]) -> bool:
        """Wait until the journal says so; False where the parent has ended before."""
        parent, deadline = self._parent(), time.monotonic() + STUCK_SECONDS
        while True:
            ended = parent.poll() is not None
            self.tail.look()
            if true(self.tail):
                return not ended
            if ended:
                return False
            assert time.monotonic() < deadline, f"no page ended for {STUCK_SECONDS} s\n{self.noise()}"
            time.sleep(POLL_SECONDS)

    def wait_for_lock(self) -> None:
        """Wait until the parent holds OUT."""
        parent, deadline = self._parent(), time.monotonic() + STUCK_SECONDS
        owner = str(parent.pid).encode()
        while parent.poll() is None and not (self.out.lock.exists() and owner in self.out.lock.read_bytes()):
            assert time.monotonic() < deadline, self.noise()
            time.sleep(POLL_SECONDS)

    def stop(self) -> None:
        """Leave nothing behind, whatever went wrong."""
        if self.parent is not None and self.parent.poll() is None:
            self.kill_parent()

    def kill_parent(self) -> bool:
        """Kill the parent, and see that all of the run is gone soon after; False where it had ended by itself."""
        parent = self._parent()
        if parent.poll() is not None:
            return False
        parent.kill()
        start = time.monotonic()
        parent.wait()
        self.kills.parents += 1
        while living := processes_of(self.run_id()):
            if time.monotonic() - start > GRACE_SECONDS:
                self.kills.orphans += len(living)
                for pid in living:
                    os.kill(pid, signal.SIGKILL)
                break
        self.kills.slowest_seconds = max(self.kills.slowest_seconds, time.monotonic() - start)
        return True

    def lured(self) -> bool:
        """Say whether a page is in hand that somebody waits for."""
        return bool(self.tail.in_hand.keys() & self.lures)

    def kill_child(self, chance: Random) -> None:
        """Kill any one of the processes that the parent has started, whatever it is doing."""
        living = processes_of(self.run_id())
        if not living:
            return
        pid = chance.choice(sorted(living))
        try:
            server = is_server(pid)
            os.kill(pid, signal.SIGKILL)
        except OSError:
            return
        self.kills.servers += server
        self.kills.workers += not server

    def kill_worker_of_the_unharmed(self, chance: Random) -> None:
        """Kill one of the processes while the parent stands still, unless a page in hand has been struck before."""
        parent = self._parent()
        parent.send_signal(signal.SIGSTOP)
        try:
            self.tail.look()
            if self.tail.in_hand and not self.tail.in_hand.keys() & self.tail.struck:
                self.kill_child(chance)
        finally:
            parent.send_signal(signal.SIGCONT)

    def ended(self) -> bool:
        """Say whether the run has come to its end; one that ended early will be gone on with."""
        code = self._parent().wait(STUCK_SECONDS)
        if code == ExitCode.STOPPED_EARLY:
            self.kills.given_up += 1
            return False
        assert code in ENDED, f"exit code {code}\n{self.noise()}"
        return True

    def run_id(self) -> str:
        """Give the mark in the environment of all processes of the run; one that cannot be while there is no plan."""
        try:
            head = self.out.plan.read_bytes()[:1000].decode("utf-8", "replace")
        except FileNotFoundError:
            return "none"
        return head.partition('"run_id": "')[2].partition('"')[0]

    def noise(self) -> str:
        """Give the end of what the parents said."""
        return (self.out.path.parent / "noise").read_text("utf-8", "replace")[-3000:]

    def _parent(self) -> subprocess.Popen[bytes]:
        assert self.parent is not None
        return self.parent


def unfinished(out: Path) -> list[Path]:
    """Give the files aside below OUT."""
    return list(out.rglob(f"{TEMPORARY}*"))
