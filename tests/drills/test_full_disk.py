"""A disk that is really full: the run pauses, fails no page, and goes on when there is room."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from htrkit.domain.exits import ExitCode

pytestmark = pytest.mark.slow


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own with room for some ten pages."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=160k", "htrkit-drill", str(place)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a small disk needs the right to mount one")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def test_a_full_disk_pauses_the_run_until_there_is_room(strips: Path, small_disk: Path) -> None:
    out = small_disk / "out"
    options = ["-s", "none", "-d", "cpu", "-f", "txt,page", "-j", "1", "--threads", "1", "--progress", "json"]
    command = [sys.executable, "-m", "htrkit", "run", str(strips), "-o", str(out), *options]
    events = []
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as going:
        for line in going.stderr or ():
            events.append(json.loads(line))
            if events[-1]["event"] == "RunPaused":
                subprocess.run(["mount", "-o", "remount,size=200m", str(small_disk)], check=True)
    told = [event["event"] for event in events]

    assert going.returncode == ExitCode.DONE, events[-1]
    assert 0 < told.index("RunPaused") < told.index("RunContinued")
    assert events[-1]["done"] == 40
    assert events[-1]["failed"] == 0
    assert len(list((out / "page").glob("*.xml"))) == 40
