"""Curves over the time that a run was at work, as SVG with axes and units that need no colour and no script."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from math import floor, log10

from htrkit.core.report_numbers import Throughput, moment
from htrkit.ui.html_words import text, wide

KINDS = 8
"""Curves that one plot can tell apart."""
_WIDTH, _HEIGHT = 760, 210
_LEFT, _RIGHT, _TOP, _BOTTOM = 62, 14, 26, 44
_MOST_TICKS = 5


@dataclass(frozen=True, slots=True)
class Curve:
    """Values over time: `(seconds since 1970, value)`; a step keeps its value until the next point."""

    name: str
    points: Sequence[tuple[int, float]]
    steps: bool = False


@dataclass(frozen=True, slots=True)
class TimeAxis:
    """The time at work from left to right; the time between two sittings takes no room."""

    width_seconds: int
    began: tuple[int, ...]
    """When each span began, in seconds since 1970."""

    @classmethod
    def of(cls, throughput: Throughput) -> "TimeAxis":
        """Give the axis of a run's spans."""
        return cls(throughput.width_seconds, tuple(map(moment, throughput.spans)))

    def x(self, at: int) -> float:
        """Give where a moment stands; one in no span stands at the nearest end."""
        begin = at - at % self.width_seconds
        place = self._places.get(begin)
        if place is None:
            return float(_LEFT if not self.began or at < self.began[0] else _WIDTH - _RIGHT)
        return _LEFT + (place + (at - begin) / self.width_seconds) * self.step

    @property
    def step(self) -> float:
        """The breadth of a span."""
        return (_WIDTH - _LEFT - _RIGHT) / max(1, len(self.began))

    @property
    def breaks(self) -> tuple[int, ...]:
        """When a span began that does not follow upon another: the run had stood still."""
        return tuple(now for before, now in pairwise(self.began) if now - before > self.width_seconds)

    @property
    def _places(self) -> dict[int, int]:
        return {began: place for place, began in enumerate(self.began)}


def curves_plot(
    axis: TimeAxis, curves: Sequence[Curve], *, label: str, unit: str, limit: tuple[str, float] | None = None
) -> str:
    """Give curves, with a line that they should stay under where there is one, and what each line stands for."""
    values = [value for curve in curves for _, value in curve.points]
    most = max([*values, *([limit[1]] if limit else [])], default=0.0)
    if not most or not axis.began:
        return ""
    top = _ticks(most)[-1]
    drawn = "".join(
        f'<path class="curve c{number % KINDS}" d="{_path(axis, curve, top)}"/>' for number, curve in enumerate(curves)
    )
    if limit:
        height = _y(limit[1], top)
        drawn += f'<path class="limit" d="M{_LEFT} {height:.1f}H{_WIDTH - _RIGHT}"/>'
    names = [(f"curve c{number % KINDS}", curve.name) for number, curve in enumerate(curves)]
    names += [("limit", limit[0])] if limit else []
    return _plot(axis, drawn, most=most, label=label, unit=unit) + _legend(names)


def bars_plot(axis: TimeAxis, bars: Sequence[tuple[int, int, str]], *, label: str, unit: str) -> str:
    """Give a bar for each span: when it began, its number, and the words that tell it."""
    most = max((number for _, number, _ in bars), default=0)
    if not most:
        return ""
    top = _ticks(most)[-1]
    drawn = "".join(
        f'<rect class="done" x="{axis.x(began) + axis.step * 0.08:.1f}" y="{_y(number, top):.1f}"'
        f' width="{axis.step * 0.84:.1f}" height="{_y(0, top) - _y(number, top):.1f}">'
        f"<title>{text(words)}</title></rect>"
        for began, number, words in bars
    )
    return _plot(axis, drawn, most=most, label=label, unit=unit)


def _plot(axis: TimeAxis, drawn: str, *, most: float, label: str, unit: str) -> str:
    said = text(f"{label}, in {unit}: most {_figure(most)}")
    ticks = _ticks(most)
    lines = "".join(_level(value, ticks[-1]) for value in ticks)
    heading = f'<text x="{_LEFT}" y="14">{text(unit)}</text>'
    frame = f'<path class="axis" fill="none" d="M{_LEFT} {_TOP}V{_HEIGHT - _BOTTOM}H{_WIDTH - _RIGHT}"/>'
    breaks = "".join(
        f'<path class="break" d="M{axis.x(at):.1f} {_TOP}V{_HEIGHT - _BOTTOM}"><title>the run was not at work'
        f" before</title></path>"
        for at in axis.breaks
    )
    inner = f"{heading}{lines}{drawn}{breaks}{frame}{_times(axis)}"
    svg = f'<svg class="plot" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{said}">{inner}</svg>'
    return wide(svg, said)


def _level(value: float, top: float) -> str:
    height = _y(value, top)
    return (
        f'<path class="grid" d="M{_LEFT} {height:.1f}H{_WIDTH - _RIGHT}"/>'
        f'<text x="{_LEFT - 6}" y="{height + 4:.1f}" text-anchor="end">{_figure(value)}</text>'
    )


def _times(axis: TimeAxis) -> str:
    """Give the clock under some of the spans, with the day where it is another."""
    stride = -(-len(axis.began) // _MOST_TICKS)
    form, words, day = "%H:%M:%S" if axis.width_seconds < 60 else "%H:%M", [], ""
    for began in axis.began[::stride]:
        at, x = datetime.fromtimestamp(began, UTC), axis.x(began)
        words.append(f'<path class="axis" d="M{x:.1f} {_HEIGHT - _BOTTOM}v4"/>')
        words.append(f'<text x="{x:.1f}" y="{_HEIGHT - _BOTTOM + 17}">{at:{form}}</text>')
        if (today := f"{at:%Y-%m-%d}") != day:
            words.append(f'<text x="{x:.1f}" y="{_HEIGHT - _BOTTOM + 32}">{today}</text>')
            day = today
    words.append(f'<text x="{_WIDTH - _RIGHT}" y="{_HEIGHT - _BOTTOM + 32}" text-anchor="end">UTC</text>')
    return "".join(words)


def _path(axis: TimeAxis, curve: Curve, top: float) -> str:
    """Give the way of a curve; where the run stood still it is lifted."""
    parts, before = [], None
    for at, value in curve.points:
        x, y = axis.x(at), _y(value, top)
        if before is None or any(before < stop <= at for stop in axis.breaks):
            parts.append(f"M{x:.1f} {y:.1f}")
        else:
            parts.append(f"H{x:.1f}V{y:.1f}" if curve.steps else f"L{x:.1f} {y:.1f}")
        before = at
    if curve.steps and curve.points:
        parts.append(f"H{_WIDTH - _RIGHT}")
    elif len(curve.points) == 1:
        parts.append("h3")
    return "".join(parts)


def _legend(names: Iterable[tuple[str, str]]) -> str:
    listed = "".join(
        f'<li><svg width="28" height="8" aria-hidden="true"><path class="{kind}" d="M0 4H28"/></svg>{text(name)}</li>'
        for kind, name in names
    )
    return f'\n<ul class="legend">{listed}</ul>'


def _y(value: float, top: float) -> float:
    return _HEIGHT - _BOTTOM - (_HEIGHT - _BOTTOM - _TOP) * value / top


def _ticks(most: float) -> list[float]:
    """Give round values from 0 to the first that is not under the most."""
    rough = most / 4
    power = 10.0 ** floor(log10(rough))
    step = next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= rough * (1 - 1e-9))
    count = next(number for number in range(1, 9) if number * step >= most * (1 - 1e-9))
    return [number * step for number in range(count + 1)]


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 or value == round(value) else f"{value:.3g}"
