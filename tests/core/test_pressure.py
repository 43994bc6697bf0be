"""Memory that is short lets few pages be in hand; it must come well free before all go on."""

import pytest

from htrkit.core.pressure import GAP, MARGIN, Mark, MemorySample, Pressure, Turn
from htrkit.core.schedule import Schedule
from htrkit.domain.names import PageKey
from htrkit.domain.schedule import Died, End, Finished, Give, Order, Passed, Pressed, Ready, Relieved, Retire, Start
from tests.fakes.scheduled import RULES, W0, W1, begun


def used(percent: int) -> MemorySample:
    return MemorySample(1000, 1000 - 10 * percent)


def kinds(orders: list[Order]) -> list[type[Order]]:
    return [type(order) for order in orders]


def said(*percents: int) -> list[tuple[Turn, ...]]:
    pressure = Pressure(0.9)
    return [pressure.hear(used(percent)) for percent in percents]


def test_what_is_read_ahead_is_the_first_to_go_and_the_last_to_come_again() -> None:
    assert said(50, 88, 89, 91, 99, 88, 84, 83, 81) == [
        (),
        (Turn.TIGHT,),
        (),
        (Turn.SHORT,),
        (),
        (),
        (Turn.ENOUGH,),
        (),
        (Turn.ROOMY,),
    ]


def test_a_jump_over_both_marks_is_acted_on_in_the_same_order() -> None:
    assert said(50, 95, 50) == [(), (Turn.TIGHT, Turn.SHORT), (Turn.ENOUGH, Turn.ROOMY)]


def test_a_memory_that_is_tight_and_eases_never_paused_anybody() -> None:
    assert said(88, 90, 83, 81) == [(Turn.TIGHT,), (), (), (Turn.ROOMY,)]


@pytest.mark.parametrize("used_share", [0.87, 0.86, 0.83])
def test_between_mark_and_gap_nothing_changes(used_share: float) -> None:
    for was in (True, False):
        mark = Mark(0.9 - MARGIN, over=was)
        assert not mark.crossed(used_share)
        assert mark.over is was


def test_a_run_does_not_flutter_around_its_limit() -> None:
    around = [90, 92, 89, 91] * 20
    assert [turn for turns in said(*around) for turn in turns] == [Turn.TIGHT, Turn.SHORT]
    assert GAP > MARGIN, "read-ahead that goes on at once would bring the shortage back"


def test_no_memory_at_all_is_no_shortage() -> None:
    assert Pressure(0.9).hear(MemorySample(0, 0)) == ()


def test_while_memory_is_short_no_page_is_begun_beside_another() -> None:
    run = begun("abcdef", workers=2)
    assert run.hear(Pressed(1)) == []
    assert run.hear(Finished(W0, 2)) == []
    assert kinds(run.hear(Finished(W1, 3))) == [Give]
    assert run.hear(Finished(W0, 4)) != []
    assert kinds(run.hear(Relieved(5))) == [Give]


def test_workers_without_a_page_are_let_go_and_one_stays_for_what_is_left() -> None:
    run = Schedule([PageKey(key) for key in "ab"], [W0, W1], RULES, strikes={PageKey("a"): 1, PageKey("b"): 1})
    assert run.begin(0) == [Start(W0)]
    run.hear(Ready(W0, 1))
    assert [hand.key for hand in run.in_hand()] == ["a"]
    assert run.hear(Pressed(2)) == []
    assert kinds(run.hear(Finished(W0, 3))) == [Give]


def test_a_worker_that_idles_beside_a_page_tried_alone_is_let_go() -> None:
    run = begun("abc", workers=2)
    run.hear(Died(W1, "SIGSEGV", 1))
    run.hear(Ready(W1, 2))
    run.hear(Finished(W0, 3))
    # Only the struck page is left of three: it is tried alone, and the other worker has nothing to do.
    idle = {W0, W1} - {hand.worker for hand in run.in_hand()}
    while len(run.in_hand()) > 1:
        run.hear(Finished(run.in_hand()[0].worker, 4))
        idle = {W0, W1} - {hand.worker for hand in run.in_hand()}
    assert [order.worker for order in run.hear(Pressed(5)) if isinstance(order, Retire)] == sorted(idle)


def test_a_worker_that_died_is_not_started_while_another_works_and_memory_is_short() -> None:
    run = begun("abcd", workers=2)
    run.hear(Pressed(1))
    assert Start not in kinds(run.hear(Died(W1, "SIGKILL", 2)))
    assert Start not in kinds(run.hear(Passed(3)))
    assert kinds(run.hear(Relieved(4))) == [Start]


def test_a_run_comes_to_its_end_while_memory_stays_short() -> None:
    run = begun("abcd", workers=2)
    run.hear(Pressed(1))
    orders: list[Order] = []
    for at in range(2, 12):
        for hand in run.in_hand():
            orders += run.hear(Finished(hand.worker, at))
    assert orders[-1] == End(None)
    assert run.left() == 0
