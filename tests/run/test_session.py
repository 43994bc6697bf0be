"""A session takes each page to one end, and its counts always add up."""

import pytest

from htrkit.config.choices import FailOn, OnError
from htrkit.core.alarms_confidence import ConfidenceWatch
from htrkit.core.tally import Tally
from htrkit.domain.errors import InputUnreachable, OutputUnwritable, PageProblem
from htrkit.domain.events import (
    Event,
    PageDone,
    PageFailed,
    PageSkipped,
    PageStarted,
    Record,
    RunEnded,
    RunResumed,
    RunStarted,
)
from htrkit.domain.exits import ExitCode
from htrkit.domain.failure import FailureClass, Step
from htrkit.domain.names import PageKey
from htrkit.domain.source import PageSource
from htrkit.run.session import Ended, Session, utc_now

PAGES = tuple(PageSource(PageKey(name), f"box/{name}.jpg") for name in "abcd")
STARTED = RunStarted("id", len(PAGES), "f")


def done(key: PageKey) -> PageDone:
    return PageDone(key, 1, 5, 0.9, 0.1, {}, ())


class Desk:
    """A worker that does to each page what its name stands for."""

    def __init__(self, **ends: Exception | type[BaseException]) -> None:
        self.ends = ends
        self.seen: list[PageKey] = []

    def work(self, source: PageSource) -> PageDone:
        self.seen.append(source.key)
        end = self.ends.get(source.key)
        if end is not None:
            raise end
        return done(source.key)


def broken(cause: Exception | None = None) -> PageProblem:
    problem = PageProblem("b.jpg: torn.", mend="Scan it again.", failure=FailureClass.BROKEN, step=Step.OPEN)
    problem.__cause__ = cause
    return problem


def run(
    desk: Desk,
    *,
    on_error: OnError = OnError.CONTINUE,
    fail_on: FailOn = FailOn.FAILURE,
    skipped: frozenset[PageKey] = frozenset(),
) -> tuple[Ended, list[Event]]:
    events: list[Event] = []

    def listener(record: Record) -> None:
        events.append(record.event)

    session = Session(desk, [listener], on_error=on_error, fail_on=fail_on, now=lambda: "2026-11-25T07:00:00Z")
    ended = session.run(PAGES, STARTED, skipped=skipped)
    counts = ended.counts
    assert counts.selected == counts.done + counts.failed + counts.skipped + counts.not_run
    return ended, events


def test_all_pages_done_is_exit_0_and_each_is_told_once() -> None:
    ended, events = run(Desk())

    assert (ended.counts.done, ended.counts.exit_code, ended.error) == (4, ExitCode.DONE, None)
    assert events[0] == STARTED
    assert events[-1] == ended.counts
    assert [event.key for event in events if isinstance(event, PageDone)] == list("abcd")
    assert [event.key for event in events if isinstance(event, PageStarted)] == list("abcd")


def test_a_failed_page_is_told_with_its_file_and_the_others_go_on() -> None:
    ended, events = run(Desk(b=broken(ValueError("bad marker"))))

    (failed,) = [event for event in events if isinstance(event, PageFailed)]
    assert (failed.image, failed.failure, failed.step, failed.attempts) == (
        "box/b.jpg",
        FailureClass.BROKEN,
        Step.OPEN,
        1,
    )
    assert failed.message == "b.jpg: torn. Scan it again."
    assert "bad marker" in failed.stack
    assert (ended.counts.done, ended.counts.failed, ended.counts.exit_code) == (3, 1, ExitCode.FAILED_PAGES)


def test_a_failure_that_was_expected_has_no_stack() -> None:
    _, events = run(Desk(b=broken()))

    assert [event.stack for event in events if isinstance(event, PageFailed)] == [""]


def test_with_fail_on_never_failed_pages_end_in_exit_0() -> None:
    ended, _ = run(Desk(b=broken()), fail_on=FailOn.NEVER)

    assert (ended.counts.failed, ended.counts.exit_code) == (1, ExitCode.DONE)


def test_fail_on_never_does_not_hide_that_a_run_was_stopped() -> None:
    ended, _ = run(Desk(b=broken()), fail_on=FailOn.NEVER, on_error=OnError.ABORT)

    assert ended.counts.exit_code == ExitCode.STOPPED_EARLY


def test_a_collapse_of_confidence_is_told_with_its_page_and_may_fail_the_run() -> None:
    class Dim:
        def work(self, source: PageSource) -> PageDone:
            return PageDone(source.key, 1, 100, 0.3, 0.1, {}, ())

    sure = ConfidenceWatch.after(PageDone(PageKey(str(number)), 1, 100, 0.9, 0.1, {}, ()) for number in range(20))
    events: list[Event] = []
    session = Session(
        Dim(),
        [lambda record: events.append(record.event)],
        on_error=OnError.CONTINUE,
        fail_on=FailOn.ALARM,
        confidence=sure,
    )
    ended = session.run(PAGES, STARTED)

    assert [event.flags for event in events if isinstance(event, PageDone)] == [("confidence",)] * 4
    assert ended.counts.exit_code == ExitCode.FAILED_PAGES


def test_abort_stops_at_the_first_failed_page() -> None:
    desk = Desk(b=broken())
    ended, _ = run(desk, on_error=OnError.ABORT)

    assert desk.seen == ["a", "b"]
    assert (ended.counts.not_run, ended.counts.exit_code) == (2, ExitCode.STOPPED_EARLY)


def test_an_interrupt_leaves_the_rest_not_run() -> None:
    ended, events = run(Desk(c=KeyboardInterrupt))

    assert (ended.counts.done, ended.counts.not_run, ended.counts.exit_code) == (2, 2, ExitCode.INTERRUPTED)
    assert isinstance(events[-1], RunEnded)


def test_an_unwritable_disk_is_the_runs_trouble_and_no_pages() -> None:
    full = OutputUnwritable("OUT: no space left.", mend="Make room.")
    ended, events = run(Desk(c=full))

    assert ended.error is full
    assert (ended.counts.done, ended.counts.failed, ended.counts.not_run) == (2, 0, 2)
    assert ended.counts.exit_code == ExitCode.STOPPED_EARLY
    assert not any(isinstance(event, PageFailed) for event in events)
    assert events[-1] == ended.counts


def test_inputs_that_are_gone_are_the_runs_trouble_and_no_pages() -> None:
    gone = InputUnreachable("box: is not there any more.", mend="Bring it back.", path="box")
    ended, events = run(Desk(b=gone))

    assert ended.error is gone
    assert (ended.counts.done, ended.counts.failed, ended.counts.not_run) == (1, 0, 3)
    assert (ended.counts.exit_code, ended.counts.reason) == (ExitCode.STOPPED_EARLY, gone.what)
    assert events[-1] == ended.counts


def test_a_journal_that_cannot_be_written_ends_the_run_in_silence() -> None:
    full = OutputUnwritable("journal: no space left.", mend="Make room.")
    events: list[Event] = []

    def journal(record: Record) -> None:
        if len(events) > 3:
            raise full
        events.append(record.event)

    ended = Session(Desk(), [journal], on_error=OnError.CONTINUE, now=lambda: "now").run(PAGES, STARTED)

    assert ended.error is full
    assert (ended.counts.exit_code, ended.counts.done, ended.counts.not_run) == (ExitCode.STOPPED_EARLY, 1, 3)
    assert not any(isinstance(event, RunEnded) for event in events)


def test_skipped_pages_are_told_and_never_read() -> None:
    desk = Desk()
    ended, events = run(desk, skipped=frozenset({PageKey("b")}))

    assert desk.seen == ["a", "c", "d"]
    assert [event.key for event in events if isinstance(event, PageSkipped)] == ["b"]
    assert (ended.counts.skipped, ended.counts.exit_code) == (1, ExitCode.DONE)


def test_a_bug_in_the_worker_is_not_taken_for_a_page_failure() -> None:
    with pytest.raises(ZeroDivisionError):
        run(Desk(b=ZeroDivisionError()))


def test_the_time_is_utc_to_the_second() -> None:
    assert len(utc_now()) == len("2026-11-25T07:00:00Z")
    assert utc_now().endswith("Z")


def test_a_run_that_goes_on_counts_in_what_was_before_and_ends_with_4_though_nothing_new_fails() -> None:
    before = Tally(selected=7, done=2, failed=1)
    session = Session(Desk(), (), on_error=OnError.ABORT, now=lambda: "now")
    ended = session.run(PAGES, RunResumed("id", 7, 4, "f"), before=before)

    assert ended.counts == RunEnded(7, 6, 1, 0, 0, "finished", ExitCode.FAILED_PAGES)
