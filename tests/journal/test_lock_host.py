"""A process that is gone is told from one that lives, and from another that got its number."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from htrkit.journal.lock_host import Host, Stat, stat_in
from tests.fakes.hosts import FakeProc

NO_PROCESS = 2**22 + 1
"""Above the largest pid that Linux gives."""


def test_a_command_with_brackets_and_spaces_does_not_shift_the_fields() -> None:
    fields = " ".join(map(str, range(3, 22)))

    assert stat_in(f"7 (a) S (b) R {fields}") == Stat(7, "R", 3, 4, 5, 21)


@pytest.mark.parametrize("text", ["", "7", "7 (a", "7 (a) S 1 2", "x (a) S " + "1 " * 30, "7 (a) S " + "x " * 30])
def test_what_is_no_line_of_the_kernel_is_none(text: str) -> None:
    assert stat_in(text) is None


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs Linux's /proc")
def test_this_process_lives_and_another_with_its_number_does_not() -> None:
    host = Host()
    stat = host.stat(os.getpid())

    assert stat is not None
    assert (stat.parent, stat.session, stat.alive) == (os.getppid(), os.getsid(0), True)
    assert not host.has_ended(os.getpid(), stat.starttime)
    assert host.has_ended(os.getpid(), stat.starttime + 1)
    assert host.boot_id
    assert host.pid_namespace() == host.pid_namespace(os.getpid()) != ""


def test_a_process_that_has_ended_is_gone() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()

    assert Host().has_ended(process.pid, 1)


def test_a_process_whose_parent_has_not_heard_of_its_end_is_gone(tmp_path: Path) -> None:
    proc = FakeProc.made(tmp_path)
    proc.add(9, session=9, start=5, state="Z")
    proc.add(10, session=9, start=5)

    assert proc.host.has_ended(9, 5)
    assert not proc.host.has_ended(10, 5)


def test_a_process_that_is_hidden_from_us_counts_as_living(tmp_path: Path) -> None:
    host = Host(tmp_path / "nothing")

    assert not host.has_ended(os.getpid(), 5)
    assert host.has_ended(NO_PROCESS, 5)
    assert host.has_ended(2**80, 5)
    assert (host.boot_id, host.pid_namespace()) == ("", "")
