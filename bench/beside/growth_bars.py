"""Bar 5: a second device pays, a large run's pages cost what a small one's do, and memory is bounded and flat."""

from collections.abc import Iterator
from itertools import chain

from bench.beside.bars import Bar, Sense, comparison_of
from bench.beside.contenders import FP32
from bench.beside.figures import Outcome
from bench.beside.setting import CPU, MEDIEVAL, Lines, Setup
from bench.beside.whole import Devices, Scaling, Whole
from bench.scales.rows import Row
from bench.scaling import COUNTS, MOST_BYTES, MOST_DEARER, MOST_GROWN
from bench.simulated.gains import BY_DEVICES
from bench.two_devices import LEAST_GAIN

FIVE = "5. "
GIGABYTE = 10**9
CREW = 2
"""Cores, and so page workers, of the run whose memory has a bar."""


def all_bars(whole: Whole) -> list[Bar]:
    """Judge all that was measured, in the order of the bars' numbers."""
    return sorted([*whole.kraken_bars, *growth_bars(whole)], key=lambda bar: bar.name.partition(".")[0])


def growth_bars(whole: Whole) -> Iterator[Bar]:
    """Judge what is left of bar 5; a part that was not measured has no row."""
    return chain(
        second_device(whole.devices) if whole.devices else (),
        large_run(whole.scaling) if whole.scaling else (),
        memory(whole.kraken) if whole.kraken else (),
    )


def second_device(devices: Devices) -> Iterator[Bar]:
    """Two devices beside one, where the devices are what a run waits for."""
    for case in devices.cases:
        if case.case == BY_DEVICES.name:
            yield Bar(f"{FIVE}two simulated devices beside one", case.times, "times", Sense.AT_LEAST, LEAST_GAIN)


def large_run(scaling: Scaling) -> Iterator[Bar]:
    """How much dearer a page of the largest run is than one of a tenth of it, and what its memory grew by."""
    runs = {row.pages: row for row in scaling.rows if row.series == "pages"}
    few, many = (runs.get(pages) for pages in COUNTS[1:])
    if few is not None and many is not None:
        yield from dearer(few, many)
    if many is not None:
        name = f"{FIVE}memory that {many.pages:,} pages take beyond their first quarter"
        yield Bar(name, many.grown_share * 100, "%", Sense.AT_MOST, MOST_GROWN * 100)


def dearer(few: Row, many: Row) -> Iterator[Bar]:
    """Hold a page of the larger run against one of the smaller."""
    costs = {
        "seconds": many.seconds_a_page / few.seconds_a_page,
        "CPU seconds": many.cpu_seconds_a_page / few.cpu_seconds_a_page,
    }
    for what, ratio in costs.items():
        name = f"{FIVE}{what} that one of {many.pages:,} pages takes beyond one of {few.pages:,}"
        yield Bar(name, (ratio - 1) * 100, "%", Sense.AT_MOST, MOST_DEARER * 100)


def memory(kraken: Outcome) -> Iterator[Bar]:
    """What all processes of two page workers hold at once that find lines and read them in single precision."""
    found = comparison_of(kraken, Setup(MEDIEVAL, Lines.FOUND))
    figures = found.of(FP32.name) if found is not None else None
    if figures is None or figures.together_bytes is None or (kraken.device, kraken.machine.cores) != (CPU, CREW):
        return
    name = f"{FIVE}memory of all processes, two workers, lines found, {FP32.name}"
    yield Bar(name, figures.together_bytes / GIGABYTE, "GB", Sense.AT_MOST, MOST_BYTES / GIGABYTE)
