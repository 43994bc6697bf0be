"""What becomes of pages in a supervised run, rule by rule."""

from dataclasses import replace

from htrkit.config.choices import OnError
from htrkit.core.schedule import Schedule
from htrkit.domain.failure import FailureClass, Step
from htrkit.domain.schedule import (
    Died,
    Drain,
    End,
    Finished,
    Give,
    Halt,
    InHand,
    Order,
    Passed,
    Ready,
    Retry,
    SetAside,
    Start,
    StepBegun,
    Strike,
)
from tests.fakes.scheduled import RULES, W0, W1, A, B, C, D, begun, broken, died, hiccup


def finish_all(schedule: Schedule, at: float = 5) -> list[Order]:
    """Let every worker behave to the end; give all orders."""
    orders: list[Order] = []
    new = [*schedule.hear(Passed(at))]
    while True:
        orders += new
        started = [order.worker for order in new if isinstance(order, Start)]
        hands = [one.worker for one in schedule.in_hand()]
        new = [order for name in started for order in schedule.hear(Ready(name, at))]
        new += [order for name in hands for order in schedule.hear(Finished(name, at))]
        if not new:
            return orders


# A run that nothing happens to.


def test_workers_start_then_each_page_is_given_in_turn_and_the_run_ends() -> None:
    schedule = Schedule([A, B, C], [W0, W1], RULES)

    assert schedule.begin(0) == [Start(W0), Start(W1)]
    assert schedule.hear(Ready(W0, 1)) == [Give(W0, A, 1)]
    assert schedule.hear(Ready(W1, 1)) == [Give(W1, B, 1)]
    assert schedule.hear(Finished(W1, 2)) == [Give(W1, C, 1)]
    assert schedule.hear(Finished(W0, 3)) == []
    assert schedule.hear(Finished(W1, 4)) == [End(None)]


def test_a_run_without_pages_ends_before_anybody_starts() -> None:
    assert Schedule([], [W0], RULES).begin(0) == [End(None)]


def test_no_more_workers_start_than_pages_wait() -> None:
    assert Schedule([A], [W0, W1], RULES).begin(0) == [Start(W0)]


def test_the_screen_is_told_what_is_in_hand_and_what_is_left() -> None:
    schedule = begun("abc", 2)
    schedule.hear(StepBegun(W1, Step.SEGMENT, 4))

    assert schedule.in_hand() == (InHand(W0, A, 1, None, 0), InHand(W1, B, 1, Step.SEGMENT, 4))
    assert schedule.left() == 3
    schedule.hear(Finished(W0, 5))
    assert schedule.left() == 2


# Deaths.


def test_a_struck_page_is_tried_again_alone_when_all_others_are_done() -> None:
    schedule = begun("abc", 2)

    assert schedule.hear(died(W0)) == [Strike(A, Step.OPEN, "SIGSEGV", 1, "in cut()"), Start(W0)]
    assert schedule.hear(Ready(W0, 2)) == [Give(W0, C, 1)]
    assert schedule.hear(Finished(W0, 3)) == []
    assert schedule.hear(Finished(W1, 4)) == [Give(W0, A, 2)]
    assert schedule.hear(Finished(W0, 5)) == [End(None)]


def test_two_struck_pages_are_tried_one_after_the_other() -> None:
    schedule = begun("ab", 2)

    assert schedule.hear(died(W0))[1:] == []
    assert schedule.hear(died(W1))[1:] == [Start(W0)]
    assert schedule.hear(Ready(W0, 2)) == [Give(W0, A, 2)]
    assert schedule.hear(Finished(W0, 3)) == [Give(W0, B, 2)]


def test_the_second_death_sets_the_page_aside_and_names_step_and_cause() -> None:
    schedule = begun("a")
    schedule.hear(died(W0))
    schedule.hear(Ready(W0, 2))
    schedule.hear(StepBegun(W0, Step.RECOGNISE, 2))

    message = "A worker died twice with this page in hand, the last time of: exit code 3."
    assert schedule.hear(Died(W0, "exit code 3", 3)) == [
        SetAside(A, FailureClass.DIED, Step.RECOGNISE, message, 2, ""),
        End(None),
    ]


def test_strikes_of_an_earlier_run_count() -> None:
    schedule = begun("ab", strikes={A: 1}, attempts={A: 1})

    assert schedule.in_hand() == (InHand(W0, B, 1, None, 0),)
    assert schedule.hear(Finished(W0, 1)) == [Give(W0, A, 2)]
    aside, *_ = schedule.hear(died(W0, 2))
    assert isinstance(aside, SetAside)


def test_a_page_asked_for_again_after_all_its_deaths_has_one_more_try() -> None:
    schedule = begun("a", strikes={A: 2}, attempts={A: 2})

    assert schedule.in_hand() == (InHand(W0, A, 3, None, 0),)
    aside, _ = schedule.hear(died(W0))
    assert isinstance(aside, SetAside)
    assert (aside.attempts, aside.message.split(" with ")[0]) == (3, "A worker died twice")


def test_a_worker_that_dies_empty_handed_costs_no_page_anything() -> None:
    schedule = begun("ab", 2)
    schedule.hear(Finished(W0, 1))

    assert schedule.hear(died(W0)) == []
    assert schedule.left() == 1


def test_a_worker_that_died_is_not_started_while_nothing_waits_but_is_when_it_is_needed() -> None:
    schedule = begun("ab", 2)
    schedule.hear(Finished(W0, 1))
    schedule.hear(died(W0))

    assert schedule.hear(died(W1, 2)) == [Strike(B, Step.OPEN, "SIGSEGV", 1, "in cut()"), Start(W0)]


def test_a_page_dies_at_most_twice_among_many_and_all_others_are_done() -> None:
    schedule = begun("abcd", 2)
    schedule.hear(died(W0))

    orders = finish_all(schedule)
    assert [order.key for order in orders if isinstance(order, Give)] == [C, D, A]
    assert orders[-1] == End(None)


# Pages that cannot be read.


def test_a_broken_page_is_set_aside_at_once() -> None:
    assert begun("ab").hear(broken(W0)) == [
        SetAside(A, FailureClass.BROKEN, Step.OPEN, "ends early", 1, "…"),
        Give(W0, B, 1),
    ]


def test_a_passing_trouble_is_tried_again_after_the_other_pages_and_then_no_more() -> None:
    schedule = begun("ab")

    assert schedule.hear(hiccup(W0)) == [
        Retry(A, FailureClass.RECOGNITION, Step.RECOGNISE, "device busy"),
        Give(W0, B, 1),
    ]
    assert schedule.hear(Finished(W0, 2)) == [Give(W0, A, 2)]
    assert schedule.hear(hiccup(W0, 3)) == [
        SetAside(A, FailureClass.RECOGNITION, Step.RECOGNISE, "device busy", 2, ""),
        End(None),
    ]


def test_without_retries_a_passing_trouble_fails_the_page() -> None:
    assert isinstance(begun("a", rules=replace(RULES, retries=0)).hear(hiccup(W0))[0], SetAside)


def test_a_death_is_no_passing_trouble_and_the_other_way_round() -> None:
    schedule = begun("a")
    schedule.hear(hiccup(W0))

    assert isinstance(schedule.hear(died(W0, 2))[0], Strike)
    schedule.hear(Ready(W0, 3))
    assert schedule.left() == 1


def test_with_on_error_abort_the_first_failed_page_ends_the_run() -> None:
    schedule = begun("abc", 2, replace(RULES, on_error=OnError.ABORT))

    assert schedule.hear(broken(W0))[1:] == [Drain(Halt.FAILED_PAGE)]
    assert schedule.hear(Finished(W1, 2)) == [End(Halt.FAILED_PAGE, "a: ends early")]


def test_too_many_failed_pages_end_the_run_once_enough_have_ended() -> None:
    schedule = begun("abcd", rules=replace(RULES, max_fail_rate=0.5, rate_minimum=3))

    assert schedule.hear(broken(W0, 1))[1:] == [Give(W0, B, 1)]
    assert schedule.hear(broken(W0, 2))[1:] == [Give(W0, C, 1)]
    assert schedule.hear(Finished(W0, 3)) == [Drain(Halt.FAIL_RATE), End(Halt.FAIL_RATE, "2 of 3 pages failed.")]


def test_exactly_the_fail_rate_is_still_allowed() -> None:
    schedule = begun("abc", rules=replace(RULES, max_fail_rate=0.5, rate_minimum=2))
    schedule.hear(broken(W0, 1))

    assert schedule.hear(Finished(W0, 2)) == [Give(W0, C, 1)]


def test_too_many_flagged_pages_end_the_run_once_enough_have_ended() -> None:
    schedule = begun("abcd", rules=replace(RULES, max_alarm_rate=0.5, rate_minimum=3))

    assert schedule.hear(Finished(W0, 1, flagged=True)) == [Give(W0, B, 1)]
    assert schedule.hear(Finished(W0, 2, flagged=True)) == [Give(W0, C, 1)]
    ends = [Drain(Halt.ALARM_RATE), End(Halt.ALARM_RATE, "2 of 3 pages raised an alarm.")]
    assert schedule.hear(Finished(W0, 3)) == ends


def test_exactly_the_alarm_rate_is_still_allowed_and_failed_pages_raise_no_alarm() -> None:
    schedule = begun("abcd", rules=replace(RULES, max_alarm_rate=0.5, rate_minimum=2))
    schedule.hear(Finished(W0, 1, flagged=True))

    assert schedule.hear(broken(W0, 2))[1:] == [Give(W0, C, 1)]
    assert schedule.hear(broken(W0, 3))[1:] == [Give(W0, D, 1)]


def test_without_a_wish_no_share_of_flagged_pages_ends_a_run() -> None:
    schedule = begun("abcd", rules=replace(RULES, rate_minimum=1))

    assert schedule.hear(Finished(W0, 1, flagged=True)) == [Give(W0, B, 1)]


def test_a_run_that_ends_by_its_alarms_lets_pages_in_hand_end() -> None:
    schedule = begun("abcd", 2, replace(RULES, max_alarm_rate=0.5, rate_minimum=1))

    assert schedule.hear(Finished(W0, 1, flagged=True)) == [Drain(Halt.ALARM_RATE)]
    assert schedule.hear(Finished(W1, 2)) == [End(Halt.ALARM_RATE, "1 of 1 pages raised an alarm.")]


def test_a_run_whose_last_page_fails_has_come_to_its_end() -> None:
    assert begun("a", rules=replace(RULES, on_error=OnError.ABORT)).hear(broken(W0))[1:] == [End(None)]
