"""The screens of a run by its progress setting: listeners, shown from before it begins until it has ended."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from htrkit.config.choices import Progress
from htrkit.core.recount import Recount
from htrkit.core.tally import Tally
from htrkit.run.telling import Listener
from htrkit.ui.console import Streams, can_draw
from htrkit.ui.event_lines import EventLines
from htrkit.ui.live import LivePanels, on_screen
from htrkit.ui.live_drawing import Title
from htrkit.ui.live_left import Foretells, NothingForetold
from htrkit.ui.live_outlet import Outlet
from htrkit.ui.live_terminal import can_be_watched
from htrkit.ui.plain import PlainLines

NO_TERMINAL = "no terminal to draw on: lines instead of live panels"


@dataclass(frozen=True, slots=True)
class Shown:
    """What a screen is told before the run begins."""

    title: Title
    before: Tally = Tally()  # noqa: RUF009 - a frozen value
    left: Foretells = field(default_factory=NothingForetold)


def chosen(wished: Progress, streams: Streams, environment: Mapping[str, str]) -> Progress:
    """Give the screen for a wish: `auto` looks at the terminal, and `live` needs one; never gives AUTO."""
    match wished:
        case Progress.AUTO:
            return Progress.LIVE if can_be_watched(streams.people, environment) else Progress.PLAIN
        case Progress.LIVE if not can_draw(streams.people, environment):
            return Progress.PLAIN
        case Progress.LIVE | Progress.PLAIN | Progress.JSON | Progress.NONE:
            return wished


@contextmanager
def screens(
    progress: Progress, streams: Streams, environment: Mapping[str, str], shown: Shown
) -> Iterator[tuple[Listener, ...]]:
    """Give the listeners for a screen that `chosen` gave; when this ends, all that they had to say is said."""
    match progress:
        case Progress.NONE:
            yield ()
        case Progress.LIVE:
            with on_screen(LivePanels(shown.title, Recount(shown.before), shown.left), streams, environment) as panels:
                yield (panels,)
        case Progress.PLAIN | Progress.AUTO:
            outlet = Outlet(streams.say)
            try:
                yield (PlainLines(outlet, clock=time.monotonic, before=shown.before, left=shown.left),)
            finally:
                outlet.close()
        case Progress.JSON:
            outlet = Outlet(streams.say)
            try:
                yield (EventLines(outlet),)
            finally:
                outlet.close()
