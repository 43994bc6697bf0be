"""Ctrl-C in a real terminal: once finishes the pages in hand, twice stops at once, and both name the way on."""

import os
import pty
import re
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest

from htrkit.domain.exits import ExitCode
from htrkit.journal.journal import read

pytestmark = pytest.mark.slow


class Terminal:
    """A command in a terminal of its own."""

    def __init__(self, *words: str) -> None:
        self.keys, end = pty.openpty()
        environment = {**os.environ, "TERM": "xterm", "COLUMNS": "80", "LINES": "24"}
        # A session of its own whose terminal this is: Ctrl-C reaches what runs in its foreground.
        self.going = subprocess.Popen(
            [sys.executable, "-c", RUN, *words],
            stdin=end,
            stdout=end,
            stderr=end,
            env=environment,
            start_new_session=True,
        )
        os.close(end)
        self.seen = ""

    def read_until(self, pattern: str, *, seconds: float = 240) -> None:
        deadline = time.monotonic() + seconds
        while not re.search(pattern, self.seen):
            assert time.monotonic() < deadline, self.seen[-2000:]
            if select.select([self.keys], [], [], 0.2)[0]:
                try:
                    self.seen += os.read(self.keys, 65536).decode("utf-8", "replace")
                except OSError:
                    assert re.search(pattern, self.seen), self.seen[-2000:]

    def press_ctrl_c(self) -> None:
        os.write(self.keys, b"\x03")

    def end(self) -> int:
        while self.going.poll() is None or select.select([self.keys], [], [], 0)[0]:
            try:
                if select.select([self.keys], [], [], 0.2)[0]:
                    self.seen += os.read(self.keys, 65536).decode("utf-8", "replace")
            except OSError:
                break
        code = self.going.wait(30)
        os.close(self.keys)
        return code


RUN = """
import fcntl, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
from htrkit.cli.main import main
sys.argv = ["htrkit", *sys.argv[1:]]
main()
"""


def words(strips: Path, out: Path) -> list[str]:
    return ["run", str(strips), "-o", str(out), "-s", "none", "-d", "cpu", "-f", "txt", "-j", "1", "--threads", "1"]


def test_ctrl_c_once_finishes_what_is_in_hand_and_names_the_way_on(strips: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    terminal = Terminal(*words(strips, out))
    terminal.read_until(r"[1-9]\d*/40")
    terminal.press_ctrl_c()
    code = terminal.end()
    done = sum(line["event"] == "PageDone" for line in read(out / ".htrkit" / "journal.jsonl"))

    assert code == ExitCode.INTERRUPTED
    assert "finishing the pages in hand" in terminal.seen
    assert "htrkit resume" in terminal.seen
    assert f"done {done} + failed 0" in terminal.seen
    assert 0 < done < 40


def test_what_was_interrupted_is_resumed_to_its_end(strips: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    terminal = Terminal(*words(strips, out))
    terminal.read_until(r"\d+/40")
    terminal.press_ctrl_c()
    terminal.press_ctrl_c()
    assert terminal.end() == ExitCode.INTERRUPTED
    resumed = Terminal("resume", str(out))

    assert resumed.end() == ExitCode.DONE
    assert "done 40 + failed 0 + skipped 0 + not run 0" in resumed.seen
    assert len(list((out / "txt").glob("*.txt"))) == 40
