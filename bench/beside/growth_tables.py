"""The whole bench in Markdown: the comparison's tables, and behind them those of runs that grow."""

from collections.abc import Sequence

from bench.beside.growth_bars import all_bars
from bench.beside.table import DISTURBED, NONE, bar_table, markdown, software_words, tables, told
from bench.beside.whole import Devices, Scaling, Whole
from bench.scales.rows import MEGABYTE, Row
from bench.simulated.gains import Gain, Run

SCALING_COLUMNS = (
    "varied",
    "run",
    "pages",
    "s a page",
    "CPU s a page",
    "CPU ms a line",
    "all processes MB",
    "grown %",
    "batches full %",
    "padding %",
    "others %",
)
DEVICES_COLUMNS = ("bound by", "pages", "one device s", "two s", "gain", "full, padding %", "of two", "others %")


def whole_tables(whole: Whole) -> str:
    """Give everything that people read."""
    bars = all_bars(whole)
    parts = [tables(whole.kraken, bars)] if whole.kraken is not None else bar_table(bars)
    if whole.scaling is not None:
        parts.append(scaling_section(whole.scaling))
    if whole.devices is not None:
        parts.append(devices_section(whole.devices))
    if whole.lacking:
        parts.append(f"Never run, for these figures: {', '.join(whole.lacking)}.")
    return "\n\n".join(parts)


def scaling_section(scaling: Scaling) -> str:
    """Give what a page costs as runs grow, a run a row."""
    table = markdown(SCALING_COLUMNS, [scaling_row(row) for row in scaling.rows])
    return "\n\n".join(["**As a run grows**", when_and_where(scaling), table, *others_words(scaling.rows)])


def devices_section(devices: Devices) -> str:
    """Give one simulated device and two, a case a row."""
    table = markdown(DEVICES_COLUMNS, [devices_row(case) for case in devices.cases])
    return "\n\n".join(["**Two simulated devices**", when_and_where(devices), table, *others_words(devices.cases)])


def when_and_where(part: Scaling | Devices) -> str:
    """Say when, where and with what a part was measured."""
    return f"{software_words(part.made, part.machine)}. Load before: {part.machine.load_before:g}."


def others_words(runs: Sequence[Row | Gain]) -> list[str]:
    """Say that others disturbed a part; nothing where they did not."""
    most = max((run.others_cpu_share or 0.0 for run in runs), default=0.0)
    if most <= DISTURBED:
        return []
    return [
        f"Others took up to {most:.0%} of the machine meanwhile: these figures, and the bars' from them, say little."
    ]


def scaling_row(row: Row) -> tuple[str, ...]:
    """Give a run's row."""
    return (
        row.series,
        row.case,
        str(row.pages),
        f"{row.seconds_a_page:.4f}",
        f"{row.cpu_seconds_a_page:.4f}",
        f"{row.cpu_seconds_a_page * 1000 / row.lines_a_page:.2f}" if row.lines_a_page else NONE,
        f"{row.peak_bytes / MEGABYTE:.0f}",
        f"{row.grown_share * 100:.1f}" if row.early_bytes else NONE,
        told(row.full_share, ".0f", 100),
        told(row.padding_share, ".0f", 100),
        told(row.others_cpu_share, ".0f", 100),
    )


def devices_row(case: Gain) -> tuple[str, ...]:
    """Give a case's row."""
    seconds = f"{case.one.wall_seconds:.1f}", f"{case.two.wall_seconds:.1f}"
    batches = percents(case.one), percents(case.two)
    return case.case, str(case.pages), *seconds, f"{case.times:.2f}", *batches, told(case.others_cpu_share, ".0f", 100)


def percents(run: Run) -> str:
    """Say how full a run's batches were and what of them was padding."""
    return f"{run.full_share * 100:.0f}, {run.padding_share * 100:.0f}"
