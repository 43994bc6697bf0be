"""An engine that leaks on every page: its workers are started anew in time, and no page is lost over it."""

import os
from itertools import pairwise

import pytest

from htrkit.domain.events import (
    MachineSampled,
    PageDone,
    PageRetried,
    PageStarted,
    PageStruck,
    WorkerLost,
    WorkerRetired,
    WorkerStarted,
)
from htrkit.domain.exits import ExitCode
from tests.fakes.soaking import LEAK_BYTES, Told, soaked

pytestmark = pytest.mark.slow

PAGES = 2000 if os.environ.get("TEST_DRILLS") == "full" else 120
GROWTH_BYTES = 60_000_000
SETTLED_PAGES = 3
SLACK_BYTES = 8_000_000
"""What imports on the first page, and the C library's own keeping, may add."""
MOST_GROWN = SETTLED_PAGES * LEAK_BYTES + GROWTH_BYTES + LEAK_BYTES + SLACK_BYTES
"""A worker settles in its first pages, may then grow so far, and is let go after the page that was too much."""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    told = Told()
    out = tmp_path_factory.mktemp("soak")
    ended = soaked(out, PAGES, [told], growth_bytes=GROWTH_BYTES)

    assert (ended.counts.done, ended.counts.exit_code) == (PAGES, ExitCode.DONE)
    assert len(list((out / "txt").iterdir())) == PAGES
    return told


def test_every_page_is_begun_once_and_done_once(told: Told) -> None:
    keys = {f"drip-{number}" for number in range(PAGES)}
    for kind in (PageStarted, PageDone):
        assert sorted(event.key for event in told.of(kind)) == sorted(keys)
    assert {event.attempts for event in told.of(PageDone)} == {1}


def test_nobody_is_killed_in_the_middle_of_a_page(told: Told) -> None:
    """Each worker that is told to end has done as many pages as it was given."""
    assert not [*told.of(WorkerLost), *told.of(PageStruck), *told.of(PageRetried)]
    held = 0
    for event in told.events():
        held += isinstance(event, PageStarted)
        held -= isinstance(event, PageDone)
        if isinstance(event, WorkerRetired):
            assert held <= 1, "both hands were full when one was told to end"


def test_workers_are_started_anew_because_they_grew(told: Told) -> None:
    retired = told.of(WorkerRetired)
    expected = PAGES * LEAK_BYTES / (GROWTH_BYTES + (SETTLED_PAGES + 1) * LEAK_BYTES)

    assert all(event.reason.startswith("its memory has grown by ") for event in retired)
    assert expected / 2 <= len(retired) <= expected + 1
    assert len(told.of(WorkerStarted)) >= len(retired)


@pytest.mark.parametrize("worker", ["w0", "w1"])
def test_the_memory_of_a_worker_is_a_saw_tooth_below_its_limit(told: Told, worker: str) -> None:
    lives = told.lives(worker)

    assert len(lives) >= 2
    assert max(max(life) - min(life) for life in lives) <= MOST_GROWN
    assert any(max(life) - min(life) > GROWTH_BYTES / 2 for life in lives), "the curve is not flat"
    for before, after in pairwise(lives):
        assert min(after) < max(before)


def test_the_run_itself_does_not_grow(told: Told) -> None:
    (life,) = told.lives("run")
    assert life[-1] - life[len(life) // 5] < SLACK_BYTES + PAGES * 10_000


def test_each_point_tells_the_shared_part_of_memory_where_the_system_does(told: Told) -> None:
    points = told.of(MachineSampled)
    shares = [one for point in points for one in point.processes if one.proportional_bytes is not None]

    assert len(points) >= 10
    assert shares
    assert all(one.proportional_bytes <= one.resident_bytes + SLACK_BYTES for one in shares)
