"""Progress in lines: the plan, every 30 s or 1 %, every failure."""

import orjson

from htrkit.core.interval import Interval
from htrkit.core.tally import Tally
from htrkit.domain.events import (
    Event,
    PageDone,
    PageFailed,
    PageSkipped,
    Record,
    RunEnded,
    RunResumed,
    RunStarted,
)
from htrkit.domain.failure import FailureClass, Step
from htrkit.domain.glimpse import Glimpse
from htrkit.domain.names import PageKey
from htrkit.domain.schedule import InHand
from htrkit.ui.event_lines import EventLines
from htrkit.ui.plain import PlainLines

AT = "2026-11-25T07:00:00Z"


class Clock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def done(number: int, flags: tuple[str, ...] = ()) -> PageDone:
    return PageDone(PageKey(f"box/{number}"), 40, 1000, 0.934, 2.0, {}, (), flags)


def said(pages: int, *events: Event, step: float = 0.1) -> list[str]:
    lines: list[str] = []
    clock = Clock()
    listener = PlainLines(lines.append, clock=clock)
    for event in (RunStarted("id", pages, "f"), *events):
        listener(Record(AT, event))
        clock.seconds += step
    return lines


def test_a_small_run_says_every_page_and_how_long_the_rest_will_take() -> None:
    assert said(2, done(1), done(2, ("no-lines",)), step=4) == [
        "2 pages to read",
        "1/2  box/1: 40 lines, confidence 93.4 %, 2.0 s, about 4.0 s left",
        "2/2  box/2: 40 lines, confidence 93.4 %, 2.0 s, flagged: no-lines",
    ]


def test_a_great_run_says_one_page_in_a_hundred() -> None:
    lines = said(10_000, *(done(number) for number in range(1, 1001)))

    assert len(lines) == 1 + 10
    assert lines[1].startswith("100/10,000")


def test_a_slow_run_says_something_every_30_seconds() -> None:
    lines = said(10_000, *(done(number) for number in range(1, 11)), step=16)

    assert len(lines) == 1 + 5


def test_every_failure_and_every_skipped_page_is_said() -> None:
    failed = PageFailed(PageKey("a"), "a.jpg", FailureClass.EMPTY, Step.OPEN, "a.jpg: empty file.", 1)
    lines = said(10_000, failed, PageSkipped(PageKey("b"), "its files are there"))

    assert lines[1:] == ["failed: a (empty): a.jpg: empty file.", "skipped: b: its files are there"]


def test_the_end_is_left_to_the_summary() -> None:
    assert said(1, RunEnded(1, 0, 0, 0, 1, "interrupted", 130)) == ["1 page to read"]


def test_events_for_programs_are_one_json_document_a_line() -> None:
    lines: list[str] = []
    EventLines(lines.append)(Record(AT, done(1)))

    (event,) = map(orjson.loads, lines)
    assert event["schema"] == 1
    assert (event["event"], event["key"], event["lines"]) == ("PageDone", "box/1", 40)


def test_a_run_that_goes_on_counts_from_where_it_was_and_guesses_from_what_it_has_seen() -> None:
    lines: list[str] = []
    clock = Clock()
    before = Tally(selected=4, done=1, failed=1)
    listener = PlainLines(lines.append, clock=clock, before=before)
    for event in (RunResumed("id", 4, 2, "f"), done(3)):
        listener(Record(AT, event))
        clock.seconds += 8

    assert lines == ["2 pages left of 4", "3/4  box/3: 40 lines, confidence 93.4 %, 2.0 s, about 8.0 s left"]


def test_a_flagged_page_is_said_though_it_is_not_its_turn() -> None:
    lines = said(10_000, done(1), done(2, ("repetition",)), done(3))

    assert lines[1:] == ["flagged: box/2: 40 lines, confidence 93.4 %, 2.0 s, flagged: repetition"]


def test_a_run_in_which_no_page_ends_says_every_30_seconds_what_is_in_hand() -> None:
    lines: list[str] = []
    clock = Clock()
    listener = PlainLines(lines.append, clock=clock)
    listener(Record(AT, RunStarted("id", 9, "f")))
    hand = InHand("w0", PageKey("a"), 1, Step.SEGMENT, 0.0)
    for _ in range(140):
        clock.seconds += 0.5
        listener.glimpse(Glimpse(clock.seconds, (hand,), workers=2))

    assert lines[1:] == ["0/9  1 page in hand"] * 2


class Oracle:
    workers = 1

    def hear(self, key: PageKey, seconds: float, at: float) -> None:
        del key, seconds, at

    def hear_end(self, key: PageKey, at: float) -> None:
        del key, at

    def left(self, at: float) -> Interval | None:
        del at
        return Interval(200.0, 240.0, 300.0)


def test_what_is_foretold_is_said_with_its_range() -> None:
    lines: list[str] = []
    listener = PlainLines(lines.append, clock=Clock(), left=Oracle())
    for event in (RunStarted("id", 2, "f"), done(1), done(2)):
        listener(Record(AT, event))

    assert lines[1].endswith("2.0 s, about 4 min 00 s left (3 min 20 s to 5 min 00 s)")
    assert lines[2].endswith("2.0 s")
