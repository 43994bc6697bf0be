"""Panels stay where they are, whatever else is written, and take themselves away."""

import os
import pty
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress

import pytest
from rich.text import Text

from htrkit.ui.live_layout import Size
from htrkit.ui.live_screen import MOST_ABOVE, Screen, Sheet
from htrkit.ui.live_terminal import Terminal
from tests.fakes.terminal import FakeTerminal

SIZE = Size(80, 24)
PATIENCE_SECONDS = 20.0


def lines(*words: str) -> tuple[Text, ...]:
    return tuple(Text(word) for word in words)


def test_panels_are_drawn_again_in_their_place() -> None:
    terminal, sheet = FakeTerminal(), Sheet("utf-8", coloured=False)
    terminal.take(b"$ htrkit run\r\n")
    for count in range(5):
        terminal.take(sheet.changed(lines("title", f"page {count}", "hint"), (), SIZE))

    assert terminal.everything == ["$ htrkit run", "title", "page 4", "hint"]


def test_lines_scroll_by_above_and_stay() -> None:
    terminal, sheet = FakeTerminal(rows=6), Sheet("utf-8", coloured=True)
    for count in range(20):
        terminal.take(sheet.changed(lines("title", "page", "hint"), [f"failed: {count}"], SIZE))

    assert terminal.everything == [*(f"failed: {count}" for count in range(20)), "title", "page", "hint"]


def test_panels_that_are_taken_away_leave_the_lines_and_the_cursor() -> None:
    terminal, sheet = FakeTerminal(), Sheet("utf-8", coloured=False)
    terminal.take(sheet.changed(lines("title", "hint"), ["failed: a"], SIZE))
    assert not terminal.cursor_shown
    terminal.take(sheet.cleared(["failed: b"], SIZE))
    terminal.take(b"finished\r\n")

    assert terminal.everything == ["failed: a", "failed: b", "finished", ""]
    assert terminal.cursor_shown


@pytest.mark.parametrize("columns", [30, 60, 100, 200])
def test_a_terminal_that_changes_its_size_shows_them_once(columns: int) -> None:
    terminal, sheet = FakeTerminal(), Sheet("utf-8", coloured=False)
    wide = [f"{number}{'x' * 78}" for number in range(6)]
    terminal.take(b"before\r\n" + sheet.changed(lines(*wide), (), SIZE))
    terminal.resize(columns, 24)
    narrow = [f"{number}{'y' * (columns - 2)}" for number in range(6)]
    terminal.take(sheet.changed(lines(*narrow), (), Size(columns, 24)))

    assert [line for line in terminal.everything if line[:1].isdigit()] == narrow
    assert terminal.everything[0] == "before"


def test_colour_is_only_where_it_is_wanted() -> None:
    red = (Text("failed 3", "red"),)

    assert b"\x1b[31mfailed 3" in Sheet("utf-8", coloured=True).changed(red, (), SIZE)
    assert b"\x1b[31m" not in Sheet("utf-8", coloured=False).changed(red, (), SIZE)


def test_names_that_an_encoding_has_no_letters_for_are_escaped() -> None:
    assert b"\\u05d0" in Sheet("ascii", coloured=False).changed(lines("א"), (), SIZE)


class Reader:
    """A person's side of a terminal: reads what comes, or nothing."""

    def __init__(self) -> None:
        self.own, other = pty.openpty()
        self.terminal = Terminal(other)
        self.seen = bytearray()

    def read_until(self, sign: bytes) -> None:
        until = time.monotonic() + PATIENCE_SECONDS
        while sign not in self.seen:
            assert time.monotonic() < until, bytes(self.seen[-500:])
            self.seen += os.read(self.own, 65536)


@pytest.fixture
def reader() -> Iterator[Reader]:
    one = Reader()
    yield one
    for descriptor in (one.own, one.terminal.descriptor):
        with suppress(OSError):
            os.close(descriptor)


def shown(reader: Reader, frame: Callable[[Size], Sequence[Text]]) -> Screen:
    screen = Screen(reader.terminal, frame, Sheet("utf-8", coloured=False))
    screen.start()
    return screen


def closed(screen: Screen) -> threading.Thread:
    thread = threading.Thread(target=screen.close, daemon=True)
    thread.start()
    return thread


def test_what_is_told_above_loses_its_power_over_the_terminal(reader: Reader) -> None:
    screen = shown(reader, lambda _size: lines("panel"))
    screen.above("\x1b[31merror:\x1b[0m name\x1b]0;title\x07\u202e\r")
    reader.read_until(b"error: name%1B]0;title%07%E2%80%AE\r")
    thread = closed(screen)
    reader.read_until(b"\x1b[?25h")
    thread.join(PATIENCE_SECONDS)

    assert not thread.is_alive()


def test_a_terminal_that_takes_nothing_holds_up_nobody_who_tells(reader: Reader) -> None:
    """As after Ctrl-S, or with a reader that has stopped."""
    screen = shown(reader, lambda _size: lines(*["x" * 70] * 1000))
    for number in range(50_000):
        screen.above(f"line {number}")
        screen.poke()
    thread = closed(screen)
    reader.read_until(b"\x1b[?25h")
    thread.join(PATIENCE_SECONDS)

    assert not thread.is_alive()
    assert reader.seen.count(b"line ") <= 2 * MOST_ABOVE


def test_a_terminal_that_has_gone_costs_the_screen_only(reader: Reader) -> None:
    """As when ssh drops or tmux is killed: writing is an input/output error from then on."""
    screen = shown(reader, lambda _size: lines("panel"))
    reader.read_until(b"panel")
    os.close(reader.own)
    screen.above("more")
    thread = closed(screen)
    thread.join(PATIENCE_SECONDS)

    assert not thread.is_alive()
    assert screen.broken is None


def test_a_bug_in_drawing_is_kept_for_the_end(reader: Reader) -> None:
    def frame(_size: Size) -> Sequence[Text]:
        raise ZeroDivisionError

    screen = shown(reader, frame)
    screen.close()

    assert isinstance(screen.broken, ZeroDivisionError)
