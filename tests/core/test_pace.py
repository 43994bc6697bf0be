"""How many requests are under way: shown against a server that bears so many and no more."""

import pytest

from htrkit.core.pace import LEAST, MOST_REST_SECONDS, Pace


def answered(pace: Pace, times: int, seconds: float = 10.0) -> None:
    for _ in range(times):
        pace.answered(seconds, tokens=100)


def test_it_begins_with_one_and_doubles_with_every_round_up_to_the_most() -> None:
    pace, sizes = Pace(16), []
    while pace.at_once < 16:
        sizes.append(pace.at_once)
        answered(pace, pace.at_once)
    assert sizes == [1, 2, 4, 8]
    answered(pace, 100)
    assert pace.at_once == 16


def test_a_complaint_halves_it_and_from_then_on_it_grows_by_one_at_a_time() -> None:
    pace = Pace(16)
    answered(pace, 15)
    pace.complained(pace.begun())
    assert pace.window == 8
    answered(pace, 16)
    assert pace.at_once == 9
    answered(pace, 16)
    assert pace.at_once == 10


def test_requests_that_were_under_way_together_are_one_complaint() -> None:
    pace = Pace(16)
    answered(pace, 15)
    sent = [pace.begun() for _ in range(16)]
    for one in sent:
        pace.complained(one)
    assert pace.window == 8
    pace.complained(pace.begun())
    assert pace.window == 4


def test_below_one_it_rests_between_requests_and_comes_back() -> None:
    pace = Pace(4)
    answered(pace, 1, seconds=3)
    pace.window = 1
    pace.complained(pace.begun())
    assert (pace.window, pace.at_once, pace.rest_seconds) == (0.5, 1, 3)
    pace.complained(pace.begun())
    assert pace.rest_seconds == 9
    answered(pace, 3, seconds=3)
    assert (pace.window, pace.rest_seconds) == (1, 0)


def test_it_never_stops_and_never_rests_for_ever() -> None:
    pace = Pace(4)
    answered(pace, 1, seconds=1000)
    for _ in range(50):
        pace.complained(pace.begun())
    assert pace.window == LEAST
    assert pace.rest_seconds == MOST_REST_SECONDS


def test_one_more_at_once_that_brings_nothing_is_taken_back() -> None:
    pace = Pace(16)
    pace.complained(pace.begun())
    # A server that computes four at once: more only wait for each other.
    for _ in range(400):
        pace.answered(10.0 * max(pace.at_once / 4, 1), tokens=100)
    assert 4 <= pace.at_once <= 5


@pytest.mark.parametrize("capacity", [5, 11])
def test_two_senders_come_to_share_what_the_server_bears(capacity: int) -> None:
    first, second = Pace(16), Pace(16)
    answered(first, 12)
    shares: list[float] = []
    for turn in range(600):
        for pace in (first, second):
            sent = pace.begun()
            if int(first.window) + int(second.window) > capacity:
                pace.complained(sent)
            else:
                answered(pace, pace.at_once)
        if turn > 100:
            shares.append(first.window / (first.window + second.window))
    assert 0.4 < sum(shares) / len(shares) < 0.6
