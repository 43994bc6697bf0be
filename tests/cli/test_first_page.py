"""How long the user waited for the first page."""

from htrkit.cli.first_page import FirstPage, command_started
from htrkit.domain.events import PageDone, PageFailed, Record, WorkerStarted
from htrkit.domain.failure import FailureClass, Step


def done() -> PageDone:
    return PageDone("a", 1, 1, None, 1.0, {}, ())  # type: ignore[arg-type]


def heard(first: FirstPage, event: object) -> None:
    first(Record("2026-01-01T00:00:00Z", event))  # type: ignore[arg-type]


def test_the_first_page_counts_from_the_command() -> None:
    times = iter([103.0, 104.5, 109.0])
    first = FirstPage(100.0, now=lambda: next(times))
    heard(first, WorkerStarted("w0", 1, 0.5, "cpu"))
    heard(first, done())
    assert first.words == "a worker was ready after 3.0 s, the first page was done 4.5 s after the command"


def test_later_pages_and_workers_change_nothing() -> None:
    times = iter([101.0, 102.0])
    first = FirstPage(100.0, now=lambda: next(times))
    for event in (WorkerStarted("w0", 1, 0.5, "cpu"), WorkerStarted("w1", 1, 0.5, "cpu"), done(), done()):
        heard(first, event)
    assert (first.worker, first.page) == (1.0, 2.0)


def test_a_run_without_a_page_says_nothing() -> None:
    first = FirstPage(100.0, now=lambda: 101.0)
    heard(first, WorkerStarted("w0", 1, 0.5, "cpu"))
    heard(first, PageFailed("a", FailureClass.BROKEN, Step.OPEN, "torn", "", 1, 0.1))  # type: ignore[arg-type]
    assert first.words is None


def test_this_process_was_started_before_now() -> None:
    now = 0.0
    first = FirstPage(command_started())
    heard(first, done())
    assert first.page is not None
    assert first.page > now
