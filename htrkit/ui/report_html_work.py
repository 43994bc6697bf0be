"""How a run worked, in a report in HTML: its pace, its memory, its batches, and what happened to it."""

from htrkit.core.report import Report
from htrkit.core.report_advice import typed_out
from htrkit.core.report_curves import Curves
from htrkit.ui.html_words import foldable, folded, html_table, more, paragraph, section
from htrkit.ui.report_charts import batch_chart, devices_of, ram_chart, throughput_chart, vram_chart
from htrkit.ui.report_plot import KINDS, TimeAxis
from htrkit.ui.report_words import HERE, incident
from htrkit.ui.words import amount, duration, shown, size


def times(report: Report) -> str:
    """Give how long pages took, and which took longest."""
    if report.times is None:
        return ""
    told = report.times
    figures = (
        f"median {told.median:.1f}, 90 % under {told.ninetieth:.1f},"
        f" 99 % under {told.ninety_ninth:.1f}, most {told.most:.1f}"
    )
    steps = ", ".join(f"{step} {duration(seconds)}" for step, seconds in report.steps.items() if seconds)
    rows = [(page.key, f"{page.seconds:.1f}", amount(page.lines)) for page in report.slowest]
    slowest = html_table(("slowest pages", "seconds", "lines"), rows, right=frozenset({1, 2}))
    return section("Seconds a page", paragraph(figures), paragraph(f"in all: {steps}") if steps else "", slowest)


def throughput(report: Report) -> str:
    """Give how many pages were read when, and by whom."""
    if not report.shares:
        return ""
    rows = [
        (one.worker or HERE, one.device, amount(one.pages), amount(one.lines), duration(one.busy_seconds))
        for one in report.shares
    ]
    spans = [
        (one.began, one.worker or HERE, one.device, amount(one.pages), amount(one.lines))
        for one in report.throughput.buckets
    ]
    heads, everything = (
        ("worker", "device", "pages", "lines"),
        f"htrkit report {typed_out(shown(report.out))} --format json",
    )
    over_time = html_table(("from", *heads), spans, right=frozenset({3, 4}), everything=everything)
    return section(
        "Throughput",
        throughput_chart(report.throughput),
        html_table((*heads, "busy"), rows, right=frozenset({2, 3, 4}), everything=everything),
        folded("In figures", over_time),
    )


def memory(report: Report) -> str:
    """Give the memory of the machine and its devices over the run, and the sizes of batches."""
    curves, axis = report.curves, TimeAxis.of(report.throughput)
    left_out = len(devices_of(curves)) - KINDS
    parts = [
        *_titled("RAM", ram_chart(curves, axis)),
        *_titled("Memory of devices", vram_chart(curves, axis), more(left_out, "")),
        folded("Most memory, in figures", _most(curves)) if curves.memory else "",
        *_titled("Batch sizes", batch_chart(curves, axis)),
        folded("Batch sizes, in figures", _batches(report)) if curves.batches else "",
    ]
    return section("Memory and batches", *parts) if any(parts) else ""


def _titled(title: str, chart: str, *others: str) -> tuple[str, ...]:
    return (f"<h3>{title}</h3>", chart, *others) if chart else ()


def _most(curves: Curves) -> str:
    rows = [
        (
            "RAM in use, by anyone",
            size(max(one.used_bytes for one in curves.memory)),
            size(curves.memory[-1].total_bytes),
        ),
        ("the run's own processes", size(max(one.own_bytes for one in curves.memory)), ""),
    ]
    for device in devices_of(curves):
        found = [one for point in curves.memory for one in point.devices if one.device == device]
        total = max((one.total_bytes for one in found if one.total_bytes), default=None)
        most = size(max(one.used_bytes for one in found))
        rows.append((device, most, "" if total is None else size(total)))
    return html_table(("memory", "most", "of"), rows, right=frozenset({1, 2}))


def _batches(report: Report) -> str:
    rows = [(one.at, one.server, one.step, amount(one.was), amount(one.now)) for one in report.curves.batches]
    return html_table(("from", "device", "step", "was", "items a batch"), rows, right=frozenset({3, 4}))


def incidents(report: Report) -> str:
    """Give what happened to the run itself."""
    if not report.incidents:
        return ""
    rows = [incident(one).split("  ", 1) for one in report.incidents]
    everything = f"htrkit report {typed_out(shown(report.out))} --format json"
    table = html_table(("when", "what"), rows, everything=everything)
    return section("What happened to the run", foldable("Events", rows, table))
