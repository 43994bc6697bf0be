"""Whether inputs can be read again is asked without waiting for them."""

import errno
import os
from pathlib import Path
from threading import Event

import pytest

from htrkit.files.looking import REAL, SystemCalls
from htrkit.run.input_probe import InputProbe
from tests.fakes.failing_disk import FailingDisk

PATIENT = 60.0


def test_a_folder_passes_when_it_holds_something_and_a_file_when_it_can_be_read(tmp_path: Path) -> None:
    probe = InputProbe(patience_seconds=PATIENT)
    folder = tmp_path / "scans"
    assert not probe(str(folder))
    folder.mkdir()
    assert not probe(str(folder))
    (folder / "1.png").write_bytes(b"x" * 5000)
    assert probe(str(folder))
    assert probe(str(folder / "1.png"))


def test_a_file_that_the_disk_refuses_has_not_passed(tmp_path: Path) -> None:
    (tmp_path / "1.png").write_bytes(b"x")
    disk = FailingDisk(**{str(tmp_path / "1.png"): errno.EIO})
    probe = InputProbe(disk.calls, patience_seconds=PATIENT)
    assert not probe(str(tmp_path / "1.png"))
    disk.failing.clear()
    assert probe(str(tmp_path / "1.png"))


@pytest.mark.parametrize("name", ["a\0b", "x" * 5000])
def test_a_name_that_cannot_be_has_not_passed(name: str) -> None:
    assert not InputProbe(patience_seconds=PATIENT)(name)


def test_a_share_that_does_not_answer_keeps_nobody_waiting_and_is_asked_once(tmp_path: Path) -> None:
    (tmp_path / "1.png").write_bytes(b"x")
    answers, begun, asked = Event(), Event(), []

    def hanging(path: str) -> os.stat_result:
        asked.append(path)
        begun.set()
        answers.wait(PATIENT)
        return REAL.stat(path)

    probe = InputProbe(SystemCalls(stat=hanging), patience_seconds=0.0)
    assert not probe(str(tmp_path))
    assert begun.wait(PATIENT)
    assert not probe(str(tmp_path))

    answers.set()
    while not probe(str(tmp_path)):
        pass
    assert len(asked) == 1
