"""A run is counted from its events."""

from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from htrkit.config.choices import FailOn
from htrkit.core.tally import Tally, finished_with, told
from htrkit.domain.events import Event, PageDone, PageFailed, PageSkipped, PageStarted, RunEnded, RunStarted
from htrkit.domain.exits import ExitCode
from htrkit.domain.failure import FailureClass, Step
from htrkit.domain.names import PageKey


def done(
    name: str = "a",
    *,
    lines: int = 2,
    characters: int = 10,
    confidence: float | None = 0.5,
    flags: tuple[str, ...] = (),
) -> PageDone:
    return PageDone(PageKey(name), lines, characters, confidence, 1.0, {}, (), flags)


FAILED = PageFailed(PageKey("b"), "b.jpg", FailureClass.BROKEN, Step.OPEN, "torn", 1)
SKIPPED = PageSkipped(PageKey("c"), "there already")


def after(*events: Event) -> Tally:
    return reduce(told, events, Tally())


@given(st.lists(st.sampled_from([done(), FAILED, SKIPPED]), max_size=30), st.integers(0, 9))
def test_the_identity_always_holds(ends: list[Event], more: int) -> None:
    tally = after(RunStarted("id", len(ends) + more, "f"), *ends)

    assert tally.not_run == more
    assert tally.selected == tally.done + tally.failed + tally.skipped + tally.not_run
    assert tally.identity.startswith(f"selected {len(ends) + more} = done {tally.done} + failed {tally.failed}")


def test_confidence_is_weighed_by_characters_and_silent_engines_weigh_nothing() -> None:
    tally = after(done(characters=30, confidence=1.0), done(characters=10, confidence=0.0), done(confidence=None))

    assert tally.confidence == 0.75
    assert after(done(confidence=None)).confidence is None


def test_flagged_and_blank_pages_are_counted_once_each() -> None:
    tally = after(done(flags=("a", "b")), done(lines=0, characters=0), PageStarted(PageKey("x"), 1))

    assert (tally.flagged, tally.blank, tally.lines) == (1, 1, 2)


def test_the_end_is_kept() -> None:
    ended = RunEnded(1, 1, 0, 0, 0, "finished", 0)

    assert after(ended).ended is ended


def test_flags_are_counted_by_pages() -> None:
    tally = after(done(flags=("script",)), done(flags=("repetition", "script")), done())

    assert (tally.flagged, tally.flags) == (2, {"script": 2, "repetition": 1})


FLAGGED = done(flags=("script",))


@pytest.mark.parametrize(
    ("fail_on", "ends", "code"),
    [
        (FailOn.FAILURE, [done()], ExitCode.DONE),
        (FailOn.FAILURE, [FLAGGED], ExitCode.DONE),
        (FailOn.FAILURE, [done(), FAILED], ExitCode.FAILED_PAGES),
        (FailOn.ALARM, [done()], ExitCode.DONE),
        (FailOn.ALARM, [FLAGGED], ExitCode.FAILED_PAGES),
        (FailOn.ALARM, [FAILED], ExitCode.FAILED_PAGES),
        (FailOn.NEVER, [FLAGGED, FAILED], ExitCode.DONE),
    ],
)
def test_what_a_finished_run_exits_with_is_a_wish(fail_on: FailOn, ends: list[Event], code: ExitCode) -> None:
    assert finished_with(after(*ends), fail_on) is code
