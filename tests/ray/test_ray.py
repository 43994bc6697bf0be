"""Real Ray on one machine: three raylets with made-up GPUs, one killed without grace and one added in the middle.

TEST_RAY_PAGES=1500 asks for as many pages; without it the same is done with fewer.
"""

import json
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from htrkit.domain.errors import PreflightRefused
from htrkit.domain.events import Event, PageDone, PageFailed, PageStarted, PageStruck, WorkerLost, WorkerStarted
from htrkit.domain.exits import ExitCode
from htrkit.run.ray_cluster import RayAgents, connected
from tests.fakes.leased_runs import Heard, alive, leased_run, local_run, outputs, sources

ray = pytest.importorskip("ray", reason='Ray is not installed here: pip install "htrkit[ray]"')
cluster_utils = pytest.importorskip("ray.cluster_utils")

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]
"""Ray's own warnings are none of ours."""

ROOT = Path(__file__).parents[2]
PAGES = int(os.environ.get("TEST_RAY_PAGES", "240"))
POISON = ("segfault-1", "gil-1", "raise-1")


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Raylets find the drills, and nobody is told of them."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("RAY_USAGE_STATS_ENABLED", "0")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    monkeypatch.delenv("RAY_AUTH_TOKEN", raising=False)


@pytest.fixture
def cluster() -> Iterator[Any]:
    """A head without GPUs, and three nodes with one or two that are made up."""
    made = cluster_utils.Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "include_dashboard": False})
    try:
        yield made
    finally:
        ray.shutdown()
        made.shutdown()


def names_with_poison() -> list[str]:
    """Give pages of which, from the middle on, every tenth stands still until the gate is opened."""
    good = (f"{'gate' if number % 10 == 0 and number > PAGES // 3 else 'ok'}-{number}" for number in range(PAGES))
    names = list(good)[: PAGES - len(POISON)]
    for number, poison in enumerate(POISON, 1):
        names.insert(number * len(names) // 4, poison)
    return names


def journaled_ends(out: Path) -> Counter[str]:
    lines = map(json.loads, (out / ".htrkit/journal.jsonl").read_text().splitlines())
    return Counter(line["key"] for line in lines if line["event"] in {"PageDone", "PageFailed"})


def ours() -> list[int]:
    """All living processes of agents and their workers."""
    return [
        int(place.name)
        for place in Path("/proc").iterdir()
        if place.name.isdecimal() and alive(int(place.name)) and _is_ours(place)
    ]


def _is_ours(place: Path) -> bool:
    try:
        words = (place / "cmdline").read_bytes()
    except OSError:
        return False
    return b"htrkit.run.agent_process" in words or b"tests.fakes.drill_process" in words


def nobody_is_left() -> bool:
    until = time.monotonic() + 10
    while ours() and time.monotonic() < until:
        time.sleep(0.1)
    return not ours()


def test_a_node_is_killed_and_one_joins_and_no_page_is_lost_or_doubled(
    cluster: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nodes = [cluster.add_node(num_cpus=2, num_gpus=gpus) for gpus in (1, 1, 2)]
    names, out = names_with_poison(), tmp_path / "out"
    pages = sources(tmp_path, names)
    at_gates = 2 * 4 - 1
    """All workers of the four agents, but for the one that hangs."""

    def meddle(event: Event) -> None:
        gates = sum(one.key.startswith("gate") for one in heard.of(PageStarted))
        if isinstance(event, PageStarted) and event.key.startswith("gate") and gates == at_gates:
            cluster.remove_node(nodes[1], allow_graceful=False)
            cluster.add_node(num_cpus=2, num_gpus=1)
        if len({one.worker.rpartition("/")[0] for one in heard.of(WorkerStarted)}) == 5:
            (out / "open").touch()

    heard = Heard(meddle)
    start = time.monotonic()
    agents = connected(cluster.address, on_cpu=False)
    ended = leased_run(agents, out, pages, heard, device="all", jobs=2, page_timeout=30)
    seconds = time.monotonic() - start
    (tmp_path / "local").mkdir()
    (tmp_path / "local/open").touch()
    local_run(tmp_path / "local", pages)

    ends = journaled_ends(out)
    lost = set(names) - set(ends)
    doubled = [key for key, count in ends.items() if count > 1]
    workers = Counter(event.worker.rpartition("/")[0] for event in heard.of(PageDone))
    with capsys.disabled():
        sys.stdout.write(
            f"\nRay: {PAGES} pages, {len(workers)} agents {dict(workers)}, lost {len(lost)}, doubled {len(doubled)}, "
            f"struck {len(heard.of(PageStruck))}, {seconds:.1f} s\n"
        )
    assert (lost, doubled) == (set(), [])
    assert {event.key for event in heard.of(PageFailed)} == set(POISON)
    assert ended.counts.exit_code == ExitCode.FAILED_PAGES
    assert outputs(out) == outputs(tmp_path / "local")
    assert len(workers) == 5
    assert any("node is gone" in event.cause or "be reached" in event.cause for event in heard.of(WorkerLost))
    assert nobody_is_left()


def test_a_cluster_without_gpus_is_read_on_its_cores(cluster: Any, tmp_path: Path) -> None:
    cluster.add_node(num_cpus=1)
    cluster.add_node(num_cpus=1)
    heard = Heard()
    agents = connected(cluster.address, on_cpu=False)
    assert [place.gpu for place in agents.places()] == [None, None]
    pages = sources(tmp_path, ["meet-1", "meet-2", *(f"ok-{number}" for number in range(30))])
    ended = leased_run(agents, tmp_path / "out", pages, heard, jobs=1)

    assert ended.counts.done == 32
    assert len({event.device for event in heard.of(PageDone)}) == 2
    assert nobody_is_left()


def test_a_cluster_with_nothing_to_compute_on_is_refused(cluster: Any) -> None:
    with pytest.raises(PreflightRefused, match="neither GPUs nor CPUs"):
        connected(cluster.address, on_cpu=False)


def test_an_address_where_no_cluster_is_is_refused_with_what_to_look_at() -> None:
    with pytest.raises(PreflightRefused, match="cannot be used") as refused:
        connected("127.0.0.1:1", on_cpu=False)
    assert "ray status" in refused.value.mend
    assert not ray.is_initialized()


def test_without_an_address_and_a_cluster_a_ray_of_this_machine_is_started(tmp_path: Path) -> None:
    agents = connected(None, on_cpu=True)
    assert isinstance(agents, RayAgents)
    try:
        heard = Heard()
        ended = leased_run(agents, tmp_path / "out", sources(tmp_path, ["ok-1", "ok-2"]), heard)
    finally:
        ray.shutdown()
    assert ended.counts.done == 2
    assert nobody_is_left()
    assert not (tmp_path / "home/.ray").exists(), "a token was left in the user's home"
