"""A page is measured by the first pages of its run."""

from collections.abc import Sequence

import pytest

from htrkit.core.alarms_confidence import LEAST_FALL, START_PAGES, ConfidenceWatch
from htrkit.domain.events import PageDone
from htrkit.domain.names import PageKey


def page(confidence: float | None, *, characters: int = 1000, flags: tuple[str, ...] = ()) -> PageDone:
    return PageDone(PageKey("a"), 30, characters, confidence, 1.0, {}, (), flags)


def after(confidences: Sequence[float | None]) -> ConfidenceWatch:
    return ConfidenceWatch.after(page(one) for one in confidences)


STEADY = [0.9] * START_PAGES


@pytest.mark.parametrize("confidence", [0.0, 0.2, 0.5, 0.7, 0.749])
def test_a_collapse_is_told_with_both_figures(confidence: float) -> None:
    note = after(STEADY).judge(page(confidence))

    assert note is not None
    assert (note.code, note.flag, note.line) == ("confidence", True, None)
    assert f"Confidence {confidence:.0%}, against 90% on the first 20 pages" in note.message


@pytest.mark.parametrize("confidence", [0.751, 0.8, 0.9, 1.0])
def test_what_any_run_varies_by_is_none(confidence: float) -> None:
    assert after(STEADY).judge(page(confidence)) is None


@pytest.mark.parametrize("pages", range(START_PAGES))
def test_nobody_is_measured_before_the_start_is_known(pages: int) -> None:
    assert after(STEADY[:pages]).judge(page(0.1)) is None


def test_a_start_that_varies_allows_more() -> None:
    varied = after([0.95, 0.55] * (START_PAGES // 2))

    assert varied.judge(page(0.2)) is None
    assert after([0.75] * START_PAGES).judge(page(0.2)) is not None


def test_a_few_bad_pages_at_the_start_do_not_move_the_measure() -> None:
    watch = after([0.1, 0.2, *STEADY[:-2]])

    assert watch.judge(page(0.9 - LEAST_FALL - 0.01)) is not None


@pytest.mark.parametrize("told", [page(None), page(0.1, characters=49)])
def test_pages_that_tell_little_count_on_neither_side(told: PageDone) -> None:
    watch = after(STEADY[:-1])

    assert watch.judge(told) is None
    assert watch.judge(page(0.9)) is None
    assert watch.judge(told) is None
    assert watch.judge(page(0.1)) is not None


def test_later_pages_do_not_move_the_measure() -> None:
    watch = after([*STEADY, *[0.3] * 100])

    assert watch.judge(page(0.3)) is not None


def test_the_page_keeps_its_other_flags_and_gets_the_reason() -> None:
    flagged = after(STEADY).flagged(page(0.1, flags=("script",)))

    assert flagged.flags == ("confidence", "script")
    assert [note.code for note in flagged.reasons] == ["confidence"]


def test_a_page_without_alarm_stays_as_it_is() -> None:
    told = page(0.9)
    assert after(STEADY).flagged(told) is told
