"""Page workers' processes: started, spoken with, ended, and never waited for without a limit."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from htrkit.domain.errors import RunStopped
from htrkit.run.messages import Frames, FromWorker, ToWorker, encoded, from_worker
from htrkit.run.mortality import cause_of_death, kernel_kills

MODULE = "htrkit.run.page_process"
RECEIVE_BYTES = 1 << 16
STACKS_SECONDS = 0.3
"""How long a process is given to write its stacks before it is killed."""
DEATH_SECONDS = 5.0
"""A process in the kernel's hands may not die at all; after that time it is left to itself."""
MOST_STACK = 8000
"""Characters of a log that a failure quotes, from its end."""


@dataclass(slots=True)
class WorkerProcess:
    """One process, its private channel, its log."""

    name: str
    popen: subprocess.Popen[bytes]
    channel: socket.socket
    log: Path
    frames: Frames = field(default_factory=Frames)
    page_from: int = 0
    """Where the log stood when the page in hand was given."""
    kernel_kills: int = 0
    device: str = ""
    """What it computes on, once it is ready."""

    def say(self, message: ToWorker) -> None:
        """Send a message; one to a process that has just died is lost, and its death will be seen."""
        try:
            self.channel.sendall(encoded(message))
        except OSError:
            return

    def hear(self) -> Iterator[FromWorker] | None:
        """Give what has come in; None where the process has closed its end."""
        try:
            content = self.channel.recv(RECEIVE_BYTES)
        except BlockingIOError:
            return iter(())
        except OSError:
            return None
        if not content:
            return None
        return (from_worker(body) for body in self.frames.add(content))

    def mark_page(self) -> None:
        """Remember where in its log the next page begins."""
        self.page_from = self.log.stat().st_size if self.log.exists() else 0

    def kill_with_stacks(self) -> None:
        """Have the process write where it stands, and kill it and all that it started."""
        self._signal(signal.SIGUSR2)
        try:
            self.popen.wait(STACKS_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """Kill the process and all that it started."""
        self._signal(signal.SIGKILL)

    def buried(self) -> str:
        """Close what is left of the process and say why it ended."""
        self.channel.close()
        try:
            code = self.popen.wait(DEATH_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            return "did not die when it was killed"
        return cause_of_death(code, kernel_killed=kernel_kills() > self.kernel_kills)

    def stack(self) -> str:
        """Give what the log says since the page in hand was given."""
        try:
            with self.log.open("rb") as file:
                file.seek(self.page_from)
                return file.read().decode("utf-8", "replace")[-MOST_STACK:]
        except OSError:
            return ""

    def _signal(self, number: signal.Signals) -> None:
        """Signal the whole session, which is the worker's own; a process that is gone needs none."""
        try:
            os.killpg(self.popen.pid, number)
        except (ProcessLookupError, PermissionError):
            return


def started(
    name: str,
    log: Path,
    *,
    environment: dict[str, str],
    inherited: tuple[int, ...] = (),
    command: Sequence[str] | None = None,
) -> WorkerProcess:
    """Start a worker's process, in a session of its own, its noise in its log; raises RunStopped.

    To be called from the thread that lives as long as the run: the kernel kills the child when that thread ends.
    """
    ours, theirs = socket.socketpair()
    words = command or [sys.executable, "-m", MODULE]
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as noise:
            passed = (theirs.fileno(), *inherited)
            popen = _popen([*words, str(theirs.fileno()), str(os.getpid())], noise, passed, environment)
    except OSError as error:
        ours.close()
        raise RunStopped(f"No process can be started ({error.strerror}).", mend="Then run again.") from error
    finally:
        theirs.close()
    ours.setblocking(False)
    return WorkerProcess(name, popen, ours, log, kernel_kills=kernel_kills())


def _popen(
    words: Sequence[str], noise: BinaryIO, passed: tuple[int, ...], environment: dict[str, str]
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - our own module, under our own interpreter
        words,
        stdin=subprocess.DEVNULL,
        stdout=noise,
        stderr=noise,
        env=environment,
        pass_fds=passed,
        start_new_session=True,
    )
