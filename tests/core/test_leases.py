"""Who gets which pages, what a lost agent gives back, and when a leased run ends."""

from dataclasses import replace

import pytest

from htrkit.config.choices import OnError
from htrkit.core.leases import MOST_LEASED, Leases
from htrkit.core.limits import cpu_limits
from htrkit.core.rules import Rules
from htrkit.domain.leases import (
    AgentEnded,
    AgentGone,
    AgentLeaves,
    AgentReady,
    DrainAll,
    EndAsked,
    EndedThere,
    EndRun,
    FailPage,
    KillAgent,
    Lease,
    Leased,
    NobodyLeft,
    OrderToAgents,
    PutBack,
    StopAgent,
    StrikePage,
    TakenInHand,
)
from htrkit.domain.names import PageKey
from htrkit.domain.schedule import Halt

RULES = Rules(limits=cpu_limits(page_seconds=1.0), rate_minimum=4)
A, B = PageKey("a"), PageKey("b")


def keys(count: int) -> list[PageKey]:
    return [PageKey(f"p{number:04d}") for number in range(count)]


def joined(leases: Leases, name: str, workers: int = 2) -> list[OrderToAgents]:
    leases.placed(name)
    return leases.hear(AgentReady(name, workers))


def leased(orders: list[OrderToAgents]) -> list[PageKey]:
    return [page.key for order in orders if isinstance(order, Lease) for page in order.pages]


def test_an_agent_gets_a_lease_and_another_when_its_workers_would_soon_have_nothing() -> None:
    leases = Leases(keys(500), RULES)
    first = leased(joined(leases, "n1"))
    assert first == keys(MOST_LEASED)

    orders = [order for key in first[:-2] for order in leases.hear(TakenInHand("n1", key, 1))]
    assert orders == []
    assert len(leased(leases.hear(TakenInHand("n1", first[-2], 1)))) == MOST_LEASED


def test_leases_shrink_near_the_end_so_that_all_agents_end_together() -> None:
    leases = Leases(keys(24), RULES)
    first = leased(joined(leases, "n1"))
    second = leased(joined(leases, "n2"))
    third = leased(joined(leases, "n3", workers=1))

    assert [len(one) for one in (first, second, third)] == [12, 3, 2]
    assert leases.left == 24


def test_the_pages_in_hand_of_a_lost_agent_are_struck_and_those_that_waited_are_not() -> None:
    leases = Leases([A, B], RULES)
    joined(leases, "n1")
    leases.hear(TakenInHand("n1", A, 1))
    assert leases.hear(AgentGone("n1", "its node is gone")) == [
        StrikePage(A, "n1 was lost: its node is gone", 1),
    ]

    assert joined(leases, "n2") == [Lease("n2", (Leased(B),))]
    assert leases.hear(EndedThere("n2", B)) == [Lease("n2", (Leased(A, strikes=1, attempts=1),))]


def test_a_page_that_was_in_hand_at_two_deaths_is_set_aside_with_the_names_of_the_nodes() -> None:
    leases = Leases([A, B], RULES)
    for name in ("n1", "n2"):
        joined(leases, name)
        leases.hear(EndedThere(name, B))
        leases.hear(TakenInHand(name, A, 1 if name == "n1" else 2))
        orders = leases.hear(AgentGone(name, "SIGKILL"))

    failed = next(order for order in orders if isinstance(order, FailPage))
    assert (failed.key, failed.attempts) == (A, 2)
    assert "Twice" in failed.message
    assert "(n1, n2)" in failed.message
    assert "SIGKILL" in failed.message
    assert orders[-1] == EndRun(None)


def test_a_page_that_ended_is_not_ended_again_by_an_agent_that_was_believed_dead() -> None:
    leases = Leases([A, B], RULES)
    joined(leases, "n1")
    leases.hear(TakenInHand("n1", A, 1))
    leases.hear(AgentGone("n1", "its node is gone"))
    joined(leases, "n2")

    assert not leases.has("n1", A)
    assert leases.hear(EndedThere("n1", A)) == []
    assert leases.left == 2


def test_a_page_whose_worker_died_stays_where_it_is_and_fills_no_workers_queue() -> None:
    leases = Leases(keys(100), RULES)
    first = leased(joined(leases, "n1", workers=1))
    leases.hear(TakenInHand("n1", first[0], 1))
    assert leases.hear(PutBack("n1", first[0], 1)) == []
    for key in first[1:-1]:
        leases.hear(TakenInHand("n1", key, 1))
    assert leased(leases.hear(TakenInHand("n1", first[-1], 1)))


def test_struck_pages_of_an_earlier_run_come_last_and_one_by_one() -> None:
    leases = Leases([A, B, PageKey("c")], RULES, strikes={A: 1, B: 5}, attempts={A: 1, B: 2})
    assert leased(joined(leases, "n1")) == ["c"]
    assert leases.hear(EndedThere("n1", PageKey("c"))) == [Lease("n1", (Leased(A, 1, 1),))]
    assert leases.hear(EndedThere("n1", A)) == [Lease("n1", (Leased(B, 1, 2),))]


def test_agents_are_let_go_when_all_pages_have_ended_and_then_the_run_ends() -> None:
    leases = Leases([A], RULES)
    joined(leases, "n1")
    joined(leases, "n2")
    assert leases.hear(EndedThere("n1", A)) == [StopAgent("n1"), StopAgent("n2")]
    assert leases.hear(AgentEnded("n1")) == []
    assert leases.hear(AgentGone("n2", "it hung")) == [EndRun(None)]
    assert leases.hear(EndAsked(Halt.INTERRUPTED)) == []


def test_a_run_that_is_asked_to_end_drains_and_at_the_second_word_ends_at_once() -> None:
    leases = Leases([A, B], RULES)
    joined(leases, "n1")
    leases.hear(TakenInHand("n1", A, 1))
    drained = leases.hear(EndAsked(Halt.INTERRUPTED))
    assert drained == [DrainAll(Halt.INTERRUPTED), StopAgent("n1", Halt.INTERRUPTED)]
    assert not leases.wants_agents
    assert leases.hear(EndAsked(Halt.INTERRUPTED)) == [KillAgent("n1"), EndRun(Halt.INTERRUPTED)]


def test_agents_that_are_not_ready_are_ended_at_once_when_there_is_nothing_for_them_to_do() -> None:
    drained, done = Leases([A], RULES), Leases([A], RULES)
    for leases in (drained, done):
        joined(leases, "n1")
        leases.placed("n2")
    assert drained.hear(EndAsked(Halt.INTERRUPTED))[1:] == [StopAgent("n1", Halt.INTERRUPTED), KillAgent("n2")]
    assert drained.hear(AgentReady("n2", 2)) == []
    assert drained.hear(AgentEnded("n1")) == [EndRun(Halt.INTERRUPTED)]
    assert done.hear(EndedThere("n1", A)) == [StopAgent("n1"), KillAgent("n2")]


def test_a_page_in_hand_of_an_agent_that_is_lost_in_a_drain_is_not_struck() -> None:
    leases = Leases([A, B], RULES, strikes={A: 1})
    joined(leases, "n1")
    for key in (A, B):
        leases.hear(TakenInHand("n1", key, 1))
    leases.hear(EndAsked(Halt.WARNED))
    assert leases.hear(AgentGone("n1", "SIGTERM")) == [EndRun(Halt.WARNED)]
    assert leases.left == 2


def test_an_agent_that_leaves_keeps_only_what_may_still_settle() -> None:
    leases = Leases([A, B], RULES)
    joined(leases, "n1", workers=1)
    given = leased(joined(leases, "n2", workers=1))
    assert given == [B]
    leases.hear(TakenInHand("n1", A, 1))
    leases.hear(TakenInHand("n2", B, 1))
    assert leases.hear(AgentLeaves("n1", frozenset({A}))) == []
    assert leases.has("n1", A)
    assert leased(leases.hear(AgentLeaves("n1", frozenset()))) == [A]
    assert not leases.has("n1", A)
    assert leases.hear(AgentEnded("n1")) == []


def test_an_agent_that_ends_with_the_trouble_of_its_disk_drains_the_run() -> None:
    leases = Leases([A, B], RULES)
    joined(leases, "n1")
    joined(leases, "n2")
    orders = leases.hear(AgentEnded("n1", Halt.TROUBLE, "the disk is full"))
    assert orders == [DrainAll(Halt.TROUBLE), StopAgent("n2", Halt.TROUBLE)]
    assert leases.hear(AgentEnded("n2", Halt.TROUBLE)) == [EndRun(Halt.TROUBLE, "n1: the disk is full")]


def test_an_agent_that_cannot_go_on_gives_its_pages_to_the_others() -> None:
    leases = Leases([A, B], RULES)
    joined(leases, "n1")
    assert leased(joined(leases, "n2")) == [B]
    leases.hear(TakenInHand("n2", B, 1))
    assert leased(leases.hear(AgentEnded("n1", Halt.NO_DEVICE, "no card answers"))) == [A]


def test_a_run_without_any_agent_ends_when_none_can_be_placed() -> None:
    leases = Leases([A], RULES)
    joined(leases, "n1")
    assert leases.hear(NobodyLeft("too early")) == []
    leases.hear(AgentGone("n1", "its node is gone"))
    assert leases.hear(NobodyLeft("n1: its node is gone")) == [
        DrainAll(Halt.NO_WORKER),
        EndRun(Halt.NO_WORKER, "n1: its node is gone"),
    ]


@pytest.mark.parametrize(
    ("rules", "failed", "flagged", "halt"),
    [
        (RULES, True, False, Halt.FAIL_RATE),
        (replace(RULES, max_alarm_rate=0.5), False, True, Halt.ALARM_RATE),
        (replace(RULES, on_error=OnError.ABORT, max_fail_rate=None), True, False, Halt.FAILED_PAGE),
    ],
)
def test_rates_and_failed_pages_stop_the_run_as_a_whole(rules: Rules, failed: bool, flagged: bool, halt: Halt) -> None:
    leases = Leases(keys(40), rules)
    given = leased(joined(leases, "n1"))
    orders = [
        order for key in given[:4] for order in leases.hear(EndedThere("n1", key, failed=failed, flagged=flagged))
    ]
    assert orders == [DrainAll(halt), StopAgent("n1", halt)]
