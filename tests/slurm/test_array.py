"""An array of shards on a real Slurm: cancelled, killed, warned, submitted again; no page is lost, none done twice."""

import csv
from dataclasses import replace

import pytest

from htrkit.domain.exits import ExitCode
from tests.slurm.drill_engine import SECONDS
from tests.slurm.own_cluster import GPUS
from tests.slurm.shelf import POISON, Shelf, without_colour

pytestmark = pytest.mark.slow

SLOWLY = {SECONDS: "0.1"}
"""So that a shard can be met in the middle of its pages."""


def in_the_middle(shelf: Shelf, shard: int) -> None:
    shelf.wait(lambda: shelf.ended("PageDone", shard).total() >= 3, f"in the middle of shard {shard}")


def pages_of(shelf: Shelf) -> set[str]:
    return {place.stem for place in (shelf.folder / "scans").iterdir()}


def check_whole(shelf: Shelf, read_here: Shelf) -> None:
    """Every page has ended once, the poison was found and nothing else, and all files are those of a local run."""
    done, failed = shelf.ended("PageDone"), shelf.ended("PageFailed")
    with (shelf.place / "failures.csv").open(newline="") as table:
        failures = {row["image"].rpartition("/")[2].removesuffix(".png"): row["class"] for row in csv.DictReader(table)}

    assert done.keys() | failed.keys() == pages_of(shelf), "lost"
    assert set(done.values()) == {1}, "done twice"
    assert failures == POISON
    assert failed.keys() == POISON.keys()
    assert shelf.outputs() == read_here.outputs()


def test_an_array_that_is_cancelled_and_killed_goes_on_when_it_is_submitted_again(
    shelf: Shelf, read_here: Shelf
) -> None:
    job = shelf.submitted("--gpus-per-shard", "1", **SLOWLY)
    for shard, words in ((1, ()), (2, ("--batch", "--signal=KILL"))):
        in_the_middle(shelf, shard)
        shelf.call("scancel", *words, f"{job}_{shard}")
    shelf.wait(lambda: shelf.is_over(job), "over")

    told = without_colour(shelf.htrkit("report", shelf.out).stdout)
    assert shelf.ended("PageDone").total() < len(pages_of(shelf)) - len(POISON), "nothing was left to be lost"
    for shard, course in ((1, "stopped early"), (2, "died")):
        assert f"htrkit resume '{shelf.out}' --shard {shard}/4" in told, shelf.logs()
        assert f"{shard}/4 {course}" in told
    for shard in (3, 4):
        assert f"--shard {shard}/4" not in told

    again = shelf.again()
    shelf.wait(lambda: shelf.is_over(again), "over again")

    check_whole(shelf, read_here)
    visible = {devices for name, devices, task in shelf.tries if name in pages_of(shelf)}
    assert visible == {str(number) for number in range(GPUS)}, "Slurm's devices were not kept"
    assert {task for _, _, task in shelf.tries} == {"1", "2", "3", "4"}
    assert shelf.htrkit("report", shelf.out, "--verify").returncode == ExitCode.DONE
    assert (shelf.place / "report.html").exists()


def test_shards_that_died_are_cut_anew_and_the_same_script_takes_them(shelf: Shelf, read_here: Shelf) -> None:
    job = shelf.submitted("--gpus-per-shard", "1", **SLOWLY)
    in_the_middle(shelf, 1)
    shelf.call("scancel", "--batch", "--signal=KILL", job)
    shelf.call("scancel", job)
    shelf.wait(lambda: shelf.is_over(job), "over")

    cut = shelf.htrkit("cluster", "recut", shelf.out, "--shards", "2")
    assert cut.returncode == ExitCode.DONE, cut.stderr
    script = shelf.place / ".htrkit" / "slurm" / "array.sh"
    done = shelf.call("sbatch", "--parsable", "--export=ALL,HTRKIT_SHARDS=2@2", "--array=1-2", str(script))
    shelf.wait(lambda: shelf.is_over(done.stdout.strip()), "over again")

    check_whole(shelf, read_here)


def test_a_shard_that_is_warned_drains_and_goes_on_by_itself(shelf: Shelf, read_here: Shelf) -> None:
    job = shelf.submitted("--gpus-per-shard", "1", shards=2, **SLOWLY)
    task = f"{job}_1"
    in_the_middle(shelf, 1)
    shelf.call("scancel", "--batch", "--signal=USR1", task)
    shelf.wait(lambda: "Restarts=1" in shelf.call("scontrol", "show", "job", task).stdout, "put into the queue again")
    ended = [one for one in shelf.events(1) if one["event"] == "RunEnded"]
    assert [one["exit_code"] for one in ended] == [ExitCode.WARNED], shelf.logs()

    shelf.wait(lambda: shelf.is_over(job), "over")

    check_whole(shelf, read_here)
    assert not [one for one in shelf.events() if one["event"] == "WorkerLost" and one["key"] not in POISON]
    assert "is in the queue again" in (shelf.place / ".htrkit" / "slurm" / f"{task}.log").read_text()


@pytest.mark.parametrize("name", ["50% done", 'the "new" one', "two\nlines", "#1", "a\\b", "plain", "Bücher"])
def test_whatever_out_is_called_slurm_writes_the_log_into_it(shelf: Shelf, name: str) -> None:
    shelf = replace(shelf, out=f"named {name}")
    job = shelf.submitted("--gpus-per-shard", "0", "--pages", "3", "--partition", "main", shards=1)
    shelf.wait(lambda: shelf.is_over(job), "over")

    assert "finished: selected 1 = done 1" in shelf.logs()
    assert {visible for _, visible, _ in shelf.tries}.isdisjoint(map(str, range(GPUS)))
