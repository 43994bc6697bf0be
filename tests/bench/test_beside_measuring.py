"""What commands take is measured from outside: clock, CPU of all they start, memory, the first text."""

import os
import sys
import time
from pathlib import Path

import pytest

from bench.beside.measuring import Broken, measured
from bench.beside.watching import first_text

PYTHON = sys.executable
BURN = "import time\nwhile time.process_time() < 0.3: pass"


def out_of(tmp_path: Path) -> Path:
    out = tmp_path / "out"
    out.mkdir()
    return out


def test_the_cpu_of_grandchildren_counts(tmp_path: Path) -> None:
    code = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {BURN!r}], check=True)"
    spent = measured([[PYTHON, "-c", code]], out_of(tmp_path), environment=os.environ, card=None)
    assert spent.cpu_seconds >= 0.3
    assert spent.wall_seconds >= 0.3


def test_commands_run_side_by_side_and_add_up(tmp_path: Path) -> None:
    # Each waits for the other's file: one after the other, they would never end.
    code = (
        "import pathlib, sys, time\n"
        "pathlib.Path(sys.argv[1]).touch()\n"
        "while not pathlib.Path(sys.argv[2]).exists(): time.sleep(0.01)\n" + BURN
    )
    names = [str(tmp_path / name) for name in ("a", "b")]
    commands = [[PYTHON, "-c", code, *order] for order in (names, names[::-1])]
    spent = measured(commands, out_of(tmp_path), environment=os.environ, card=None)
    assert spent.cpu_seconds >= 0.6


def test_the_first_text_is_seen_with_its_page_and_memory_with_it(tmp_path: Path) -> None:
    out = out_of(tmp_path)
    code = (
        "import pathlib, sys, time\n"
        "held = bytearray(50_000_000)\n"
        "pathlib.Path(sys.argv[1], '007.txt').write_text('arma')\n"
        "time.sleep(0.3)"
    )
    spent = measured([[PYTHON, "-c", code, str(out)]], out, environment=os.environ, card=None)
    assert spent.first_text == "007"
    assert 0 < (spent.first_text_seconds or 0) < spent.wall_seconds
    assert spent.largest_process_bytes > 50_000_000
    assert spent.device_busy_share is None


def test_a_text_counts_when_something_is_in_it(tmp_path: Path) -> None:
    (tmp_path / "000.txt").touch()
    assert first_text(tmp_path) is None
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "001.txt").write_text("a")
    assert first_text(tmp_path) == "001"


def test_a_command_that_fails_is_told_with_its_last_words(tmp_path: Path) -> None:
    code = "import sys; print('no such model'); sys.exit(3)"
    with pytest.raises(Broken, match="ended with 3: no such model"):
        measured([[PYTHON, "-c", code]], out_of(tmp_path), environment=os.environ, card=None)


def test_a_command_that_cannot_be_started_leaves_none_behind(tmp_path: Path) -> None:
    start = time.monotonic()
    sleeping = [PYTHON, "-c", "import time; time.sleep(600)"]
    with pytest.raises(FileNotFoundError):
        measured([sleeping, [str(tmp_path / "none")]], out_of(tmp_path), environment=os.environ, card=None)
    assert time.monotonic() - start < 60
