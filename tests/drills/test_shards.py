"""Shards of one run are real processes that are killed, warned, forgotten and cut anew: no page is lost or doubled."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from htrkit.core.shard_standing import ShardState
from htrkit.domain.events import PageDone
from htrkit.domain.exits import ExitCode
from htrkit.domain.shards import Shard, ShardName
from htrkit.run.out_folder import OutFolder
from htrkit.run.reporting import reported, reported_and_verified
from htrkit.run.shard_cuts import read_cuts
from htrkit.run.shard_recutting import recut_into
from htrkit.ui.report_document import report_document
from htrkit.ui.report_table import report_table
from tests.fakes.chaos import Chaos, shelf, unfinished
from tests.fakes.chaos_figures import outputs
from tests.fakes.shards import all_records, states, times_ended

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
PAGES, SHARDS = 120, 4
STUCK_SECONDS = 90.0
Parent = subprocess.Popen[bytes]


class Cluster:
    """Nodes on one machine: each `start` is a process that has a shard of the same OUT."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.folder = folder
        self.out = OutFolder(folder / "sharded" / "out")
        self.out.path.parent.mkdir()
        self._stack = stack

    def start(self, *words: str) -> Parent:
        command = [sys.executable, "-m", "tests.fakes.shard_parent", str(self.out.path), *words]
        noise = self._stack.enter_context((self.folder / "noise").open("ab"))
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        parent = subprocess.Popen(
            command, cwd=self.folder, env=environment, stdin=subprocess.DEVNULL, stdout=noise, stderr=noise
        )
        self._stack.callback(self._end, parent)
        return parent

    def shard(self, number: int) -> OutFolder:
        return OutFolder(self.out.path, ShardName(1, Shard(number, SHARDS)))

    def wait(self, parent: Parent) -> int:
        code = parent.wait(STUCK_SECONDS)
        assert code != ExitCode.BUG, (self.folder / "noise").read_text()
        return code

    def wait_for(self, true: Callable[[], bool], parent: Parent) -> None:
        deadline = time.monotonic() + STUCK_SECONDS
        while not true():
            assert parent.poll() is None, (self.folder / "noise").read_text()
            assert time.monotonic() < deadline, (self.folder / "noise").read_text()
            time.sleep(0.005)

    def pages_done(self, number: int) -> int:
        journal = self.shard(number).journal
        return journal.read_bytes().count(b'"PageDone"') if journal.exists() else 0

    @staticmethod
    def _end(parent: Parent) -> None:
        if parent.poll() is None:
            parent.kill()
            parent.wait()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    deeds = ("slow" if number % 7 == 3 else "ok" for number in range(PAGES))
    shelf(tmp_path, [f"{number // 10:02d}/{deed}-{number:04d}" for number, deed in enumerate(deeds)])
    with ExitStack() as stack:
        yield Cluster(tmp_path, stack)


@pytest.fixture
def local(cluster: Cluster) -> dict[str, bytes]:
    """What one run on one machine comes to."""
    calm = Chaos(cluster.folder, "calm")
    assert calm.undisturbed() == ExitCode.DONE
    return outputs(calm.out.path)


def times_done(out: OutFolder) -> Counter[str]:
    return Counter(record.event.key for record in all_records(out) if isinstance(record.event, PageDone))


def check_whole(out: OutFolder, local: dict[str, bytes]) -> None:
    done = times_done(out)
    assert len(done) == PAGES
    assert set(done.values()) == {1}
    assert outputs(out.path) == local
    assert unfinished(out.path) == []
    verified = reported_and_verified(out).verified
    assert verified is not None
    assert not verified.damages


def test_one_killed_and_one_never_started_are_named_and_finished_by_others(
    cluster: Cluster, local: dict[str, bytes]
) -> None:
    going = {number: cluster.start("--shard", f"{number}/{SHARDS}") for number in (1, 2, 3)}
    cluster.wait_for(lambda: cluster.pages_done(2) >= 3, going[2])
    going[2].kill()
    assert [cluster.wait(going[number]) for number in (1, 3)] == [ExitCode.DONE, ExitCode.DONE]
    going[2].wait()

    assert states(cluster.out) == {
        "1/4": ShardState.FINISHED,
        "2/4": ShardState.DIED,
        "3/4": ShardState.FINISHED,
        "4/4": ShardState.NEVER_RAN,
    }
    report = reported(cluster.out)
    for words in ("--shard 2/4", "--shard 4/4"):
        assert f"htrkit resume {cluster.out.path} {words}" in report_table(report)
        assert f"htrkit resume {cluster.out.path} {words}" in json.loads(report_document(report))["next"]

    # The dead one goes on a little and is killed again; what it and the forgotten one have left goes to two others.
    again = cluster.start("--shard", "2/4", "--newest")
    before = cluster.pages_done(2)
    cluster.wait_for(lambda: cluster.pages_done(2) >= before + 3, again)
    again.kill()
    again.wait()
    left = reported(cluster.out).counts.not_run
    made = recut_into(cluster.out.path, 2, say=lambda _: None)
    assert (made.pages, made.living) == (left, 0)
    new = [cluster.start("--shard", f"{number}/2", "--newest") for number in (1, 2)]
    late = cluster.start("--shard", "4/4")
    assert [cluster.wait(one) for one in (*new, late)] == [ExitCode.DONE] * 3

    check_whole(cluster.out, local)
    assert reported(cluster.out).exit_code == ExitCode.DONE


def test_what_is_left_is_taken_while_another_shard_is_at_work(cluster: Cluster, local: dict[str, bytes]) -> None:
    going = cluster.start("--shard", f"1/{SHARDS}")
    cluster.wait_for(lambda: cluster.pages_done(1) >= 1, going)
    going.send_signal(signal.SIGSTOP)
    rest = cluster.start()
    code = cluster.wait(rest)
    assert states(cluster.out)["1/4"] is ShardState.AT_WORK
    going.send_signal(signal.SIGCONT)

    assert (code, cluster.wait(going)) == (ExitCode.DONE, ExitCode.DONE)
    assert [cut.of for cut in read_cuts(cluster.out).all] == [SHARDS, 1]
    check_whole(cluster.out, local)


def test_a_warned_shard_drains_and_the_same_command_goes_on(cluster: Cluster, local: dict[str, bytes]) -> None:
    going = [cluster.start("--shard", f"{number}/{SHARDS}") for number in range(1, SHARDS + 1)]
    cluster.wait_for(lambda: cluster.pages_done(3) >= 2, going[2])
    going[2].send_signal(signal.SIGUSR1)
    codes = [cluster.wait(one) for one in going]
    assert codes[2] in {ExitCode.WARNED, ExitCode.DONE}
    assert {codes[0], codes[1], codes[3]} == {ExitCode.DONE}

    assert cluster.wait(cluster.start("--shard", f"3/{SHARDS}")) == ExitCode.DONE
    check_whole(cluster.out, local)


def test_the_same_shard_is_not_had_twice(cluster: Cluster, local: dict[str, bytes]) -> None:
    first = cluster.start("--shard", f"1/{SHARDS}")
    cluster.wait_for(lambda: cluster.pages_done(1) >= 1, first)
    first.send_signal(signal.SIGSTOP)
    second = cluster.start("--shard", f"1/{SHARDS}")
    refused = second.wait(STUCK_SECONDS)
    first.send_signal(signal.SIGCONT)

    assert refused != ExitCode.DONE
    assert "shard 1/4: another run is writing there" in (cluster.folder / "noise").read_text()
    cluster.wait(first)
    assert cluster.wait(cluster.start()) == ExitCode.DONE
    check_whole(cluster.out, local)
    assert set(times_ended(cluster.out).values()) == {1}
