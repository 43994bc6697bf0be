"""Alarms reach the journal, the schedule and the exit code of a run over processes."""

import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from htrkit.config.choices import FailOn
from htrkit.core.alarms_confidence import ConfidenceWatch
from htrkit.core.limits import cpu_limits
from htrkit.core.rules import Rules
from htrkit.domain.events import Event, PageDone, RunDraining, RunStarted
from htrkit.domain.exits import ExitCode
from htrkit.domain.names import PageKey
from htrkit.domain.page import ModelFacts, Reading
from htrkit.domain.source import PageSource
from htrkit.run.messages import SetUp
from htrkit.run.session import Ended
from htrkit.run.supervised import Supervised
from htrkit.run.workforce import Workforce

pytestmark = pytest.mark.slow

MODEL = ("/none", ModelFacts("none", "0" * 64))
DRILL = (sys.executable, "-m", "tests.fakes.drill_process")


def run(
    out: Path,
    names: Sequence[str],
    *,
    max_alarm_rate: float | None = None,
    fail_on: FailOn = FailOn.FAILURE,
    confidence: ConfidenceWatch | None = None,
) -> tuple[Ended, list[Event]]:
    set_up = SetUp({}, "drill", MODEL, MODEL, Reading("drill", "1"), str(out), 1)
    rules = Rules(cpu_limits(page_seconds=60.0), max_fail_rate=None, max_alarm_rate=max_alarm_rate, rate_minimum=10)
    workforce = Workforce(2, set_up, out / "logs", "drill", rules, command=DRILL)
    events: list[Event] = []
    told = [lambda record: events.append(record.event)]
    supervised = Supervised(workforce, told, fail_on=fail_on, confidence=confidence)
    pages = [PageSource(PageKey(name), f"scans/{name}.jpg") for name in names]
    return supervised.run(pages, RunStarted("drill", len(names), "f")), events


def test_too_many_flagged_pages_stop_a_run_resumable(tmp_path: Path) -> None:
    names = [f"{'odd' if number % 2 else 'ok'}-{number}" for number in range(40)]
    ended, events = run(tmp_path, names, max_alarm_rate=0.1)

    assert ended.counts.exit_code == ExitCode.STOPPED_EARLY
    assert ended.counts.reason.endswith("pages raised an alarm.")
    assert 10 <= ended.counts.done < 20
    assert ended.counts.not_run == 40 - ended.counts.done
    assert [event.reason for event in events if isinstance(event, RunDraining)] == ["too many pages raised an alarm"]


@pytest.mark.parametrize(
    ("fail_on", "code"),
    [(FailOn.FAILURE, ExitCode.DONE), (FailOn.ALARM, ExitCode.FAILED_PAGES), (FailOn.NEVER, ExitCode.DONE)],
)
def test_a_flagged_page_fails_a_finished_run_only_where_asked(tmp_path: Path, fail_on: FailOn, code: ExitCode) -> None:
    ended, _ = run(tmp_path, ["ok-1", "odd-1", "ok-2"], fail_on=fail_on)

    assert (ended.counts.done, ended.counts.exit_code) == (3, code)


def test_with_fail_on_never_failed_pages_end_in_exit_0(tmp_path: Path) -> None:
    ended, _ = run(tmp_path, ["ok-1", "fail-1"], fail_on=FailOn.NEVER)

    assert (ended.counts.failed, ended.counts.exit_code) == (1, ExitCode.DONE)


def test_a_collapse_of_confidence_counts_as_an_alarm_and_is_measured_by_the_runs_start(tmp_path: Path) -> None:
    start = (PageDone(PageKey(f"before-{number}"), 1, 100, 0.9, 0.1, {}, ()) for number in range(20))
    names = [f"dim-{number}" for number in range(30)]
    ended, events = run(tmp_path, names, max_alarm_rate=0.5, confidence=ConfidenceWatch.after(start))

    done = [event for event in events if isinstance(event, PageDone)]
    assert {event.flags for event in done} == {("confidence",)}
    assert all("against 90%" in event.reasons[0].message for event in done)
    assert {event.worker for event in done} <= {"w0", "w1"}
    assert ended.counts.exit_code == ExitCode.STOPPED_EARLY
