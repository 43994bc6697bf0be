"""The machine and the software that figures hold for."""

import os
import platform
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from htrkit.devices.machine import machine_reader
from htrkit.devices.processor import processor_name
from htrkit.devices.quotas import total_memory_bytes, usable_cores

CPUINFO = Path("/proc/cpuinfo")
FLAGS = ("avx2", "avx512f", "avx512_vnni", "avx512_bf16", "amx_bf16", "asimd", "sve", "bf16")
"""What networks are faster with."""
BF16 = frozenset({"avx512_bf16", "amx_bf16", "bf16"})
PACKAGES = ("htrkit", "kraken", "torch", "openvino", "numpy", "opencv-python-headless", "shapely", "pillow")


@dataclass(frozen=True, slots=True)
class Described:
    """A machine, as the tables name it."""

    processor: str
    cores: int
    """Those that this process may use."""
    processor_flags: tuple[str, ...]
    memory_bytes: int
    system: str
    python: str
    packages: tuple[tuple[str, str], ...]
    """Names and versions of those that are installed."""
    card: str | None
    card_driver: str | None
    load_before: float
    """The load average of the last minute when the comparison began: 0 on an idle machine."""

    @property
    def computes_bf16(self) -> bool:
        """Whether the processor multiplies bf16 in hardware."""
        return not BF16.isdisjoint(self.processor_flags)


def described(device: str, *, cpuinfo: Path = CPUINFO) -> Described:
    """Describe this machine; a card where it is the one that is compared on."""
    card, driver = card_named(device)
    return Described(
        processor=processor_name(cpuinfo) or "unknown",
        cores=usable_cores(),
        processor_flags=flags_in(cpuinfo),
        memory_bytes=total_memory_bytes(),
        system=f"{platform.system()} {platform.release().partition('-')[0]} {platform.machine()}",
        python=platform.python_version(),
        packages=tuple(installed()),
        card=card,
        card_driver=driver,
        load_before=round(os.getloadavg()[0], 2),
    )


def flags_in(cpuinfo: Path) -> tuple[str, ...]:
    """Give those of `FLAGS` that the first core has."""
    try:
        lines = cpuinfo.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ()
    told = next((line for line in lines if line.startswith(("flags", "Features"))), "")
    known = set(told.partition(":")[2].split())
    return tuple(flag for flag in FLAGS if flag in known)


def installed() -> Iterator[tuple[str, str]]:
    """Give the packages that are there, with their versions."""
    for name in PACKAGES:
        try:
            yield name, version(name)
        except PackageNotFoundError:
            continue


def card_named(device: str) -> tuple[str | None, str | None]:
    """Give the card's name and its driver's version; None for the CPU."""
    with machine_reader(os.environ) as reader:
        machine = reader.read(look_seconds=None)
    name = next((one.name for one in machine.devices if one.device == device and device != "cpu"), None)
    return name, machine.driver_version if name is not None else None
