"""What is sent again, when, and when no more."""

import pytest

from htrkit.core.retries import BUSY_FOR_SECONDS, TRIES, Miss, Missed, retry_after, wait_before


@pytest.mark.parametrize("miss", [miss for miss in Miss if miss is not Miss.BUSY])
def test_every_miss_has_its_number_of_tries(miss: Miss) -> None:
    misses = [Missed(miss)] * (TRIES[miss] - 1)
    assert wait_before(misses, waited_seconds=0, chance=0) is not None
    assert wait_before([*misses, Missed(miss)], waited_seconds=0, chance=0) is None


def test_waits_double_up_to_a_minute_and_half_of_each_is_chance() -> None:
    waits = [wait_before([Missed(Miss.BUSY)] * count, waited_seconds=0, chance=0) for count in range(1, 10)]
    assert waits == [0.5, 1, 2, 4, 8, 16, 30, 30, 30]
    assert wait_before([Missed(Miss.BUSY)] * 3, waited_seconds=0, chance=1) == 4


def test_what_the_server_asks_for_is_kept_and_has_a_limit_of_its_own() -> None:
    assert wait_before([Missed(Miss.BUSY, 12)], waited_seconds=0, chance=0.25) == 12.25
    assert wait_before([Missed(Miss.OVERLOADED, 1e9)], waited_seconds=0, chance=0) == 300


def test_a_busy_server_is_waited_for_so_long_and_no_longer() -> None:
    busy = [Missed(Miss.BUSY)] * 20
    assert wait_before(busy, waited_seconds=BUSY_FOR_SECONDS - 61, chance=1) == 60
    assert wait_before(busy, waited_seconds=BUSY_FOR_SECONDS - 59, chance=1) is None


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("3", 3),
        ("0.5", 0.5),
        (None, None),
        ("Wed, 21 Oct 2026 07:28:00 GMT", None),
        ("-1", None),
        ("nan", None),
        ("inf", None),
        ("", None),
    ],
)
def test_only_seconds_are_read_from_retry_after(header: str | None, seconds: float | None) -> None:
    assert retry_after(header) == seconds
