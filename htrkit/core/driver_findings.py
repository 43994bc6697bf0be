"""What a driver that is not there, or not at work, means and what to do about it."""

from htrkit.domain.device import DriverState, Machine
from htrkit.domain.engine import DeviceKind
from htrkit.domain.finding import Finding, Severity

_FINDINGS = {
    DriverState.ABSENT: Finding("no-driver", Severity.NOTE, "There is no NVIDIA driver here: the device is the CPU."),
    DriverState.NOT_LOADED: Finding(
        "driver-not-loaded",
        Severity.WARNING,
        "The NVIDIA driver is installed and not at work: the device is the CPU.",
        "Load it (sudo modprobe nvidia), or give the container its GPUs; `nvidia-smi` says when it works.",
    ),
    DriverState.MISMATCHED: Finding(
        "driver-mismatched",
        Severity.WARNING,
        "The NVIDIA driver was updated while it was at work, and its parts do not fit each other: the device "
        "is the CPU.",
        "Restart the machine.",
    ),
    DriverState.NOT_ALLOWED: Finding(
        "driver-not-allowed",
        Severity.WARNING,
        "This process may not ask the NVIDIA driver: the device is the CPU.",
        "Ask who looks after the machine for the right to open /dev/nvidia*.",
    ),
    DriverState.UNREADABLE: Finding(
        "driver-unreadable",
        Severity.WARNING,
        "The NVIDIA driver gives an error that says nothing more: the device is the CPU.",
        "See what `nvidia-smi` and `dmesg` say; restarting the machine often helps.",
    ),
}
_NO_GPU = Finding("no-gpu", Severity.NOTE, "There is an NVIDIA driver here and no GPU: the device is the CPU.")
DRIVER_FINDINGS: tuple[Finding, ...] = (*_FINDINGS.values(), _NO_GPU)
"""All of them."""


def driver_finding(machine: Machine) -> Finding | None:
    """Give what is to be said; None where there are GPUs."""
    if machine.driver is DriverState.READY:
        return None if any(device.kind is DeviceKind.CUDA for device in machine.devices) else _NO_GPU
    return _FINDINGS[machine.driver]
