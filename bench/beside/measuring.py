"""What it takes to run commands: wall clock, CPU of all that they start, memory, first text, how busy a card is."""

import os
import resource
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import psutil

from bench.beside.setting import ROOT
from bench.beside.watching import Watch

KIB = 1024
TAIL = 400


class Broken(Exception):
    """A command that failed; the message holds the end of what it said."""


@dataclass(frozen=True, slots=True)
class Spent:
    """What commands took that ran side by side."""

    wall_seconds: float
    cpu_seconds: float
    """Of all their processes that they waited for, user and system."""
    largest_process_bytes: int
    """The RSS that the largest of all processes ever had."""
    together_bytes: int | None
    """The most that all held at once, sampled: the sum of PSS, so that shared pages count once."""
    first_text_seconds: float | None
    """From the start to the first text that was there."""
    first_text: str
    """The name of that page; empty where there was none."""
    other_cpu_seconds: float
    """Of everything else on the machine meanwhile: what disturbs a comparison."""
    device_busy_share: float | None = None
    """0 to 1, the mean over the time from the first text to the end; None without a card."""


class Measuring(Protocol):
    """Runs commands side by side and tells what they took; raises Broken."""

    def __call__(
        self, commands: Sequence[Sequence[str]], out: Path, *, environment: Mapping[str, str], card: str | None
    ) -> Spent:
        """`out` is there, and their texts come below it; `card` is `cuda:0`, or None."""


def measured(
    commands: Sequence[Sequence[str]], out: Path, *, environment: Mapping[str, str], card: str | None
) -> Spent:
    """Run commands side by side until all have ended; raises Broken.

    What they say goes to files beside `out`; the first text below `out` is watched for.
    """
    watch = Watch(out, card)
    busy, start = busy_seconds(), time.perf_counter()
    processes = []
    try:
        for number, command in enumerate(commands):
            processes.append(started(command, out.with_name(f"{out.name}.{number}.log"), environment))
        watch.begin([process.pid for process in processes], start)
        ended = [waited_for(process) for process in processes]
        wall = time.perf_counter() - start
    finally:
        for process in processes:
            put_down(process)
        seen = watch.end()
    for number, process in enumerate(processes):
        refuse_failure(process, out.with_name(f"{out.name}.{number}.log"))
    cpu = sum(one.ru_utime + one.ru_stime for one in ended)
    largest = max(one.ru_maxrss for one in ended) * KIB
    others = max(busy_seconds() - busy - cpu, 0.0)
    return Spent(wall, cpu, largest, seen.together_bytes, seen.first_seconds, seen.first_name, others, seen.busy_share)


def started(command: Sequence[str], log: Path, environment: Mapping[str, str]) -> "subprocess.Popen[bytes]":
    """Start a command in a process group of its own."""
    with log.open("wb") as said:
        return subprocess.Popen(
            command,
            cwd=ROOT,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def waited_for(process: "subprocess.Popen[bytes]") -> resource.struct_rusage:
    """Wait for a command's end; give what it and all that it had waited for have used (wait4(2))."""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return usage


def put_down(process: "subprocess.Popen[bytes]") -> None:
    """End a command that is still there, because another one of the comparison failed."""
    if process.returncode is None:
        os.killpg(process.pid, signal.SIGTERM)
        waited_for(process)


def refuse_failure(process: "subprocess.Popen[bytes]", log: Path) -> None:
    """Raise Broken for a command that did not end well."""
    if process.returncode:
        said = " ".join(log.read_text(encoding="utf-8", errors="replace")[-TAIL:].split())
        raise Broken(f"it ended with {process.returncode}: {said}")


def busy_seconds() -> float:
    """Give the seconds that all cores of the machine have worked since it started."""
    times = psutil.cpu_times()
    return float(times.user + times.nice + times.system)
