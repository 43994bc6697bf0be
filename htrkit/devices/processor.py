"""The CPU and its memory as a device beside the GPUs."""

import platform
from pathlib import Path

import psutil

from htrkit.devices.quotas import Cgroups, free_memory_bytes, total_memory_bytes, usable_cores
from htrkit.domain.computing import Brain
from htrkit.domain.device import Device, Memory
from htrkit.domain.engine import DeviceKind

BF16_FLAGS = {"amx_bf16", "avx512_bf16"}
ARMS_BF16 = "bf16"
EMULATES_BF16 = {"avx512f", "avx512bw", "avx512dq", "avx512vl"}
"""What OpenVINO computes bfloat16 with where there is nothing better."""
LOOK_SECONDS = 0.1
"""How long the CPU is looked at for how busy it is."""


def processor(*, look_seconds: float | None = LOOK_SECONDS, cgroups: Cgroups | None = None) -> Device:
    """Give the CPU with what a container or a job may have of it; None looks back to the last time, without waiting."""
    total, free = total_memory_bytes(cgroups), free_memory_bytes(cgroups)
    return Device(
        DeviceKind.CPU,
        device="cpu",
        name=processor_name(Path("/proc/cpuinfo")),
        cores=usable_cores(cgroups),
        memory=Memory(total, max(total - free, 0), free),
        utilisation_percent=round(psutil.cpu_percent(look_seconds)),
    )


def brain_floats(cpuinfo: Path = Path("/proc/cpuinfo")) -> Brain:
    """Tell how the CPU computes bfloat16 (by AMX, AVX-512 or Arm's instructions), as Linux lists its flags."""
    try:
        words = set(cpuinfo.read_text(encoding="utf-8", errors="replace").split())
    except OSError:
        return Brain.NONE
    if words & BF16_FLAGS:
        return Brain.NATIVE
    if words >= EMULATES_BF16:
        return Brain.EMULATED
    return Brain.TORCH if ARMS_BF16 in words else Brain.NONE


def cpu_percent() -> int:
    """Give how busy all cores were since it was asked last; 0 the first time. Looks without waiting."""
    return round(psutil.cpu_percent(None))


def processor_name(cpuinfo: Path) -> str | None:
    """Give what the CPU calls itself; None where it has no name."""
    try:
        lines = cpuinfo.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, "") or platform.processor() or platform.machine() or None
