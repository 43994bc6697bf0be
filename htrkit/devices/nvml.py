"""What the NVIDIA driver tells of each card and of each MIG instance, never asked through torch."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pynvml

from htrkit.devices.driver import DeviceGone, device_state_of, told, told_of
from htrkit.devices.gpu_health import health_of
from htrkit.devices.holders import holders_of
from htrkit.domain.device import Device, DeviceState, Memory
from htrkit.domain.engine import DeviceKind


@dataclass(frozen=True, slots=True)
class Found:
    """A device with what it is, and the driver's handle for asking how it is; None where there is none."""

    device: Device
    handle: object | None


def found_devices() -> Iterator[Found]:
    """Give what each device is, in the bus's order, each card's MIG instances after it; the driver must be started."""
    for index in range(int(told(pynvml.nvmlDeviceGetCount) or 0)):
        card = _card(index)
        yield card
        if card.device.state is DeviceState.DIVIDED:
            yield from _instances(card)


def measured(found: Found) -> Device:
    """Give a device with how it is now."""
    if found.handle is None:
        return found.device
    try:
        return _measured(found.device, found.handle)
    except DeviceGone as gone:
        return replace(found.device, state=gone.state)


def _card(index: int) -> Found:
    device = Device(DeviceKind.CUDA)
    try:
        handle = pynvml.nvmlDeviceGetHandleByIndex(index)
    except pynvml.NVMLError as error:
        return Found(replace(device, state=device_state_of(error)), None)
    try:
        device = _named(device, handle)
        divided = (told_of(handle, pynvml.nvmlDeviceGetMigMode) or [0])[0] == pynvml.NVML_DEVICE_MIG_ENABLE
    except DeviceGone as gone:
        return Found(replace(device, state=gone.state), handle)
    return Found(replace(device, state=DeviceState.DIVIDED) if divided else device, handle)


def _instances(card: Found) -> Iterator[Found]:
    """Give a card's instances, of which there may be fewer than places for them."""
    try:
        for place in range(int(told_of(card.handle, pynvml.nvmlDeviceGetMaxMigDeviceCount) or 0)):
            handle = told_of(card.handle, pynvml.nvmlDeviceGetMigDeviceHandleByIndex, place)
            if handle is not None:
                part = Device(DeviceKind.CUDA, instance_of=card.device.uuid, pci_bus=card.device.pci_bus)
                capability = card.device.compute_capability
                yield Found(replace(_named(part, handle), compute_capability=capability), handle)
    except DeviceGone:
        return


def _named(device: Device, handle: object) -> Device:
    bus = told_of(handle, pynvml.nvmlDeviceGetPciInfo)
    capability = told_of(handle, pynvml.nvmlDeviceGetCudaComputeCapability)
    return replace(
        device,
        name=told_of(handle, pynvml.nvmlDeviceGetName),
        uuid=told_of(handle, pynvml.nvmlDeviceGetUUID),
        pci_bus=device.pci_bus if bus is None else _bus_words(bus.busId),
        compute_capability=None if capability is None else f"{capability[0]}.{capability[1]}",
    )


def _measured(device: Device, handle: object) -> Device:
    memory = told_of(handle, pynvml.nvmlDeviceGetMemoryInfo)
    rates = told_of(handle, pynvml.nvmlDeviceGetUtilizationRates)
    return replace(
        device,
        memory=None if memory is None else Memory(int(memory.total), int(memory.used), int(memory.free)),
        utilisation_percent=None if rates is None else int(rates.gpu),
        temperature_celsius=told_of(handle, pynvml.nvmlDeviceGetTemperature, pynvml.NVML_TEMPERATURE_GPU),
        power_watts=_watts(told_of(handle, pynvml.nvmlDeviceGetPowerUsage)),
        power_limit_watts=_watts(told_of(handle, pynvml.nvmlDeviceGetEnforcedPowerLimit)),
        holders=holders_of(handle),
        health=health_of(handle),
    )


def _watts(milliwatts: int | None) -> float | None:
    return None if milliwatts is None else milliwatts / 1000


def _bus_words(bus: bytes | str) -> str:
    return bus.decode("ascii", "replace") if isinstance(bus, bytes) else bus
