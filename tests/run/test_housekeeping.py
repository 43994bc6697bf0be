"""A process tidies up after every so many pages, and only then."""

from htrkit.run.housekeeping import Housekeeping, collect, trim


def test_it_is_done_after_every_so_many_and_no_sooner() -> None:
    done: list[int] = []
    tidying = Housekeeping(3, (lambda: done.append(1), lambda: done.append(2)))
    seen = []
    for _ in range(7):
        tidying.one_more()
        seen.append(len(done))
    assert seen == [0, 0, 2, 2, 2, 4, 4]


def test_at_once_is_now_and_counts_from_there() -> None:
    done: list[int] = []
    tidying = Housekeeping(3, (lambda: done.append(1),))
    tidying.one_more()
    tidying.one_more()
    tidying.at_once()
    assert len(done) == 1
    tidying.one_more()
    tidying.one_more()
    assert len(done) == 1


def test_soon_is_after_the_one_in_hand_and_once() -> None:
    done: list[int] = []
    tidying = Housekeeping(30, (lambda: done.append(1),))
    tidying.soon()
    assert not done
    tidying.one_more()
    tidying.one_more()
    assert len(done) == 1


def test_what_holds_itself_is_freed() -> None:
    class Knot:
        alive = 0

        def __init__(self) -> None:
            self.own = self
            Knot.alive += 1

        def __del__(self) -> None:
            Knot.alive -= 1

    Knot()
    tidying = Housekeeping(1)
    tidying.one_more()
    assert Knot.alive == 0


def test_giving_back_what_is_not_held_harms_nobody() -> None:
    collect()
    trim()
    trim()
