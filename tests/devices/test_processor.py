"""The CPU is a device with a name, the cores and the memory that this process may have of it."""

from pathlib import Path

import psutil
import pytest

from htrkit.devices.processor import brain_floats, processor, processor_name
from htrkit.devices.quotas import Cgroups
from htrkit.domain.computing import Brain
from htrkit.domain.device import Memory


def test_memory_is_what_the_container_may_have(tmp_path: Path) -> None:
    (tmp_path / "own").write_text("0::/job\n")
    group = tmp_path / "job"
    group.mkdir()
    (group / "memory.max").write_text("50000000\n")
    (group / "memory.current").write_text("20000000\n")
    (group / "cpu.max").write_text("100000 100000\n")
    device = processor(look_seconds=None, cgroups=Cgroups(tmp_path, tmp_path / "own"))

    assert device.device == "cpu"
    assert device.memory == Memory(50_000_000, 20_000_000, 30_000_000)
    assert device.cores == 1


def test_without_a_container_it_is_the_machines(tmp_path: Path) -> None:
    device = processor(look_seconds=None, cgroups=Cgroups(tmp_path, tmp_path / "none"))

    assert device.memory is not None
    assert device.memory.total_bytes == psutil.virtual_memory().total
    assert device.memory.used_bytes + device.memory.free_bytes == device.memory.total_bytes
    assert 0 <= (device.utilisation_percent or 0) <= 100


def test_its_name_is_that_of_the_first_core(tmp_path: Path) -> None:
    place = tmp_path / "cpuinfo"
    place.write_text("processor\t: 0\nmodel name\t: AMD EPYC 9654: 96 cores\nmodel name\t: other\n")

    assert processor_name(place) == "AMD EPYC 9654: 96 cores"


def test_where_the_kernel_tells_no_name_there_is_another_or_none(tmp_path: Path) -> None:
    name = processor_name(tmp_path / "none")

    assert name is None or name


@pytest.mark.parametrize(
    ("listed", "how"),
    [
        ("flags\t\t: fpu avx2 avx512f avx512_bf16 sha_ni\n", Brain.NATIVE),
        ("flags\t\t: fpu amx_bf16 amx_tile\n", Brain.NATIVE),
        ("Features\t: fp asimd bf16 i8mm\n", Brain.TORCH),
        ("flags\t\t: fpu avx2 avx512f avx512bw avx512dq avx512vl avx512_vnni\n", Brain.EMULATED),
        ("flags\t\t: fpu avx2 avx512f\n", Brain.NONE),
        ("flags\t\t: fpu avx2\n", Brain.NONE),
        ("Features\t: fp asimd\n", Brain.NONE),
        ("model name\t: The avx512_bf16less one\nflags\t\t: fpu\n", Brain.NONE),
        ("", Brain.NONE),
    ],
)
def test_how_bfloat16_is_computed_is_told_by_the_flags(tmp_path: Path, listed: str, how: Brain) -> None:
    place = tmp_path / "cpuinfo"
    place.write_text(f"processor\t: 0\n{listed}")

    assert brain_floats(place) is how


def test_where_the_kernel_lists_no_flags_bfloat16_is_not_counted_on(tmp_path: Path) -> None:
    assert brain_floats(tmp_path / "none") is Brain.NONE
