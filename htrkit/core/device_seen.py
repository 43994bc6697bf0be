"""What is known of a machine's devices, its driver and the installed torch when devices are to be chosen."""

from dataclasses import dataclass

from htrkit.domain.device import Device, Machine
from htrkit.domain.engine import DeviceKind


@dataclass(frozen=True, slots=True)
class TorchBuild:
    """The torch that is installed, told by its files and never by loading it."""

    version: str
    cuda: str | None
    """`MAJOR.MINOR` of the CUDA that it is built with; None for one that computes on no NVIDIA GPU."""


@dataclass(frozen=True, slots=True)
class Seen:
    """The machine, and what stands between its GPUs and this process."""

    machine: Machine
    visible: str | None = None
    """CUDA_VISIBLE_DEVICES; None where it is not set."""
    under_slurm: bool = False
    build: TorchBuild | None = None
    """None where it is not known: nothing is said of it then."""

    @property
    def cpu(self) -> Device:
        """The CPU."""
        return next(one for one in self.machine.devices if one.kind is DeviceKind.CPU)

    @property
    def gpus(self) -> tuple[Device, ...]:
        """All GPUs and MIG instances, those too that cannot be chosen."""
        return tuple(one for one in self.machine.devices if one.kind is DeviceKind.CUDA)

    @property
    def choosable(self) -> tuple[Device, ...]:
        """Those that have a name for `-d`, in the order of their numbers; not all of them answer."""
        return tuple(sorted((one for one in self.gpus if one.device is not None), key=_number))

    @property
    def visible_words(self) -> tuple[str, ...]:
        """What CUDA_VISIBLE_DEVICES names, each once; nothing where it is not set or is empty."""
        words = (word.strip() for word in (self.visible or "").split(","))
        return tuple(dict.fromkeys(word for word in words if word))


def _number(device: Device) -> int:
    return int((device.device or "cuda:0").partition(":")[2])
