"""The guardrails of what is installed: whether torch, the driver and the cards go together."""

from collections.abc import Mapping
from types import MappingProxyType

from htrkit.core.device_seen import Seen, TorchBuild
from htrkit.core.guarded import Guard
from htrkit.domain.device import Device
from htrkit.domain.finding import Finding, Severity

Version = tuple[int, int]

DRIVERS: Mapping[int, int] = MappingProxyType({11: 450, 12: 525, 13: 580})
"""The first driver for each CUDA (CUDA Toolkit release notes, minor version compatibility)."""
CAPABILITIES: Mapping[int, Version] = MappingProxyType({11: (3, 5), 12: (5, 0), 13: (7, 5)})
"""The least compute capability that each CUDA still compiles for (CUDA Toolkit release notes)."""


def torch_finding(seen: Seen) -> Finding | None:
    """Say whether the installed torch computes on the GPUs here at all; None where it does, or nobody knows."""
    build, can = seen.build, version_of(seen.machine.cuda_version)
    if build is None:
        return None
    if build.cuda is None:
        return no_cuda(seen, build, Severity.BLOCKER)
    needs = version_of(build.cuda)
    if can is None or needs is None or can >= needs:
        return None
    driver = (
        f"The NVIDIA driver {seen.machine.driver_version or 'here'} can do CUDA {seen.machine.cuda_version}, and the "
        f"installed torch {build.version} is built with CUDA {build.cuda}"
    )
    newer = f"version {DRIVERS[needs[0]]} or later" if needs[0] in DRIVERS else "a newer one"
    if can[0] < needs[0]:
        mend = f"Update the driver to {newer}, or install a torch built with CUDA {can[0]}, or take -d cpu."
        return Finding(Guard.TORCH, Severity.BLOCKER, f"{driver}: it will not compute on a GPU here.", mend)
    why = f"Versions of CUDA {needs[0]} work with any driver for CUDA {needs[0]}, but for what is new in them."
    mend = "Update the driver if a network fails on the GPU."
    return Finding(Guard.TORCH, Severity.WARNING, f"{driver}.", mend, why)


def no_cuda(seen: Seen, build: TorchBuild, severity: Severity) -> Finding:
    """Say that there are GPUs, and a torch that cannot compute on them."""
    number = len(seen.choosable)
    there = "There is a GPU" if number == 1 else f"There are {number} GPUs"
    end = "" if severity is Severity.BLOCKER else ": the device is the CPU"
    message = f"{there} here, and the installed torch {build.version} is built without CUDA{end}."
    mend = "Install a torch that is built with CUDA (pytorch.org says how), or take the CPU with -d cpu."
    return Finding(Guard.TORCH, severity, message, mend)


def too_old_for_torch(device: Device, build: TorchBuild | None) -> str:
    """Say that the installed torch has no code for a card; empty where it has, or nobody knows."""
    has = version_of(device.compute_capability)
    cuda = version_of(build.cuda) if build is not None else None
    if build is None or has is None or cuda is None or cuda[0] not in CAPABILITIES or has >= CAPABILITIES[cuda[0]]:
        return ""
    least = ".".join(map(str, CAPABILITIES[cuda[0]]))
    return (
        f"has compute capability {device.compute_capability}, and the installed torch {build.version} is built with "
        f"CUDA {build.cuda}, which needs {least}"
    )


def version_of(words: str | None) -> Version | None:
    """Give `12.4` as numbers; None for what is none."""
    parts = (words or "").split(".")
    return (int(parts[0]), int(parts[1])) if len(parts) == 2 and all(part.isdecimal() for part in parts) else None
