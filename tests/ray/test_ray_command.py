"""The command as it is typed, on a real Ray: told to end in the middle, it drains, and `resume` goes on."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from htrkit.domain.exits import ExitCode
from tests.slurm import drill_engine
from tests.slurm.shelf import SETTINGS, Shelf, whole_lines

pytest.importorskip("ray", reason='Ray is not installed here: pip install "htrkit[ray]"')

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]
"""Ray's own warnings are none of ours."""

ROOT = Path(__file__).parents[2]
CLUSTER = """
import sys
from ray.cluster_utils import Cluster

made = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "include_dashboard": False})
for _ in range(2):
    made.add_node(num_cpus=1)
print(made.address, flush=True)
sys.stdin.read()
made.shutdown()
"""
NAMES = [f"ok-{number}" for number in range(40)]


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shelf:
    """Pages that take a moment each; what Ray starts later finds their engine."""
    laid_out = Shelf.laid_out(tmp_path, NAMES, out="out")
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path / 'site'}{os.pathsep}{ROOT}")
    monkeypatch.setenv(drill_engine.LOG, str(laid_out.log))
    monkeypatch.setenv(drill_engine.SECONDS, "0.2")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("RAY_USAGE_STATS_ENABLED", "0")
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    for name in ("RAY_AUTH_MODE", "RAY_AUTH_TOKEN"):
        # Left behind in this process by a Ray of its own.
        monkeypatch.delenv(name, raising=False)
    return laid_out


@pytest.fixture
def address(shelf: Shelf) -> Iterator[str]:  # noqa: ARG001 - its environment is Ray's
    """Two nodes with a core each, and a head that computes nothing, started by a process of its own.

    In a process that has started a Ray with a token, Ray's own code asks all later clusters for one.
    """
    words = [sys.executable, "-c", CLUSTER]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as cluster:
        assert cluster.stdin is not None
        assert cluster.stdout is not None
        try:
            address = cluster.stdout.readline().strip()
            assert address, "the cluster did not start"
            yield address
        finally:
            cluster.stdin.close()
            cluster.wait(60)


def events(shelf: Shelf, kind: str) -> list[dict[str, object]]:
    journal = shelf.place / ".htrkit/journal.jsonl"
    return [one for one in whole_lines(journal) if one["event"] == kind] if journal.exists() else []


def test_a_run_that_is_told_to_end_drains_its_agents_and_is_resumed(shelf: Shelf, address: str) -> None:
    words = ["run", "scans", "-o", shelf.out, *SETTINGS, "-d", "cpu", "--executor", "ray", "--address", address]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    typed = [sys.executable, "-m", "htrkit", *words]
    with subprocess.Popen(typed, cwd=shelf.folder, env=environment, stderr=subprocess.PIPE, text=True) as going:
        try:
            shelf.wait(lambda: len(events(shelf, "PageDone")) >= 3 or going.poll() is not None, "in the middle")
            going.send_signal(signal.SIGTERM)
            _, said = going.communicate(timeout=60)
        finally:
            going.kill()

    assert going.returncode == ExitCode.TERMINATED, said
    done = [one["key"] for one in events(shelf, "PageDone")]
    assert 3 <= len(done) < len(NAMES)
    assert len(events(shelf, "PageStarted")) == len(done), "a page in hand was not finished"
    assert not events(shelf, "PageStruck")

    resumed = shelf.htrkit("resume", shelf.out, "--executor", "local", PYTHONPATH=environment["PYTHONPATH"])
    assert resumed.returncode == ExitCode.DONE, resumed.stderr
    assert sorted(str(one["key"]).rpartition("/")[2] for one in events(shelf, "PageDone")) == sorted(NAMES)
