"""Workers of a supervised run that do not start, or take too long, and what is heard of them in vain."""

from dataclasses import replace

import pytest

from htrkit.core.schedule import Schedule
from htrkit.domain.failure import FailureClass, Step
from htrkit.domain.schedule import (
    Asked,
    Died,
    End,
    Finished,
    Give,
    GiveUp,
    Halt,
    Kill,
    Passed,
    Ready,
    RoomAgain,
    Served,
    SetAside,
    Start,
    StepBegun,
    Strike,
    Troubled,
    Waiting,
)
from tests.fakes.scheduled import LIMITS, RULES, W0, W1, A, B, begun, broken, died

# Workers that do not start.


def test_three_failed_starts_in_a_row_give_a_worker_up_and_the_last_one_ends_the_run() -> None:
    schedule = Schedule([A], [W0], RULES)
    schedule.begin(0)

    assert schedule.hear(Died(W0, "no model", 1)) == [Start(W0)]
    assert schedule.hear(Died(W0, "no model", 2)) == [Start(W0)]
    assert schedule.hear(Died(W0, "model gone", 3)) == [GiveUp(W0, "model gone"), End(Halt.NO_WORKER, "model gone")]


def test_the_others_go_on_without_a_worker_that_was_given_up() -> None:
    schedule = Schedule([A, B], [W0, W1], replace(RULES, failed_starts=1))
    schedule.begin(0)
    schedule.hear(Ready(W1, 0))

    assert schedule.hear(died(W0)) == [GiveUp(W0, "SIGSEGV")]
    assert schedule.hear(Finished(W1, 2)) == [Give(W1, B, 1)]
    assert schedule.hear(Finished(W1, 3)) == [End(None)]


def test_a_start_that_succeeds_forgives_the_failed_ones() -> None:
    schedule = Schedule([A], [W0], replace(RULES, failed_starts=2, deaths=9))
    schedule.begin(0)
    for at in range(5):
        assert Start(W0) in schedule.hear(died(W0, at))
        schedule.hear(Ready(W0, at))
        assert Start(W0) in schedule.hear(died(W0, at))


def test_a_start_that_takes_too_long_is_killed_and_counts_as_failed() -> None:
    schedule = Schedule([A], [W0], replace(RULES, failed_starts=1))
    schedule.begin(0)

    assert schedule.next_deadline() == 60
    assert schedule.hear(Passed(59)) == []
    assert schedule.hear(Passed(60)) == [Kill(W0, "was not ready after 60 s")]
    assert schedule.hear(Ready(W0, 61)) == []
    assert schedule.hear(Died(W0, "SIGKILL", 62))[1:] == [End(Halt.NO_WORKER, "was not ready after 60 s")]


# Limits.


def test_a_step_that_takes_too_long_is_killed_and_strikes_its_page() -> None:
    schedule = begun("ab")
    schedule.hear(StepBegun(W0, Step.SEGMENT, 5))

    assert schedule.deadline_of(W0) == schedule.next_deadline() == 35
    assert schedule.hear(Passed(34.9)) == []
    assert schedule.hear(Passed(35)) == [Kill(W0, "segment took longer than 30 s")]
    assert schedule.hear(Passed(90)) == []
    strike, start = schedule.hear(Died(W0, "SIGKILL", 91))
    assert strike == Strike(A, Step.SEGMENT, "segment took longer than 30 s", 1, "")
    assert start == Start(W0)


def test_the_second_overrun_fails_the_page_as_a_timeout() -> None:
    schedule = begun("a", strikes={A: 1})
    schedule.hear(Passed(10))

    aside, end = schedule.hear(Died(W0, "SIGKILL", 11))
    assert isinstance(aside, SetAside)
    assert aside.failure is FailureClass.TIMEOUT
    assert aside.message.endswith("the last time of: no step begun after 10 s.")
    assert end == End(None)


def test_each_step_has_its_own_time() -> None:
    schedule = begun("a")
    for at, step in enumerate(Step):
        schedule.hear(StepBegun(W0, step, 25.0 * at))
        assert schedule.deadline_of(W0) == 25 * at + 30


def test_a_limit_for_the_page_runs_through_its_steps() -> None:
    schedule = begun("a", rules=replace(RULES, limits=replace(LIMITS, page_seconds=40)))
    schedule.hear(StepBegun(W0, Step.OPEN, 2))
    schedule.hear(StepBegun(W0, Step.RECOGNISE, 25))

    assert schedule.deadline_of(W0) == 40
    assert schedule.hear(Passed(40)) == [Kill(W0, "the page took longer than 40 s, last in recognise")]


def test_waiting_for_a_device_does_not_count() -> None:
    schedule = begun("a")
    schedule.hear(StepBegun(W0, Step.RECOGNISE, 0))
    schedule.hear(Waiting(W0, 10))

    assert schedule.deadline_of(W0) is None
    assert schedule.hear(Passed(1000)) == []
    schedule.hear(Served(W0, 1000))
    assert schedule.deadline_of(W0) == 1020


def test_a_step_that_begins_ends_the_wait_also_for_the_limit_of_the_page() -> None:
    schedule = begun("a", rules=replace(RULES, limits=replace(LIMITS, page_seconds=35)))
    schedule.hear(Waiting(W0, 10))
    schedule.hear(StepBegun(W0, Step.RENDER, 100))

    assert schedule.deadline_of(W0) == 125


def test_a_page_that_gets_finished_before_the_kill_arrives_is_finished() -> None:
    schedule = begun("ab")
    schedule.hear(Passed(10))

    assert schedule.hear(Finished(W0, 10)) == []
    assert schedule.hear(Died(W0, "SIGKILL", 11)) == [Start(W0)]
    assert schedule.hear(Ready(W0, 12)) == [Give(W0, B, 1)]


# What cannot be.


@pytest.mark.parametrize(
    "event",
    [Finished(W1, 1), broken(W1), Troubled(W1, "full", 1), StepBegun(W1, Step.OPEN, 1), Waiting(W1, 1), Served(W1, 1)],
    ids=lambda event: type(event).__name__,
)
def test_what_is_heard_of_an_empty_hand_changes_nothing(event: Finished) -> None:
    schedule = begun("ab", 2)
    schedule.hear(Finished(W1, 1))

    assert schedule.hear(event) == []
    assert (schedule.left(), schedule.deadline_of(W1)) == (1, None)


@pytest.mark.parametrize("event", [Ready("w9", 1), Finished("w9", 1), died("w9")], ids=lambda one: type(one).__name__)
def test_what_is_heard_of_an_unknown_worker_changes_nothing(event: Finished) -> None:
    assert begun("a").hear(event) == []


def test_a_worker_dies_once_and_nothing_is_heard_after_the_end() -> None:
    schedule = begun("ab", 2)
    schedule.hear(died(W0))
    schedule.hear(Asked(Halt.INTERRUPTED, 1))
    assert schedule.hear(died(W0)) == []
    schedule.hear(Finished(W1, 2))

    assert [schedule.hear(event) for event in (died(W1), Passed(999), RoomAgain(9), Asked(Halt.WARNED, 9))] == [[]] * 4
    assert schedule.next_deadline() is None
