"""The batch size that each engine of the table would get on each device now."""

from collections.abc import Callable, Mapping, Sequence

from htrkit.domain.device import Device, DeviceState
from htrkit.domain.engine import DeviceKind, EngineRow
from htrkit.domain.names import EngineName

Batches = Mapping[EngineName, int | None]
"""0 where an engine cannot run, or not even one item fits; None where that is not known."""
Starting = Callable[[EngineRow, int], int]
"""Gives the batch that an engine would start with in so many free bytes of a card."""


def batches_on(device: Device, rows: Sequence[EngineRow], starting: Starting) -> Batches:
    """Give each engine's batch on a device; nothing for one that cannot be chosen."""
    if device.state is not DeviceState.READY or device.device is None:
        return {}
    return {row.name: _batch(device, row, starting) for row in rows}


def _batch(device: Device, row: EngineRow, starting: Starting) -> int | None:
    match device.kind:
        case DeviceKind.CPU:
            return row.batch.default_on_cpu if row.least_device is DeviceKind.CPU else 0
        case DeviceKind.CUDA:
            return None if device.memory is None else starting(row, device.memory.free_bytes)
