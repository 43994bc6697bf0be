"""The processes of a run and the wires to them: started, linked, listened to, killed, buried."""

import selectors
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from htrkit.run.link import pair
from htrkit.run.messages import ChannelBroken, FromChild, NewLink, ToChild
from htrkit.run.processes import DEATH_SECONDS, ChildProcess, Post, started

FAREWELL_SECONDS = 3.0
"""How long processes are given to end by themselves when all is over."""


class Readable(Protocol):
    """Something that a selector can wait for."""

    def fileno(self) -> int:
        """Give its descriptor."""


@dataclass(frozen=True, slots=True)
class Staff:
    """What the processes are made of, and where they leave their noise."""

    worker: Post
    logs: Path
    servers: Mapping[str, Post] = field(default_factory=dict)
    """By the devices' names."""
    inherited: tuple[int, ...] = ()
    """Open files that every process inherits."""


@dataclass(frozen=True, slots=True)
class Gone:
    """A process has ended, or will not: why, and what its log says since its page was given."""

    process: ChildProcess
    cause: str
    stack: str


@dataclass(frozen=True, slots=True)
class Said:
    """A process has said something."""

    process: ChildProcess
    message: FromChild


@dataclass(slots=True)
class Switchboard:
    """Every living process by its name; workers and servers have no name in common."""

    staff: Staff
    _processes: dict[str, ChildProcess] = field(default_factory=dict)
    _selector: selectors.BaseSelector = field(default_factory=selectors.DefaultSelector)
    _doomed: dict[str, float] = field(default_factory=dict)
    """Those that were killed, and when they are given up if they do not die."""
    _reasons: dict[str, str] = field(default_factory=dict)
    """Why they were killed."""

    def watch(self, other: Readable) -> None:
        """Wake up for something else too: signals, pages that come."""
        self._selector.register(other, selectors.EVENT_READ)

    def heard(self, patience_seconds: float) -> Iterator[Said | Gone]:
        """Wait for something to happen, and give all of it."""
        for key, _ in self._selector.select(patience_seconds):
            if isinstance(key.data, ChildProcess) and self._processes.get(key.data.name) is key.data:
                yield from self._said(key.data)
        now = time.monotonic()
        for name in [name for name, due in self._doomed.items() if now >= due]:
            yield self._buried(self._processes[name])

    def start_worker(self, name: str) -> None:
        """Start a page worker; raises RunStopped."""
        self._start(self.staff.worker, name)

    def start_server(self, name: str) -> None:
        """Start a device server; raises RunStopped."""
        self._start(self.staff.servers[name], name)

    def link(self, worker: str, server: str) -> None:
        """Give a worker and a server the ends of a new link; where one of them is gone, the other sees that."""
        ends = pair()
        try:
            for (name, other), end in zip([(worker, server), (server, worker)], ends, strict=True):
                if (process := self._processes.get(name)) is not None:
                    process.hand(NewLink(other), end)
        finally:
            for end in ends:
                end.close()

    def say(self, name: str, message: ToChild) -> None:
        """Send a message to a process, if it lives."""
        if (process := self._processes.get(name)) is not None:
            process.say(message)

    def pids(self) -> Mapping[str, int]:
        """Give the process ids of all, by their names; another thread may ask."""
        return {name: process.popen.pid for name, process in list(self._processes.items())}

    def mark_page(self, worker: str) -> None:
        """Remember where in a worker's log its next page begins."""
        if (process := self._processes.get(worker)) is not None:
            process.mark_page()

    def kill(self, name: str, reason: str) -> None:
        """Kill a process, with its stacks in its log; that it is gone is heard later."""
        if (process := self._processes.get(name)) is not None:
            self._reasons.setdefault(name, reason)
            process.kill_with_stacks()
            self._doomed[name] = time.monotonic() + DEATH_SECONDS

    def let_go(self, name: str) -> None:
        """Let a process end when it next waits for a message; that it is gone is heard later."""
        if (process := self._processes.get(name)) is not None:
            process.let_go()

    def dismiss(self, *, at_once: bool) -> None:
        """Close every channel, so that processes end; kill what has not ended soon."""
        for process in self._processes.values():
            process.channel.close()
        deadline = time.monotonic() + (0.0 if at_once else FAREWELL_SECONDS)
        for process in self._processes.values():
            while process.popen.poll() is None and time.monotonic() < deadline:
                time.sleep(0.01)
            process.kill()
            process.buried()
        self._processes.clear()
        self._selector.close()

    def _start(self, post: Post, name: str) -> None:
        # A device's name may hold what a file system would rather not see in a file's.
        log = self.staff.logs / f"{name.replace(':', '-')}.log"
        process = started(post, name, log, inherited=self.staff.inherited)
        self._processes[name] = process
        self._selector.register(process.channel, selectors.EVENT_READ, process)

    def _said(self, process: ChildProcess) -> Iterator[Said | Gone]:
        messages = process.hear()
        if messages is None:
            yield self._buried(process)
            return
        try:
            for message in messages:
                yield Said(process, message)
        except ChannelBroken as error:
            # Nothing that follows can be trusted: the process is gone for us, and the page in its hand is struck.
            self._reasons[process.name] = error.what
            process.kill()
            yield self._buried(process)

    def _buried(self, process: ChildProcess) -> Gone:
        """Take a process that has gone off the list."""
        name = process.name
        self._selector.unregister(process.channel)
        del self._processes[name]
        self._doomed.pop(name, None)
        stack, cause = process.stack(), process.buried()
        return Gone(process, self._reasons.pop(name, cause), stack)
