"""The lines of live panels that tell of devices and of the machine's memory."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.text import Text

from htrkit.core.shown import shown
from htrkit.ui.live_devices import CPU
from htrkit.ui.live_layout import View
from htrkit.ui.live_lines import padded, plural
from htrkit.ui.live_marks import filling_bar, gigabytes, short_pages_words
from htrkit.ui.live_series import Rate
from htrkit.ui.live_state import DeviceCourse, DevicePanel, LiveState

NAME_CELLS = 12
BARS_FROM_CELLS = 72
"""On narrower terminals the bars make room for what they show."""
NODE = "/"
"""Stands between a cluster's node and its device."""
_MAKER = "NVIDIA "


@dataclass(frozen=True, slots=True)
class _Widths:
    word: int
    name: int
    load: int


def device_lines(state: LiveState, view: View) -> list[Text]:
    """Give a line for each device; where there are more than rows, the last row tells of all others."""
    devices = list(state.devices.values())
    if not view.layout.devices:
        return []
    fold = len(devices) > view.layout.devices
    shown_alone = devices[: view.layout.devices - 1] if fold else devices
    widths = _widths(devices, view)
    held = _held_words(state)
    lines = [
        _device_line(one, widths, held if one.name == CPU else _memory_words(one, view), view) for one in shown_alone
    ]
    if fold:
        lines.append(_fold_line(devices[len(shown_alone) :], "more" if shown_alone else "devices", view))
    return [*lines, *(Text() for _ in range(view.layout.devices - len(lines)))]


def _widths(devices: Sequence[DevicePanel], view: View) -> _Widths:
    word = max((len(one.name) for one in devices), default=0)
    room = max(NAME_CELLS + view.layout.width - 84, 4)
    name = min(max((len(_name(one)) for one in devices), default=0), room)
    return _Widths(word, name, max((len(_load_words(one, view)) for one in devices), default=0))


def _name(device: DevicePanel) -> str:
    name = device.sample.name if device.sample is not None else None
    return shown((name or "").removeprefix(_MAKER))


def _device_line(device: DevicePanel, widths: _Widths, memory: str, view: View) -> Text:
    line = Text(padded(shown(device.name), widths.word), "bold")
    if widths.name:
        line.append(f" {padded(_name(device)[: widths.name], widths.name)}", "not bold")
    line = Text.assemble(line, "  ", padded(_load_words(device, view), widths.load), "  ", memory)
    match device.course:
        case DeviceCourse.READY:
            batch = f"batch {device.batch if device.batch is not None else view.glyphs.dash}"
            line.append(f"  {batch}  {short_pages_words(device.pace.rate(view.now))}{_heat_words(device, view)}")
        case DeviceCourse.STARTING:
            line.append("  starting")
        case DeviceCourse.LOST:
            again = "" if NODE in device.name else ", is started anew"
            line.append(f"  lost{again}", "bold yellow")
        case DeviceCourse.GIVEN_UP:
            line.append("  given up", "bold red")
    return line


def _load_words(device: DevicePanel, view: View) -> str:
    load = device.sample.utilisation_percent if device.sample is not None else None
    return f"util {view.glyphs.dash if load is None else f'{load}%':>3}"


def _memory_words(device: DevicePanel, view: View) -> str:
    sample = device.sample
    word = "RAM" if device.name.endswith(f"{NODE}{CPU}") else "VRAM"
    if sample is None or sample.used_bytes is None or not sample.total_bytes:
        return f"{word} {filling_bar(None, view.glyphs)} {view.glyphs.dash}"
    bar = ""
    if view.layout.width >= BARS_FROM_CELLS:
        bar = f"{filling_bar(sample.used_bytes / sample.total_bytes, view.glyphs)} "
    return f"{word} {bar}{gigabytes(sample.used_bytes)}/{gigabytes(sample.total_bytes)} GB"


def _held_words(state: LiveState) -> str:
    """Give what the run's processes hold of the machine's memory; where they compute themselves, that is the device."""
    processes = state.sample.processes if state.sample is not None else ()
    held = sum(one.resident_bytes for one in processes)
    return f"{plural(len(processes), 'process', 'processes')} {gigabytes(held)} GB"


def _heat_words(device: DevicePanel, view: View) -> str:
    heat = device.sample.temperature_celsius if device.sample is not None else None
    return "" if heat is None else f" {heat}{view.glyphs.degree}"


def _fold_line(devices: Sequence[DevicePanel], word: str, view: View) -> Text:
    """Tell of several devices: the range of their load and heat, all of their memory, and what ails any of them."""
    samples = [one.sample for one in devices if one.sample is not None]
    used, total = sum(one.used_bytes or 0 for one in samples), sum(one.total_bytes or 0 for one in samples)
    rates = [one.pace.rate(view.now) for one in devices]
    rate = Rate(sum(one.pages for one in rates), sum(one.lines for one in rates))
    line = Text(f"{len(devices)} {word}", "bold")
    load = _range([one.utilisation_percent for one in samples], "%", view)
    memory = f"{gigabytes(used)}/{gigabytes(total)} GB" if total else view.glyphs.dash
    heat = _range([one.temperature_celsius for one in samples], view.glyphs.degree, view)
    line = Text.assemble(
        line, f"  util {load}  VRAM {filling_bar(used / total if total else None, view.glyphs)} {memory}"
    )
    line.append(f"  {short_pages_words(rate)} {heat}")
    for course in (DeviceCourse.STARTING, DeviceCourse.LOST, DeviceCourse.GIVEN_UP):
        if number := sum(one.course is course for one in devices):
            line.append(f"  {number} {course}", "bold yellow")
    return line


def _range(values: Sequence[int | None], unit: str, view: View) -> str:
    known = [value for value in values if value is not None]
    if not known:
        return view.glyphs.dash
    low, high = min(known), max(known)
    return f"{low}{unit}" if low == high else f"{low}{view.glyphs.span}{high}{unit}"


def memory_line(state: LiveState, view: View) -> Text:
    """Give the machine's memory, what is read ahead, and who works."""
    line = Text("RAM ")
    sample = state.sample
    if sample is not None and sample.total_bytes:
        used = max(sample.total_bytes - sample.free_bytes, 0)
        words = f"{gigabytes(used)}/{gigabytes(sample.total_bytes)} GB"
        line.append(f"{filling_bar(used / sample.total_bytes, view.glyphs)} {words}")
    else:
        line.append(f"{filling_bar(None, view.glyphs)} {view.glyphs.dash}")
    line.append(f"   cache {_size(_ahead_bytes(state))}")
    line.append(f"   page workers {len(state.pages_in_hand)}/{_workers(state)}")
    if state.glimpse is not None and state.glimpse.servers:
        line.append(f"   queued {plural(sum(one.waiting for one in state.glimpse.servers), 'line')}")
    return line


def _ahead_bytes(state: LiveState) -> int:
    if state.glimpse is not None:
        return state.glimpse.ahead_bytes
    return state.sample.ahead_bytes if state.sample is not None else 0


def _workers(state: LiveState) -> int:
    return state.glimpse.workers if state.glimpse is not None else sum(state.workers.values())


def _size(length: int) -> str:
    if length < 10**9:
        return f"{length / 10**6:.0f} MB"
    return f"{length / 10**9:.1f} GB" if length < 10**10 else f"{length / 10**9:.0f} GB"
