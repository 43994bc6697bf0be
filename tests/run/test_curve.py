"""A curve has a point at the first page, one every so often, and one at the end; the run never waits for them."""

import threading
import time

from htrkit.core.pressure import MemorySample
from htrkit.domain.events import MachineSampled
from htrkit.domain.sample import DeviceSample
from htrkit.run.curve import NAME, Curve
from htrkit.run.sampler import SAMPLE_SECONDS, Sampler

CARD = DeviceSample("cuda:0", 46, 40)
MOST_SECONDS = 30.0


def counting() -> tuple[Curve, list[int]]:
    taken: list[int] = []

    def ram() -> MemorySample:
        taken.append(1)
        return MemorySample(100, len(taken))

    return Curve(Sampler(ram, lambda: (CARD,), ahead_bytes=lambda: 7)), taken


def looked(curve: Curve, at: float) -> list[MachineSampled]:
    """Look until nothing is being taken any more."""
    deadline = time.monotonic() + MOST_SECONDS
    points = list(curve.points(at))
    while any(thread.is_alive() for thread in threading.enumerate() if thread.name == NAME):
        assert time.monotonic() < deadline
    return points + list(curve.points(at))


def test_before_the_first_page_there_is_no_point_not_even_at_the_end() -> None:
    curve, taken = counting()
    assert looked(curve, 1000.0) == []
    assert list(curve.last()) == []
    assert taken == []


def test_points_come_at_the_first_page_and_every_so_often() -> None:
    curve, _ = counting()
    curve.begin(100.0)
    first = looked(curve, 100.0)
    between = looked(curve, 100.0 + SAMPLE_SECONDS / 2)
    curve.begin(100.0 + SAMPLE_SECONDS / 2)
    second = looked(curve, 100.0 + SAMPLE_SECONDS)
    assert [point.free_bytes for point in (*first, *second)] == [1, 2]
    assert between == []


def test_a_point_tells_all_that_the_sampler_sees() -> None:
    curve, _ = counting()
    curve.begin(0.0)
    (point,) = looked(curve, 0.0)
    assert (point.total_bytes, point.ahead_bytes, point.devices) == (100, 7, (CARD,))
    assert [one.process for one in point.processes] == ["run"]


def test_at_the_end_there_is_a_last_point_after_those_that_nobody_has_fetched() -> None:
    curve, _ = counting()
    curve.begin(0.0)
    list(curve.points(0.0))
    assert [point.free_bytes for point in curve.last()] == [1, 2]


def test_the_run_does_not_wait_for_a_point_and_takes_no_other_meanwhile() -> None:
    goes = threading.Event()
    taken: list[int] = []

    def ram() -> MemorySample:
        taken.append(1)
        goes.wait(MOST_SECONDS)
        return MemorySample(100, 50)

    curve = Curve(Sampler(ram))
    curve.begin(0.0)
    for turn in range(5):
        assert list(curve.points(turn * SAMPLE_SECONDS)) == []
    goes.set()
    assert len(list(curve.last())) == 2
    assert len(taken) == 2
