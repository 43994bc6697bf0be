"""A run and the terminal that it draws on: held up, resized, gone. The run goes on."""

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

PAGES = 24
PATIENCE_SECONDS = 180.0


class Watched:
    """A run with live panels in a terminal of its own."""

    def __init__(self, out: Path) -> None:
        self.out = out
        self.own, end = pty.openpty()
        self.size(80, 24)
        environment = {**os.environ, "TERM": "xterm", "PYTHONIOENCODING": "utf-8", "LC_ALL": "C.UTF-8"}
        words = [sys.executable, "-m", "tests.fakes.live_run", str(out), str(PAGES)]
        self.going = subprocess.Popen(
            words, stdin=end, stdout=end, stderr=end, env=environment, start_new_session=True, cwd=Path.cwd()
        )
        os.close(end)
        self.seen = b""

    def size(self, columns: int, rows: int) -> None:
        fcntl.ioctl(self.own, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def read_until(self, pattern: bytes) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not re.search(pattern, self.seen):
            assert time.monotonic() < deadline, self.seen[-2000:]
            if select.select([self.own], [], [], 0.2)[0]:
                self.seen += os.read(self.own, 65536)

    def wait_for_end(self) -> str:
        """Wait for the run without reading anything from its terminal."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while (
            not (self.out / "journal.jsonl").exists() or b'"RunEnded"' not in (self.out / "journal.jsonl").read_bytes()
        ):
            assert time.monotonic() < deadline
            time.sleep(0.1)
        return (self.out / "journal.jsonl").read_text()


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    one = Watched(tmp_path)
    yield one
    one.going.kill()
    one.going.wait(30)


def test_a_run_is_drawn_resized_and_leaves_its_last_words(watched: Watched) -> None:
    watched.read_until(rb"done [1-9]")
    watched.size(100, 30)
    watched.read_until(rb"done 24\r\n$")
    code = watched.going.wait(PATIENCE_SECONDS)

    assert code == 0
    # Nine rows on the small terminal, 13 on the larger one.
    assert b"\x1b[8A" in watched.seen
    assert b"\x1b[12A" in watched.seen
    assert watched.seen.rindex(b"\x1b[?25h") > watched.seen.rindex(b"\x1b[?25l")
    os.close(watched.own)


def test_a_terminal_that_is_gone_does_not_stop_the_run(watched: Watched) -> None:
    watched.read_until(rb"done [1-9]")
    os.close(watched.own)  # the kernel sends SIGHUP, and writing is an input/output error from now on

    assert f'"done":{PAGES}' in watched.wait_for_end()
    assert watched.going.wait(PATIENCE_SECONDS) == 0
    assert (watched.out / "ended").read_text() == str(PAGES)


def test_a_terminal_that_takes_nothing_does_not_stop_the_run(watched: Watched) -> None:
    watched.read_until(rb"done [1-9]")
    termios.tcflow(watched.own, termios.TCOOFF)  # as Ctrl-S does

    assert f'"done":{PAGES}' in watched.wait_for_end()
    termios.tcflow(watched.own, termios.TCOON)
    watched.read_until(rb"done 24\r\n$")
    assert watched.going.wait(PATIENCE_SECONDS) == 0
    os.close(watched.own)
