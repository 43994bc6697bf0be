"""One run at a time writes into OUT."""

import subprocess
import sys
from pathlib import Path

import pytest

from htrkit.domain.errors import OutputHeld, OutputUnwritable
from htrkit.domain.exits import ExitCode
from htrkit.journal.lock import Lock


def test_a_second_holder_is_refused_and_told_who_has_it(tmp_path: Path) -> None:
    place = tmp_path / ".htrkit" / "lock"

    with Lock(place, owner="process 7"), pytest.raises(OutputHeld, match="process 7") as caught, Lock(place, owner="b"):
        pass

    assert caught.value.exit_code is ExitCode.HELD


def test_the_lock_is_free_again_afterwards(tmp_path: Path) -> None:
    place = tmp_path / "lock"
    with Lock(place, owner="a"):
        pass
    with Lock(place, owner="b"):
        assert place.read_text() == "b"


def test_a_holder_that_died_holds_nothing(tmp_path: Path) -> None:
    place = tmp_path / "lock"
    code = "import os,sys; from pathlib import Path; from htrkit.journal.lock import Lock\n"
    code += "with Lock(Path(sys.argv[1]), owner='dead'): os._exit(9)"
    subprocess.run([sys.executable, "-c", code, str(place)], check=False)

    with Lock(place, owner="next"):
        assert place.read_text() == "next"


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")

    with pytest.raises(OutputUnwritable, match="file"), Lock(tmp_path / "file" / "lock", owner="a"):
        pass


def test_a_process_that_inherited_the_lock_holds_it_until_it_ends(tmp_path: Path) -> None:
    place = tmp_path / "lock"
    with Lock(place, owner="parent") as lock:
        child = subprocess.Popen(
            [sys.executable, "-c", "input()"], stdin=subprocess.PIPE, pass_fds=(lock.fileno(),), text=True
        )

    with pytest.raises(OutputHeld), Lock(place, owner="next"):
        pass
    child.communicate("\n")
    with Lock(place, owner="next"):
        assert place.read_text() == "next"
