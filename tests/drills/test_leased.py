"""Real agents in real processes on a cluster of plain processes: killed, joined, without any of the driver's files."""

import os
import signal
import time
from pathlib import Path

import pytest
from PIL import Image

from htrkit.domain.events import Event, PageDone, PageFailed, PageStarted, PageStruck, WorkerLost
from htrkit.domain.exits import ExitCode
from htrkit.domain.failure import FailureClass
from tests.fakes.fake_cluster import FakeCluster
from tests.fakes.leased_runs import Heard, alive, leased_run, local_run, outputs, sources

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _agents_find_the_drills(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))


def gone(pids: list[int]) -> bool:
    """Whether all of them have ended, or do within a moment: the kernel ends what a killed agent had started."""
    until = time.monotonic() + 5
    while any(map(alive, pids)) and time.monotonic() < until:
        time.sleep(0.02)
    return not any(map(alive, pids))


def test_pages_are_read_by_all_agents_and_come_to_the_bytes_of_a_local_run(tmp_path: Path) -> None:
    pages = sources(tmp_path, [f"ok-{number}" for number in range(40)])
    cluster, heard = FakeCluster(["n1", "n2"]), Heard()
    ended = leased_run(cluster, tmp_path / "out", pages, heard)
    local_run(tmp_path / "local", pages)

    assert (ended.counts.done, ended.counts.exit_code) == (40, ExitCode.DONE)
    assert sorted(heard.ends()) == sorted(page.key for page in pages)
    assert {event.worker.partition("/")[0] for event in heard.of(PageDone)} == {"n1", "n2"}
    assert outputs(tmp_path / "out") == outputs(tmp_path / "local")
    assert gone([*heard.pids(), *cluster.pids.values()])


def test_poison_is_found_though_a_node_is_killed_and_one_joins(tmp_path: Path) -> None:
    deadly = ["segfault-1", "gil-1", "raise-1"]
    names = [f"ok-{number}" for number in range(120)]
    names[40:40], names[60:60], names[80:80] = deadly[:1], deadly[1:2], deadly[2:]
    pages = sources(tmp_path, names)
    cluster = FakeCluster(["n1", "n2", "n3"])

    def meddle(event: Event) -> None:
        if isinstance(event, PageDone):
            number = len(heard.of(PageDone))
            if number == 20:
                cluster.kill_node("n2")
            if number == 40:
                cluster.nodes.append("n4")

    heard = Heard(meddle)
    ended = leased_run(cluster, tmp_path / "out", pages, heard)

    failed = {event.key: event for event in heard.of(PageFailed)}
    assert set(failed) == set(deadly)
    assert (ended.counts.done, ended.counts.exit_code) == (120, ExitCode.FAILED_PAGES)
    assert len(heard.ends()) == len(set(heard.ends())) == len(names)
    assert failed["gil-1"].failure is FailureClass.TIMEOUT
    assert "SIGSEGV" in failed["segfault-1"].message
    assert "SIGKILL" in next(event for event in heard.of(WorkerLost) if event.worker == "n2").cause
    assert len(outputs(tmp_path / "out")) == 120
    assert gone([*heard.pids(), *cluster.pids.values()])


def test_a_page_that_takes_its_node_down_twice_is_set_aside(tmp_path: Path) -> None:
    cluster, after = FakeCluster(["n1"], workers=1), iter(["n2", "n3"])

    def meddle(event: Event) -> None:
        if isinstance(event, PageStarted) and event.key == "hang-1":
            cluster.kill_node(cluster.nodes[0])
        if isinstance(event, PageStruck | PageFailed):
            cluster.nodes.append(next(after))

    heard = Heard(meddle)
    ended = leased_run(cluster, tmp_path / "out", sources(tmp_path, ["hang-1", "ok-1"]), heard)

    assert ended.counts.failed == 1
    assert ended.counts.done == 1
    assert "(n1, n2)" in heard.of(PageFailed)[0].message


def test_inputs_and_outputs_travel_where_nodes_share_no_files(tmp_path: Path) -> None:
    shelf = tmp_path / "scans"
    shelf.mkdir()
    for number in range(12):
        Image.new("L", (60, 40), 200).save(shelf / f"open-{number}.jpg")
    names = [f"open-{number}" for number in range(12)]
    pages = sources(shelf, [*names, "open-lost"])
    cluster, heard = FakeCluster(["n1", "n2"], strange=True), Heard()
    ended = leased_run(cluster, tmp_path / "out", pages, heard)
    local_run(tmp_path / "local", pages)

    assert (ended.counts.done, ended.counts.failed) == (12, 1)
    assert outputs(tmp_path / "out") == outputs(tmp_path / "local")
    failed = heard.of(PageFailed)[0]
    assert failed.image == str(shelf / "open-lost.jpg")
    assert str(shelf / "open-lost.jpg") in failed.message
    assert "htrkit-agent-" not in failed.message
    assert not list(tmp_path.glob("out/**/.htrkit-[0-9]*"))


def test_a_drain_finishes_the_pages_in_hand_and_leaves_the_rest(tmp_path: Path) -> None:
    def interrupt(event: Event) -> None:
        if isinstance(event, PageDone) and len(heard.of(PageDone)) == 1:
            os.kill(os.getpid(), signal.SIGUSR1)

    heard = Heard(interrupt)
    cluster = FakeCluster(["n1", "n2"])
    ended = leased_run(cluster, tmp_path / "out", sources(tmp_path, [f"slow-{number}" for number in range(60)]), heard)

    assert ended.counts.exit_code == ExitCode.WARNED
    assert ended.counts.not_run > 0
    assert len(heard.of(PageStarted)) == ended.counts.done
    assert gone([*heard.pids(), *cluster.pids.values()])


def test_agents_whose_driver_is_gone_end_with_all_that_they_started(tmp_path: Path) -> None:
    class Dying(Exception):
        """The driver ends in the middle of a turn."""

    def die(event: Event) -> None:
        if isinstance(event, PageStarted):
            raise Dying

    heard, cluster = Heard(die), FakeCluster(["n1"])
    with pytest.raises(Dying):
        leased_run(cluster, tmp_path / "out", sources(tmp_path, ["hang-1", "hang-2"]), heard)
    assert gone([*heard.pids(), *cluster.pids.values()])
