"""What is wrong with a device, in words, and what to do about it."""

from collections.abc import Iterator

from htrkit.domain.device import Device, DeviceState, Health, Recovery

_STATES = {
    DeviceState.LOST: "it has fallen off the bus. Restart the machine; if it comes again, tell who looks after it.",
    DeviceState.RESET_NEEDED: "it answers no more until it is reset (nvidia-smi --gpu-reset) or the machine restarted.",
    DeviceState.NOT_ALLOWED: "this process may not open it: the container or the job has others.",
    DeviceState.UNREADABLE: "the driver cannot read it; `dmesg` may say why.",
}
_RECOVERIES = {
    Recovery.RESET: "reset it (nvidia-smi --gpu-reset)",
    Recovery.REBOOT: "restart the machine",
    Recovery.DRAIN: "end what runs on it",
    Recovery.DRAIN_AND_RESET: "end what runs on it, and reset it (nvidia-smi --gpu-reset)",
    Recovery.OTHER: "nvidia-smi -q says what",
}


def troubles(device: Device) -> Iterator[str]:
    """Give each thing that is wrong, in a sentence; nothing for a device that is sound, or divided."""
    if device.state in _STATES:
        yield _STATES[device.state]
    yield from _of_health(device.health)


def _of_health(health: Health) -> Iterator[str]:
    if health.xids:
        numbers = ", ".join(map(str, health.xids))
        yield f"errors while watching: Xid {numbers}; NVIDIA's list of Xids says what each means."
    if health.ecc_uncorrected:
        yield (
            f"memory errors that could not be mended since the driver was loaded: {health.ecc_uncorrected}. "
            "What was computed may be wrong."
        )
    if health.repair_failed:
        yield "its memory has bad places that can no longer be replaced: it should not be used."
    elif health.repair_pending:
        yield "a bad place in its memory waits to be replaced: reset it when it is free."
    if health.recovery in _RECOVERIES:
        yield f"the driver asks for something to be done: {_RECOVERIES[health.recovery]}."
