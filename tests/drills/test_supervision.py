"""Real processes that raise, exit, crash, hang and are killed: every page ends once, and nobody innocent is lost."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from htrkit.core.limits import cpu_limits
from htrkit.core.pressure import MemorySample
from htrkit.core.recycling import Recycling
from htrkit.core.rules import Rules
from htrkit.domain.events import (
    Event,
    MemoryEnough,
    MemoryShort,
    PageDone,
    PageFailed,
    PageRetried,
    PageStruck,
    Record,
    RunContinued,
    RunDraining,
    RunPaused,
    RunStarted,
    WorkerGivenUp,
    WorkerLost,
    WorkerRetired,
    WorkerStarted,
)
from htrkit.domain.exits import ExitCode
from htrkit.domain.failure import FailureClass, Step
from htrkit.domain.names import PageKey
from htrkit.domain.page import ModelFacts, Reading
from htrkit.domain.source import PageSource
from htrkit.run.memory_watch import MemoryWatch
from htrkit.run.messages import SetUp
from htrkit.run.session import Ended
from htrkit.run.supervised import Supervised
from htrkit.run.workforce import Workforce

pytestmark = pytest.mark.slow

MODEL = ("/none", ModelFacts("none", "0" * 64))
DRILL = (sys.executable, "-m", "tests.fakes.drill_process")
RULES = Rules(limits=cpu_limits(page_seconds=4.0), rate_minimum=10_000)


class Watch:
    """Keeps what was told, and may do something about it."""

    def __init__(self, *deeds: Callable[[Event], None]) -> None:
        self.events: list[Event] = []
        self.deeds = deeds

    def __call__(self, record: Record) -> None:
        self.events.append(record.event)
        for deed in self.deeds:
            deed(record.event)

    def of(self, kind: type) -> list:
        return [event for event in self.events if isinstance(event, kind)]

    def ends(self) -> list[PageKey]:
        return [event.key for event in self.events if isinstance(event, PageDone | PageFailed)]


def sources(names: Sequence[str]) -> list[PageSource]:
    return [PageSource(PageKey(name), f"scans/{name}.jpg") for name in names]


def run(
    out: Path,
    names: Sequence[str],
    watch: Watch,
    *,
    workers: int = 2,
    rules: Rules = RULES,
    engine: str = "drill",
    memory: MemoryWatch | None = None,
) -> Ended:
    set_up = SetUp({}, engine, MODEL, MODEL, Reading("drill", "1"), str(out), 1)
    out.mkdir(parents=True, exist_ok=True)
    logs = out / ".htrkit" / "logs"
    workforce = Workforce(
        workers, set_up, logs, "drill", rules, command=DRILL, has_room=lambda _: (out / "room").exists()
    )
    if memory is not None:
        workforce = replace(workforce, memory=memory)
    ended = Supervised(workforce, [watch]).run(sources(names), RunStarted("drill", len(names), "f"))
    counts = ended.counts
    assert counts.selected == counts.done + counts.failed + counts.skipped + counts.not_run
    assert len(watch.ends()) == len(set(watch.ends()))
    return ended


def pids(watch: Watch) -> list[int]:
    return [event.pid for event in watch.of(WorkerStarted)]


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def test_good_pages_are_done_by_several_workers_and_none_is_left(tmp_path: Path) -> None:
    watch = Watch()
    patient = Rules(limits=cpu_limits(page_seconds=300.0))
    ended = run(tmp_path, ["meet-1", "meet-2", *(f"ok-{number}" for number in range(38))], watch, rules=patient)

    assert (ended.counts.done, ended.counts.exit_code) == (40, ExitCode.DONE)
    assert len(pids(watch)) == 2
    assert {event.worker for event in watch.of(PageDone)} == {"w0", "w1"}
    assert len(list((tmp_path / "txt").iterdir())) == 40
    assert not any(alive(pid) for pid in pids(watch))


def test_every_way_to_die_costs_its_page_and_no_other(tmp_path: Path) -> None:
    deadly = ["raise-1", "exit-1", "quit-1", "segfault-1", "hang-1", "gil-1", "fail-1"]
    names = [*deadly[:3], *(f"ok-{number}" for number in range(30)), *deadly[3:], "once-1", "hiccup-1"]
    watch = Watch()
    ended = run(tmp_path, names, watch)
    failed = {event.key: event for event in watch.of(PageFailed)}

    assert set(failed) == set(deadly)
    assert (ended.counts.done, ended.counts.failed, ended.counts.exit_code) == (32, 7, ExitCode.FAILED_PAGES)
    assert failed["raise-1"].failure is FailureClass.BUG
    assert "planted" in failed["raise-1"].stack
    assert failed["segfault-1"].failure is FailureClass.DIED
    assert "SIGSEGV" in failed["segfault-1"].message
    assert "Segmentation fault" in failed["segfault-1"].stack
    assert "exit code 3" in failed["exit-1"].message
    for name in ("hang-1", "gil-1"):
        assert failed[name].failure is FailureClass.TIMEOUT
        assert failed[name].step is Step.RECOGNISE
        assert "drill_process" in failed[name].stack
    assert failed["fail-1"].attempts == 1
    assert {event.key for event in watch.of(PageRetried)} == {"hiccup-1"}
    strikes = [event.key for event in watch.of(PageStruck)]
    assert sorted(set(strikes)) == ["exit-1", "gil-1", "hang-1", "once-1", "quit-1", "segfault-1"]
    assert not any(alive(pid) for pid in pids(watch))


def test_workers_that_are_killed_from_outside_lose_no_page(tmp_path: Path) -> None:
    watch = Watch()
    killed: list[int] = []

    def kill_now_and_then(event: Event) -> None:
        if isinstance(event, PageDone) and len(watch.of(PageDone)) % 6 == 0:
            living = [pid for pid in pids(watch) if alive(pid)]
            if living:
                killed.append(living[0])
                os.kill(living[0], signal.SIGKILL)

    watch.deeds = (kill_now_and_then,)
    ended = run(tmp_path, [f"ok-{number}" for number in range(60)], watch, rules=replace(RULES, deaths=9))

    assert ended.counts.done == 60
    assert len(killed) >= 5
    assert len(list((tmp_path / "txt").glob("[!.]*"))) == 60


def test_workers_that_cannot_start_end_the_run_with_their_own_words(tmp_path: Path) -> None:
    watch = Watch()
    ended = run(tmp_path, ["ok-1", "ok-2"], watch, engine="broken")

    assert ended.counts.exit_code == ExitCode.STOPPED_EARLY
    assert ended.counts.not_run == 2
    assert ended.error is not None
    assert "the model is gone" in ended.error.what
    assert len(watch.of(WorkerGivenUp)) == 2
    assert len(watch.of(WorkerLost)) == 6


@pytest.mark.parametrize(
    ("number", "code"),
    [(signal.SIGINT, ExitCode.INTERRUPTED), (signal.SIGTERM, ExitCode.TERMINATED), (signal.SIGUSR1, ExitCode.WARNED)],
)
def test_the_first_signal_finishes_the_pages_in_hand(tmp_path: Path, number: signal.Signals, code: ExitCode) -> None:
    def ask(event: Event) -> None:
        if isinstance(event, PageDone) and event.key == "slow-3":
            os.kill(os.getpid(), number)

    watch = Watch(ask)
    ended = run(tmp_path, [f"slow-{page}" for page in range(20)], watch)

    assert ended.counts.exit_code == code
    assert len(watch.of(RunDraining)) == 1
    assert ended.counts.failed == 0
    assert 4 <= ended.counts.done <= 7
    assert len(list((tmp_path / "txt").iterdir())) == ended.counts.done


def test_the_second_signal_stops_at_once_and_fails_nobody(tmp_path: Path) -> None:
    def ask(event: Event) -> None:
        if isinstance(event, WorkerStarted):
            os.kill(os.getpid(), signal.SIGINT)
        if isinstance(event, RunDraining):
            threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()

    watch = Watch(ask)
    start = time.monotonic()
    ended = run(tmp_path, ["hang-1", "hang-2"], watch, rules=replace(RULES, limits=cpu_limits(page_seconds=60.0)))

    assert time.monotonic() - start < 30
    assert ended.counts.exit_code == ExitCode.INTERRUPTED
    assert (ended.counts.failed, ended.counts.not_run) == (0, 2)
    assert not any(alive(pid) for pid in pids(watch))


def test_a_full_disk_pauses_the_run_and_fails_no_page(tmp_path: Path) -> None:
    def make_room(event: Event) -> None:
        if isinstance(event, RunPaused):
            (tmp_path / "room").touch()

    watch = Watch(make_room)
    ended = run(tmp_path, ["ok-1", "trouble-1", "ok-2", "ok-3"], watch)

    assert (ended.counts.done, ended.counts.exit_code) == (4, ExitCode.DONE)
    assert len(watch.of(RunPaused)) >= 1
    assert len(watch.of(RunContinued)) >= 1


def test_a_trouble_that_does_not_pass_ends_the_run_resumable(tmp_path: Path) -> None:
    watch = Watch()
    ended = run(tmp_path, ["trouble-1", "trouble-2"], watch, rules=replace(RULES, trouble_limit_seconds=2.5))

    assert ended.counts.exit_code == ExitCode.STOPPED_EARLY
    assert (ended.counts.failed, ended.counts.not_run) == (0, 2)


def test_a_worker_is_started_anew_after_so_many_pages_and_nothing_is_lost(tmp_path: Path) -> None:
    watch = Watch()
    ended = run(tmp_path, [f"ok-{n}" for n in range(20)], watch, rules=replace(RULES, recycling=Recycling(4)))

    assert (ended.counts.done, ended.counts.exit_code) == (20, ExitCode.DONE)
    assert len(watch.of(WorkerRetired)) >= 3
    assert not watch.of(WorkerLost)
    assert {event.attempts for event in watch.of(PageDone)} == {1}


def test_a_worker_that_leaks_is_started_anew_before_memory_is_short(tmp_path: Path) -> None:
    watch = Watch()
    leaking = replace(RULES, recycling=Recycling(growth_bytes=60_000_000))
    ended = run(tmp_path, [f"leak-{n}" for n in range(24)], watch, rules=leaking, workers=1)

    assert ended.counts.done == 24
    assert len(watch.of(WorkerRetired)) >= 2
    assert "its memory has grown by" in watch.of(WorkerRetired)[0].reason
    assert not watch.of(WorkerLost)


def test_while_memory_is_short_pages_are_read_one_by_one_and_all_are_done(tmp_path: Path) -> None:
    """Short from the first page on; enough again when half of the pages are done."""
    watch = Watch()
    memory = MemoryWatch(0.9, lambda: MemorySample(100, 5 if len(watch.of(PageDone)) < 10 else 50))
    ended = run(tmp_path, [f"slow-{page}" for page in range(20)], watch, memory=memory)

    assert (ended.counts.done, ended.counts.exit_code) == (20, ExitCode.DONE)
    assert len(watch.of(MemoryShort)) == len(watch.of(MemoryEnough)) == 1
    assert not watch.of(WorkerLost)


PARENT = """
import sys
from pathlib import Path
from tests.drills.test_supervision import Watch, run
out = Path(sys.argv[1])
def note(event):
    if type(event).__name__ == "WorkerStarted":
        with (out / "pids").open("a") as file: file.write(f"{event.pid}\\n")
    if type(event).__name__ == "PageStarted":
        (out / "started").touch()
out.mkdir(exist_ok=True)
run(out, [f"{name}-{n}" for n in range(9) for name in ("hang", "gil")], Watch(note))
"""


def test_workers_die_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT, str(tmp_path)]) as parent:
        deadline = time.monotonic() + 60
        while not ((tmp_path / "started").exists() and len((tmp_path / "pids").read_text().split()) == 2):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        time.sleep(0.3)
        parent.kill()
    workers = [int(pid) for pid in (tmp_path / "pids").read_text().split()]
    deadline = time.monotonic() + 1.0
    while any(map(alive, workers)) and time.monotonic() < deadline:
        time.sleep(0.01)

    assert not any(map(alive, workers))
