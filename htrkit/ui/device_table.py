"""The devices of a machine as people read them."""

from collections.abc import Iterator, Sequence
from textwrap import fill

from htrkit.core.device_batches import Batches
from htrkit.core.device_health import troubles
from htrkit.core.shown import shown
from htrkit.domain.device import Device, DeviceState, Holder, Machine
from htrkit.domain.engine import DeviceKind, EngineRow
from htrkit.ui.device_words import (
    NOT_TOLD,
    cut,
    device_word,
    heat_words,
    load_words,
    memory_bar,
    memory_words,
    name_words,
    power_words,
)
from htrkit.ui.tables import GAP, table
from htrkit.ui.words import size

WIDE = 100
"""From so many columns on there is room for bars."""
NARROW = 80
"""No terminal is taken for narrower: lines wrap there."""
LEAST_ROOM = 8
_USER_WIDTH = 16


def device_page(machine: Machine, batches: Sequence[Batches], rows: Sequence[EngineRow], *, width: int) -> str:
    """Give all that is known; `batches` belong to the machine's devices, one each."""
    parts = [_driver_line(machine), *_now(machine, batches, rows, width=width), _identities(machine.devices)]
    return "\n\n".join(part for part in parts if part)


def device_watch(machine: Machine, batches: Sequence[Batches], rows: Sequence[EngineRow], *, width: int) -> str:
    """Give what changes from moment to moment."""
    return "\n\n".join(part for part in _now(machine, batches, rows, width=width) if part)


def _now(
    machine: Machine, batches: Sequence[Batches], rows: Sequence[EngineRow], *, width: int
) -> tuple[str, str, str, str]:
    devices = machine.devices
    wrong = "\n".join(_troubles(devices, width))
    return (_table(devices, width), wrong, _held(devices, width), _fitting(devices, batches, rows))


def _driver_line(machine: Machine) -> str:
    if machine.driver_version is None:
        return ""
    cuda = "" if machine.cuda_version is None else f", CUDA {machine.cuda_version}"
    return f"NVIDIA driver {shown(machine.driver_version)}{cuda}"


def _table(devices: Sequence[Device], width: int) -> str:
    bars = width >= WIDE
    heads = ("device", "name", "used", "free", "total", *(["full"] if bars else []), "load", "temp", "power")
    numbers = [_numbers(device, bars=bars) for device in devices]
    words = [device_word(device) for device in devices]
    room = _room(width, ("device", *heads[2:]), [(word, *row) for word, row in zip(words, numbers, strict=True)])
    names = [name_words(device, room) for device in devices]
    rows = [(word, name, *row) for word, name, row in zip(words, names, numbers, strict=True)]
    return table(heads, rows, right=frozenset(range(2, len(heads))))


def _numbers(device: Device, *, bars: bool) -> tuple[str, ...]:
    return (
        *memory_words(device.memory),
        *([memory_bar(device.memory)] if bars else []),
        load_words(device.utilisation_percent),
        heat_words(device.temperature_celsius),
        power_words(device),
    )


def _room(width: int, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> int:
    """Give what these columns leave for one more, in characters; at least as many as make sense."""
    taken = sum(len(GAP) + max(len(head), *(len(row[at]) for row in rows)) for at, head in enumerate(heads))
    return max(max(width, NARROW) - taken, LEAST_ROOM)


def _troubles(devices: Sequence[Device], width: int) -> Iterator[str]:
    for device in devices:
        for trouble in troubles(device):
            words = f"{device.device or device.uuid or 'a GPU'}: {trouble}"
            yield fill(words, max(width, NARROW), subsequent_indent="  ", break_on_hyphens=False)


def _held(devices: Sequence[Device], width: int) -> str:
    # What a divided card tells is told once more by its instances.
    gpus = [one for one in devices if one.kind is DeviceKind.CUDA and one.state is not DeviceState.DIVIDED]
    held = [(device, holder) for device in gpus for holder in device.holders or ()]
    if not held:
        told = any(device.holders is not None for device in gpus)
        return "No process holds memory of a GPU." if told else ""
    heads = ("device", "pid", "user", "memory", "whose", "process")
    rows = [_holder_row(*one) for one in held]
    room = _room(width, heads[:-1], rows)
    processes = [cut(holder.name or NOT_TOLD, room) for _, holder in held]
    shown_rows = [(*row, process) for row, process in zip(rows, processes, strict=True)]
    return table(heads, shown_rows, right=frozenset({1, 3}))


def _holder_row(device: Device, holder: Holder) -> tuple[str, ...]:
    return (
        device_word(device),
        str(holder.pid),
        cut(holder.user or NOT_TOLD, _USER_WIDTH),
        NOT_TOLD if holder.memory_bytes is None else size(holder.memory_bytes),
        "htrkit" if holder.ours else "other",
    )


def _fitting(devices: Sequence[Device], batches: Sequence[Batches], rows: Sequence[EngineRow]) -> str:
    shown_rows = [
        (device_word(device), *(_batch(given.get(row.name)) for row in rows))
        for device, given in zip(devices, batches, strict=True)
        if given
    ]
    if not shown_rows:
        return ""
    heads = ("device", *(row.name for row in rows))
    return "Batch size that each engine would get now:\n" + table(
        heads, shown_rows, right=frozenset(range(1, len(heads)))
    )


def _batch(batch: int | None) -> str:
    if batch is None:
        return NOT_TOLD
    return str(batch) if batch else "no"


def _identities(devices: Sequence[Device]) -> str:
    rows = [
        (
            device_word(device),
            device.uuid or NOT_TOLD,
            device.pci_bus or NOT_TOLD,
            device.compute_capability or NOT_TOLD,
        )
        for device in devices
        if device.kind is DeviceKind.CUDA
    ]
    return table(("device", "UUID", "PCI bus", "compute"), rows) if rows else ""
