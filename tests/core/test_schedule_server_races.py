"""What is heard of device servers too late, twice, in vain, or in the middle of something else."""

from dataclasses import replace

import pytest

from htrkit.core.schedule import Schedule
from htrkit.domain.schedule import (
    Asked,
    Drain,
    End,
    Finished,
    Give,
    Halt,
    Heard,
    Passed,
    Pause,
    Ready,
    RoomAgain,
    Served,
    Start,
    Strike,
    Troubled,
    Waiting,
)
from htrkit.domain.serving import (
    BatchEnded,
    Drop,
    GiveUpServer,
    Link,
    PutDown,
    ServeOnly,
    ServerReady,
    StartServer,
)
from tests.fakes.scheduled import RULES, S0, S1, W0, W1, A, B, C, batch, crashed, died, served

ONE_START = replace(RULES, failed_starts=1)


# What cannot be.


@pytest.mark.parametrize("event", [ServerReady(S0, 9), batch(S0, W1), BatchEnded(S0, 9), crashed(S0)])
def test_what_is_heard_of_a_server_that_was_given_up_changes_nothing(event: Heard) -> None:
    schedule = served("ab", servers=2, rules=ONE_START)
    schedule.hear(crashed(S0))
    schedule.hear(batch(S1, W0))

    assert schedule.hear(event) == []
    assert schedule.next_deadline() == 31
    assert schedule.hear(crashed(S1, 9))[:2] == [Drop(W0), Strike(A, "open", "SIGSEGV", 1, "in launch()")]


@pytest.mark.parametrize("event", [ServerReady("s9", 1), batch("s9", W0), BatchEnded("s9", 1), crashed("s9")])
def test_what_is_heard_of_an_unknown_server_changes_nothing(event: Heard) -> None:
    assert served("ab").hear(event) == []


@pytest.mark.parametrize("worker", [W1, "w9"])
def test_a_page_put_down_unasked_stays_in_hand(worker: str) -> None:
    schedule = served("ab")

    assert schedule.hear(PutDown(worker, 1)) == []
    assert [one.worker for one in schedule.in_hand()] == [W0, W1]


def test_a_batch_of_a_server_that_was_not_yet_ready_cannot_be() -> None:
    schedule = Schedule([A], [W0], RULES, servers=[S0])
    schedule.begin(0)
    schedule.hear(Ready(W0, 0))
    schedule.hear(Waiting(W0, 0))
    schedule.hear(batch(S0, W0))

    assert schedule.hear(crashed(S0, 2)) == [StartServer(S0), Link(W0, S0)]


def test_a_server_cannot_have_the_page_of_a_worker_that_lives_elsewhere() -> None:
    schedule = served("ab", servers=2)
    schedule.hear(batch(S0, W1))

    assert schedule.hear(crashed(S0, 2)) == [StartServer(S0), Link(W0, S0)]


def test_the_end_of_a_batch_that_never_began_forgives_nothing() -> None:
    schedule = served("a", workers=1, rules=replace(RULES, failed_starts=2))
    schedule.hear(crashed(S0, 1))
    schedule.hear(ServerReady(S0, 2))
    schedule.hear(BatchEnded(S0, 3))

    assert schedule.hear(crashed(S0, 4))[0] == GiveUpServer(S0, "SIGSEGV")


# Blame.


def test_a_page_whose_companion_died_meanwhile_is_tried_and_not_struck() -> None:
    schedule = served("abc")
    schedule.hear(batch(S0, W0, W1))
    schedule.hear(died(W1))

    assert schedule.hear(crashed(S0, 2))[:2] == [StartServer(S0), ServeOnly(S0, W0)]


def test_a_page_whose_companion_was_dead_when_the_batch_began_is_tried_and_not_struck() -> None:
    schedule = served("abc")
    schedule.hear(died(W1))
    schedule.hear(batch(S0, W0, W1))

    assert schedule.hear(crashed(S0, 2))[:2] == [StartServer(S0), ServeOnly(S0, W0)]


def test_a_worker_named_twice_is_one() -> None:
    schedule = served("ab")
    schedule.hear(batch(S0, W0, W0))

    assert schedule.hear(crashed(S0, 2))[0] == Drop(W0)


def test_nobody_is_struck_for_a_batch_of_which_nobody_waits_any_more_but_the_server_has_failed() -> None:
    schedule = served("ab", rules=ONE_START)
    schedule.hear(batch(S0, W0))
    schedule.hear(Served(W0, 2))

    assert schedule.hear(crashed(S0, 3)) == [GiveUpServer(S0, "SIGSEGV"), End(Halt.NO_DEVICE, "SIGSEGV")]


def test_a_page_that_dies_with_its_worker_does_not_die_again_with_the_server() -> None:
    schedule = served("ab")
    schedule.hear(batch(S0, W0))
    assert schedule.hear(died(W0))[0] == Strike(A, "open", "SIGSEGV", 1, "in cut()")

    assert schedule.hear(crashed(S0, 2)) == [StartServer(S0), Link(W1, S0)]


def test_a_page_that_dies_with_the_server_does_not_die_again_with_its_worker() -> None:
    schedule = served("ab", workers=1)
    schedule.hear(batch(S0, W0))
    schedule.hear(crashed(S0, 2))

    assert schedule.hear(died(W0, 3)) == [Start(W0), Link(W0, S0)]


def test_a_batch_begun_by_a_server_that_is_being_killed_is_not_to_blame() -> None:
    schedule = served("ab")
    schedule.hear(batch(S0, W0))
    schedule.hear(Passed(31))
    schedule.hear(BatchEnded(S0, 31))
    schedule.hear(Served(W0, 31))
    schedule.hear(batch(S0, W1, at=31))

    assert schedule.hear(crashed(S0, 32)) == [StartServer(S0), Link(W0, S0), Link(W1, S0)]


def test_what_is_heard_of_a_page_that_is_put_down_changes_nothing() -> None:
    schedule = served("ab", workers=1)
    schedule.hear(batch(S0, W0))
    schedule.hear(crashed(S0, 2))

    assert schedule.hear(Served(W0, 3)) == schedule.hear(Finished(W0, 3)) == schedule.hear(Ready(W0, 3)) == []
    assert schedule.left() == 2


def test_a_struck_page_is_not_given_to_another_while_its_worker_still_puts_it_down() -> None:
    schedule = served("abc")
    schedule.hear(batch(S0, W0))
    schedule.hear(Finished(W1, 2))
    schedule.hear(crashed(S0, 3))

    assert schedule.hear(Finished(W1, 4)) == []
    assert schedule.hear(PutDown(W0, 5)) == [Give(W0, A, 2)]


def test_other_pages_are_given_while_a_struck_one_is_put_down() -> None:
    schedule = served("abcd")
    schedule.hear(batch(S0, W0))
    schedule.hear(crashed(S0, 2))

    assert schedule.hear(Finished(W1, 3)) == [Give(W1, C, 1)]


# Patience.


def test_a_server_that_rested_for_long_has_its_patience_for_those_who_move_in() -> None:
    schedule = served("ab", servers=2, rules=ONE_START)
    schedule.hear(Finished(W1, 1))
    schedule.hear(batch(S0, W0, at=390))
    schedule.hear(BatchEnded(S0, 400))

    assert schedule.hear(crashed(S0, 400)) == [GiveUpServer(S0, "SIGSEGV"), Link(W0, S1)]
    assert schedule.hear(Passed(400)) == []
    assert schedule.next_deadline() == 700


# Pauses and ends.


def test_a_death_in_a_pause_is_judged_but_with_no_page_in_hand_the_server_starts_after_it() -> None:
    schedule = served("abc")
    schedule.hear(batch(S0, W0))
    assert schedule.hear(Troubled(W1, "disk full", 1)) == [Pause("disk full")]

    assert schedule.hear(crashed(S0, 2))[:1] == [Drop(W0)]
    assert schedule.hear(PutDown(W0, 3)) == []
    assert schedule.hear(RoomAgain(4)) == [Give(W0, B, 1), Give(W1, C, 1), StartServer(S0), Link(W0, S0), Link(W1, S0)]


def test_a_server_that_dies_in_a_pause_is_started_for_pages_in_hand() -> None:
    schedule = served("abc")
    schedule.hear(Troubled(W1, "disk full", 1))

    assert schedule.hear(crashed(S0, 2)) == [StartServer(S0), Link(W0, S0), Link(W1, S0)]


def test_the_time_of_a_pause_does_not_count_against_a_batch() -> None:
    schedule = served("abc")
    schedule.hear(batch(S0, W0))
    schedule.hear(Troubled(W1, "disk full", 11))

    assert schedule.hear(Passed(400)) == []
    schedule.hear(RoomAgain(411))
    assert schedule.next_deadline() == 421


def test_no_server_is_killed_in_a_pause_that_began_when_its_time_was_up() -> None:
    schedule = served("abc")
    schedule.hear(batch(S0, W0))
    schedule.hear(Troubled(W1, "disk full", 31))

    assert schedule.hear(Passed(40)) == []


def test_servers_serve_and_are_started_anew_for_pages_in_hand_while_the_run_drains() -> None:
    schedule = served("abcd", servers=2)
    schedule.hear(Finished(W1, 1))
    schedule.hear(Asked(Halt.INTERRUPTED, 1))
    schedule.hear(Finished(W1, 2))

    assert schedule.hear(crashed(S0, 3)) == [StartServer(S0), Link(W0, S0)]
    assert schedule.hear(Finished(W0, 4)) == [End(Halt.INTERRUPTED)]


def test_a_page_struck_in_a_drain_stays_for_another_run() -> None:
    schedule = served("ab", workers=1)
    assert schedule.hear(Asked(Halt.INTERRUPTED, 1)) == [Drain(Halt.INTERRUPTED)]
    schedule.hear(batch(S0, W0))

    assert schedule.hear(crashed(S0, 2))[2:] == [End(Halt.INTERRUPTED)]
    assert schedule.left() == 2


def test_the_last_device_lost_in_a_drain_leaves_its_pages_for_another_run() -> None:
    schedule = served("ab", workers=1, rules=ONE_START)
    schedule.hear(Asked(Halt.INTERRUPTED, 1))

    assert schedule.hear(crashed(S0, 2)) == [GiveUpServer(S0, "SIGSEGV"), End(Halt.NO_DEVICE, "SIGSEGV")]
    assert schedule.left() == 2
