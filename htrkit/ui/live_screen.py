"""The part of a terminal that panels stand on: drawn again in place, with lines that scroll by above."""

import re
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from rich.color import ColorSystem
from rich.console import Console
from rich.text import Text

from htrkit.core.shown import shown
from htrkit.ui.live_layout import Size
from htrkit.ui.live_terminal import Terminal

LEAST_SECONDS = 0.25
"""Between two drawings: four in a second."""
MOST_SECONDS = 1.0
"""The clock on the panels goes on though nothing happens."""
ASLEEP_SECONDS = 5.0
"""Who was kept waiting for so long was stopped meanwhile, and others have written to the terminal."""
MOST_ABOVE = 200
"""Lines that are kept for a terminal that takes none; what is more is in the run's log."""
HIDE, SHOW, ERASE_LINE, ERASE_BELOW = "\x1b[?25l", "\x1b[?25h", "\x1b[2K", "\x1b[J"
_STYLING = re.compile(r"\x1b\[[0-9;]*m")

Frame = Callable[[Size], Sequence[Text]]


@dataclass(slots=True)
class Sheet:
    """What stands on the terminal at this moment, and how it is changed: pure text in, bytes out."""

    encoding: str
    coloured: bool
    _widths: tuple[int, ...] = ()
    """Of the lines that stand there, in cells."""
    _size: Size | None = None
    _console: Console = field(default_factory=lambda: Console(force_terminal=True, color_system="standard"))
    """Knows the styles' names; nothing is written to it."""

    def changed(self, lines: Sequence[Text], above: Sequence[str], size: Size) -> bytes:
        """Give what puts the lines in the place of those that stand there, and other lines above them."""
        parts = [HIDE, self._back(size)]
        parts += [f"{ERASE_LINE}{line}\r\n" for line in above]
        parts.append("\r\n".join(f"{ERASE_LINE}{one}" for one in self._styled(lines)))
        parts.append(ERASE_BELOW)
        self._widths, self._size = tuple(line.cell_len for line in lines), size
        return self._encoded(parts)

    def cleared(self, above: Sequence[str], size: Size) -> bytes:
        """Give what takes the panels away; the lines stay."""
        # Line by line: where everything from the first row on is erased at once, tmux keeps it in its scrollback.
        rows = max(self._rows(size), 1)
        back = self._back(size)
        parts = [back, "\r\n".join([ERASE_LINE] * rows), ERASE_BELOW, back, *(f"{line}\r\n" for line in above), SHOW]
        self.forget()
        return self._encoded(parts)

    def forget(self) -> None:
        """Note that others have written meanwhile: the next panels stand where the cursor is then."""
        self._widths, self._size = (), None

    def _rows(self, size: Size) -> int:
        """Give the rows that the panels take; lines that a narrower terminal has broken take several."""
        return min(sum(max(-(-width // size.columns), 1) for width in self._widths), size.rows)

    def _back(self, size: Size) -> str:
        """Give the way to where the panels begin."""
        up = self._rows(size) - 1
        return f"\r\x1b[{up}A" if up > 0 else "\r"

    def _styled(self, lines: Sequence[Text]) -> list[str]:
        return ["".join(self._spans(line)) if self.coloured else line.plain for line in lines]

    def _spans(self, line: Text) -> Iterator[str]:
        own = self._console.get_style(line.style)
        for part, style, _ in line.render(self._console):
            yield (style or own).render(part, color_system=ColorSystem.STANDARD)

    def _encoded(self, parts: Sequence[str]) -> bytes:
        return "".join(parts).encode(self.encoding, "backslashreplace")


@dataclass(slots=True)
class Screen:
    """Draws from a thread of its own, so that a terminal that takes nothing holds nobody up but the screen.

    `frame` gives the lines for a size; it is called from that thread.
    """

    terminal: Terminal
    frame: Frame
    sheet: Sheet
    clock: Callable[[], float] = time.monotonic
    broken: Exception | None = None
    """Why nothing is drawn any more, where that is a bug."""
    _above: deque[str] = field(default_factory=lambda: deque(maxlen=MOST_ABOVE))
    _changed: threading.Event = field(default_factory=threading.Event)
    _closing: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to draw."""
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def poke(self) -> None:
        """Say that there is something new; returns at once."""
        self._changed.set()

    def above(self, line: str) -> None:
        """Put a line above the panels, without any signs that a terminal would obey; returns at once."""
        self._above.append(shown(_STYLING.sub("", line).rstrip("\r").expandtabs()))
        self._changed.set()

    def close(self) -> None:
        """Take the panels away and wait until that is done, which a terminal that takes nothing puts off."""
        self._closing.set()
        self._changed.set()
        if self._thread is not None:
            self._thread.join()

    def _work(self) -> None:
        try:
            while not self._closing.is_set():
                self._draw()
                self._closing.wait(LEAST_SECONDS)
                self._rest()
            self.terminal.write(self.sheet.cleared(self._taken(), self.terminal.size()))
        except OSError:
            return  # the terminal has gone, which costs the screen and nothing else
        except Exception as error:  # noqa: BLE001 - for the reason below
            # A bug in drawing costs the screen, never the run; whoever closes it says so.
            self.broken = error

    def _rest(self) -> None:
        """Wait for something new."""
        start = self.clock()
        self._changed.wait(MOST_SECONDS - LEAST_SECONDS)
        self._changed.clear()
        if self.clock() - start > ASLEEP_SECONDS:
            self.sheet.forget()

    def _draw(self) -> None:
        if not self.terminal.is_ours():
            self.sheet.forget()
            return
        size = self.terminal.size()
        lines = self.frame(size)
        if lines:
            self.terminal.write(self.sheet.changed(lines, self._taken(), size))

    def _taken(self) -> list[str]:
        """Take the lines that wait."""
        taken = []
        while self._above:
            taken.append(self._above.popleft())
        return taken
