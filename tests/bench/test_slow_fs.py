"""The benchmarks' slow disk shows a folder as it is, and takes its time."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.slow_disk import slow, why_not
from bench.slow_fs import Disk


@pytest.fixture
def mounted(tmp_path: Path) -> Iterator[Path]:
    if (reason := why_not()) is not None:
        pytest.skip(reason)
    folder = tmp_path / "scans"
    (folder / "box 1").mkdir(parents=True)
    (folder / "a.jpg").write_bytes(bytes(range(256)) * 4000)
    (folder / "box 1" / "ü.jpg").write_bytes(b"short")
    with slow(folder, tmp_path / "slow", 1.0, 50.0) as place:
        yield place


def test_names_sizes_and_contents_are_the_folders_own(mounted: Path) -> None:
    assert sorted(path.relative_to(mounted).as_posix() for path in mounted.rglob("*")) == [
        "a.jpg",
        "box 1",
        "box 1/ü.jpg",
    ]
    assert (mounted / "a.jpg").read_bytes() == bytes(range(256)) * 4000
    assert (mounted / "box 1" / "ü.jpg").read_bytes() == b"short"
    assert (mounted / "a.jpg").stat().st_size == 256 * 4000


def test_what_is_not_there_is_not_found_and_nothing_can_be_written(mounted: Path) -> None:
    with pytest.raises(FileNotFoundError):
        (mounted / "b.jpg").read_bytes()
    with pytest.raises(OSError, match="Read-only"):
        (mounted / "b.jpg").write_bytes(b"")


def test_requests_share_the_bandwidth_and_wait_for_the_latency() -> None:
    disk = Disk(latency_seconds=0.01, bytes_a_second=1e6)
    start = time.monotonic()
    disk.wait(20_000)
    assert time.monotonic() - start >= 0.03
    disk._free_at = time.monotonic() + 0.02
    start = time.monotonic()
    disk.wait(0)
    assert time.monotonic() - start >= 0.03


@pytest.mark.slow
def test_the_benchmark_runs_and_prints_a_row_for_each_case() -> None:
    if (reason := why_not()) is not None:
        pytest.skip(reason)
    command = [sys.executable, "bench/slow_disk.py", "--pages", "4", "--megabytes", "0.5", "--work-seconds", "0.01"]
    said = subprocess.run(
        command, cwd=Path(__file__).parents[2], capture_output=True, text=True, timeout=120, check=False
    )
    assert said.returncode == 0, said.stderr
    rows = [line.split() for line in said.stdout.splitlines()[3:]]
    assert [row[:3] for row in rows] == [
        ["slow", "off", "4"],
        ["slow", "on", "4"],
        ["fast", "off", "4"],
        ["fast", "on", "4"],
    ]
