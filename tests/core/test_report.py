"""The report: one story from however many sittings, and an accounting that always adds up."""

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from htrkit.config.anew import GIVEN_ANEW
from htrkit.core.report import Course, report_of
from htrkit.core.report_advice import ADVICE, retry_command
from htrkit.core.report_numbers import MOST_BUCKETS, times_of
from htrkit.core.report_pages import PageState
from htrkit.domain.events import (
    Event,
    PageDone,
    PageFailed,
    PageRetried,
    PageSkipped,
    PageStarted,
    PageStruck,
    Record,
    RunContinued,
    RunDraining,
    RunEnded,
    RunPaused,
    RunResumed,
    RunStarted,
    WorkerLost,
)
from htrkit.domain.failure import FailureClass, Step
from htrkit.domain.names import PageKey
from tests.fakes.events import EVENTS
from tests.fakes.journals import at, done, facts, failed, report_on

STARTED = RunStarted("r1", 3, "f")
RESUMED = RunResumed("r1", 3, 1, "f")
ENDED = RunEnded(3, 3, 0, 0, 0, "finished", 0)
A, B = PageKey("a"), PageKey("b")
PAGE_EVENTS = (PageStarted, PageDone, PageFailed, PageSkipped, PageStruck, PageRetried)


@given(planned=st.sets(st.sampled_from("abc")), events=st.lists(EVENTS, max_size=30))
def test_the_accounting_holds_for_any_sequence_of_events(planned: set[str], events: list[Event]) -> None:
    keys = sorted(planned)
    report = report_of("OUT", facts(*keys), [Record(at(second), event) for second, event in enumerate(events)])

    last: dict[str, type[Event]] = {}
    for event in events:
        if isinstance(event, PageDone | PageFailed | PageSkipped):
            last[event.key] = type(event)
    ends = list(last.values())
    counts = report.counts
    assert (counts.done, counts.failed, counts.skipped) == tuple(
        ends.count(kind) for kind in (PageDone, PageFailed, PageSkipped)
    )
    assert counts.selected == counts.done + counts.failed + counts.skipped + counts.not_run == len(report.pages)
    named = {event.key for event in events if isinstance(event, PAGE_EVENTS)}
    assert [page.key for page in report.pages][: len(keys)] == keys
    assert {page.key for page in report.pages} == {*keys, *named}
    assert sum(group.pages for group in report.failures) == counts.failed
    assert sum(bucket.pages for bucket in report.throughput.buckets) == counts.done
    assert sum(share.pages for share in report.shares) == counts.done


def test_a_run_without_a_journal_has_not_begun() -> None:
    report = report_on(["a", "b"])

    assert report.course is Course.NOT_BEGUN
    assert report.counts.identity == "selected 2 = done 0 + failed 0 + skipped 0 + not run 2"
    assert report.times is None


def test_a_run_without_an_end_is_told_as_such_with_its_page_in_hand() -> None:
    report = report_on(["a", "b"], STARTED, PageStarted(A, 1), done("a"), PageStarted(B, 1))

    assert report.course is Course.NOT_ENDED
    assert report.exit_code is None
    assert [page.key for page in report.in_hand] == ["b"]


def test_a_resumed_run_has_nothing_in_hand_until_it_takes_a_page() -> None:
    assert report_on(["a"], STARTED, PageStarted(A, 1), RESUMED).in_hand == ()


def test_an_ended_run_says_why_and_with_which_code() -> None:
    report = report_on(["a"], STARTED, done("a"), RunEnded(1, 1, 0, 0, 0, "finished", 0))

    assert (report.course, report.reason, report.exit_code) == (Course.ENDED, "finished", 0)


def test_a_run_that_goes_on_after_its_end_has_not_ended() -> None:
    report = report_on(["a", "b"], STARTED, done("a"), ENDED, RESUMED)

    assert report.course is Course.NOT_ENDED
    assert len(report.sittings) == 2
    assert report.sittings[0].ended == ENDED


def test_a_page_that_failed_and_was_done_later_is_done_and_retried() -> None:
    report = report_on(["a"], STARTED, failed("a"), ENDED, RESUMED, PageStarted(A, 1), done("a"))

    assert report.pages[0].state is PageState.DONE
    assert report.failures == ()
    assert report.retried[0].setbacks == ("failed before (broken)",)


def test_a_failed_page_that_was_taken_again_stays_failed_until_it_ends_otherwise() -> None:
    assert report_on(["a"], STARTED, failed("a"), RESUMED, PageStarted(A, 1)).counts.failed == 1


def test_deaths_and_passing_troubles_are_told_of_their_page() -> None:
    report = report_on(
        ["a"],
        STARTED,
        PageStruck(A, Step.SEGMENT, "SIGSEGV", 1),
        PageRetried(A, FailureClass.UNREADABLE, Step.OPEN, "Input/output error"),
        done("a"),
    )

    assert report.retried[0].setbacks == ("SIGSEGV (segment)", "unreadable (open): Input/output error")


def test_failures_are_grouped_by_class_and_stage_by_falling_count() -> None:
    report = report_on(
        ["a", "b", "c"], STARTED, failed("a", FailureClass.LOCKED), failed("b"), failed("c"), PageSkipped(A, "there")
    )

    assert [(group.failure, group.step, group.pages) for group in report.failures] == [("broken", "open", 2)]
    assert report.counts.skipped == 1


@pytest.mark.parametrize(
    ("events", "course", "reason"),
    [
        ([RunPaused("disk full")], Course.PAUSED, "disk full"),
        ([RunPaused("disk full"), RunContinued(3.0)], Course.NOT_ENDED, ""),
        ([RunDraining("SIGTERM"), WorkerLost("w0", "SIGKILL")], Course.DRAINING, "SIGTERM"),
        ([RunPaused("disk full"), RESUMED], Course.NOT_ENDED, ""),
        ([RunPaused("disk full"), ENDED], Course.ENDED, "finished"),
    ],
)
def test_what_holds_a_run_back_is_told(events: list[Event], course: Course, reason: str) -> None:
    report = report_on(["a"], STARTED, *events)

    assert (report.course, report.reason) == (course, reason)


def test_the_slowest_pages_come_first_and_percentiles_are_pages_that_there_were() -> None:
    pages = [done(f"p{number:02d}", seconds=float(number)) for number in range(1, 21)]
    report = report_on([], STARTED, *pages)

    assert [page.key for page in report.slowest[:2]] == ["p20", "p19"]
    assert len(report.slowest) == 10
    assert report.times is not None
    assert (report.times.median, report.times.ninetieth, report.times.ninety_ninth) == (10.0, 18.0, 20.0)


def test_the_percentiles_of_one_page_are_that_page() -> None:
    times = times_of([4.0])

    assert times is not None
    assert (times.median, times.ninety_ninth, times.most) == (4.0, 4.0, 4.0)


def test_flags_are_counted_once_a_page() -> None:
    report = report_on([], STARTED, done("a", flags=("repetition", "repetition")), done("b", flags=("repetition",)))

    assert report.flags == (("repetition", 2),)


def test_throughput_is_told_for_each_worker_and_device_and_idle_spans_are_kept() -> None:
    events = [
        Record(at(0), STARTED),
        Record(at(5), done("a", worker="w0", device="cuda:0")),
        Record(at(6), done("b", worker="w1", device="cuda:1")),
        Record(at(35), done("c", worker="w0", device="cuda:0")),
    ]
    report = report_of("OUT", facts(), events)

    assert report.throughput.width_seconds == 10
    assert report.throughput.spans == (at(0), at(10), at(20), at(30))
    assert [(one.began, one.worker, one.pages) for one in report.throughput.buckets] == [
        (at(0), "w0", 1),
        (at(0), "w1", 1),
        (at(30), "w0", 1),
    ]
    assert [(one.worker, one.device, one.pages) for one in report.shares] == [("w0", "cuda:0", 2), ("w1", "cuda:1", 1)]
    assert report.seconds == 35


@pytest.mark.parametrize("days", [0, 1, 30, 4000])
def test_there_are_few_spans_however_long_the_run(days: int) -> None:
    end = f"{2026 + days // 365}-01-{1 + days % 28:02d}T00:00:00Z"
    report = report_of("OUT", facts(), [Record(at(0), STARTED), Record(end, done("a"))])

    assert 1 <= len(report.throughput.spans) <= MOST_BUCKETS + 2


def test_a_pause_between_sittings_is_no_time_at_work() -> None:
    events = [Record(at(0), STARTED), Record(at(5), done("a")), Record(at(905), RESUMED), Record(at(907), done("b"))]

    assert report_of("OUT", facts(), events).seconds == 7


def test_a_clock_that_was_set_back_takes_nothing_away() -> None:
    events = [Record(at(60), STARTED), Record(at(5), done("a"))]
    report = report_of("OUT", facts(), events)

    assert report.seconds == 0
    assert sum(bucket.pages for bucket in report.throughput.buckets) == 1


def test_there_is_advice_for_every_class() -> None:
    assert set(ADVICE) == set(FailureClass)


@pytest.mark.parametrize("failure", FailureClass)
def test_advice_asks_only_for_settings_that_a_resume_may_be_given(failure: FailureClass) -> None:
    options = [word for word in ADVICE[failure].options.split() if word.startswith("--")]

    assert {option[2:].replace("-", "_") for option in options} <= set(GIVEN_ANEW)


@pytest.mark.parametrize(
    ("out", "word"),
    [("OUT", "OUT"), ("my scans", "my scans"), ("a'b; rm -rf ~", "a'b; rm -rf ~"), ("--help", "./--help")],
)
def test_a_command_names_out_so_that_a_shell_takes_it_as_one_word(out: str, word: str) -> None:
    assert shlex.split(retry_command(FailureClass.BROKEN, out))[-4:] == [word, "--retry-failed", "--class", "broken"]
