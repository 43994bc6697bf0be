"""Pages are looked at in processes: a page that crashes or holds one is known by name, and costs no other page."""

import os
import selectors
import subprocess
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from htrkit.core.shown import shown
from htrkit.domain.failure import FailureClass
from htrkit.domain.source import PageSource
from htrkit.run.look_process import MODULE, read_look, written_looking, written_pages
from htrkit.run.mortality import cause_of_death
from htrkit.run.page_looks import Look, Looking, Trouble, look_at
from htrkit.run.processes import module_command, pools_of

CHUNK_PAGES = 64
"""So many go to a process at once; it is sent more when it has told of all of them, so that neither waits on a pipe."""
PATIENCE_SECONDS = 120.0
"""A page may be looked at so long, as in a run; and a process may take so long to begin."""
READ_BYTES = 1 << 16

Numbered = tuple[int, PageSource]


@dataclass(slots=True)
class _Process:
    """One process, the pages that it has not told of yet, and what came of a line that is not whole."""

    popen: subprocess.Popen[bytes]
    in_hand: deque[Numbered] = field(default_factory=deque)
    since: float = 0.0
    """When it last told of a page, or was sent some."""
    rest: bytes = b""
    ready: bool = False
    """Whether it has imported everything."""

    @property
    def fileno(self) -> int:
        """Where it tells of pages."""
        assert self.popen.stdout is not None, "it was started so"  # noqa: S101 - as is said
        return self.popen.stdout.fileno()

    def send(self, line: str) -> bool:
        """Send a line; False where the process has gone."""
        assert self.popen.stdin is not None, "it was started so"  # noqa: S101 - as is said
        try:
            self.popen.stdin.write(line.encode())
            self.popen.stdin.flush()
        except OSError:
            return False
        return True

    def end(self) -> str:
        """End it, and say why it ended."""
        if self.popen.poll() is None:
            self.popen.kill()
        for pipe in (self.popen.stdin, self.popen.stdout):
            if pipe is not None:
                _close(pipe.close)
        return cause_of_death(self.popen.wait(), kernel_killed=False)


def looks_in_processes(
    pages: Sequence[PageSource],
    looking: Looking,
    *,
    processes: int,
    command: Sequence[str] = module_command(MODULE),
    patience_seconds: float = PATIENCE_SECONDS,
) -> Iterator[Look]:
    """Look at all pages; gives what was seen as it comes. Processes that cannot be started are done without."""
    crew = _Crew(deque(enumerate(pages)), looking, command, patience_seconds)
    try:
        crew.start(processes)
        yield from crew.looks()
    finally:
        crew.end()


class _Crew:
    """The processes that look, and the pages that wait for one."""

    def __init__(
        self, waiting: deque[Numbered], looking: Looking, command: Sequence[str], patience_seconds: float
    ) -> None:
        self._waiting = waiting
        self._looking = looking
        self._command = command
        self._patience_seconds = patience_seconds
        self._selector = selectors.DefaultSelector()

    def start(self, processes: int) -> None:
        """Start so many processes and send them their first pages."""
        for _ in range(processes):
            self._start_one()

    def end(self) -> None:
        """End all processes."""
        for process in self._processes():
            process.popen.kill()
        for process in self._processes():
            process.end()
        self._selector.close()

    def looks(self) -> Iterator[Look]:
        """Give what is seen until all pages are through."""
        while found := self._processes():
            ready = self._selector.select(timeout=min(self._patience_seconds / 4, 1.0))
            for key, _ in ready:
                yield from self._heard(key.data)
            for process in found:
                if process.in_hand and time.monotonic() - process.since > self._patience_seconds:
                    yield from self._lost(process, FailureClass.TIMEOUT)
        # No process could be started, or none any more: the rest is looked at here.
        while self._waiting:
            number, page = self._waiting.popleft()
            yield look_at(number, page, self._looking)

    def _processes(self) -> list[_Process]:
        return [key.data for key in self._selector.get_map().values()]

    def _start_one(self) -> None:
        if not self._waiting:
            return
        try:
            popen = subprocess.Popen(  # noqa: S603 - our own module, under our own interpreter
                [*self._command, str(os.getpid())],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={**os.environ, **pools_of(1)},
                start_new_session=True,
            )
        except OSError:
            return
        process = _Process(popen)
        self._selector.register(process.fileno, selectors.EVENT_READ, process)
        process.send(written_looking(self._looking))
        self._send_more(process)

    def _send_more(self, process: _Process) -> None:
        """Send the next pages; where there are none, the process is let go."""
        chunk = [self._waiting.popleft() for _ in range(min(CHUNK_PAGES, len(self._waiting)))]
        if not chunk:
            self._selector.unregister(process.fileno)
            process.end()
            return
        process.in_hand.extend(chunk)
        process.since = time.monotonic()
        # One that has gone already will be heard to have ended.
        process.send(written_pages(chunk))

    def _heard(self, process: _Process) -> Iterator[Look]:
        content = os.read(process.fileno, READ_BYTES)
        if not content:
            yield from self._lost(process, FailureClass.DIED)
            return
        *lines, process.rest = (process.rest + content).split(b"\n")
        for line in lines:
            if not process.ready:
                process.ready = True
                continue
            process.in_hand.popleft()
            yield read_look(line.decode())
        process.since = time.monotonic()
        if not process.in_hand:
            self._send_more(process)

    def _lost(self, process: _Process, failure: FailureClass) -> Iterator[Look]:
        """Bury a process, put another in its place, and say it of the page that it had in hand.

        One that never came to any page has none to blame, and another would fare no better.
        """
        self._selector.unregister(process.fileno)
        cause = process.end()
        begun = process.in_hand.popleft() if process.ready and process.in_hand else None
        self._waiting.extendleft(reversed(process.in_hand))
        process.in_hand.clear()
        if process.ready:
            self._start_one()
        if begun is None:
            return
        if failure is FailureClass.TIMEOUT:
            cause = f"it takes longer than {self._patience_seconds:g} s"
        what = f"{shown(begun[1].path)}: the process that looked at it was lost ({cause})."
        yield Look(begun[0], trouble=Trouble(failure, what, "Copy or scan it again, or leave it out."))


def _close(close: Callable[[], None]) -> None:
    """Close a pipe; what could not be sent to a process that is gone is lost."""
    try:
        close()
    except OSError:
        return
