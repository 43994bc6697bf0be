"""Checks are made one after the other, each in a process of its own and within its time, and all within ten minutes."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from bench.gpu.catalog import Check, Sees
from bench.gpu.one import RESULT
from bench.gpu.outcomes import Outcome, Result, result_from
from bench.gpu.setting import CPU, ROOT, module

Command = Callable[[Check, Path], Sequence[str]]
"""Gives the command that makes a check in a folder."""


@dataclass(frozen=True, slots=True)
class Budget:
    """Where and how long checks are made."""

    folder: Path
    command: Command
    total_seconds: float
    pinned: Mapping[str, str] = field(default_factory=dict)
    """The variables that leave a process the one card that is checked."""
    patience: float = 1.0
    """So many times its own limit a check may take."""
    clock: Callable[[], float] = time.monotonic

    def results(self, checks: Sequence[Check]) -> Iterator[Result]:
        """Make the checks in order, giving each result when it is there; what time is left for none is skipped."""
        deadline = self.clock() + self.total_seconds
        for check in checks:
            left = deadline - self.clock()
            if left <= 0:
                yield Result(check.name, Outcome.FAIL, 0.0, f"no time was left of {self.total_seconds:.0f} s")
                continue
            yield self._made(check, min(check.limit_seconds * self.patience, left))

    def _made(self, check: Check, limit_seconds: float) -> Result:
        folder = self.folder / check.name.replace(" ", "-")
        folder.mkdir(parents=True)
        environment = {**os.environ, **(self.pinned if check.sees is Sees.ONE else {})}
        start = self.clock()
        with (folder / "said.txt").open("wb") as said:
            process = subprocess.Popen(
                self.command(check, folder),
                cwd=ROOT,
                env=environment,
                stdout=said,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                # Its own session: whatever it started can be ended with it.
                start_new_session=True,
            )
        try:
            process.wait(limit_seconds)
        except subprocess.TimeoutExpired:
            words = f"took longer than its {limit_seconds:.0f} s"
            return Result(check.name, Outcome.FAIL, self.clock() - start, words)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        place = folder / RESULT
        if not place.exists():
            words = f"its process ended with {process.returncode}: {_last(folder / 'said.txt')}"
            return Result(check.name, Outcome.FAIL, self.clock() - start, words)
        return result_from(json.loads(place.read_text(encoding="utf-8")))


def command_for(device: str, pages: int) -> Command:
    """Give the commands that make checks on a device."""
    inside = CPU if device == CPU else "cuda:0"
    return lambda check, folder: [*module("one"), check.name, inside, str(folder), str(pages)]


def _last(said: Path) -> str:
    lines = said.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return lines[-1].strip() if lines else "nothing"
