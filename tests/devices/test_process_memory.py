"""What a process holds: what it shares counts whole in one figure and by its part in the other."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from htrkit.devices.process_memory import proportional_bytes, resident_bytes

ROLLUP = "55d0-7ffc ---p 00000000 00:00 0 [rollup]\nRss:   884 kB\nPss:   385 kB\nPss_Dirty:   68 kB\n"


def process(proc: Path, text: str) -> Path:
    place = proc / "7" / "smaps_rollup"
    place.parent.mkdir()
    place.write_text(text)
    return proc


def test_this_process_holds_something() -> None:
    assert (resident_bytes(os.getpid()) or 0) > 1_000_000


def test_a_process_that_is_gone_holds_nothing_that_is_known() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as going:
        pass
    assert resident_bytes(going.pid) is None
    assert proportional_bytes(going.pid) is None


def test_the_part_of_what_is_shared_is_read_in_bytes(tmp_path: Path) -> None:
    assert proportional_bytes(7, proc=process(tmp_path, ROLLUP)) == 385 * 1024


@pytest.mark.parametrize("text", ["", "Rss: 3 kB\n", "Pss:\n", "Pss: much kB\n"])
def test_what_is_not_told_is_none(tmp_path: Path, text: str) -> None:
    assert proportional_bytes(7, proc=process(tmp_path, text)) is None


def test_a_system_without_such_a_file_tells_nothing(tmp_path: Path) -> None:
    assert proportional_bytes(7, proc=tmp_path) is None
