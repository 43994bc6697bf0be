"""A device that networks can run on, and what its driver tells of it."""

from dataclasses import dataclass
from enum import StrEnum

from htrkit.domain.engine import DeviceKind


@dataclass(frozen=True, slots=True)
class Card:
    """An NVIDIA device that this process may use."""

    index: int
    """Among those that may be used, from 0: the N of `cuda:N`."""
    uuid: str
    """The driver's own name of it, `GPU-…`: it stays the same whatever else is visible."""
    name: str = ""

    @property
    def device(self) -> str:
        """What the user calls it."""
        return f"cuda:{self.index}"


class DeviceState(StrEnum):
    """Whether a device can be computed on, and why not."""

    READY = "ready"
    LOST = "lost"
    """It has fallen off the bus; the machine must be restarted."""
    RESET_NEEDED = "reset needed"
    """It answers no more until it is reset."""
    NOT_ALLOWED = "not allowed"
    """This process may not open it: a container or a scheduler gave it to others."""
    DIVIDED = "divided"
    """It is computed on in parts only, its MIG instances, each a device of its own."""
    UNREADABLE = "unreadable"
    """The driver gave an error that says nothing more."""


class DriverState(StrEnum):
    """What came of asking the NVIDIA driver."""

    READY = "ready"
    ABSENT = "absent"
    """There is no NVIDIA driver."""
    NOT_LOADED = "not loaded"
    """Its library is there, its kernel module is not at work."""
    MISMATCHED = "mismatched"
    """Its library and its kernel module are of two versions: it was updated and the machine not restarted."""
    NOT_ALLOWED = "not allowed"
    """This process may not ask it."""
    UNREADABLE = "unreadable"
    """It gave an error that says nothing more."""


@dataclass(frozen=True, slots=True)
class Memory:
    """A device's memory: VRAM, or RAM as far as this process may have it."""

    total_bytes: int
    used_bytes: int
    """By anyone, the driver's own share included."""
    free_bytes: int


@dataclass(frozen=True, slots=True)
class Holder:
    """A process that holds memory of a device."""

    pid: int
    name: str | None
    """As it and its user, safe to show."""
    user: str | None
    memory_bytes: int | None
    ours: bool
    """Whether a run of htrkit started it: it carries HTRKIT_RUN_ID, and we may look."""


class Recovery(StrEnum):
    """What the driver says must be done before a device is sound again."""

    NONE = "none"
    RESET = "reset"
    REBOOT = "reboot"
    DRAIN = "drain"
    """End what runs on it."""
    DRAIN_AND_RESET = "drain and reset"
    OTHER = "other"
    """Something that was not known when this was written."""


@dataclass(frozen=True, slots=True)
class Health:
    """Errors of a device's memory and of the device itself."""

    ecc_corrected: int | None = None
    """Bits that were wrong and mended since the driver was loaded."""
    ecc_uncorrected: int | None = None
    """Bits that were wrong and could not be mended since the driver was loaded."""
    repair_pending: bool | None = None
    """Whether a bad place in memory is replaced at the next reset."""
    repair_failed: bool | None = None
    """Whether there was no place left to replace it by."""
    recovery: Recovery | None = None
    """What must be done."""
    xids: tuple[int, ...] = ()
    """NVIDIA's numbers of the errors that came up while watching; the driver keeps no older ones."""


@dataclass(frozen=True, slots=True)
class Device:
    """What is known of a device now; None where it is not told."""

    kind: DeviceKind
    state: DeviceState = DeviceState.READY
    device: str | None = None
    """What `-d` calls it; None for one that cannot be chosen: divided, not allowed, or not in CUDA_VISIBLE_DEVICES."""
    name: str | None = None
    uuid: str | None = None
    """`GPU-…`, or `MIG-…` for an instance: the driver's own name of it."""
    instance_of: str | None = None
    """The UUID of the card that a MIG instance is a part of."""
    pci_bus: str | None = None
    """`DOMAIN:BUS:DEVICE.FUNCTION` in hexadecimal digits."""
    compute_capability: str | None = None
    """`MAJOR.MINOR`."""
    cores: int | None = None
    """Of the CPU, as many as this process may use."""
    memory: Memory | None = None
    utilisation_percent: int | None = None
    temperature_celsius: int | None = None
    power_watts: float | None = None
    power_limit_watts: float | None = None
    holders: tuple[Holder, ...] | None = None
    """The processes that hold its memory; None where that is not told."""
    health: Health = Health()


@dataclass(frozen=True, slots=True)
class Machine:
    """The devices of a machine, the GPUs in the bus's order and the CPU last, and the driver that told of them."""

    driver: DriverState
    driver_version: str | None
    cuda_version: str | None
    """The newest CUDA that the driver can do, `MAJOR.MINOR`."""
    devices: tuple[Device, ...]
