"""Every way in which a page can end its worker, among good pages, while parent, workers and servers are killed as well.

TEST_DRILLS=full repeats it with more of them; without it, once.
"""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest

from htrkit.domain.events import PageFailed
from htrkit.domain.failure import FailureClass
from tests.fakes.chaos import Chaos, shelf
from tests.fakes.chaos_figures import events, figures_of, outputs
from tests.fakes.chaos_plot import Plot, killed_over_and_over
from tests.fakes.chaos_worker import GROUP

pytestmark = pytest.mark.slow

FULL = os.environ.get("TEST_DRILLS") == "full"
REPETITIONS = 5 if FULL else 1
TIMES = 3 if FULL else 1
"""How often each way to die is there."""
GOOD = 140
ENDLESS_SECONDS = "1"
PARENTS = 0.25
SMALL_BYTES = 64 << 20


@dataclass(frozen=True, slots=True)
class Way:
    """How a page fails, what is said of it, and what its stack names."""

    failure: FailureClass
    says: str
    stack: str = ""


WAYS = {
    "raise": Way(FailureClass.BUG, "ZeroDivisionError: planted", "drill_process.py"),
    "fail": Way(FailureClass.BROKEN, "torn"),
    "exit": Way(FailureClass.DIED, "exit code 3"),
    "quit": Way(FailureClass.DIED, "exit code 0"),
    "segfault": Way(FailureClass.DIED, "SIGSEGV", "Segmentation fault"),
    "hang": Way(FailureClass.TIMEOUT, "segment took longer than 1 s", "drill_process.py"),
    "gil": Way(FailureClass.TIMEOUT, "segment took longer than 1 s", "hold_the_interpreter"),
    "swallow": Way(FailureClass.OOM, "No more.", "MemoryError"),
    "kernel": Way(FailureClass.DIED, "SIGKILL"),
    "beyond": Way(FailureClass.BUG, "its receipt is a message of 70,0"),
    "babble": Way(FailureClass.DIED, "message cannot be read"),
    "poison": Way(FailureClass.DIED, "SIGSEGV"),
    "boast": Way(FailureClass.BUG, "ValueError: xxx", "in boast"),
}


@pytest.fixture
def small_group() -> Iterator[Path | None]:
    """A memory cgroup with little room, where this machine lets us make one."""
    lines = Path("/proc/self/cgroup").read_text().splitlines()
    mine = next((line.split(":", 2)[2].lstrip("/") for line in lines if ":memory:" in line), None)
    group = Path("/sys/fs/cgroup/memory", mine or "", f"htrkit-drill-{os.getpid()}")
    try:
        group.mkdir()
        (group / "memory.limit_in_bytes").write_text(str(SMALL_BYTES))
    except OSError:
        with suppress(OSError):
            group.rmdir()
        yield None
        return
    yield group
    group.rmdir()


def anybody_unharmed(chaos: Chaos, chance: Random) -> bool:
    if chance.random() < PARENTS:
        return chaos.kill_parent()
    chaos.kill_worker_of_the_unharmed(chance)
    return False


def pages(chance: Random) -> tuple[list[str], list[str]]:
    """Give good pages and deadly ones, in folders together at random."""
    good = [*(f"ok-{number:03d}" for number in range(GOOD)), "huge-1"]
    deadly = [f"{way}-{number}" for way in WAYS for number in range(TIMES)]
    placed = {name: f"{chance.randrange(20):02d}/{name}" for name in [*good, *deadly]}
    return [placed[name] for name in good], [placed[name] for name in deadly]


@pytest.mark.parametrize(("seed", "servers"), [(seed, 1 - seed % 2) for seed in range(REPETITIONS)])
def test_every_way_to_die_fails_its_page_and_no_other(
    seed: int, servers: int, tmp_path: Path, small_group: Path | None, capsys: pytest.CaptureFixture[str]
) -> None:
    good, deadly = pages(Random(seed))
    shelf(tmp_path / "good", good)
    shelf(tmp_path / "mixed", [*good, *deadly])
    calm = Chaos(tmp_path / "good")
    assert calm.undisturbed() == 0, calm.noise()

    mixed = Chaos(tmp_path / "mixed", words=("--segment-seconds", ENDLESS_SECONDS, "--servers", str(servers)))
    mixed.environment = {GROUP: str(small_group)} if small_group else {}
    mixed.lures = {key for key in deadly if "/gil" in key or "/hang" in key}
    start = time.monotonic()
    plot = Plot(len([*good, *deadly]), gap=lambda chance: chance.randint(8, 13), kill=anybody_unharmed, early=0.1)
    killed_over_and_over(mixed, plot, seed=seed)
    seconds = time.monotonic() - start
    for place in (mixed.out.path / "failures.csv", *mixed.out.path.rglob("beyond-*")):
        # The receipt was too long, not the page: its files were in place before anybody knew.
        place.unlink()
    figures = figures_of(mixed, seconds=seconds, undisturbed=outputs(calm.out.path))
    with capsys.disabled():
        sys.stdout.write(figures.table(f"All ways to die, {servers} device servers"))

    failed = {event.key: event for event in events(mixed) if isinstance(event, PageFailed)}
    assert failed.keys() == set(deadly)
    for key, event in failed.items():
        check(event, key.rpartition("/")[2].partition("-")[0], in_a_group=small_group is not None)
    assert (figures.lost, figures.doubled, figures.differing) == (0, 0, 0)
    assert (figures.damaged, figures.left_aside, figures.orphans) == (0, 0, 0)
    assert figures.kills >= 10


def check(event: PageFailed, trial: str, *, in_a_group: bool) -> None:
    """Hold a failure against what its page does."""
    way = WAYS[trial]
    said = "by the kernel for lack of memory" if trial == "kernel" and in_a_group else way.says
    assert event.failure is way.failure, event.message[:300]
    assert said in event.message, event.message[:300]
    assert way.stack in event.stack, event.stack[-1000:]
    assert len(event.message) + len(event.stack) < 20_000
