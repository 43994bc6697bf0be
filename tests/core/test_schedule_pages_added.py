"""A schedule whose pages come while it goes on: it waits for them, and ends when no more can come."""

from htrkit.core.limits import cpu_limits
from htrkit.core.rules import Rules
from htrkit.core.schedule import Schedule
from htrkit.domain.names import PageKey
from htrkit.domain.schedule import (
    Asked,
    Died,
    Drain,
    End,
    Finished,
    Give,
    Halt,
    NoMorePages,
    PagesAdded,
    Ready,
    SetAside,
    Start,
)

RULES = Rules(limits=cpu_limits(page_seconds=60.0))
A, B = PageKey("a"), PageKey("b")


def open_schedule() -> Schedule:
    schedule = Schedule([], ["w0", "w1"], RULES, more=True)
    assert schedule.begin(0.0) == []
    return schedule


def test_workers_are_started_when_the_first_pages_come() -> None:
    schedule = open_schedule()
    assert schedule.hear(PagesAdded((A,), 1.0)) == [Start("w0")]
    assert schedule.hear(Ready("w0", 2.0)) == [Give("w0", A, 1)]
    assert schedule.left() == 1


def test_a_run_that_has_nothing_left_waits_for_more_and_ends_when_there_is_none() -> None:
    schedule = open_schedule()
    schedule.hear(PagesAdded((A,), 1.0))
    schedule.hear(Ready("w0", 2.0))
    assert schedule.hear(Finished("w0", 3.0)) == []
    assert schedule.hear(PagesAdded((B,), 4.0)) == [Give("w0", B, 1)]
    assert schedule.hear(NoMorePages(5.0)) == []
    assert schedule.hear(Finished("w0", 6.0)) == [End(None)]


def test_a_run_that_waits_for_pages_ends_at_once_when_it_is_asked_to() -> None:
    assert open_schedule().hear(Asked(Halt.TERMINATED, 1.0)) == [Drain(Halt.TERMINATED), End(Halt.TERMINATED)]


def test_what_befell_a_page_before_comes_with_it() -> None:
    schedule = open_schedule()
    schedule.hear(PagesAdded((A,), 1.0, strikes={A: 1}, attempts={A: 1}))
    assert schedule.hear(Ready("w0", 2.0)) == [Give("w0", A, 2)]
    set_aside = schedule.hear(Died("w0", "SIGSEGV", 3.0))[0]
    assert isinstance(set_aside, SetAside)
    assert set_aside.attempts == 2


def test_a_page_that_comes_again_begins_with_what_is_said_of_it_then() -> None:
    schedule = open_schedule()
    schedule.hear(PagesAdded((A,), 1.0))
    schedule.hear(Ready("w0", 2.0))
    schedule.hear(Finished("w0", 3.0))
    assert schedule.hear(PagesAdded((A,), 4.0)) == [Give("w0", A, 1)]
