"""A page that draws itself again twice a second in a terminal, until q or Ctrl-C."""

import select
import signal
import sys
import termios
import time
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import TextIO

from rich.console import Console
from rich.live import Live
from rich.text import Text

from htrkit.domain.exits import ExitCode

EVERY_SECONDS = 0.5
LEAVE = frozenset({"q", "Q"})


def watch(draw: Callable[[], str], *, screen: TextIO) -> str:
    """Draw on a screen of its own until q or Ctrl-C, and give what was drawn last.

    Raises SystemExit for SIGTERM, after the terminal is as it was.
    """
    console = Console(file=screen, highlight=False, markup=False)
    page = draw()
    live = Live(_drawable(page, screen), console=console, screen=True, auto_refresh=False)
    with _keys() as pressed, _terminated(), suppress(KeyboardInterrupt), live:
        while not pressed(EVERY_SECONDS) & LEAVE:
            page = draw()
            live.update(_drawable(page, screen), refresh=True)
    return page


def _drawable(page: str, screen: TextIO) -> Text:
    """Give a page in letters that the terminal has; how to leave stands first, since a page may be too long."""
    encoding = screen.encoding or "utf-8"
    words = f"q leaves\n\n{page}"
    return Text(words.encode(encoding, "backslashreplace").decode(encoding), no_wrap=True, overflow="crop")


@contextmanager
def _keys() -> Iterator[Callable[[float], frozenset[str]]]:
    """Give a function that waits for keys and gives those that were pressed; without a keyboard it only waits."""
    if sys.stdin is None or not sys.stdin.isatty():
        yield _no_keys
        return
    descriptor = sys.stdin.fileno()
    before = termios.tcgetattr(descriptor)
    try:
        tty.setcbreak(descriptor)
        yield _pressed
    finally:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)


def _pressed(seconds: float) -> frozenset[str]:
    if not select.select([sys.stdin], [], [], seconds)[0]:
        return frozenset()
    keys = sys.stdin.read(1)
    return frozenset(keys) if keys else LEAVE  # a terminal that has gone


def _no_keys(seconds: float) -> frozenset[str]:
    time.sleep(seconds)
    return frozenset()


@contextmanager
def _terminated() -> Iterator[None]:
    """Let SIGTERM leave through the blocks that put the terminal back."""
    before = signal.signal(signal.SIGTERM, _leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _leave(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(int(ExitCode.TERMINATED))
