"""A report's pictures, made by a process that may die of them, in a time and a size that are bounded."""

import os
import select
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from htrkit.core.report_pictures import Thumbnail
from htrkit.run.mortality import cause_of_death
from htrkit.run.processes import module_command, pools_of
from htrkit.run.report_pictures_cut import Asked, Cut, cut
from htrkit.run.report_pictures_process import MODULE, read_cut, written_asked

MOST_DEATHS = 3
"""Processes that are lost before the other pages are left alone."""
READ_BYTES = 1 << 16
_DEATH_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Patience:
    """How long pictures are waited for."""

    in_all_seconds: float = 15.0
    a_page_seconds: float = 6.0
    """The first page waits so long again, for the process to begin."""


Cuts = Callable[[Sequence[Asked], Patience], Iterator[Cut]]
"""Gives the pictures of each page in turn; ends early where time or patience has."""


def cut_here(asked: Sequence[Asked], patience: Patience) -> Iterator[Cut]:
    """Cut the pictures in this process, as a run without processes reads its pages."""
    end = time.monotonic() + patience.in_all_seconds
    for one in asked:
        if time.monotonic() > end:
            return
        yield cut(one)


def cut_in_process(
    asked: Sequence[Asked], patience: Patience, *, command: Sequence[str] = module_command(MODULE)
) -> Iterator[Cut]:
    """Cut the pictures in a process; a page that kills it, or holds it for too long, has none."""
    end = time.monotonic() + patience.in_all_seconds
    process: _Process | None = None
    deaths = 0
    try:
        for one in asked:
            grace = 2 * patience.a_page_seconds if process is None else patience.a_page_seconds
            if process is None:
                process = _Process.started(command)
            left = end - time.monotonic()
            if process is None or left <= 0 or deaths == MOST_DEATHS:
                return
            found = process.answer(written_asked(one), seconds=min(grace, left))
            if found is None:
                cause, process, deaths = process.end(), None, deaths + 1
                found = Thumbnail(None, f"no picture: {cause}") if not one.lines else ()
            yield found
    finally:
        if process is not None:
            process.end()


@dataclass(slots=True)
class _Process:
    """One process that cuts, asked one page at a time."""

    popen: subprocess.Popen[bytes]

    @classmethod
    def started(cls, command: Sequence[str]) -> "_Process | None":
        """Start it; None where none can be started."""
        try:
            popen = subprocess.Popen(  # noqa: S603 - our own module, under our own interpreter
                [*command, str(os.getpid())],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={**os.environ, **pools_of(1)},
                start_new_session=True,
            )
        except OSError:
            return None
        return cls(popen)

    def answer(self, line: str, *, seconds: float) -> Cut | None:
        """Ask, and give the answer; None where it does not come."""
        assert self.popen.stdin is not None, "it was started so"  # noqa: S101 - as is said
        try:
            self.popen.stdin.write(line.encode("ascii"))
            self.popen.stdin.flush()
            told = self._line(time.monotonic() + seconds)
            return None if told is None else read_cut(told)
        except (OSError, ValueError, LookupError, TypeError):
            return None

    def _line(self, end: float) -> str | None:
        assert self.popen.stdout is not None, "it was started so"  # noqa: S101 - as is said
        told, fileno = bytearray(), self.popen.stdout.fileno()
        while not told.endswith(b"\n"):
            part = os.read(fileno, READ_BYTES) if _readable(fileno, end - time.monotonic()) else b""
            if not part:
                return None
            told += part
        return told.decode("ascii")

    def end(self) -> str:
        """End it, and say what became of it."""
        died = self._gone(_DEATH_SECONDS if self._closed() else 0.0)
        if died is None:
            self.popen.kill()
            self._gone(_DEATH_SECONDS)
        for pipe in (self.popen.stdin, self.popen.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
        if died is None:
            return "opening it took too long"
        return f"opening it ended a process ({cause_of_death(died, kernel_killed=False)})"

    def _closed(self) -> bool:
        """Say whether the process has closed its end, as one does that dies."""
        assert self.popen.stdout is not None, "it was started so"  # noqa: S101 - as is said
        return _readable(self.popen.stdout.fileno(), 0.0)

    def _gone(self, seconds: float) -> int | None:
        """Give the code that it ended with; None where it has not in that time."""
        try:
            return self.popen.wait(seconds)
        except subprocess.TimeoutExpired:
            return None


def _readable(fileno: int, seconds: float) -> bool:
    """Wait so long for something to read, or for the end of it."""
    looking = select.poll()
    looking.register(fileno, select.POLLIN)
    return bool(looking.poll(max(0.0, seconds) * 1000))
