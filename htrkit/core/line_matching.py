"""Lines of two layouts of one page that are the same line, by where their baselines run."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from htrkit.domain.geometry import Points, bounding_box
from htrkit.domain.page import Line

NEAR = 0.5
"""How far apart two baselines of one line may run, in line heights."""
SHARED = 0.5
"""How much of a read line must run along a line of the truth."""
STEPS = 8


@dataclass(frozen=True, slots=True)
class LinePair:
    """A line of the truth and the lines that were read of it, in their order; either may be missing."""

    truth: Line | None
    read: tuple[Line, ...]


def paired(truth: Sequence[Line], read: Sequence[Line]) -> tuple[LinePair, ...]:
    """Give each line of the truth the lines that run along it: a line found in two parts is no error.

    Lines that run along none come last, alone.
    """
    height = _height([*truth, *read])
    homes: dict[int, list[Line]] = {}
    strays = []
    for line in read:
        distances = [(_distance(line.baseline, other.baseline), place) for place, other in enumerate(truth)]
        nearest, place = min(distances, default=(float("inf"), 0))
        if nearest <= height * NEAR:
            homes.setdefault(place, []).append(line)
        else:
            strays.append(line)
    pairs = [LinePair(line, tuple(sorted(homes.get(place, ()), key=_start))) for place, line in enumerate(truth)]
    return (*pairs, *(LinePair(None, (line,)) for line in strays))


def _height(lines: Sequence[Line]) -> float:
    heights = [min(box.height, box.width) for line in lines if line.boundary and (box := bounding_box(line.boundary))]
    return max(float(median(heights)) if heights else 0.0, 8.0)


def _start(line: Line) -> int:
    """Order the parts of a line as they are read: along it, from the right where it says so."""
    box = bounding_box(line.baseline)
    if box.height > box.width:
        return box.top
    return -box.right if line.direction == "rtl" else box.left


def _distance(line: Points, other: Points) -> float:
    """Give the mean distance of a baseline from another where they run side by side; infinite where they do not."""
    box = bounding_box(other)
    if box.height > box.width:
        line, other = (tuple((y, x) for x, y in points) for points in (line, other))
    left, right = (side(x for x, _ in line) for side in (min, max))
    other_left, other_right = (side(x for x, _ in other) for side in (min, max))
    start, end = max(left, other_left), min(right, other_right)
    if end - start < SHARED * (right - left) or end <= start:
        return float("inf")
    places = [start + (end - start) * step / STEPS for step in range(STEPS + 1)]
    return sum(abs(_at(line, x) - _at(other, x)) for x in places) / len(places)


def _at(points: Points, x: float) -> float:
    """Give the height of a baseline at a place along it."""
    ordered = sorted(points)
    for (left, y), (right, next_y) in pairwise(ordered):
        if left <= x <= right:
            return y if right == left else y + (next_y - y) * (x - left) / (right - left)
    return ordered[0][1] if x < ordered[0][0] else ordered[-1][1]
