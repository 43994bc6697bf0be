"""How a supervised run pauses, drains and stops."""

from dataclasses import replace

from htrkit.config.choices import OnError
from htrkit.core.schedule import Schedule
from htrkit.domain.failure import Step
from htrkit.domain.schedule import (
    Asked,
    Drain,
    End,
    Finished,
    Give,
    Halt,
    Kill,
    Passed,
    Pause,
    RoomAgain,
    SetAside,
    Start,
    StepBegun,
    Strike,
    Troubled,
)
from tests.fakes.scheduled import RULES, W0, W1, A, B, C, begun, broken, died

# Troubles of the run.


def test_a_full_disk_pauses_the_run_and_costs_its_page_nothing() -> None:
    schedule = begun("abc", 2)

    assert schedule.hear(Troubled(W0, "disk full", 1)) == [Pause("disk full")]
    assert schedule.hear(Troubled(W1, "disk full", 2)) == []
    assert schedule.left() == 3
    assert schedule.hear(RoomAgain(9)) == [Give(W0, B, 1), Give(W1, A, 1)]


def test_a_trouble_that_does_not_pass_halts_the_run_and_fails_no_page() -> None:
    schedule = begun("abc", 2)

    assert schedule.hear(Troubled(W0, "no such model", 1, passes=False)) == [Drain(Halt.TROUBLE)]
    assert schedule.hear(Troubled(W1, "no such model", 2, passes=False)) == [End(Halt.TROUBLE, "no such model")]
    assert schedule.left() == 3


def test_a_trouble_that_does_not_pass_ends_a_pause_too() -> None:
    schedule = begun("abc", 2)
    schedule.hear(Troubled(W0, "server gone", 1))

    orders = schedule.hear(Troubled(W1, "no such model", 2, passes=False))
    assert orders == [Drain(Halt.TROUBLE), End(Halt.TROUBLE, "no such model")]


def test_pages_in_hand_may_end_in_a_pause_but_none_is_given() -> None:
    schedule = begun("abc", 2)
    schedule.hear(Troubled(W0, "disk full", 1))

    assert schedule.hear(Finished(W1, 2)) == []
    assert schedule.hear(RoomAgain(3)) == [Give(W0, A, 1), Give(W1, C, 1)]


def test_a_worker_that_dies_in_a_pause_is_started_after_it() -> None:
    schedule = begun("abc", 2)
    schedule.hear(Troubled(W0, "disk full", 1))

    assert schedule.hear(died(W0, 2)) == []
    assert schedule.hear(RoomAgain(3)) == [Start(W0)]


def test_a_struck_page_that_meets_a_full_disk_is_still_tried_alone() -> None:
    schedule = begun("ab", strikes={A: 1})
    schedule.hear(Finished(W0, 1))
    schedule.hear(Troubled(W0, "disk full", 2))

    assert schedule.hear(RoomAgain(3)) == [Give(W0, A, 1)]


def test_the_time_of_a_pause_does_not_count_against_a_page() -> None:
    schedule = begun("ab", 2)
    schedule.hear(StepBegun(W1, Step.WRITE, 0))
    schedule.hear(Troubled(W0, "disk full", 10))

    assert schedule.deadline_of(W1) is None
    assert schedule.hear(Passed(500)) == []
    schedule.hear(RoomAgain(510))
    assert schedule.deadline_of(W1) == 530


def test_a_trouble_that_stays_ends_the_run() -> None:
    schedule = begun("ab", 2)
    schedule.hear(Troubled(W0, "disk full", 5))

    assert schedule.next_deadline() == 605
    assert schedule.hear(Passed(604)) == []
    assert schedule.hear(Passed(605)) == [Drain(Halt.TROUBLE)]
    assert schedule.hear(Finished(W1, 606)) == [End(Halt.TROUBLE, "disk full")]


def test_a_page_that_hangs_on_a_disk_in_trouble_is_killed_without_blame() -> None:
    schedule = begun("ab", 2)
    schedule.hear(Troubled(W0, "stale handle", 5))
    schedule.hear(Passed(605))

    assert schedule.hear(Passed(609)) == []
    assert schedule.hear(Passed(610)) == [
        Kill(W1, "no step begun after 10 s"),
        End(Halt.TROUBLE, "stale handle"),
    ]
    assert schedule.left() == 2


# Somebody wants the end.


def test_the_first_wish_lets_pages_in_hand_end_and_gives_no_more() -> None:
    schedule = begun("abc", 2)

    assert schedule.hear(Asked(Halt.INTERRUPTED, 1)) == [Drain(Halt.INTERRUPTED)]
    assert schedule.hear(Finished(W0, 2)) == []
    assert schedule.hear(Finished(W1, 3)) == [End(Halt.INTERRUPTED)]
    assert schedule.left() == 1


def test_the_second_wish_stops_at_once_and_blames_nobody() -> None:
    schedule = begun("abc", 2)
    schedule.hear(Asked(Halt.INTERRUPTED, 1))

    reason = "the run was stopped at once"
    assert schedule.hear(Asked(Halt.TERMINATED, 2)) == [Kill(W0, reason), Kill(W1, reason), End(Halt.INTERRUPTED)]
    assert schedule.hear(died(W0, 3)) == []
    assert schedule.left() == 3


def test_a_worker_that_dies_in_a_drain_strikes_its_page_which_stays_for_another_run() -> None:
    schedule = begun("ab")
    schedule.hear(Asked(Halt.WARNED, 1))

    assert schedule.hear(died(W0)) == [Strike(A, Step.OPEN, "SIGSEGV", 1, "in cut()"), End(Halt.WARNED)]
    assert schedule.left() == 2


def test_a_second_death_in_a_drain_sets_its_page_aside() -> None:
    schedule = begun("ab", strikes={A: 1, B: 1})
    schedule.hear(Asked(Halt.WARNED, 1))

    aside, end = schedule.hear(died(W0))
    assert isinstance(aside, SetAside)
    assert end == End(Halt.WARNED)


def test_a_wish_while_the_run_starts_or_pauses_ends_it() -> None:
    starting = Schedule([A], [W0], RULES)
    starting.begin(0)
    paused = begun("a")
    paused.hear(Troubled(W0, "disk full", 1))

    for schedule in (starting, paused):
        assert schedule.hear(Asked(Halt.TERMINATED, 2)) == [Drain(Halt.TERMINATED), End(Halt.TERMINATED)]


def test_a_wish_that_comes_as_the_last_pages_end_leaves_a_run_that_is_done() -> None:
    schedule = begun("a")
    schedule.hear(Asked(Halt.INTERRUPTED, 1))

    assert schedule.hear(Finished(W0, 2)) == [End(None)]


def test_one_wish_during_another_drain_is_patient_and_two_are_not() -> None:
    schedule = begun("abc", 2, replace(RULES, on_error=OnError.ABORT))
    schedule.hear(broken(W0))

    assert schedule.hear(Asked(Halt.INTERRUPTED, 2)) == []
    assert schedule.hear(Asked(Halt.INTERRUPTED, 3))[-1] == End(Halt.FAILED_PAGE, "a: ends early")
