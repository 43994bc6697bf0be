"""Live panels listen to a run: what they know grows with each event, and a thread of their own draws it."""

import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.text import Text

from htrkit.core.interval import Interval
from htrkit.core.recount import Recount
from htrkit.domain.events import Record
from htrkit.domain.glimpse import Glimpse
from htrkit.domain.sample import MachineSample
from htrkit.ui.console import Streams
from htrkit.ui.event_words import event_words
from htrkit.ui.live_devices import device_sampled
from htrkit.ui.live_drawing import Title, draw
from htrkit.ui.live_hearing import heard, seen
from htrkit.ui.live_layout import Size, View, layout_for
from htrkit.ui.live_left import Foretells, NothingForetold, told_end
from htrkit.ui.live_marks import ASCII, UNICODE, Glyphs
from htrkit.ui.live_noise import ERROR, caught_noise
from htrkit.ui.live_screen import Screen, Sheet
from htrkit.ui.live_scrolled import scrolls_by
from htrkit.ui.live_state import LiveState
from htrkit.ui.live_terminal import Terminal

SAMPLE_SECONDS = 2.0
LEFT_SECONDS = 1.0
"""How often it is asked anew how long the run will take."""


@dataclass(slots=True)
class LivePanels:
    """A run's listener and watcher: takes in what is told and returns at once; `frame` is the drawing thread's."""

    title: Title
    count: Recount = field(default_factory=Recount)
    """Begins with what an earlier part of the run has come to."""
    left: Foretells = field(default_factory=NothingForetold)
    glyphs: Glyphs = UNICODE
    clock: Callable[[], float] = time.monotonic
    above: Callable[[str], None] = field(default=lambda _line: None)
    """Takes lines that scroll by above the panels."""
    poke: Callable[[], None] = field(default=lambda: None)
    """Says that there is something new."""
    broken: Exception | None = None
    """A bug of ours: nothing is heard any more, and the run goes on."""
    _state: LiveState | None = None
    """None before the run has begun."""
    _sample: Callable[[], MachineSample] | None = None
    _sample_at: float = 0.0
    _interval: Interval | None = None
    _left_at: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, record: Record) -> None:
        """Take in one record as it happens."""
        self.hear(record, self.clock())

    def hear(self, record: Record, at: float) -> None:
        """Take in what happened at that moment of the clock."""
        try:
            with self._lock:
                state = self._state or LiveState(at)
                self._state = heard(state, record.event, at, self.count.hear(record.event))
                told_end(self.left, record.event, at)
            if scrolls_by(record.event):
                self.above(event_words(record.event))
        except Exception as error:  # noqa: BLE001 - a bug in a screen must never end a run
            self.broken = self.broken or error
        self.poke()

    def forget(self) -> None:
        """Begin anew: what was heard was of another run."""
        with self._lock:
            self.count, self._state = Recount(), None

    def sampled_by(self, sample: Callable[[], MachineSample]) -> None:
        """Take what tells how the machine stands; the drawing thread asks it."""
        self._sample = sample

    def glimpse(self, glimpse: Glimpse) -> None:
        """Take in what happens between events."""
        with self._lock:
            if self._state is not None:
                self._state = seen(self._state, glimpse)
                self.left.workers = max(glimpse.workers, 1)

    def frame(self, size: Size) -> tuple[Text, ...]:
        """Give the panels' lines; none before anything is known of the run's devices."""
        now = self.clock()
        self._look(now)
        with self._lock:
            state = self._state
            if state is not None and now >= self._left_at:
                self._left_at, self._interval = now + LEFT_SECONDS, self.left.left(now)
        if state is None or not state.devices:
            return ()
        view = View(layout_for(size, len(state.devices)), now, self.glyphs)
        return draw(state, self.title, view, left=self._interval)

    def _look(self, now: float) -> None:
        """Look at the machine now and then; a driver that hangs costs this thread half a second."""
        if self._sample is None or self._state is None or now < self._sample_at:
            return
        self._sample_at = now + SAMPLE_SECONDS
        sample = self._sample()
        with self._lock:
            self._state = device_sampled(self._state, sample, now)


@contextmanager
def on_screen(panels: LivePanels, streams: Streams, environment: Mapping[str, str]) -> Iterator[LivePanels]:
    """Show the panels on the terminal behind standard error until the end; what is written there scrolls by above."""
    encoding = streams.people.encoding or "utf-8"
    panels.glyphs = glyphs_for(encoding, environment.get("LC_ALL", ""))
    terminal = Terminal(os.dup(ERROR))
    screen = Screen(terminal, panels.frame, Sheet(encoding, coloured=streams.coloured))
    panels.above, panels.poke = screen.above, screen.poke
    screen.start()
    try:
        with caught_noise(screen.above):
            yield panels
    finally:
        screen.close()
        os.close(terminal.descriptor)
    if (error := panels.broken or screen.broken) is not None:
        streams.say(f"the panels broke, and the run went on without them: {type(error).__name__}: {error}")


def glyphs_for(encoding: str, locale: str = "") -> Glyphs:
    """Give the signs that an encoding has; a locale of `C` has no others than ASCII, whatever Python makes of it."""
    if locale in {"C", "POSIX"}:
        return ASCII
    try:
        f"{UNICODE.done}{UNICODE.edge}{UNICODE.full}{UNICODE.curve}{UNICODE.failed}".encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return ASCII
    return UNICODE
