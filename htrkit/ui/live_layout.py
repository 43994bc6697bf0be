"""How many rows each part of the panels has on a terminal of some size: the same for as long as the size is."""

from dataclasses import dataclass

from htrkit.ui.live_marks import UNICODE, Glyphs
from htrkit.ui.live_state import MOST_NOTICES

LEAST_COLUMNS = 40
LEAST_ROWS = 8
WIDE_COLUMNS = 110
HIGH_ROWS = 36
TALL_ROWS = 28
MOST_COLUMNS = 160
BLOCK_ROWS = 7
"""Of the confidence histogram, the slowest pages and the error classes, with their heads."""
LOG_ROWS = 3
"""Left above the panels at the least."""


@dataclass(frozen=True, slots=True)
class Size:
    """A terminal's size in cells."""

    columns: int
    rows: int


@dataclass(frozen=True, slots=True)
class Layout:
    """The rows of each part; title, pages and counts always have one each."""

    width: int
    devices: int
    """Rows for them; where there are more devices, the last row tells of several."""
    memory: int
    now: int
    last: int
    hint: int
    history: int
    """Rows of curves, one a device."""
    blocks: int

    @property
    def height(self) -> int:
        """Rows in all."""
        return 3 + self.devices + self.memory + self.now + self.last + self.hint + self.history + self.blocks


@dataclass(frozen=True, slots=True)
class View:
    """How the panels are looked at: on which rows, at what moment (seconds of the run's clock), in which signs."""

    layout: Layout
    now: float
    glyphs: Glyphs = UNICODE


def layout_for(size: Size, devices: int) -> Layout:
    """Share the terminal out; `devices` is how many there are."""
    # The last column stays free: a letter there leaves terminals of two minds about where the next one goes.
    width = min(size.columns, MOST_COLUMNS) - 1
    if size.rows < LEAST_ROWS or size.columns < LEAST_COLUMNS:
        return Layout(width, 0, 0, 0, 0, 0, 0, 0)
    shown = min(max(devices, 1), max(size.rows // 4, 1))
    tall, wide = size.rows >= TALL_ROWS, size.columns >= WIDE_COLUMNS
    now, last = (3, 4) if tall else (1, 2)
    fits = Layout(width, shown, 1, now, last, 1, 0, 0)
    if size.rows >= HIGH_ROWS and wide:
        fits = Layout(width, shown, 1, now, MOST_NOTICES, 1, shown, BLOCK_ROWS)
    return fits if fits.height + LOG_ROWS <= size.rows else _squeezed(fits, size)


def _squeezed(wanted: Layout, size: Size) -> Layout:
    """Give up what is missed least, until the rest fits."""
    room = max(size.rows - 1 - 5, 0)
    devices = min(wanted.devices, max(room - 2, 1))
    last = min(2, max(room - devices - 1, 0))
    return Layout(wanted.width, devices, 1, min(1, room - devices), last, 1, 0, 0)
