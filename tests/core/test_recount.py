"""A page counts once, for how it ended last, whatever the sittings."""

from htrkit.core.recount import Recount
from htrkit.core.tally import Tally
from htrkit.domain.events import Event, PageSkipped, PageStarted, RunEnded, RunResumed, RunStarted
from htrkit.domain.names import PageKey
from tests.fakes.journals import done, failed

END = RunEnded(3, 1, 1, 0, 1, "interrupted", 130)


def counted(*events: Event) -> Tally:
    count = Recount()
    for event in events:
        count.hear(event)
    return count.tally


def test_a_failed_page_that_is_done_at_last_is_done() -> None:
    tally = counted(RunStarted("r", 3, "f"), done("a"), failed("b"), END, RunResumed("r", 3, 2, "f"), done("b"))

    assert (tally.done, tally.failed, tally.not_run, tally.lines) == (2, 0, 1, 6)


def test_a_failed_page_that_is_begun_again_has_not_ended() -> None:
    tally = counted(RunStarted("r", 3, "f"), failed("b"), RunResumed("r", 3, 3, "f"), PageStarted(PageKey("b"), 2))

    assert (tally.failed, tally.not_run) == (0, 3)


def test_a_page_that_is_read_again_counts_its_newest_lines_and_flags() -> None:
    tally = counted(RunStarted("r", 1, "f"), done("a", flags=("x",)), done("a", lines=7))

    assert (tally.done, tally.flagged, tally.lines) == (1, 0, 7)


def test_a_skipped_page_that_is_done_later_is_done() -> None:
    tally = counted(RunStarted("r", 1, "f"), PageSkipped(PageKey("a"), "there"), done("a"))

    assert (tally.skipped, tally.done) == (0, 1)


def test_a_run_that_goes_on_has_not_ended() -> None:
    assert counted(RunStarted("r", 3, "f"), END).ended == END
    assert counted(RunStarted("r", 3, "f"), END, RunResumed("r", 3, 2, "f")).ended is None
