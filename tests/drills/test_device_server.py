"""Real device servers that crash, hang, run out of memory and are killed: batches are shared, and blame is not."""

import json
import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from htrkit.core.limits import Fixed, cpu_limits
from htrkit.core.rules import Rules
from htrkit.domain.events import (
    BatchResized,
    BatchShrunk,
    DeviceFed,
    Event,
    PageDone,
    PageFailed,
    PageStruck,
    RunStarted,
    ServerGivenUp,
    ServerLost,
    ServerStarted,
    WorkerLost,
)
from htrkit.domain.exits import ExitCode
from htrkit.domain.failure import FailureClass, Step
from htrkit.domain.page import ModelFacts, Reading
from htrkit.run.messages import SetUp
from htrkit.run.session import Ended
from htrkit.run.supervised import Supervised
from htrkit.run.workforce import Serving, Workforce
from tests.drills.test_supervision import Watch, alive, sources

pytestmark = pytest.mark.slow

MODEL = ("/none", ModelFacts("none", "0" * 64))
MODULE = (sys.executable, "-m", "tests.fakes.drill_served")
SHORT = Fixed(1.5)
RULES = Rules(limits=cpu_limits(page_seconds=60.0), rate_minimum=10_000)
CARD, OTHER = (Serving(f"cuda:{index}", "cuda:0", 1, {"CUDA_VISIBLE_DEVICES": f"GPU-{index}"}) for index in range(2))


def run(
    out: Path,
    names: Sequence[str],
    watch: Watch,
    *,
    servers: Sequence[Serving] = (CARD,),
    rules: Rules = RULES,
    engine: str = "drill",
    workers: int = 3,
) -> Ended:
    set_up = SetUp({"device": "all"}, engine, MODEL, MODEL, Reading("drill", "1"), str(out), 1)
    workforce = Workforce(
        workers,
        set_up,
        out / ".htrkit" / "logs",
        "served-drill",
        rules,
        servers=tuple(servers),
        command=(*MODULE, "worker"),
        server_command=(*MODULE, "server"),
    )
    ended = Supervised(workforce, [watch]).run(sources(names), RunStarted("served-drill", len(names), "f"))
    counts = ended.counts
    assert counts.selected == counts.done + counts.failed + counts.skipped + counts.not_run
    assert len(watch.ends()) == len(set(watch.ends()))
    assert not any(alive(event.pid) for event in watch.of(ServerStarted))
    return ended


def pages(count: int, deed: str = "ok") -> list[str]:
    return [f"{deed}-{number}" for number in range(count)]


def attempts(watch: Watch) -> dict[str, int]:
    return {event.key: event.attempts for event in watch.of(PageDone)}


def batches(out: Path) -> dict[str, list[list[int]]]:
    """Of each page, for each item: which batch, and how many items it held."""
    return {place.stem: json.loads(place.read_text()) for place in (out / "batches").iterdir()}


def test_pages_share_batches_and_a_page_is_spread_over_several(tmp_path: Path) -> None:
    watch = Watch()
    ended = run(tmp_path, pages(30, "slow"), watch)

    assert (ended.counts.done, ended.counts.exit_code) == (30, ExitCode.DONE)
    assert {event.device for event in watch.of(PageDone)} == {"cuda:0"}
    found = batches(tmp_path)
    pages_of: dict[int, set[str]] = {}
    for page, items in found.items():
        for batch, _ in items:
            pages_of.setdefault(batch, set()).add(page)
    assert max(len({batch for batch, _ in items}) for items in found.values()) > 1
    assert max(len(together) for together in pages_of.values()) > 1
    assert max(size for items in found.values() for _, size in items) == 4
    (told,) = watch.of(DeviceFed)
    assert (told.server, told.step, told.items) == ("cuda:0", Step.RECOGNISE, 150)
    assert told.batches * 4 == told.room
    assert 0.5 < told.full_share <= 1
    assert 0 <= told.padding_share < 0.2


def test_a_page_that_kills_its_server_is_found_and_nobody_else_loses_anything(tmp_path: Path) -> None:
    watch = Watch()
    ended = run(tmp_path, [*pages(12), "kills-90", *(f"ok-{number}" for number in range(20, 32))], watch)
    failed = watch.of(PageFailed)

    assert (ended.counts.done, ended.counts.failed, ended.counts.exit_code) == (24, 1, ExitCode.FAILED_PAGES)
    assert [event.key for event in failed] == ["kills-90"]
    assert failed[0].failure is FailureClass.DIED
    assert "SIGSEGV" in failed[0].message
    assert "Segmentation fault" in failed[0].stack
    assert [event.key for event in watch.of(PageStruck)] == ["kills-90"]
    assert set(attempts(watch).values()) == {1}
    assert not watch.of(WorkerLost)
    assert 2 <= len(watch.of(ServerLost)) <= 3


def test_a_page_that_hangs_on_the_device_is_timed_out_and_the_run_goes_on(tmp_path: Path) -> None:
    rules = replace(RULES, limits=replace(cpu_limits(), steps={**cpu_limits().steps, Step.RECOGNISE: SHORT}))
    watch = Watch()
    ended = run(tmp_path, [*pages(6), "stuck-90", "ok-40"], watch, rules=rules)

    assert (ended.counts.done, ended.counts.failed) == (7, 1)
    assert watch.of(PageFailed)[0].failure is FailureClass.TIMEOUT
    assert "a batch took longer than 1.5 s to recognise" in watch.of(PageFailed)[0].message
    assert "drill_served" in watch.of(PageFailed)[0].stack
    assert set(attempts(watch).values()) == {1}


def test_servers_that_are_killed_from_outside_lose_no_page(tmp_path: Path) -> None:
    killed: list[int] = []

    def kill_now_and_then(event: Event) -> None:
        if isinstance(event, PageDone) and len(watch.of(PageDone)) % 6 == 0:
            living = [one.pid for one in watch.of(ServerStarted) if alive(one.pid)]
            if living:
                killed.append(living[-1])
                os.kill(living[-1], signal.SIGKILL)

    watch = Watch(kill_now_and_then)
    ended = run(tmp_path, pages(40), watch, rules=replace(RULES, deaths=9, failed_starts=99))

    assert (ended.counts.done, ended.counts.exit_code) == (40, ExitCode.DONE)
    assert len(killed) >= 5
    assert len(list((tmp_path / "txt").glob("[!.]*"))) == 40


def test_a_device_that_cannot_be_started_is_given_up_and_its_pages_go_to_the_other(tmp_path: Path) -> None:
    watch = Watch()
    ended = run(tmp_path, pages(12), watch, servers=(CARD, OTHER), engine="broken-GPU-0")

    assert (ended.counts.done, ended.counts.exit_code) == (12, ExitCode.DONE)
    assert {event.device for event in watch.of(PageDone)} == {"cuda:1"}
    assert [event.server for event in watch.of(ServerGivenUp)] == ["cuda:0"]
    assert "fallen off the bus" in watch.of(ServerGivenUp)[0].message
    assert len(watch.of(ServerLost)) == 3


def test_without_any_device_the_run_ends_resumable_with_the_servers_own_words(tmp_path: Path) -> None:
    watch = Watch()
    ended = run(tmp_path, pages(4), watch, servers=(CARD, OTHER), engine="broken")

    assert ended.counts.exit_code == ExitCode.STOPPED_EARLY
    assert (ended.counts.failed, ended.counts.not_run) == (0, 4)
    assert ended.error is not None
    assert "fallen off the bus" in ended.error.what


def test_batches_that_do_not_fit_are_halved_and_no_page_fails(tmp_path: Path) -> None:
    watch = Watch()
    ended = run(tmp_path, pages(8, "wide"), watch)

    assert (ended.counts.done, ended.counts.exit_code) == (8, ExitCode.DONE)
    assert [(one.was, one.now) for one in watch.of(BatchShrunk)] == [(4, 2)]


def test_batches_grow_to_what_fits_and_the_next_run_begins_there(tmp_path: Path) -> None:
    """The device of 46 GB holds a model of 2, and 1 GB an item: 39 of them below 90 %.

    The workers have 45 items, so that batches of 32 are full now and then, and those of 39 seldom.
    """
    watch = Watch()
    ended = run(tmp_path, pages(90), watch, engine="steered", workers=9)

    assert (ended.counts.done, ended.counts.exit_code) == (90, ExitCode.DONE)
    resized = watch.of(BatchResized)
    assert [one.now for one in resized[:3]] == [8, 16, 32]
    assert 32 <= resized[-1].now <= 39
    assert resized[-1].item_bytes == 10**9
    assert not watch.of(BatchShrunk)

    again = Watch()
    known = replace(CARD, sizes={"recognise": (39, 10**9)})
    (tmp_path / "again").mkdir()
    run(tmp_path / "again", pages(20), again, servers=(known,), engine="steered", workers=9)
    assert not again.of(BatchResized)
    assert max(size for items in batches(tmp_path / "again").values() for _, size in items) > 16


def test_an_item_that_does_not_fit_alone_fails_its_page_only(tmp_path: Path) -> None:
    watch = Watch()
    ended = run(tmp_path, [*pages(5), "huge-90", "odd-91", "ok-50"], watch, rules=replace(RULES, retries=0))
    failed = {event.key: event for event in watch.of(PageFailed)}

    assert (ended.counts.done, ended.counts.failed) == (6, 2)
    assert failed["huge-90"].failure is FailureClass.OOM
    assert failed["odd-91"].failure is FailureClass.RECOGNITION
    assert "planted" in failed["odd-91"].stack
    assert not watch.of(ServerLost)


def test_a_lost_device_costs_a_restart_of_its_server(tmp_path: Path) -> None:
    watch = Watch()
    ended = run(tmp_path, [*pages(5), "once-90", "lost-91"], watch)

    assert (ended.counts.done, ended.counts.failed) == (6, 1)
    assert "exit code 70" in watch.of(PageFailed)[0].message
    assert "illegal memory access" in watch.of(PageFailed)[0].stack


def test_each_server_sees_its_own_device_and_workers_see_none(tmp_path: Path) -> None:
    run(tmp_path, pages(9), Watch(), servers=(CARD, OTHER))
    seen = {place.stem[5:]: json.loads(place.read_text()) for place in tmp_path.glob("seen-*")}

    assert {name: one["CUDA_VISIBLE_DEVICES"] for name, one in seen.items()} == {
        "GPU-0": "GPU-0",
        "GPU-1": "GPU-1",
        "worker": "",
    }
    assert {one["HTRKIT_RUN_ID"] for one in seen.values()} == {"served-drill"}
    assert (seen["GPU-1"]["device"], seen["GPU-1"]["served"], seen["worker"]["served"]) == ("cuda:0", False, True)
