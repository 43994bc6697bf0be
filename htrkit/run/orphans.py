"""Processes that a killed run has left behind are found by the mark in their environment, and ended."""

import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from htrkit.domain.errors import OutputHeld
from htrkit.domain.names import RUN_ID
from htrkit.journal.lock_host import Host, Stat
from htrkit.ui.words import counted

RUN_PROCESS = "HTRKIT_RUN_PROCESS"
"""The run's own process, as pid and start: while it lives, nothing of it has been left behind."""
DEATH_SECONDS = 5.0
LOOK_SECONDS = 0.05


def marks(run_id: str, host: Host | None = None) -> Mapping[str, str]:
    """Give the variables that every process of a run carries, and hands on to all that it starts."""
    stat = (host or Host()).stat(os.getpid())
    return {RUN_ID: run_id, RUN_PROCESS: f"{os.getpid()}:{stat.starttime if stat is not None else 0}"}


def left_over(run_id: str, host: Host | None = None) -> tuple[Stat, ...]:
    """Give this user's processes that carry the run's mark, and whose run is gone; none where there is no /proc.

    Whoever started us is never among them, nor anything in their sessions: a shell may have the mark from its user.
    """
    host = host or Host()
    ours = tuple(_with_ancestors(os.getpid(), host))
    sessions, namespace = {stat.session for stat in ours}, host.pid_namespace()
    return tuple(
        stat
        for stat in _users_processes(host)
        if stat.session not in sessions
        and host.pid_namespace(stat.pid) == namespace
        and _is_of(run_id, _environment(host.proc / str(stat.pid)), host)
    )


def end_left_over(
    run_id: str,
    *,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
    host: Host | None = None,
) -> int:
    """Kill what is left over of a run and give its number; the caller holds OUT's lock.

    Raises OutputHeld with the pids of those that do not die.
    """
    ended: set[tuple[int, int]] = set()
    until = clock() + DEATH_SECONDS
    while found := left_over(run_id, host):
        if clock() >= until:
            raise OutputHeld(
                f"Processes of this run were left behind and do not die: {_pids(found)}.",
                mend="Look what they wait for (a disk, a device); when they are gone, resume.",
            )
        for stat in found:
            _kill(stat)
            ended.add((stat.pid, stat.starttime))
        sleep(LOOK_SECONDS)
    return len(ended)


def held_by_left_over(out: str, found: tuple[Stat, ...]) -> OutputHeld:
    """Say that OUT is held by what is left over of its own run."""
    one = len(found) == 1
    kill = " ".join(["kill -9", *(str(stat.pid) for stat in found)])
    return OutputHeld(
        f"{out}: its run has ended, and {counted(len(found), 'process', 'processes')} of it "
        f"{'is' if one else 'are'} still there ({_pids(found)}).",
        mend=f"{'It ends by itself' if one else 'They end by themselves'} in a moment; if not: {kill}. Then resume.",
    )


def _pids(found: tuple[Stat, ...]) -> str:
    return ", ".join(str(stat.pid) for stat in found)


def _kill(stat: Stat) -> None:
    """Kill a process, and all of its group where it leads a session."""
    with suppress(ProcessLookupError, PermissionError):
        if stat.pid == stat.session:
            os.killpg(stat.pid, signal.SIGKILL)
        else:
            os.kill(stat.pid, signal.SIGKILL)


def _users_processes(host: Host) -> Iterator[Stat]:
    """Give the living processes of the user who we are."""
    user = os.geteuid()
    for place in _process_folders(host.proc):
        with suppress(OSError):
            stat = host.stat(int(place.name)) if place.stat().st_uid == user else None
            if stat is not None and stat.alive:
                yield stat


def _process_folders(proc: Path) -> list[Path]:
    try:
        return [place for place in proc.iterdir() if place.name.isdecimal()]
    except OSError:
        return []


def _with_ancestors(pid: int, host: Host) -> Iterator[Stat]:
    while (stat := host.stat(pid)) is not None:
        yield stat
        pid = stat.parent


def _environment(place: Path) -> frozenset[bytes]:
    """Give the variables that a process was started with, each as `NAME=value`; none where we may not look."""
    try:
        return frozenset((place / "environ").read_bytes().split(b"\0"))
    except OSError:
        return frozenset()


def _is_of(run_id: str, environment: frozenset[bytes], host: Host) -> bool:
    if not run_id or os.fsencode(f"{RUN_ID}={run_id}") not in environment:
        return False
    named = f"{RUN_PROCESS}=".encode()
    process = next((words.removeprefix(named) for words in environment if words.startswith(named)), b"")
    pid, _, starttime = process.decode("ascii", "replace").partition(":")
    living = pid.isdecimal() and starttime.isdecimal() and not host.has_ended(int(pid), int(starttime))
    return not living
