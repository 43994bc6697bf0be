"""Processes of ours: started, spoken with, ended, and never waited for without a limit."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from htrkit.domain.errors import RunStopped
from htrkit.run.messages import Frames, FromChild, SetUp, ToChild, encoded, from_child
from htrkit.run.mortality import cause_of_death, kernel_kills
from htrkit.run.wire import received

BEGIN = "htrkit.run.begin"
PAGE_WORKER = "htrkit.run.page_process"
DEVICE_SERVER = "htrkit.run.device_process"
RECEIVE_BYTES = 1 << 16
STACKS_SECONDS = 0.3
"""How long a process is given to write its stacks before it is killed."""
DEATH_SECONDS = 5.0
"""A process in the kernel's hands may not die at all; after that time it is left to itself."""
MOST_STACK = 8000
"""Characters of a log that a failure quotes, from its end."""


@dataclass(frozen=True, slots=True)
class Post:
    """What a process is started as, and what it is told first."""

    set_up: SetUp
    environment: Mapping[str, str]
    command: Sequence[str]
    serves: bool = False
    """Whether it is a device server; else it is a page worker."""


@dataclass(slots=True)
class ChildProcess:
    """One process, its private channel, its log."""

    name: str
    serves: bool
    popen: subprocess.Popen[bytes]
    channel: socket.socket
    log: Path
    frames: Frames = field(default_factory=Frames)
    page_from: int = 0
    """Where the log stood when the page in hand was given."""
    kernel_kills: int = 0
    device: str = ""
    """What it computes on, once it is ready."""

    def say(self, message: ToChild) -> None:
        """Send a message; one to a process that has just died is lost, and its death will be seen."""
        with suppress(OSError):
            self.channel.sendall(encoded(message))

    def hand(self, message: ToChild, end: socket.socket) -> None:
        """Send a message, and beside it an end of a socket, which the process then has."""
        body = encoded(message)
        with suppress(OSError):
            sent = socket.send_fds(self.channel, [body], [end.fileno()])
            self.channel.sendall(body[sent:])

    def hear(self) -> Iterator[FromChild] | None:
        """Give what has come in; None where the process has closed its end."""
        content = received(self.channel, RECEIVE_BYTES)
        if content is None:
            return None
        return (from_child(body) for body in self.frames.add(content))

    def let_go(self) -> None:
        """Say nothing more: the process ends when it next waits for something."""
        with suppress(OSError):
            self.channel.shutdown(socket.SHUT_WR)

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


def pools_of(threads: int) -> Mapping[str, str]:
    """Keep the libraries' own pools to the process's share; two pools on one core cost tens of times the work."""
    pools = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OPENCV_FOR_THREADS_NUM")
    return dict.fromkeys(pools, str(threads))


def module_command(module: str) -> tuple[str, ...]:
    """Give the words that start a module of ours under our own interpreter."""
    return sys.executable, "-m", BEGIN, module


def started(post: Post, name: str, log: Path, *, inherited: tuple[int, ...] = ()) -> ChildProcess:
    """Start a process, in a session of its own, its noise in its log; raises RunStopped.

    To be called from the thread that lives as long as the run: the kernel kills the child when that thread ends.
    """
    ours, theirs = socket.socketpair()
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as noise:
            passed = (theirs.fileno(), *inherited)
            popen = _popen([*post.command, str(theirs.fileno()), str(os.getpid())], noise, passed, post.environment)
    except OSError as error:
        ours.close()
        raise RunStopped(f"No process can be started ({error.strerror}).", mend="Then run again.") from error
    finally:
        theirs.close()
    ours.setblocking(False)
    process = ChildProcess(name, post.serves, popen, ours, log, kernel_kills=kernel_kills())
    process.say(post.set_up)
    return process


def _popen(
    words: Sequence[str], noise: BinaryIO, passed: tuple[int, ...], environment: Mapping[str, str]
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - our own module, under our own interpreter
        words,
        stdin=subprocess.DEVNULL,
        stdout=noise,
        stderr=noise,
        env=dict(environment),
        pass_fds=passed,
        start_new_session=True,
    )
