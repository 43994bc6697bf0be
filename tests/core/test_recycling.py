"""A worker that has read enough, or that leaks, is started anew between two pages and never in the middle of one."""

import pytest

from htrkit.core.recycling import LEAST_GROWTH_BYTES, Recycling, Wear, growth_allowed
from htrkit.core.rules import Rules
from htrkit.domain.schedule import Died, End, Finished, Give, Order, Passed, Ready, Retire, Start
from tests.fakes.scheduled import LIMITS, W0, W1, begun, broken

MEGABYTE = 10**6


def rules(after: int | None = None, growth: int | None = None) -> Rules:
    return Rules(LIMITS, max_fail_rate=None, start_limit_seconds=60, recycling=Recycling(after, growth))


def kinds(orders: list[Order]) -> list[type[Order]]:
    return [type(order) for order in orders]


def test_a_worker_is_started_anew_after_so_many_pages() -> None:
    run = begun("abc", rules=rules(after=2))
    assert kinds(run.hear(Finished(W0, 1))) == [Give]
    (retire,) = run.hear(Finished(W0, 2))
    assert retire == Retire(W0, "it has read 2 pages")
    assert run.hear(Died(W0, "exit code 0", 3)) == [Start(W0)]
    assert kinds(run.hear(Ready(W0, 4))) == [Give]
    assert run.hear(Finished(W0, 5)) == [End(None)]


def test_nobody_is_started_anew_for_nothing() -> None:
    run = begun("ab", rules=rules(after=2))
    run.hear(Finished(W0, 1))
    assert run.hear(Finished(W0, 2)) == [End(None)]


def test_the_others_go_on_meanwhile() -> None:
    run = begun("abcd", workers=2, rules=rules(after=1))
    assert kinds(run.hear(Finished(W0, 1))) == [Retire]
    assert kinds(run.hear(Finished(W1, 2))) == [Retire]
    assert run.hear(Died(W1, "exit code 0", 3)) == [Start(W1)]
    assert run.hear(Died(W0, "exit code 0", 3)) == [Start(W0)]
    assert run.left() == 2


def test_a_leak_is_seen_after_the_first_pages_and_in_words() -> None:
    run = begun("abcdef", rules=rules(growth=500 * MEGABYTE))
    for page, memory in enumerate((900, 1000, 1200, 1600), 1):
        assert kinds(run.hear(Finished(W0, page, memory * MEGABYTE))) == [Give]
    assert run.hear(Finished(W0, 5, 1701 * MEGABYTE)) == [Retire(W0, "its memory has grown by 501 MB in 5 pages")]


def test_a_new_process_is_worn_by_nothing() -> None:
    run = begun("abcdef", rules=rules(growth=500 * MEGABYTE))
    for page in range(1, 4):
        run.hear(Finished(W0, page, 100 * MEGABYTE))
    assert kinds(run.hear(Finished(W0, 4, 900 * MEGABYTE))) == [Retire]
    run.hear(Died(W0, "exit code 0", 5))
    run.hear(Ready(W0, 6))
    assert kinds(run.hear(Finished(W0, 7, 900 * MEGABYTE))) == [Give]


def test_where_nobody_knows_the_memory_nothing_grows() -> None:
    run = begun("abcdef", rules=rules(growth=1))
    for page in range(1, 6):
        assert kinds(run.hear(Finished(W0, page))) == [Give]


def test_one_that_does_not_end_is_killed_and_blames_no_page() -> None:
    run = begun("ab", rules=rules(after=1))
    run.hear(Finished(W0, 1))
    assert run.deadline_of(W0) == 11
    (kill,) = run.hear(Passed(11))
    assert "had not ended 10 s after it was told to" in str(kill)
    assert run.hear(Died(W0, "SIGKILL", 12)) == [Start(W0)]
    assert run.left() == 1


def test_a_page_that_fails_is_not_what_wears_a_worker_out() -> None:
    run = begun("ab", rules=rules(after=1))
    assert Retire not in kinds(run.hear(broken(W0)))


@pytest.mark.parametrize(
    ("free_gigabytes", "workers", "allowed"), [(24, 2, 6 * 10**9), (24, 16, LEAST_GROWTH_BYTES), (8, 0, 4 * 10**9)]
)
def test_a_worker_may_grow_by_half_its_share(free_gigabytes: int, workers: int, allowed: int) -> None:
    assert growth_allowed(free_gigabytes * 10**9, workers=workers) == allowed


def test_wear_without_limits_is_none() -> None:
    wear = Wear()
    assert [wear.page_done(10**12, Recycling()) for _ in range(9)] == [None] * 9
