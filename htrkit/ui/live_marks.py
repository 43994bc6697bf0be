"""Bars, curves and figures of live panels as text, in letters that the terminal has."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from htrkit.ui.live_series import Rate

BAR_CELLS = 10
MINUTE, HOUR, DAY = 60, 3600, 86_400


@dataclass(frozen=True, slots=True)
class Glyphs:
    """The signs that panels are drawn with."""

    done: str
    edge: str
    """Where what is done ends."""
    rest: str
    full: str
    empty: str
    curve: str
    """From low to high."""
    failed: str
    flagged: str
    between: str
    degree: str
    dash: str
    span: str
    """Between two numbers."""
    more: str
    """Where something was cut off."""


UNICODE = Glyphs("━", "╺", "━", "▇", "░", "▁▂▃▄▅▆▇█", "✗", "!", " · ", "°C", "–", "–", "…")  # noqa: RUF001 - dashes of tables
ASCII = Glyphs("=", ">", "-", "#", ".", "_.:-=+*#", "x", "!", " | ", " C", "-", "-", "~")


def progress_bar(done: int, total: int, cells: int, glyphs: Glyphs) -> tuple[str, str]:
    """Give what is done and what is left of a bar."""
    full = cells * done // total if total else 0
    if full >= cells:
        return glyphs.done * cells, ""
    return glyphs.done * full, glyphs.edge + glyphs.rest * (cells - full - 1)


def filling_bar(share: float | None, glyphs: Glyphs, *, cells: int = BAR_CELLS) -> str:
    """Give how full something is, 0 to 1."""
    if share is None:
        return glyphs.empty * cells
    full = min(max(round(cells * share), 0), cells)
    return glyphs.full * full + glyphs.empty * (cells - full)


def curve(values: Sequence[float | None], cells: int, glyphs: Glyphs, *, most: float | None = None) -> str:
    """Give the values as a line of so many cells, from 0 to `most` (without it, to the largest)."""
    points = _resampled(values, cells)
    top = most or max((one for one in points if one is not None), default=0.0) or 1.0
    steps = len(glyphs.curve) - 1
    return "".join(" " if one is None else glyphs.curve[round(steps * min(one / top, 1.0))] for one in points)


def _resampled(values: Sequence[float | None], cells: int) -> list[float | None]:
    """Give as many values as there are cells, or fewer; a cell has the mean of what falls into it."""
    if len(values) <= cells:
        return list(values)
    edges = [len(values) * cell // cells for cell in range(cells + 1)]
    return [_mean(values[start:end]) for start, end in pairwise(edges)]


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def elapsed_words(seconds: float) -> str:
    """Give `01:12:40`."""
    whole = max(int(seconds), 0)
    return f"{whole // HOUR:02d}:{whole % HOUR // MINUTE:02d}:{whole % MINUTE:02d}"


def short_time(seconds: float) -> str:
    """Give `4 s`, `12 min`, `3.4 h`."""
    if seconds < 100:
        return f"{max(seconds, 0):.0f} s"
    return f"{seconds / MINUTE:.0f} min" if seconds < 100 * MINUTE else f"{seconds / HOUR:.1f} h"


def range_words(low: float, expected: float, high: float, glyphs: Glyphs) -> str:
    """Give `52 min (47–61)`: seconds in the unit that suits what is expected."""  # noqa: RUF002 - as shown
    unit, word, places = _unit_of(expected)
    middle, least, most = (f"{value / unit:.{places}f}" for value in (expected, low, high))
    return f"{middle} {word}" if least == most == middle else f"{middle} {word} ({least}{glyphs.span}{most})"


def _unit_of(seconds: float) -> tuple[int, str, int]:
    if seconds < 100:
        return 1, "s", 0
    if seconds < 100 * MINUTE:
        return MINUTE, "min", 0
    return (HOUR, "h", 1) if seconds < 2 * DAY else (DAY, "days", 1)


def pages_words(rate: Rate) -> str:
    """Give `1.33 pages/s`, `3.90 pages/min`."""
    return _per_time(rate.pages, "pages")


def short_pages_words(rate: Rate) -> str:
    """Give `0.67 p/s`."""
    return _per_time(rate.pages, "p")


def lines_words(rate: Rate) -> str:
    """Give `54.6 lines/s`."""
    return _per_time(rate.lines, "lines")


def _per_time(number: float, what: str) -> str:
    if number <= 0:
        return f"0 {what}/s"
    for seconds, word in ((1, "s"), (MINUTE, "min")):
        if number * seconds >= 0.1:
            return f"{_three_digits(number * seconds)} {what}/{word}"
    return f"{_three_digits(number * HOUR)} {what}/h"


def _three_digits(number: float) -> str:
    return f"{number:.2f}" if number < 10 else f"{number:.1f}" if number < 100 else f"{number:,.0f}"


def gigabytes(length: int) -> str:
    """Give `37.9`, or `148` where tenths say nothing, in GB (powers of ten)."""
    value = length / 10**9
    return f"{value:.1f}" if value < 100 else f"{value:.0f}"
