"""Inputs that go away in the middle of a run: it pauses, blames no page, and goes on when they are back."""

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from htrkit.core.limits import cpu_limits
from htrkit.core.rules import Rules
from htrkit.domain.events import (
    Event,
    PageDone,
    PageFailed,
    PageRetried,
    Record,
    RunContinued,
    RunPaused,
    RunStarted,
)
from htrkit.domain.exits import ExitCode
from htrkit.domain.failure import FailureClass
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
RULES = Rules(limits=cpu_limits(page_seconds=300.0), rate_minimum=10_000)
PAGES = 24


class Share:
    """A folder of pictures that can be taken away, as a share is that is not mounted any more."""

    def __init__(self, folder: Path) -> None:
        self.root, self.aside = folder / "scans", folder / "aside"
        self.root.mkdir()
        self.pages = [PageSource(PageKey(f"open-{n}"), str(self.root / f"{n}.png"), root=str(self.root)) for n in
                      range(PAGES)]  # fmt: skip
        for page in self.pages:
            Image.new("L", (8, 8), 200).save(page.path)

    def unmount(self) -> None:
        """Leave an empty folder, as the mount point is."""
        self.root.rename(self.aside)
        self.root.mkdir()

    def mount(self) -> None:
        self.root.rmdir()
        self.aside.rename(self.root)


class Watch:
    """Keeps what was told, and does something about it."""

    def __init__(self, deed: Callable[[Event], None]) -> None:
        self.events: list[Event] = []
        self.deed = deed

    def __call__(self, record: Record) -> None:
        self.events.append(record.event)
        self.deed(record.event)

    def of(self, kind: type) -> list:
        return [event for event in self.events if isinstance(event, kind)]


@pytest.fixture
def share(tmp_path: Path) -> Share:
    return Share(tmp_path)


def run(share: Share, watch: Watch, *, rules: Rules = RULES) -> Ended:
    out = share.root.parent / "out"
    set_up = SetUp({}, "drill", MODEL, MODEL, Reading("drill", "1"), str(out), 1)
    workforce = Workforce(2, set_up, out / ".htrkit" / "logs", "drill", rules, command=DRILL)
    ended = Supervised(workforce, [watch]).run(share.pages, RunStarted("drill", PAGES, "f"))
    counts = ended.counts
    assert counts.selected == counts.done + counts.failed + counts.skipped + counts.not_run
    return ended


def after_five(watch: "Watch", deed: Callable[[], None]) -> Callable[[Event], None]:
    """Do it once, when five pages are done."""

    def hear(event: Event) -> None:
        if isinstance(event, PageDone) and len(watch.of(PageDone)) == 5:
            deed()

    return hear


def test_inputs_that_go_away_and_come_back_pause_the_run_and_cost_no_page(share: Share) -> None:
    watch = Watch(lambda _: None)
    take_away = after_five(watch, share.unmount)

    def hear(event: Event) -> None:
        take_away(event)
        if isinstance(event, RunPaused) and share.aside.exists():
            share.mount()

    watch.deed = hear
    ended = run(share, watch)

    assert (ended.counts.done, ended.counts.failed, ended.counts.exit_code) == (PAGES, 0, ExitCode.DONE)
    assert len(watch.of(RunPaused)) == len(watch.of(RunContinued)) >= 1
    assert str(share.root) in watch.of(RunPaused)[0].reason
    assert "not mounted" in watch.of(RunPaused)[0].reason


def test_inputs_that_stay_away_end_the_run_resumable(share: Share) -> None:
    watch = Watch(lambda _: None)
    watch.deed = after_five(watch, share.unmount)
    ended = run(share, watch, rules=replace(RULES, trouble_limit_seconds=2.5))

    assert ended.counts.exit_code == ExitCode.STOPPED_EARLY
    assert ended.counts.failed == 0
    assert ended.counts.not_run == PAGES - ended.counts.done > 0
    assert len(watch.of(RunPaused)) == 1
    assert not watch.of(RunContinued)
    assert ended.error is not None
    assert str(share.root) in ended.error.what

    share.mount()
    again = run(share, Watch(lambda _: None))
    assert (again.counts.done, again.counts.exit_code) == (PAGES, ExitCode.DONE)


def test_one_file_that_goes_away_costs_its_page_and_no_pause(share: Share) -> None:
    watch = Watch(lambda _: None)
    watch.deed = after_five(watch, Path(share.pages[-1].path).unlink)
    ended = run(share, watch)

    assert (ended.counts.done, ended.counts.failed) == (PAGES - 1, 1)
    assert [(event.key, event.failure) for event in watch.of(PageFailed)] == [
        (share.pages[-1].key, FailureClass.UNREADABLE)
    ]
    assert not watch.of(RunPaused)


def test_a_file_that_the_disk_never_gives_is_tried_twice_and_pauses_nobody(share: Share) -> None:
    watch = Watch(lambda _: None)
    share.pages[3] = replace(share.pages[3], key=PageKey("sector-3"))
    ended = run(share, watch)

    assert (ended.counts.done, ended.counts.failed) == (PAGES - 1, 1)
    assert [event.key for event in watch.of(PageRetried)] == ["sector-3"]
    assert [(event.failure, event.attempts) for event in watch.of(PageFailed)] == [(FailureClass.UNREADABLE, 2)]
    assert not watch.of(RunPaused)
