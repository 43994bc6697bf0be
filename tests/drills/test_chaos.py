"""Parent, workers and servers are killed over and over in the middle of a run: no page is lost, doubled or other.

TEST_DRILLS=full asks for 2,000 pages and more than 200 kills; without it the same is done with fewer.
"""

import os
import sys
import time
from pathlib import Path
from random import Random

import pytest

from htrkit.domain.exits import ExitCode
from tests.fakes.chaos import Chaos, shelf, unfinished
from tests.fakes.chaos_figures import executions, figures_of, outputs
from tests.fakes.chaos_plot import Plot, killed_over_and_over

pytestmark = pytest.mark.slow

FULL = os.environ.get("TEST_DRILLS") == "full"
PAGES, LEAST_KILLS = (2000, 200) if FULL else (120, 12)
PARENTS = 0.22 if FULL else 0.15
"""The share of kills that take the parent."""
DEATHS = 6
"""Chaos takes the innocent: with two deaths a page that is unlucky twice would be set aside, as it should be."""


def anybody(chaos: Chaos, chance: Random) -> bool:
    if chance.random() < PARENTS:
        return chaos.kill_parent()
    chaos.kill_child(chance)
    return False


@pytest.mark.parametrize("servers", [0, 1])
def test_a_run_that_is_killed_over_and_over_comes_to_the_same_bytes(
    servers: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shelf(tmp_path, [f"{number // 100:02d}/ok-{number:04d}" for number in range(PAGES)])
    words = ("--deaths", str(DEATHS), "--servers", str(servers))
    calm, chaos = Chaos(tmp_path, "calm"), Chaos(tmp_path, "chaos", words=words)
    assert calm.undisturbed() == ExitCode.DONE, calm.noise()

    start = time.monotonic()
    plot = Plot(PAGES, gap=lambda chance: chance.randint(6, 9), kill=anybody, early=0.1)
    killed_over_and_over(chaos, plot, seed=4 + servers)
    figures = figures_of(chaos, seconds=time.monotonic() - start, undisturbed=outputs(calm.out.path))
    with capsys.disabled():
        sys.stdout.write(figures.table(f"Chaos, {servers} device servers"))

    assert figures.pages == PAGES
    assert figures.kills >= LEAST_KILLS
    assert (figures.lost, figures.doubled, figures.failed) == (0, 0, 0)
    assert (figures.differing, figures.damaged, figures.left_aside) == (0, 0, 0)
    assert figures.orphans == 0
    assert bool(figures.servers_killed) == bool(servers)
    assert figures.repeated <= figures.may_repeat
    assert figures.most_in_hand <= 2


def test_what_a_dead_worker_left_half_written_is_swept_when_the_run_ends(tmp_path: Path) -> None:
    shelf(tmp_path, ["ok-1", "torn-1", "ok-2"])
    chaos = Chaos(tmp_path)

    assert chaos.undisturbed() == ExitCode.DONE, chaos.noise()
    assert executions(chaos)["torn-1"] == 2
    assert unfinished(chaos.out.path) == []


def test_a_single_worker_is_heard_by_its_server_from_the_first_page_on(tmp_path: Path) -> None:
    shelf(tmp_path, ["ok-1", "ok-2"])
    chaos = Chaos(tmp_path, words=("--workers", "1", "--servers", "1"))

    assert chaos.undisturbed() == ExitCode.DONE, chaos.noise()
