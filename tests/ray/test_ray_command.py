"""The command as it is typed, on a real Ray: told to end in the middle, it drains, and `resume` goes on."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from htrkit.domain.exits import ExitCode
from tests.slurm import drill_engine
from tests.slurm.shelf import SETTINGS, Shelf, whole_lines

ray = pytest.importorskip("ray", reason='Ray is not installed here: pip install "htrkit[ray]"')
cluster_utils = pytest.importorskip("ray.cluster_utils")

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]
"""Ray's own warnings are none of ours."""

ROOT = Path(__file__).parents[2]
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
    monkeypatch.delenv("RAY_AUTH_TOKEN", raising=False)
    return laid_out


@pytest.fixture
def address(shelf: Shelf) -> Iterator[Any]:  # noqa: ARG001 - its environment is Ray's
    """Two nodes with a core each, and a head that computes nothing."""
    made = cluster_utils.Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "include_dashboard": False})
    try:
        for _ in range(2):
            made.add_node(num_cpus=1)
        yield made.address
    finally:
        ray.shutdown()
        made.shutdown()


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
