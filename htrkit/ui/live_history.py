"""What large terminals show besides: curves of each device, and how the pages so far have come out."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.text import Text

from htrkit.ui.live_layout import View
from htrkit.ui.live_lines import columns, padded
from htrkit.ui.live_marks import curve, filling_bar, short_pages_words, short_time
from htrkit.ui.live_state import CONFIDENCE_BINS, DevicePanel, LiveState
from htrkit.ui.words import shown


def history_lines(state: LiveState, view: View) -> list[Text]:
    """Give each device's throughput and memory over the whole run."""
    devices = list(state.devices.values())[: view.layout.history]
    word = max((len(one.name) for one in devices), default=0)
    lines = [_curves(one, word, view) for one in devices]
    return [*lines, *(Text() for _ in range(view.layout.history - len(lines)))]


def _curves(device: DevicePanel, word: int, view: View) -> Text:
    cells = max((view.layout.width - word - 40) // 2, 10)
    pages = curve(device.pages.rates(view.now), cells, view.glyphs)
    memory = curve(device.memory.means(), cells, view.glyphs, most=1.0)
    rate, share = short_pages_words(device.pace.rate(view.now)), _share_now(device, view)
    return Text.assemble(
        (padded(shown(device.name), word), "bold"),
        "  pages ",
        (padded(pages, cells), "green"),
        f" {rate:>11}   memory ",
        (padded(memory, cells), "cyan"),
        f" {share:>4}",
    )


def _share_now(device: DevicePanel, view: View) -> str:
    known = [value for value in device.memory.means() if value is not None]
    return f"{100 * known[-1]:.0f}%" if known else view.glyphs.dash


@dataclass(frozen=True, slots=True)
class _Block:
    head: str
    lines: Sequence[str]


def block_lines(state: LiveState, view: View) -> list[Text]:
    """Give confidences, slowest pages and error classes side by side."""
    if not view.layout.blocks:
        return []
    third = view.layout.width // 3
    widths = (third, third, view.layout.width - 2 * third)
    blocks = (_confidences(state, view), _slowest(state), _classes(state, view))
    rows = [columns([Text(block.head, "bold") for block in blocks], widths, view.glyphs)]
    for row in range(view.layout.blocks - 1):
        texts = [Text(block.lines[row] if row < len(block.lines) else "") for block in blocks]
        rows.append(columns(texts, widths, view.glyphs))
    return rows


def _confidences(state: LiveState, view: View) -> _Block:
    edges = (*CONFIDENCE_BINS, 1.0)
    most = max(state.bins) or 1
    lines = []
    for index in reversed(range(len(state.bins))):
        span = f"{100 * edges[index]:.0f}{view.glyphs.span}{100 * edges[index + 1]:.0f}%"
        lines.append(f"{span:>8} {filling_bar(state.bins[index] / most, view.glyphs, cells=12)} {state.bins[index]:,}")
    return _Block("pages by confidence", lines)


def _slowest(state: LiveState) -> _Block:
    return _Block("slowest pages", [f"{short_time(page.seconds):>7}  {shown(page.key)}" for page in state.slowest])


def _classes(state: LiveState, view: View) -> _Block:
    by_count = sorted(state.classes.items(), key=lambda one: (-one[1], one[0]))
    lines = [f"{count:>7,}  {failure}" for failure, count in by_count]
    most = view.layout.blocks - 1
    if len(lines) > most:
        others = sum(count for _, count in by_count[most - 1 :])
        lines = [*lines[: most - 1], f"{others:>7,}  of other classes"]
    return _Block("failures by class", lines or ["none"])
