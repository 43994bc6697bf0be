"""What a run has left is decided from plan, journal and disk, and every page is in one place only."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from htrkit.core.history import history_of
from htrkit.core.resume import (
    NOTHING,
    Difference,
    Left,
    Standing,
    drift,
    left_of,
    tally_before,
)
from htrkit.domain.events import (
    Event,
    PageDone,
    PageFailed,
    PageRetried,
    PageSkipped,
    PageStarted,
    PageStruck,
    Record,
    RunResumed,
    RunStarted,
    WorkerLost,
    WrittenFile,
)
from htrkit.domain.failure import FailureClass, Step
from htrkit.domain.names import PageKey
from tests.fakes.events import EVENTS, KEYS

A, B, C = PageKey("a"), PageKey("b"), PageKey("c")
PLAN = (A, B, C)
AT = "2026-11-25T07:00:00Z"
WHOLE = {f"{folder}/{key}": Standing.WHOLE for key in PLAN for folder in ("json", "txt")}


def done(key: PageKey, *, lines: int = 2) -> PageDone:
    files = tuple(WrittenFile(f"{folder}/{key}", 9, "f" * 64) for folder in ("json", "txt"))
    return PageDone(key, lines, 10, 0.5, 1.0, {}, files)


def failed(key: PageKey, failure: FailureClass = FailureClass.BROKEN, attempts: int = 1) -> PageFailed:
    return PageFailed(key, f"{key}.jpg", failure, Step.OPEN, "torn", attempts)


def struck(key: PageKey, strikes: int = 1) -> PageStruck:
    return PageStruck(key, Step.SEGMENT, "SIGSEGV", strikes)


def retried(key: PageKey) -> PageRetried:
    return PageRetried(key, FailureClass.OOM, Step.RECOGNISE, "no room")


def left(*events: Event, again: Sequence[FailureClass] = (), standing: dict[str, Standing] = WHOLE) -> Left:
    return left_of(PLAN, history_of(Record(AT, event) for event in events), standing=standing, again=again)


def test_of_a_run_that_never_began_everything_is_left() -> None:
    assert left().pages == PLAN


def test_pages_that_are_done_stay_done_and_the_rest_is_left_in_the_plans_order() -> None:
    after = left(RunStarted("id", 3, "f"), PageStarted(B, 1), done(B))

    assert after.pages == (A, C)
    assert after.done.keys() == {B}


def test_a_page_that_was_started_and_did_not_end_is_left() -> None:
    assert left(done(A), PageStarted(B, 1)).pages == (B, C)


@pytest.mark.parametrize("stands", [Standing.MISSING, Standing.CHANGED, None])
def test_a_page_of_which_one_file_is_missing_or_changed_is_left_and_named(stands: Standing | None) -> None:
    standing = {path: how for path, how in {**WHOLE, "txt/a": stands}.items() if how is not None}
    after = left(done(A), done(B), standing=standing)

    assert (after.pages, after.harmed) == ((A, C), (A,))
    assert after.done.keys() == {B}


def test_a_harmed_page_that_was_taken_again_and_cut_is_left() -> None:
    assert A in left(done(A), RunResumed("id", 3, 1, "f"), PageStarted(A, 1)).pages


def test_failed_pages_stay_failed_unless_asked_for() -> None:
    events = (failed(A), failed(B, FailureClass.TIMEOUT))

    assert left(*events).failed.keys() == {A, B}
    assert left(*events, again=list(FailureClass)).pages == (A, B, C)
    only = left(*events, again=[FailureClass.TIMEOUT])
    assert (only.pages, set(only.failed)) == ((B, C), {A})


def test_the_last_end_of_a_page_counts() -> None:
    assert left(failed(A), PageStarted(A, 2), done(A)).done.keys() == {A}
    assert left(done(A), PageStarted(A, 1), failed(A)).failed.keys() == {A}


def test_a_failed_page_that_was_taken_again_and_cut_is_left_without_being_asked_for_once_more() -> None:
    assert left(failed(A), failed(B), PageStarted(A, 2)).pages == (A, C)


def test_skipped_pages_stay_skipped_and_what_the_plan_leaves_alone_is_skipped_though_nobody_said_so() -> None:
    history = history_of([Record(AT, PageSkipped(A, "there"))])
    after = left_of(PLAN, history, standing={}, alone=[A, B])

    assert (after.pages, after.skipped, after.unsaid) == ((C,), {A, B}, {B})


def test_strikes_are_carried_over_and_a_page_that_is_done_loses_them() -> None:
    after = left(struck(A), struck(B), done(B), struck(C), struck(C, 2))

    assert after.strikes == {A: 1, C: 2}
    assert after.put_back == 4


def test_a_page_that_died_and_is_asked_for_again_keeps_its_strikes() -> None:
    """So that it is tried alone: it may kill once more."""
    after = left(struck(A), failed(A, FailureClass.DIED, attempts=2), again=[FailureClass.DIED])

    assert after.strikes == {A: 1}
    assert after.attempts == {A: 2}


def test_tries_are_counted_when_they_end_by_the_pages_own_trouble_and_not_with_the_run() -> None:
    assert left(PageStarted(A, 1)).attempts == {}
    assert left(PageStarted(A, 1), struck(A), PageStarted(A, 2)).attempts == {A: 1}
    assert left(PageStarted(A, 1), retried(A), PageStarted(A, 2), retried(A)).attempts == {A: 2}
    assert left(failed(A, attempts=3), PageStarted(A, 4)).attempts == {A: 3}


def test_passing_troubles_are_carried_over_until_the_page_ends() -> None:
    assert left(retried(A), retried(A), retried(B), done(B)).retried == {A: 2}
    assert left(retried(A), failed(A), again=list(FailureClass)).retried == {}


def test_what_befell_pages_that_are_not_left_is_not_handed_on() -> None:
    after = left(struck(A), failed(A), PageStarted(B, 2))

    assert (after.strikes, after.attempts) == ({}, {B: 1})


def test_a_lost_worker_alone_decides_nothing() -> None:
    assert left(done(A), WorkerLost("w0", "SIGKILL", B)).pages == (B, C)


def test_the_journals_opening_is_known() -> None:
    assert not history_of([]).opened
    assert history_of([Record(AT, RunStarted("id", 3, "f"))]).opened


def test_pages_that_are_not_asked_for_wait_and_their_failures_and_ends_stay() -> None:
    history = history_of(Record(AT, event) for event in (failed(A), struck(B), failed(C)))
    again = [FailureClass.BROKEN]
    after = left_of(PLAN, history, standing={}, again=again, only=[C])

    assert (after.pages, after.later, after.failed.keys(), after.strikes) == ((C,), (B,), {A}, {})
    assert tally_before(after).not_run == 2


def test_a_page_whose_files_are_harmed_waits_too_where_it_is_not_asked_for() -> None:
    history = history_of([Record(AT, done(A)), Record(AT, done(B))])
    after = left_of(PLAN, history, standing={}, only=[B])

    assert (after.pages, after.harmed, after.later) == ((B,), (B,), (A, C))


def test_pages_that_the_plan_leaves_alone_are_skipped_whichever_are_asked_for() -> None:
    after = left_of(PLAN, history_of([]), standing={}, alone=[A], only=[B])

    assert (after.pages, after.later, after.skipped) == ((B,), (C,), {A})


STANDINGS = st.dictionaries(st.text(max_size=3), st.sampled_from(Standing), max_size=4)


@given(
    st.lists(EVENTS, max_size=40),
    STANDINGS,
    st.sets(st.sampled_from(FailureClass)),
    st.sets(KEYS),
    st.permutations(PLAN),
    st.none() | st.sets(KEYS),
)
def test_whatever_happened_every_page_of_the_plan_is_in_exactly_one_place(
    events: list[Event],
    standing: dict[str, Standing],
    again: set[FailureClass],
    alone: set[PageKey],
    plan: list[PageKey],
    only: set[PageKey] | None,
) -> None:
    history = history_of(Record(AT, one) for one in events)
    after = left_of(plan, history, standing=standing, again=again, alone=alone, only=only)
    places = [*after.pages, *after.later, *after.done, *after.failed, *after.skipped]

    assert sorted(places) == sorted(plan)
    assert list(after.pages) == [key for key in plan if key in after.pages]
    assert {*after.strikes, *after.retried, *after.attempts, *after.harmed} <= set(after.pages)
    assert all(count > 0 for count in (*after.retried.values(), *after.attempts.values()))
    assert after.unsaid <= after.skipped
    assert not again & {end.page.failure for key, end in after.failed.items() if only is None or key in only}
    assert only is None or (set(after.pages) <= only and not set(after.later) & only)


@given(st.lists(EVENTS, max_size=40), st.sets(KEYS), st.none() | st.sets(KEYS))
def test_the_tally_so_far_adds_up_and_what_is_not_run_is_what_is_left(
    events: list[Event], alone: set[PageKey], only: set[PageKey] | None
) -> None:
    after = left_of(PLAN, history_of(Record(AT, one) for one in events), standing={}, alone=alone, only=only)
    tally = tally_before(after)

    assert tally.selected == len(PLAN) == tally.done + tally.failed + tally.skipped + tally.not_run
    assert tally.not_run == len(after.pages) + len(after.later) + len(after.unsaid)


def test_the_tally_so_far_counts_a_page_once_by_its_last_end() -> None:
    tally = tally_before(left(failed(A), PageStarted(A, 2), done(A, lines=5), failed(B), struck(C)))

    assert (tally.done, tally.failed, tally.not_run, tally.lines, tally.retried) == (1, 1, 1, 5, 1)
    assert tally.confidence == 0.5


def test_drift_names_every_difference_and_nothing_else() -> None:
    was = {"model": "one", "setting dpi": "300", "gone": "x"}
    now = {"model": "two", "setting dpi": "300", "new": "y"}

    assert drift(was, now) == (
        Difference("model", "one", "two"),
        Difference("gone", "x", NOTHING),
        Difference("new", NOTHING, "y"),
    )
    assert drift(was, dict(reversed(was.items()))) == ()
