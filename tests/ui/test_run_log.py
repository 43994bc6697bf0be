"""Every event has its words, and the log keeps them all."""

from pathlib import Path

from hypothesis import given

from htrkit.domain.events import Event, PageStarted, Record, RunPaused
from htrkit.domain.names import PageKey
from htrkit.ui.event_words import event_words
from htrkit.ui.run_log import RunLog
from tests.fakes.events import EVENTS

AT = "2026-11-25T07:00:00Z"


@given(EVENTS)
def test_every_event_has_words(event: Event) -> None:
    assert event_words(event)


def test_the_log_has_a_line_an_event_with_its_time(tmp_path: Path) -> None:
    log = RunLog(tmp_path / "run.log")
    log(Record(AT, PageStarted(PageKey("a"), 2)))
    log(Record(AT, RunPaused("no room in a\udcff")))

    assert (tmp_path / "run.log").read_text(encoding="utf-8").splitlines() == [
        f"{AT} begun: a (attempt 2)",
        f"{AT} paused: no room in a\\udcff",
    ]


def test_a_log_that_cannot_be_written_costs_nothing_else(tmp_path: Path) -> None:
    RunLog(tmp_path / "gone" / "run.log")(Record(AT, RunPaused("x")))

    assert not (tmp_path / "gone").exists()
