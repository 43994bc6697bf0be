"""How the page is found of which a device server died, among several that shared its batch."""

from dataclasses import replace

from htrkit.core.schedule import Schedule
from htrkit.domain.failure import Step
from htrkit.domain.schedule import (
    Passed,
    Served,
    Strike,
    Waiting,
)
from htrkit.domain.serving import (
    BatchEnded,
    Drop,
    GiveUpServer,
    KillServer,
    Link,
    ServeOnly,
    ServerReady,
    StartServer,
)
from tests.fakes.scheduled import RULES, S0, S1, W0, W1, W2, W3, A, B, C, batch, crashed, died, served

ONE_START = replace(RULES, failed_starts=1)


def in_trials(pages: str = "abc", workers: int = 3) -> Schedule:
    """A run whose server died of a batch of everybody, and is ready again."""
    schedule = served(pages, workers)
    schedule.hear(batch(S0, *[W0, W1, W2][:workers]))
    schedule.hear(crashed(S0))
    schedule.hear(ServerReady(S0, 1))
    return schedule


def test_pages_that_shared_a_batch_are_tried_one_at_a_time_in_their_workers_hands() -> None:
    schedule = served("abcd", workers=3)
    schedule.hear(batch(S0, W0, W2))

    assert schedule.hear(crashed(S0, 2)) == [
        *(StartServer(S0), ServeOnly(S0, W0)),
        *(Link(W0, S0), Link(W1, S0), Link(W2, S0)),
    ]
    assert [(one.key, one.attempt) for one in schedule.in_hand()] == [(A, 1), (B, 1), (C, 1)]
    assert schedule.hear(ServerReady(S0, 3)) == []
    assert schedule.hear(batch(S0, W0, at=4)) == schedule.hear(BatchEnded(S0, 5)) == []
    assert schedule.hear(Served(W0, 5)) == [ServeOnly(S0, W2)]
    schedule.hear(batch(S0, W2, at=6))
    schedule.hear(BatchEnded(S0, 7))
    assert schedule.hear(Served(W2, 7)) == [ServeOnly(S0)]


def test_the_guilty_one_is_found_and_the_next_is_tried() -> None:
    schedule = served("abc", workers=3)
    schedule.hear(batch(S0, W0, W1, W2))
    schedule.hear(crashed(S0, 2))
    schedule.hear(ServerReady(S0, 3))
    schedule.hear(batch(S0, W0, at=4))

    assert schedule.hear(crashed(S0, 5)) == [
        *(Drop(W0), Strike(A, Step.OPEN, "SIGSEGV", 1, "in launch()")),
        *(StartServer(S0), ServeOnly(S0, W1)),
        *(Link(W0, S0), Link(W1, S0), Link(W2, S0)),
    ]
    assert schedule.hear(Served(W1, 6)) == [ServeOnly(S0, W2)]


def test_a_server_that_dies_in_a_trial_before_its_batch_tries_the_same_page_again() -> None:
    schedule = in_trials()

    assert schedule.hear(crashed(S0, 2))[:2] == [StartServer(S0), ServeOnly(S0, W0)]


def test_a_suspect_that_dies_with_its_worker_is_tried_no_more() -> None:
    schedule = in_trials()

    assert schedule.hear(died(W0, 2))[1:] == [ServeOnly(S0, W1)]
    assert schedule.hear(died(W2, 3))[1:] == []
    assert schedule.hear(Served(W1, 4)) == [ServeOnly(S0)]


def test_a_suspect_that_was_answered_before_the_death_needs_no_trial() -> None:
    schedule = in_trials()
    schedule.hear(Served(W1, 2))

    assert schedule.hear(Served(W0, 3)) == [ServeOnly(S0, W2)]


def test_a_suspect_that_waits_for_its_next_step_is_none_any_more() -> None:
    schedule = in_trials()
    schedule.hear(Served(W1, 2))
    schedule.hear(Waiting(W1, 3))
    schedule.hear(Served(W0, 4))

    assert schedule.hear(Served(W2, 5)) == [ServeOnly(S0)]


def test_all_suspects_gone_while_the_server_starts_lifts_the_trials() -> None:
    schedule = served("ab")
    schedule.hear(batch(S0, W0, W1))
    schedule.hear(crashed(S0, 2))
    schedule.hear(died(W0, 3))

    assert schedule.hear(died(W1, 4))[-1] == ServeOnly(S0)


def test_a_trial_begun_in_the_middle_of_a_batch_of_others_is_not_forgotten_with_that_batch() -> None:
    schedule = served("abcdef", workers=4, servers=2, rules=replace(RULES, failed_starts=2))
    schedule.hear(crashed(S0, 1))
    schedule.hear(ServerReady(S0, 1))
    schedule.hear(batch(S0, W0, W2, at=2))
    schedule.hear(crashed(S0, 3))
    schedule.hear(batch(S1, W1, W3, at=4))

    assert schedule.hear(crashed(S0, 5)) == [
        *(GiveUpServer(S0, "SIGSEGV"), ServeOnly(S1, W0)),
        *(Link(W0, S1), Link(W2, S1)),
    ]
    assert schedule.hear(crashed(S1, 6))[:2] == [StartServer(S1), ServeOnly(S1, W0)]
    assert schedule.hear(Served(W0, 7)) == [ServeOnly(S1, W2)]
    assert schedule.hear(Served(W2, 8)) == [ServeOnly(S1, W1)]
    assert schedule.hear(Served(W1, 9)) == [ServeOnly(S1, W3)]


def test_a_trial_of_ones_own_goes_on_before_those_that_move_in() -> None:
    schedule = served("abcd", workers=4, servers=2, rules=ONE_START)
    for server, workers in ((S0, (W0, W2)), (S1, (W1, W3))):
        schedule.hear(batch(server, *workers))
        schedule.hear(crashed(server))

    assert schedule.hear(crashed(S0, 2)) == [GiveUpServer(S0, "SIGSEGV"), Link(W0, S1), Link(W2, S1)]
    assert schedule.hear(Served(W1, 3)) == [ServeOnly(S1, W3)]
    assert schedule.hear(Served(W3, 4)) == [ServeOnly(S1, W0)]


def test_a_server_has_its_patience_for_each_trial() -> None:
    schedule = in_trials()
    schedule.hear(died(W0, 290))

    assert schedule.hear(Passed(301)) == []
    assert schedule.hear(Passed(590)) == [KillServer(S0, "took up nothing for 300 s though pages waited")]
