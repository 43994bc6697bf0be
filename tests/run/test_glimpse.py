"""Glimpses are for those who watch, and not more often than anyone could see."""

from htrkit.core.limits import cpu_limits
from htrkit.core.rules import Rules
from htrkit.core.schedule import Schedule
from htrkit.domain.failure import Step
from htrkit.domain.glimpse import Glimpse, OnDevice
from htrkit.domain.names import PageKey
from htrkit.domain.schedule import Ready, StepBegun
from htrkit.run.glimpse import EVERY_SECONDS, Glimpsing, watchers_among
from htrkit.run.read_ahead import ReadAhead
from htrkit.ui.event_lines import EventLines
from htrkit.ui.live import LivePanels
from htrkit.ui.plain import PlainLines
from tests.fakes.live import TITLE


class Watcher:
    def __init__(self) -> None:
        self.seen: list[Glimpse] = []

    def sampled_by(self, sample: object) -> None:
        del sample

    def glimpse(self, glimpse: Glimpse) -> None:
        self.seen.append(glimpse)


def schedule() -> Schedule:
    one = Schedule([PageKey("a"), PageKey("b")], ["w0"], Rules(limits=cpu_limits()))
    one.begin(0.0)
    one.hear(Ready("w0", 1.0))
    one.hear(StepBegun("w0", Step.SEGMENT, 3.0))
    return one


def test_a_glimpse_tells_pages_in_hand_batches_and_who_works() -> None:
    watcher = Watcher()
    batch = OnDevice("cuda:0", Step.RECOGNISE, 48, 320)
    glimpsing = Glimpsing([watcher], workers=4, servers=["cuda:0", "cuda:1"])
    glimpsing.look(5.0, schedule(), {"cuda:0": batch}, ReadAhead(0))

    (glimpse,) = watcher.seen
    assert [(hand.key, hand.step, hand.since) for hand in glimpse.hands] == [("a", Step.SEGMENT, 3.0)]
    assert glimpse.servers == (batch, OnDevice("cuda:1"))
    assert (glimpse.at, glimpse.workers, glimpse.ahead_bytes) == (5.0, 4, 0)


def test_glimpses_come_not_more_often_than_anyone_could_see() -> None:
    watcher, one = Watcher(), schedule()
    glimpsing = Glimpsing([watcher])
    for tick in range(100):
        glimpsing.look(10.0 + tick * EVERY_SECONDS / 10, one, {}, ReadAhead(0))

    assert len(watcher.seen) == 10


def test_panels_and_lines_watch_and_events_for_programs_do_not() -> None:
    panels, lines = LivePanels(TITLE), PlainLines(lambda _: None, clock=float)

    assert watchers_among([panels, EventLines(lambda _: None), lines, print]) == [panels, lines]
