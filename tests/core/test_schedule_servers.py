"""What becomes of device servers in a supervised run, and of the pages that wait for them, rule by rule."""

from dataclasses import replace

from htrkit.core.schedule import Schedule
from htrkit.domain.failure import FailureClass, Step
from htrkit.domain.schedule import (
    Asked,
    Died,
    Drain,
    End,
    Finished,
    Give,
    Halt,
    InHand,
    Kill,
    Passed,
    Ready,
    Served,
    SetAside,
    Start,
    StepBegun,
    Strike,
    Waiting,
)
from htrkit.domain.serving import (
    BatchEnded,
    Drop,
    GiveUpServer,
    KillServer,
    Link,
    PutDown,
    ServerReady,
    StartServer,
)
from tests.fakes.scheduled import RULES, S0, S1, S2, W0, W1, W2, W3, A, B, C, batch, crashed, died, served

# Homes and links.


def test_servers_start_with_the_workers_who_share_them_in_turn() -> None:
    schedule = Schedule([A, B, C], [W0, W1, W2], RULES, servers=[S0, S1])

    assert schedule.begin(0) == [
        *(Start(W0), Start(W1), Start(W2)),
        *(StartServer(S0), Link(W0, S0), Link(W2, S0)),
        *(StartServer(S1), Link(W1, S1)),
    ]


def test_a_run_without_pages_starts_no_server() -> None:
    assert Schedule([], [W0], RULES, servers=[S0]).begin(0) == [End(None)]


def test_pages_are_opened_while_the_server_still_loads() -> None:
    schedule = Schedule([A], [W0], RULES, servers=[S0])
    schedule.begin(0)

    assert schedule.hear(Ready(W0, 1)) == [Give(W0, A, 1)]
    assert schedule.hear(Waiting(W0, 2)) == []


def test_a_server_that_starts_anew_is_linked_with_its_living_workers() -> None:
    schedule = served("abc", workers=3, servers=2)
    schedule.hear(died(W0))

    assert schedule.hear(crashed(S0, 2)) == [StartServer(S0), Link(W2, S0)]


def test_a_worker_that_starts_anew_is_linked_with_its_server() -> None:
    schedule = served("abcd", workers=2, servers=2)

    assert schedule.hear(died(W1))[1:] == [Start(W1), Link(W1, S1)]


# Time.


def test_a_page_that_waits_for_its_server_has_all_the_time_that_the_server_has() -> None:
    schedule = served("a", workers=1)
    schedule.hear(batch(S0, W0, at=20))

    assert schedule.deadline_of(W0) is None
    assert schedule.next_deadline() == 50
    schedule.hear(BatchEnded(S0, 45))
    schedule.hear(Served(W0, 45))
    assert schedule.deadline_of(W0) == schedule.next_deadline() == 55


def test_a_batch_that_takes_too_long_kills_the_server_and_fails_its_page_as_a_timeout() -> None:
    schedule = served("a", workers=1, rules=replace(RULES, deaths=1))
    schedule.hear(batch(S0, W0, at=1))

    reason = "a batch took longer than 30 s to recognise"
    assert schedule.hear(Passed(30.9)) == []
    assert schedule.hear(Passed(31)) == [KillServer(S0, reason)]
    assert schedule.hear(Passed(99)) == []
    message = f"A device server died once with this page in hand, the last time of: {reason}."
    assert schedule.hear(crashed(S0, 100))[:2] == [
        Drop(W0),
        SetAside(A, FailureClass.TIMEOUT, Step.OPEN, message, 1, "in launch()"),
    ]


def test_a_server_that_is_not_ready_in_time_is_killed() -> None:
    schedule = Schedule([A], [W0], replace(RULES, failed_starts=1), servers=[S0])
    schedule.begin(0)
    schedule.hear(Ready(W0, 0))
    schedule.hear(StepBegun(W0, Step.OPEN, 0))
    schedule.hear(Waiting(W0, 1))

    assert schedule.next_deadline() == 60
    assert schedule.hear(Passed(60)) == [KillServer(S0, "was not ready after 60 s")]
    assert schedule.hear(ServerReady(S0, 61)) == []
    assert schedule.hear(crashed(S0, 62)) == [
        GiveUpServer(S0, "was not ready after 60 s"),
        End(Halt.NO_DEVICE, "was not ready after 60 s"),
    ]


def test_a_server_that_takes_nothing_up_is_killed_but_not_while_nobody_waits() -> None:
    schedule = served("a", workers=1)
    schedule.hear(Served(W0, 0))
    schedule.hear(StepBegun(W0, Step.RECOGNISE, 0))
    assert schedule.hear(Passed(29)) == []

    schedule.hear(Waiting(W0, 29))
    assert schedule.next_deadline() == 329
    assert schedule.hear(Passed(328)) == []
    assert schedule.hear(Passed(329)) == [KillServer(S0, "took up nothing for 300 s though pages waited")]


def test_a_server_has_its_patience_anew_after_each_batch() -> None:
    schedule = served("a", workers=1)
    schedule.hear(batch(S0, W0, at=290))
    schedule.hear(BatchEnded(S0, 310))

    assert schedule.next_deadline() == 610


# Deaths.


def test_a_page_that_was_alone_in_the_batch_of_a_dead_server_is_struck_and_put_down() -> None:
    schedule = served("abc")
    schedule.hear(batch(S0, W0))

    assert schedule.hear(crashed(S0, 2)) == [
        Drop(W0),
        Strike(A, Step.OPEN, "SIGSEGV", 1, "in launch()"),
        *(StartServer(S0), Link(W0, S0), Link(W1, S0)),
    ]
    assert schedule.in_hand() == (InHand(W1, B, 1, None, 0),)


def test_a_worker_takes_no_page_until_it_has_put_down_the_one_it_was_told_to_drop() -> None:
    schedule = served("abc", workers=1)
    schedule.hear(batch(S0, W0))
    schedule.hear(crashed(S0, 2))

    assert schedule.in_hand() == ()
    assert schedule.hear(PutDown(W0, 3)) == [Give(W0, B, 1)]


def test_the_struck_page_is_tried_again_alone_at_the_end_and_the_second_death_sets_it_aside() -> None:
    schedule = served("abc")
    schedule.hear(batch(S0, W0))
    schedule.hear(crashed(S0, 2))
    schedule.hear(PutDown(W0, 3))
    schedule.hear(Finished(W0, 4))

    assert schedule.hear(Finished(W1, 5)) == [Give(W0, A, 2)]
    schedule.hear(ServerReady(S0, 6))
    schedule.hear(StepBegun(W0, Step.SEGMENT, 6))
    schedule.hear(Waiting(W0, 6))
    schedule.hear(batch(S0, W0, at=7))
    message = "A device server died twice with this page in hand, the last time of: SIGSEGV."
    assert schedule.hear(crashed(S0, 8)) == [
        Drop(W0),
        SetAside(A, FailureClass.DIED, Step.SEGMENT, message, 2, "in launch()"),
        End(None),
    ]


def test_deaths_of_workers_and_of_servers_count_together() -> None:
    schedule = served("a", workers=1, strikes={A: 1})
    schedule.hear(batch(S0, W0))

    assert isinstance(schedule.hear(crashed(S0, 2))[1], SetAside)


def test_a_worker_that_does_not_put_its_page_down_is_killed_and_nobody_is_struck_again() -> None:
    schedule = served("ab", workers=1)
    schedule.hear(batch(S0, W0))
    schedule.hear(crashed(S0, 2))

    assert schedule.deadline_of(W0) == 12
    assert schedule.hear(Passed(12)) == [Kill(W0, "had not put its page down after 10 s")]
    assert schedule.hear(Died(W0, "SIGKILL", 13)) == [Start(W0), Link(W0, S0)]
    assert schedule.hear(Ready(W0, 14)) == [Give(W0, B, 1)]


# Servers that do not live.


def test_three_deaths_without_a_batch_give_the_only_server_up_and_the_run_ends() -> None:
    schedule = served("ab")

    assert schedule.hear(crashed(S0, 1)) == [StartServer(S0), Link(W0, S0), Link(W1, S0)]
    schedule.hear(ServerReady(S0, 2))
    assert schedule.hear(crashed(S0, 3))[0] == StartServer(S0)
    assert schedule.hear(crashed(S0, 4)) == [GiveUpServer(S0, "SIGSEGV"), End(Halt.NO_DEVICE, "SIGSEGV")]
    assert schedule.left() == 2


def test_a_batch_that_came_through_forgives_the_failed_starts() -> None:
    schedule = served("a", workers=1, rules=replace(RULES, failed_starts=2))
    for at in range(5):
        assert StartServer(S0) in schedule.hear(crashed(S0, at))
        schedule.hear(ServerReady(S0, at))
        schedule.hear(batch(S0, W0, at=at))
        schedule.hear(BatchEnded(S0, at))


def test_being_ready_forgives_nothing() -> None:
    schedule = served("a", workers=1, rules=replace(RULES, failed_starts=2))
    schedule.hear(crashed(S0, 1))
    schedule.hear(ServerReady(S0, 2))

    assert schedule.hear(crashed(S0, 3))[0] == GiveUpServer(S0, "SIGSEGV")


def test_workers_of_a_server_that_was_given_up_move_to_those_left_the_least_crowded_first() -> None:
    schedule = served("abcd", workers=4, servers=3, rules=replace(RULES, failed_starts=1))

    assert schedule.hear(crashed(S0)) == [GiveUpServer(S0, "SIGSEGV"), Link(W0, S1), Link(W3, S2)]


def test_a_server_that_starts_is_linked_with_those_who_moved_to_it_when_it_died() -> None:
    schedule = served("ab", servers=2, rules=replace(RULES, failed_starts=1))
    schedule.hear(batch(S1, W1))
    schedule.hear(crashed(S0, 2))

    assert schedule.hear(crashed(S1, 3))[2:] == [StartServer(S1), Link(W0, S1), Link(W1, S1)]


def test_the_last_device_that_is_lost_ends_the_run_with_its_own_error() -> None:
    schedule = served("ab", servers=2, rules=replace(RULES, failed_starts=1))
    schedule.hear(crashed(S0, 1))

    assert schedule.hear(replace(crashed(S1, 2), cause="no CUDA")) == [
        GiveUpServer(S1, "no CUDA"),
        End(Halt.NO_DEVICE, "no CUDA"),
    ]


# The end.


def test_the_second_wish_kills_servers_too() -> None:
    schedule = served("a", workers=1)
    assert schedule.hear(Asked(Halt.INTERRUPTED, 1)) == [Drain(Halt.INTERRUPTED)]

    reason = "the run was stopped at once"
    assert schedule.hear(Asked(Halt.INTERRUPTED, 2)) == [
        *(KillServer(S0, reason), Kill(W0, reason)),
        End(Halt.INTERRUPTED),
    ]
