"""What htrkit must reach: one row a figure, with its bar, and whether it holds on this machine."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain

from bench.beside.contenders import API, BF16, FP32, KRAKEN, TWO_KRAKENS
from bench.beside.figures import Comparison, Figures, Outcome
from bench.beside.setting import CPU, MEDIEVAL, MODERN, Lines, Setup
from bench.beside.steps import BY_HAND, NETWORKS

OURS = (FP32.name, BF16.name)
FIRST_TEXT_SECONDS = 8.0
OUTSIDE_SECONDS = 0.5
OUTSIDE_RATIO = 14.0
OUTSIDE_GIVEN_SECONDS = 0.1
CER_POINTS = 0.001


class Sense(StrEnum):
    """Which side of the bar is right."""

    AT_LEAST = "at least"
    AT_MOST = "at most"


@dataclass(frozen=True, slots=True)
class Bar:
    """A figure against its bar."""

    name: str
    figure: float
    unit: str
    sense: Sense
    bar: float

    @property
    def holds(self) -> bool:
        """Whether the figure is on the right side."""
        return self.figure >= self.bar if self.sense is Sense.AT_LEAST else self.figure <= self.bar

    def document(self) -> dict[str, object]:
        """Give it for JSON."""
        told = {"name": self.name, "figure": self.figure, "unit": self.unit}
        return {**told, "sense": self.sense, "bar": self.bar, "holds": self.holds}


@dataclass(frozen=True, slots=True)
class Times:
    """How many times one kraken, and two, htrkit must be."""

    one: float
    two: float


WHOLE_PAGES = {FP32.name: Times(6, 3), BF16.name: Times(10, 5)}
LINES_GIVEN = {MEDIEVAL.stem: 3.0, MODERN.stem: 5.0}


def bars_of(outcome: Outcome) -> list[Bar]:
    """Judge all that was run; what was not has no row. On a card only the work beside it has a bar."""
    found = comparison_of(outcome, Setup(MEDIEVAL, Lines.FOUND))
    given = [comparison_of(outcome, Setup(model, Lines.GIVEN)) for model in (MEDIEVAL, MODERN)]
    there = [one for one in given if one is not None]
    outside = chain(outside_found(found) if found else (), outside_given(there[0]) if there else ())
    if outcome.device != CPU:
        return list(outside)
    whole = chain(whole_pages(found, outcome), limit_share(found, outcome)) if found else ()
    lines = chain.from_iterable(lines_given(one) for one in there)
    starts = chain(starting(found) if found else (), starting(there[0]) if there else ())
    return list(chain(whole, outside, lines, starts))


def comparison_of(outcome: Outcome, setup: Setup) -> Comparison | None:
    """Give the comparison of a setup; None where it was not run."""
    return next((one for one in outcome.comparisons if one.setup == setup), None)


def ours(comparison: Comparison) -> Iterator[Figures]:
    """Give the figures of the contenders that bars are for."""
    yield from (one for one in comparison.figures if one.contender in OURS)


def whole_pages(found: Comparison, outcome: Outcome) -> Iterator[Bar]:
    """Bar 1: whole pages beside one kraken and two, and the CER; bf16 where the processor computes it."""
    one, two = found.of(KRAKEN.name), found.of(TWO_KRAKENS.name)
    for figures in ours(found):
        if figures.contender == BF16.name and not outcome.machine.computes_bf16:
            continue
        floor = WHOLE_PAGES[figures.contender]
        what = f"1. whole pages, {figures.contender}, beside"
        if one is not None:
            yield times(f"{what} one kraken", one, figures, floor.one)
        if two is not None:
            yield times(f"{what} two krakens", two, figures, floor.two)
        if one is not None and None not in (one.cer_fraction, figures.cer_fraction):
            worse = ((figures.cer_fraction or 0) - (one.cer_fraction or 0)) * 100
            name = f"1. CER worse than kraken's, {figures.contender}"
            yield Bar(name, worse, "points", Sense.AT_MOST, CER_POINTS * 100)


def limit_share(found: Comparison, outcome: Outcome) -> Iterator[Bar]:
    """Bar 2: the networks alone, called in the fastest way in single precision, over all that a page takes.

    In CPU seconds: those on the clock are the same on an idle machine, and flatter us on a busy one.
    """
    figures = found.of(FP32.name)
    passes = [alone.network_cpu_seconds for name, alone in found.alone.items() if name != BF16.name]
    if figures is not None and passes:
        share = min(passes) / (figures.seconds_per_page * outcome.machine.cores)
        yield Bar("2. networks' part of the cores' time, fp32", share * 100, "%", Sense.AT_LEAST, 80)


def outside_found(found: Comparison) -> Iterator[Bar]:
    """Bar 3: CPU outside the networks, and how many times as much kraken has."""
    theirs = krakens_outside(found)
    for figures in ours(found):
        spent = outside(found, figures)
        if spent is None:
            continue
        name = f"3. CPU outside the networks, {figures.contender}"
        yield Bar(name, spent, "s a page", Sense.AT_MOST, OUTSIDE_SECONDS)
        if theirs is not None and spent > 0:
            name = f"3. kraken's CPU outside the networks over that of {figures.contender}"
            yield Bar(name, theirs / spent, "times", Sense.AT_LEAST, OUTSIDE_RATIO)


def outside_given(given: Comparison) -> Iterator[Bar]:
    """Bar 3 with lines given: CPU outside the networks, and without decoding the image."""
    for figures in ours(given):
        spent = outside(given, figures)
        if spent is not None:
            left = spent - given.alone[figures.contender].open_cpu_seconds
            name = f"3. lines given, CPU outside the networks and decoding, {figures.contender}"
            yield Bar(name, left, "s a page", Sense.AT_MOST, OUTSIDE_GIVEN_SECONDS)


def lines_given(given: Comparison) -> Iterator[Bar]:
    """Bar 4: lines given, beside one kraken."""
    one = given.of(KRAKEN.name)
    if one is None:
        return
    for figures in ours(given):
        name = f"4. lines given, {given.setup.model.stem}, {figures.contender}, beside one kraken"
        yield times(name, one, figures, LINES_GIVEN[given.setup.model.stem])


def starting(comparison: Comparison) -> Iterator[Bar]:
    """Bar 6: from the command to the first page's text, that page's networks taken out where lines are found."""
    for figures in ours(comparison):
        seconds, alone = figures.first_text_seconds, comparison.alone.get(figures.contender)
        if seconds is None:
            continue
        if comparison.setup.lines is Lines.GIVEN:
            name = f"6. first text, lines given, {figures.contender}"
            yield Bar(name, seconds, "s", Sense.AT_MOST, FIRST_TEXT_SECONDS)
        elif alone is not None:
            left = seconds - alone.network_cpu_of(figures.first_text_page)
            name = f"6. first text, lines found, without its networks, {figures.contender}"
            yield Bar(name, left, "s", Sense.AT_MOST, FIRST_TEXT_SECONDS)


def times(name: str, theirs: Figures, figures: Figures, floor: float) -> Bar:
    """Give how many times as long theirs takes for a page."""
    return Bar(name, theirs.seconds_per_page / figures.seconds_per_page, "times", Sense.AT_LEAST, floor)


def outside(comparison: Comparison, figures: Figures) -> float | None:
    """Give the CPU seconds a page that are no network's; None where the networks were not timed alone."""
    alone = comparison.alone.get(figures.contender)
    return figures.cpu_seconds_per_page - alone.network_cpu_seconds if alone is not None else None


def krakens_outside(comparison: Comparison) -> float | None:
    """Give the same for the one `kraken` command; its networks were timed where its classes were called."""
    one, api = comparison.of(KRAKEN.name), comparison.of(API.name)
    if one is None or api is None or not api.step_seconds:
        return None
    steps = api.step_seconds[BY_HAND]
    return one.cpu_seconds_per_page - sum(steps.get(network, 0.0) for network in NETWORKS)
