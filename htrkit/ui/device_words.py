"""What is known of a device in the words of a table's cells; a dash where it is not told."""

from htrkit.core.shown import shown
from htrkit.domain.device import Device, DeviceState, Memory
from htrkit.domain.engine import DeviceKind
from htrkit.ui.words import size

NOT_TOLD = "–"  # noqa: RUF001 - the dash of tables
BAR_CELLS = 10
LEAST_NAME = 4
_MAKER = "NVIDIA "


def device_word(device: Device) -> str:
    """Give what `-d` calls it."""
    return device.device or NOT_TOLD


def name_words(device: Device, width: int) -> str:
    """Give its name and, where it cannot be computed on, why, which comes first where there is no room for both."""
    name = shown(device.name or "?").removeprefix(_MAKER)
    if device.instance_of is not None:
        name = f"MIG {name.rpartition(' MIG ')[2]}"
    if device.cores is not None:
        name = f"{device.cores} cores, {name}"
    why = _why(device)
    if not why:
        return cut(name, width)
    room = width - len(why) - 3
    return f"{cut(name, room)} ({why})" if room >= LEAST_NAME else cut(why, width)


def memory_words(memory: Memory | None) -> tuple[str, str, str]:
    """Give what is used, free and there in all."""
    if memory is None:
        return (NOT_TOLD, NOT_TOLD, NOT_TOLD)
    return (size(memory.used_bytes), size(memory.free_bytes), size(memory.total_bytes))


def memory_bar(memory: Memory | None) -> str:
    """Give how full it is as a bar."""
    if memory is None or not memory.total_bytes:
        return NOT_TOLD
    full = min(round(BAR_CELLS * memory.used_bytes / memory.total_bytes), BAR_CELLS)
    return "▇" * full + "░" * (BAR_CELLS - full)


def load_words(percent: int | None) -> str:
    """Give `97 %`."""
    return NOT_TOLD if percent is None else f"{percent} %"


def heat_words(celsius: int | None) -> str:
    """Give `71 °C`."""
    return NOT_TOLD if celsius is None else f"{celsius} °C"


def power_words(device: Device) -> str:
    """Give `312/350 W`, or what of it is told."""
    if device.power_watts is None:
        return NOT_TOLD
    limit = device.power_limit_watts
    return f"{device.power_watts:.0f} W" if limit is None else f"{device.power_watts:.0f}/{limit:.0f} W"


def cut(text: str, width: int) -> str:
    """Give a text that is no longer than a width in characters."""
    return text if len(text) <= width else f"{text[: width - 1]}…"


def _why(device: Device) -> str:
    if device.state is not DeviceState.READY:
        return str(device.state)
    hidden = device.device is None and device.kind is DeviceKind.CUDA
    return "hidden" if hidden else ""
