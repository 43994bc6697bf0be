"""What a report in HTML draws: what became of the pages, how many were read when, memory, and batch sizes."""

from itertools import accumulate

from htrkit.core.report import Counts
from htrkit.core.report_curves import Curves, MemoryPoint
from htrkit.core.report_numbers import Throughput, moment
from htrkit.ui.html_words import text
from htrkit.ui.report_plot import KINDS, Curve, TimeAxis, bars_plot, curves_plot
from htrkit.ui.words import amount, counted

_WIDTH = 1000
_GIGABYTE = 1e9
_HATCH = (
    '<defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect class="hatched" width="6" height="6"/><path class="hatch" d="M0 0V6"/></pattern></defs>'
)


def counts_bar(counts: Counts) -> str:
    """Give one bar, cut by what became of the pages, and the figures under it."""
    if not counts.selected:
        return ""
    numbers = {"done": counts.done, "failed": counts.failed, "skipped": counts.skipped, "not run": counts.not_run}
    ends = accumulate(numbers.values())
    bars = "".join(
        f'<rect class="{name.replace(" ", "-")}" x="{_WIDTH * (end - number) / counts.selected:.2f}"'
        f' width="{_WIDTH * number / counts.selected:.2f}" height="16">'
        f"<title>{name} {amount(number)}</title></rect>"
        for (name, number), end in zip(numbers.items(), ends, strict=True)
        if number
    )
    view = f'viewBox="0 0 {_WIDTH} 16" preserveAspectRatio="none"'
    legend = "".join(
        f'<li><svg width="12" height="12" aria-hidden="true"><rect class="{name.replace(" ", "-")}" width="12"'
        f' height="12"/></svg>{name} {amount(number)}</li>'
        for name, number in numbers.items()
        if number
    )
    label = text(counts.identity)
    bar = f'<svg class="bar" {view} role="img" aria-label="{label}">{_HATCH}{bars}</svg>'
    return f'{bar}\n<ul class="legend">{legend}</ul>'


def throughput_chart(throughput: Throughput) -> str:
    """Give a bar for each span of time, as high as the pages that ended in it."""
    pages = dict.fromkeys(throughput.spans, 0)
    for bucket in throughput.buckets:
        pages[bucket.began] += bucket.pages
    bars = [(moment(span), number, f"{span}: {counted(number, 'page')}") for span, number in pages.items()]
    unit = f"pages in each {_breadth(throughput.width_seconds)}"
    return bars_plot(TimeAxis.of(throughput), bars, label="Pages over time", unit=unit)


def ram_chart(curves: Curves, axis: TimeAxis) -> str:
    """Give the machine's memory, and what of it the run's own processes hold."""
    used = Curve("in use, by anyone", [(moment(one.at), one.used_bytes / _GIGABYTE) for one in curves.memory])
    own = Curve("the run's own processes", [(moment(one.at), one.own_bytes / _GIGABYTE) for one in curves.memory])
    total = max((one.total_bytes for one in curves.memory), default=0) / _GIGABYTE
    shown = [used, *([own] if any(value for _, value in own.points) else [])]
    return curves_plot(axis, shown, label="RAM over time", unit="GB", limit=(f"all there is, {total:,.1f} GB", total))


def vram_chart(curves: Curves, axis: TimeAxis) -> str:
    """Give the memory of each device; of very many, the first few."""
    shown = [Curve(device, _of_device(curves.memory, device)) for device in devices_of(curves)[:KINDS]]
    if not shown:
        return ""
    totals = {one.total_bytes for point in curves.memory for one in point.devices if one.total_bytes}
    most = max(totals, default=0) / _GIGABYTE
    limit = (f"all that a device has, {most:,.1f} GB", most) if len(totals) == 1 else None
    return curves_plot(axis, shown, label="Memory of devices over time", unit="GB", limit=limit)


def devices_of(curves: Curves) -> tuple[str, ...]:
    """Give the devices whose memory is known, by name."""
    return tuple(sorted({device.device for point in curves.memory for device in point.devices}))


def batch_chart(curves: Curves, axis: TimeAxis) -> str:
    """Give the sizes of batches for each device and step; of very many, the first few."""
    groups: dict[tuple[str, str], list[tuple[int, float]]] = {}
    first = axis.began[0] if axis.began else 0
    for change in curves.batches:
        points = groups.setdefault((change.server, change.step), [(first, change.was)])
        points.append((moment(change.at), change.now))
    shown = [Curve(f"{server}, {step}", points, steps=True) for (server, step), points in sorted(groups.items())]
    return curves_plot(axis, shown[:KINDS], label="Batch sizes over time", unit="items a batch")


def _breadth(seconds: int) -> str:
    """Give the breadth of a span in the largest unit that it is a whole number of: `10 min`."""
    units = (("days", 86400), ("h", 3600), ("min", 60))
    return next((f"{seconds // long} {unit}" for unit, long in units if seconds % long == 0), f"{seconds} s")


def _of_device(points: tuple[MemoryPoint, ...], name: str) -> list[tuple[int, float]]:
    return [
        (moment(point.at), one.used_bytes / _GIGABYTE)
        for point in points
        for one in point.devices
        if one.device == name
    ]
