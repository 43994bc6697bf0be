"""When somebody is killed, and who: paced by the pages that end, so that kills are spread over the whole run."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from tests.fakes.chaos import Chaos

MIDDLE_SECONDS = 0.006
"""A kill comes at any instant of a page, and pages take about so long."""
OPENING_SECONDS = 0.6
"""From OUT being held to the workers being ready, or so."""
CLOSING_SECONDS = 0.05
"""From the last page to the last table, or so."""
LURED_SECONDS = 0.1
"""Until a page that was given is in the middle of what it does."""


@dataclass(frozen=True, slots=True)
class Plot:
    """When somebody is killed, and who."""

    pages: int
    gap: Callable[[Random], int]
    """Gives how many pages end before the next kill."""
    kill: Callable[[Chaos, Random], bool]
    """Kills somebody; True where it was the parent."""
    early: float
    """How likely a parent is killed before its workers are ready, 0 to 1."""


def killed_over_and_over(chaos: Chaos, plot: Plot, *, seed: int) -> None:
    """Kill and go on until the run has come to its end."""
    chance = Random(seed)
    try:
        while not _taken_further(chaos, plot, chance):
            pass
    finally:
        chaos.stop()


def _taken_further(chaos: Chaos, plot: Plot, chance: Random) -> bool:
    """Start the parent and kill until it is dead; True where it came to the run's end instead."""
    chaos.start()
    if chance.random() < plot.early:
        chaos.wait_for_lock()
        time.sleep(chance.uniform(0, OPENING_SECONDS))
        return not chaos.kill_parent() and chaos.ended()
    while True:
        due = min(chaos.tail.ends + plot.gap(chance), plot.pages)
        all_ended_before = chaos.tail.ends >= plot.pages
        if not chaos.wait_for(lambda tail: tail.ends >= due or chaos.lured()) or all_ended_before:  # noqa: B023
            return chaos.ended()
        if chaos.lured():
            chaos.lures -= chaos.tail.in_hand.keys()
            time.sleep(LURED_SECONDS)
            return not chaos.kill_parent() and chaos.ended()
        if due == plot.pages:
            time.sleep(chance.uniform(0, CLOSING_SECONDS))
            return not chaos.kill_parent() and chaos.ended()
        time.sleep(chance.uniform(0, MIDDLE_SECONDS))
        if plot.kill(chaos, chance):
            return False
