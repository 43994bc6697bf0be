"""Cores and memory are those that the control groups of this process leave it, however they are mounted."""

from pathlib import Path

import psutil
import pytest

from htrkit.devices import quotas
from htrkit.devices.quotas import Cgroups, free_memory_bytes, usable_cores

GB = 10**9


class Tree:
    """Stands for /sys/fs/cgroup and /proc/self/cgroup."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "cgroup"
        self.root.mkdir()
        self.own = folder / "own"

    def within(self, *lines: str) -> Cgroups:
        self.own.write_text("".join(f"{line}\n" for line in lines))
        return Cgroups(self.root, self.own)

    def write(self, group: str, **files: object) -> None:
        """Write files of a group; `_` stands for the dot of their names."""
        folder = self.root / group
        folder.mkdir(parents=True, exist_ok=True)
        for name, value in files.items():
            (folder / name.replace("_", ".", 1)).write_text(f"{value}\n")


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path)


def test_version_2_takes_the_least_of_a_group_and_those_above(tree: Tree) -> None:
    tree.write("", cpu_stat="")
    tree.write("user.slice", cpu_max="150000 100000", memory_max=20 * GB, memory_current=2 * GB)
    tree.write("user.slice/job", cpu_max="400000 100000", memory_max=30 * GB, memory_current=GB)
    groups = tree.within("0::/user.slice/job")

    assert groups.cores() == 2
    assert groups.free_bytes() == 18 * GB


def test_a_group_below_may_be_the_one_with_the_least(tree: Tree) -> None:
    tree.write("a", cpu_max="max 100000", memory_max="max", memory_current=2 * GB)
    tree.write("a/b", cpu_max="50000 100000", memory_max=3 * GB, memory_current=GB)
    groups = tree.within("0::/a/b")

    assert groups.cores() == 1
    assert groups.free_bytes() == 2 * GB


def test_a_limit_that_only_slows_down_counts_too(tree: Tree) -> None:
    tree.write("a", memory_max="max", memory_high=5 * GB, memory_current=GB)

    assert tree.within("0::/a").free_bytes() == 4 * GB


def test_files_in_memory_that_the_kernel_gives_up_count_as_free(tree: Tree) -> None:
    tree.write("a", memory_max=8 * GB, memory_current=8 * GB, memory_stat=f"anon 5\ninactive_file {6 * GB}")

    assert tree.within("0::/a").free_bytes() == 6 * GB


def test_more_used_than_allowed_leaves_nothing(tree: Tree) -> None:
    tree.write("a", memory_max=GB, memory_current=2 * GB)

    assert tree.within("0::/a").free_bytes() == 0


@pytest.mark.parametrize("folder", ["cpu,cpuacct", "cpu"])
def test_version_1_under_either_name_of_its_mount(tree: Tree, folder: str) -> None:
    tree.write(f"{folder}/slurm/job", cpu_cfs_quota_us=250000, cpu_cfs_period_us=100000)
    tree.write(f"{folder}/slurm", cpu_cfs_quota_us=-1, cpu_cfs_period_us=100000)
    tree.write("memory/slurm", memory_limit_in_bytes=6 * GB, memory_usage_in_bytes=GB)
    tree.write("memory/slurm/job", memory_limit_in_bytes=9223372036854771712, memory_usage_in_bytes=GB)
    groups = tree.within("3:cpu,cpuacct:/slurm/job", "2:memory:/slurm/job", "1:name=systemd:/x")

    assert groups.cores() == 3
    assert groups.free_bytes() == 5 * GB


def test_both_versions_beside_each_other(tree: Tree) -> None:
    tree.write("unified/a", memory_max=7 * GB, memory_current=GB)
    tree.write("cpu/b", cpu_cfs_quota_us=100000, cpu_cfs_period_us=100000)
    groups = tree.within("2:cpu:/b", "0::/a")

    assert groups.cores() == 1
    assert groups.free_bytes() == 6 * GB


@pytest.mark.parametrize("path", ["/", "/../../docker/0123", "/docker/0123"])
def test_in_a_container_the_root_is_the_own_group(tree: Tree, path: str) -> None:
    tree.write("", cpu_max="300000 100000", memory_max=4 * GB, memory_current=GB)
    groups = tree.within(f"0::{path}")

    assert groups.cores() == 3
    assert groups.free_bytes() == 3 * GB


def test_a_container_of_version_1_sees_its_own_group_at_the_root(tree: Tree) -> None:
    tree.write("cpu", cpu_cfs_quota_us=200000, cpu_cfs_period_us=100000)
    tree.write("memory", memory_limit_in_bytes=4 * GB, memory_usage_in_bytes=GB)
    groups = tree.within("3:cpu:/docker/0123", "2:memory:/docker/0123")

    assert groups.cores() == 2
    assert groups.free_bytes() == 3 * GB


def test_without_limits_and_without_control_groups_nothing_is_limited(tree: Tree, tmp_path: Path) -> None:
    tree.write("a", cpu_max="max 100000", memory_max="max", memory_current=GB)

    for groups in (tree.within("0::/a"), tree.within(""), Cgroups(tmp_path / "no", tmp_path / "no")):
        assert groups.cores() is None
        assert groups.free_bytes() is None


def test_garbage_limits_nothing(tree: Tree) -> None:
    tree.write("a", cpu_max="\0\0", memory_max="much", memory_current="some", memory_stat="x")
    groups = tree.within("0::/a", "\0", "7:cpu")

    assert groups.cores() is None
    assert groups.free_bytes() is None


def test_a_use_that_cannot_be_read_counts_as_none(tree: Tree) -> None:
    tree.write("a", memory_max=GB)

    assert tree.within("0::/a").free_bytes() == GB


class Affinity:
    """Stands for this process, on eight cores."""

    def cpu_affinity(self) -> list[int]:
        return list(range(8))


def test_cores_are_those_of_the_affinity_or_of_the_quota(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quotas.psutil, "Process", Affinity)
    tree.write("few", cpu_max="150000 100000")
    tree.write("many", cpu_max="6400000 100000")

    assert usable_cores(tree.within("0::/few")) == 2
    assert usable_cores(tree.within("0::/many")) == 8
    assert usable_cores(tree.within("0::/none")) == 8


def test_memory_is_the_machines_where_its_groups_leave_more(tree: Tree) -> None:
    tree.write("little", memory_max=1000, memory_current=0)
    tree.write("much", memory_max=10**15, memory_current=0)

    assert free_memory_bytes(tree.within("0::/little")) == 1000
    assert 0 < free_memory_bytes(tree.within("0::/much")) <= psutil.virtual_memory().total


def test_this_machine_has_a_core_and_memory() -> None:
    assert usable_cores() >= 1
    assert free_memory_bytes() > 0
