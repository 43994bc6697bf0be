"""Memory runs short while real processes work: it is told, named and acted on, and no page is lost."""

import os
import select
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import pytest

from htrkit.core.limits import cpu_limits
from htrkit.core.pressure import MemorySample
from htrkit.core.rules import Rules
from htrkit.core.schedule import Schedule
from htrkit.domain.events import (
    DeviceEnough,
    DeviceShort,
    MachineSampled,
    MemoryEnough,
    MemoryShort,
    PageDone,
    RunStarted,
    ServerLost,
)
from htrkit.domain.names import PageKey
from htrkit.domain.page import Reading
from htrkit.domain.schedule import End
from htrkit.domain.source import PageSource
from htrkit.run.hearing import Hearing
from htrkit.run.memory_watch import MemoryWatch
from htrkit.run.messages import FromChild, GiveBack, IsDone, IsReady, SetUp, TakePage
from htrkit.run.processes import ChildProcess, Post, started
from htrkit.run.read_ahead import ReadAhead
from htrkit.run.sampler import Sampler
from htrkit.run.supervised import Supervised
from htrkit.run.supervisor import Supervisor
from htrkit.run.switchboard import Gone, Staff
from htrkit.run.workforce import Serving, Workforce
from tests.fake_nvml.fixtures import FakeDriver
from tests.fake_nvml.states import FIRST, GB, LOST, SECOND, TWO_L40S
from tests.fakes.soaking import COMMAND, MODEL, Told

pytestmark = pytest.mark.slow

RULES = Rules(limits=cpu_limits(page_seconds=60.0))
SERVED = (sys.executable, "-m", "tests.fakes.drill_served", "worker")
GIVING = (sys.executable, "-m", "tests.fakes.drill_giving")
ENVIRONMENT = dict(os.environ)
CARDS = tuple(
    Serving(f"cuda:{index}", "cuda:0", 1, {"CUDA_VISIBLE_DEVICES": card.uuid}) for index, card in enumerate(TWO_L40S)
)
LITTLE = 0.05
"""Seconds between two looks."""


def set_up(out: Path) -> SetUp:
    out.mkdir(parents=True, exist_ok=True)
    return SetUp({"device": "all"}, "drill", MODEL, MODEL, Reading("drill", "1"), str(out), 1, tidy_every=10_000)


def served(out: Path, pages: int, told: Sequence[Callable]) -> None:
    workforce = Workforce(
        4,
        set_up(out),
        out / "logs",
        "health",
        RULES,
        servers=CARDS,
        memory=MemoryWatch(0.9, lambda: MemorySample(100, 50), LITTLE),
        sampler=Sampler(every_seconds=LITTLE),
        command=SERVED,
        server_command=GIVING,
    )
    sources = [PageSource(PageKey(f"slow-{number}"), f"{number}.jpg") for number in range(pages)]
    ended = Supervised(workforce, told).run(sources, RunStarted("health", pages, "f"))
    assert ended.counts.done == pages


def test_the_card_that_fills_up_is_named_and_its_server_alone_gives_back(
    tmp_path: Path, driver_here: FakeDriver
) -> None:
    told = Told()

    def neighbour(_: object) -> None:
        """Take most of the second card after 20 pages, and leave when that is told."""
        gone = told.of(DeviceShort)
        if gone or len(told.of(PageDone)) >= 20:
            driver_here.has([FIRST, replace(SECOND, used_bytes=(1 if gone else 45) * GB)])

    served(tmp_path, 200, [told, neighbour])

    (short,) = told.of(DeviceShort)
    assert (short.device, short.free_bytes) == ("cuda:1", GB)
    assert [event.device for event in told.of(DeviceEnough)] == ["cuda:1"]
    assert (tmp_path / f"emptied-{SECOND.uuid}").read_text() == "emptied\n"
    assert not (tmp_path / f"emptied-{FIRST.uuid}").exists()
    used = [[device.used_bytes for device in point.devices] for point in told.of(MachineSampled)]
    assert [GB // 2, GB // 2] in used
    assert [GB // 2, GB] in used


def test_a_card_that_is_lost_for_the_driver_only_tells_nothing_and_the_run_goes_on(
    tmp_path: Path, driver_here: FakeDriver
) -> None:
    told = Told()

    def lose(_: object) -> None:
        if len(told.of(PageDone)) == 10:
            driver_here.has([replace(FIRST, lost=LOST), SECOND])

    served(tmp_path, 60, [told, lose])

    last = told.of(MachineSampled)[-1].devices
    assert [(device.device, device.used_bytes) for device in last] == [("cuda:0", None), ("cuda:1", GB // 2)]
    assert not told.of(DeviceShort)


@pytest.mark.usefixtures("driver_here")
def test_the_points_of_a_run_hold_every_process_and_frame_it(tmp_path: Path) -> None:
    told = Told()
    served(tmp_path, 60, [told])
    points = told.of(MachineSampled)

    assert len(points) >= 3
    names = {one.process for point in points for one in point.processes}
    assert {"run", "w0", "w1", "w2", "w3", "cuda:0", "cuda:1"} >= names >= {"run", "w0", "cuda:0"}
    kinds = [type(event) for event in told.events()]
    assert kinds[-2] is MachineSampled
    # The first is taken while pages are read, however slowly the sampler starts on a busy machine.
    assert kinds.index(MachineSampled) < len(kinds) - 1 - kinds[::-1].index(PageDone)


@dataclass(slots=True)
class NotedAhead(ReadAhead):
    """Notes when it is held, among the events."""

    log: list[str] | None = None

    def hold(self, *, on: bool) -> None:
        assert self.log is not None
        self.log.append("held" if on else "let go")


def test_read_ahead_is_held_before_workers_pause_and_goes_on_after_they_do(tmp_path: Path) -> None:
    log: list[str] = []
    done: list[PageKey] = []

    def tell(event: object) -> None:
        if isinstance(event, MemoryShort | MemoryEnough):
            log.append(type(event).__name__)
        if isinstance(event, PageDone):
            done.append(event.key)

    def ram() -> MemorySample:
        """Tight from the fifth page on, short from the tenth, enough from the fifteenth, roomy from the twentieth."""
        used = (50, 88, 95, 83, 50)[min(len(done) // 5, 4)]
        return MemorySample(100, 100 - used)

    keys = [PageKey(f"slow-{number}") for number in range(30)]
    sources = {key: PageSource(key, f"{key}.jpg") for key in keys}
    staff = Staff(Post(set_up(tmp_path), ENVIRONMENT, COMMAND), tmp_path / "logs")
    schedule = Schedule(keys, ["w0", "w1"], RULES)
    memory, ahead = MemoryWatch(0.9, ram, LITTLE), NotedAhead(0, log=log)
    ended = Supervisor(schedule, sources, staff, tell, lambda _: True, memory, ahead).run()

    assert ended == End(None)
    assert sorted(done) == sorted(keys)
    assert log == ["held", "MemoryShort", "MemoryEnough", "let go"]


@contextmanager
def child(out: Path, command: Sequence[str], *, serves: bool = False) -> Iterator[ChildProcess]:
    environment = ENVIRONMENT | {"CUDA_VISIBLE_DEVICES": "GPU-0"}
    process = started(Post(set_up(out), environment, command, serves=serves), "cuda:0", out / "log")
    try:
        yield process
    finally:
        process.kill()
        process.buried()


def next_of(process: ChildProcess, kind: type) -> FromChild:
    """Wait for a message of a kind, passing over others."""
    while True:
        assert select.select([process.channel], [], [], 60)[0], "nothing is said"
        for message in process.hear() or ():
            if isinstance(message, kind):
                return message


def held_after(process: ChildProcess, page: str) -> int:
    process.say(TakePage(asdict(PageSource(PageKey(page), "a.jpg")), 1))
    done = next_of(process, IsDone)
    assert isinstance(done, IsDone)
    return done.memory_bytes


def test_a_worker_gives_back_before_its_next_page(tmp_path: Path) -> None:
    with child(tmp_path, COMMAND) as worker:
        next_of(worker, IsReady)
        before = held_after(worker, "ok-1")
        full = held_after(worker, "knot-2")
        worker.say(GiveBack())
        after = held_after(worker, "ok-3")
    assert full - before > 90_000_000
    assert after - before < 20_000_000


def test_a_server_that_the_kernel_killed_for_memory_is_told_as_such(tmp_path: Path) -> None:
    with child(tmp_path, GIVING, serves=True) as server:
        next_of(server, IsReady)
        # As if the kernel's count had gone up since the server was started.
        server.kernel_kills = -1
        os.killpg(server.popen.pid, signal.SIGKILL)
        cause = server.buried()
        (event,), _ = Hearing().of(Gone(server, cause, ""), 1.0)
    assert event == ServerLost("cuda:0", "killed by the kernel for lack of memory")
