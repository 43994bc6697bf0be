"""What is left of a run, while it goes on."""

from itertools import pairwise

import pytest

from htrkit.core.eta import LEAST_PAGES, Eta
from htrkit.core.interval import Interval
from htrkit.core.page_costs import PageCost, PageFeatures
from htrkit.domain.names import PageKey

KEYS = [PageKey(f"box/{number:03d}") for number in range(100)]
SHELF = {key: PageFeatures(megapixels=5.0, lines=10 + number % 5) for number, key in enumerate(KEYS)}


def heard(eta: Eta, pages: int, *, seconds: float = 2.0) -> float:
    """Let it hear of so many pages, one after another; give the moment."""
    for number, key in enumerate(KEYS[:pages]):
        eta.begin(key, number * seconds)
        eta.hear(key, seconds, (number + 1) * seconds)
    return pages * seconds


def test_nothing_is_said_of_a_run_that_has_just_begun() -> None:
    eta = Eta(SHELF, 1)
    at = heard(eta, LEAST_PAGES - 1)

    assert eta.left(at) is None


def test_what_is_left_is_what_pages_have_cost() -> None:
    eta = Eta(SHELF, 1)
    left = eta.left(heard(eta, 40))

    assert left is not None
    assert left.low < left.expected == pytest.approx(120, rel=0.02)
    assert left.high > left.expected


def test_two_workers_take_half_the_time() -> None:
    eta = Eta(SHELF, 2)
    left = eta.left(heard(eta, 40))

    assert left is not None
    assert left.expected == pytest.approx(60, rel=0.05)


def test_a_worker_that_is_lost_makes_it_longer() -> None:
    eta = Eta(SHELF, 2)
    at = heard(eta, 40)
    before = eta.left(at)
    eta.workers = 1
    after = eta.left(at)

    assert before is not None
    assert after is not None
    assert after.expected == pytest.approx(2 * before.expected)


def test_while_a_page_is_read_the_time_runs_down() -> None:
    eta = Eta(SHELF, 1)
    at = heard(eta, 40)
    eta.begin(KEYS[40], at)
    moments = [eta.left(at + passed) for passed in (0.0, 0.5, 1.0, 1.5)]

    assert all(one.expected > other.expected for one, other in pairwise(filter(None, moments)))


def test_a_page_that_hangs_does_not_eat_up_the_others_time() -> None:
    eta = Eta(SHELF, 1)
    at = heard(eta, 40)
    eta.begin(KEYS[40], at)
    left = eta.left(at + 1000)

    assert left is not None
    assert left.expected >= 59 * 2 * 0.98


def test_pages_that_failed_are_not_left_and_cost_nothing() -> None:
    eta = Eta(SHELF, 1)
    at = heard(eta, 40)
    for key in KEYS[40:90]:
        eta.hear_end(key, at)
    left = eta.left(at)

    assert left is not None
    assert left.expected == pytest.approx(20, rel=0.05)


def test_when_all_pages_have_ended_nothing_is_left() -> None:
    eta = Eta(SHELF, 1)

    assert eta.left(heard(eta, 100)) == Interval(0, 0, 0)


def test_a_page_that_nobody_planned_changes_nothing() -> None:
    eta = Eta(SHELF, 1)
    at = heard(eta, 40)
    before = eta.left(at)
    eta.begin(PageKey("other"), at)
    eta.hear(PageKey("other"), 500.0, at)

    assert eta.left(at) == before


def test_earlier_runs_tell_before_any_page_has_ended() -> None:
    eta = Eta(SHELF, 1, [PageCost(page, 3.0) for page in SHELF.values()])
    left = eta.left(0.0)

    assert left is not None
    assert left.expected == pytest.approx(300, rel=0.02)


def test_long_pages_in_hand_count_though_only_short_ones_have_ended() -> None:
    features = {key: PageFeatures(5.0, to_segment=number % 2 == 0) for number, key in enumerate(KEYS)}
    eta = Eta(features, 8)
    for key in KEYS[:8]:
        eta.begin(key, 0.0)
    for number in (1, 3, 5, 7):
        eta.hear(KEYS[number], 1.0, 1.0)
    for key in KEYS[8:12]:
        eta.begin(key, 1.0)
    for number in (9, 11):
        eta.hear(KEYS[number], 1.0, 2.0)
    left = eta.left(90.0)

    assert left is not None
    assert left.expected * 8 > 40 * 60
