"""Machines whose GPUs exist nowhere, as they are seen when devices are chosen."""

from dataclasses import replace

from htrkit.core.device_seen import Seen, TorchBuild
from htrkit.domain.device import Device, DeviceState, DriverState, Holder, Machine
from htrkit.domain.engine import DeviceKind
from tests.fakes.set_ups import GB, card, cpu

CUDA_12 = TorchBuild("2.9.1+cu128", "12.8")
CUDA_13 = TorchBuild("2.14.0+cu130", "13.0")
NO_CUDA = TorchBuild("2.14.0+cpu", None)


def gpu(index: int, *, free_gb: float = 45, uuid: str = "", capability: str = "8.9") -> Device:
    return replace(card(index, free_gb=free_gb, capability=capability), uuid=uuid or f"GPU-{index}{index}aa")


def broken(index: int, state: DeviceState) -> Device:
    return Device(
        DeviceKind.CUDA, state=state, device=f"cuda:{index}", name="NVIDIA L40S", uuid=f"GPU-{index}{index}aa"
    )


def hidden(uuid: str, state: DeviceState = DeviceState.READY) -> Device:
    return Device(DeviceKind.CUDA, state=state, name="NVIDIA L40S", uuid=uuid)


def part(index: int, uuid: str, of: str) -> Device:
    return replace(gpu(index, uuid=uuid), instance_of=of, name="NVIDIA H100 MIG 1g.10gb")


def holder(pid: int, gb: float | None, *, name: str | None = "python", user: str | None = "anna") -> Holder:
    return Holder(pid, name, user, None if gb is None else round(gb * GB), ours=False)


def seen(
    *gpus: Device,
    visible: str | None = None,
    slurm: bool = False,
    build: TorchBuild | None = CUDA_12,
    driver: DriverState = DriverState.READY,
    cuda: str | None = "12.8",
) -> Seen:
    return Seen(Machine(driver, "570.10", cuda, (*gpus, cpu())), visible, slurm, build)
