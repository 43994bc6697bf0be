"""Lines of two layouts of one page that are the same line, by where their baselines run."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from htrkit.domain.geometry import Points, bounding_box
from htrkit.domain.page import Line

NEAR = 0.5
"""How far apart two baselines of one line may run, in line heights."""
SHARED = 0.5
"""How much of a line must run along the other for the two to be one."""
STEPS = 8


@dataclass(frozen=True, slots=True)
class LineMatch:
    """Lines of the truth, and those that were read of them, each in the order of reading; either may be none."""

    truth: tuple[Line, ...]
    read: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class _Beside:
    """How a read line runs beside a line of the truth."""

    place: int
    """Of the line of the truth."""
    distance: float
    """The mean one between the baselines, in pixels."""
    of_read: float
    """How much of the read line runs beside the other, 0 to 1."""
    of_truth: float


def matched(truth: Sequence[Line], read: Sequence[Line]) -> tuple[LineMatch, ...]:
    """Give the lines that are one: where a line was found in two parts, or two in one, that is no error.

    Every line must have a baseline. Lines that run along none stand alone, those that were read last.
    """
    height = _height([*truth, *read])
    groups: list[tuple[set[int], list[Line]]] = [({place}, []) for place in range(len(truth))]
    strays = []
    for line in read:
        homes = _homes(line, truth, height)
        if not homes:
            strays.append(line)
            continue
        first, *others = (group for group in groups if group[0] & homes)
        first[1].append(line)
        for group in others:
            first[0].update(group[0])
            first[1].extend(group[1])
            groups.remove(group)
    found = [LineMatch(_in_order([truth[place] for place in places]), _in_order(lines)) for places, lines in groups]
    return (*found, *(LineMatch((), (line,)) for line in strays))


def _homes(line: Line, truth: Sequence[Line], height: float) -> set[int]:
    """Give the places of the truth's lines that a read line is: the nearest, or those that it runs on through."""
    near = [one for one in _beside(line, truth) if one.distance <= height * NEAR]
    along = [one for one in near if one.of_read >= SHARED]
    if along:
        return {min(along, key=lambda one: (one.distance, one.place)).place}
    return {one.place for one in near if one.of_truth >= SHARED}


def _height(lines: Sequence[Line]) -> float:
    heights = [min(box.height, box.width) for line in lines if line.boundary and (box := bounding_box(line.boundary))]
    return max(float(median(heights)) if heights else 0.0, 8.0)


def _in_order(lines: Sequence[Line]) -> tuple[Line, ...]:
    return tuple(sorted(lines, key=_start))


def _start(line: Line) -> int:
    """Order the parts of a line as they are read: along it, from the right where it says so."""
    box = bounding_box(line.baseline)
    if box.height > box.width:
        return box.top
    return -box.right if line.direction == "rtl" else box.left


def _beside(read: Line, truth: Sequence[Line]) -> Iterator[_Beside]:
    for place, line in enumerate(truth):
        box = bounding_box(line.baseline)
        upright = box.height > box.width
        one, other = (sorted(_turned(points) if upright else points) for points in (read.baseline, line.baseline))
        start, end = max(one[0][0], other[0][0]), min(one[-1][0], other[-1][0])
        if end > start:
            of_read, of_truth = ((end - start) / (points[-1][0] - points[0][0]) for points in (one, other))
            yield _Beside(place, _distance(one, other, start, end), of_read, of_truth)


def _turned(points: Points) -> Points:
    return tuple((y, x) for x, y in points)


def _distance(one: Sequence[tuple[int, int]], other: Sequence[tuple[int, int]], start: int, end: int) -> float:
    places = [start + (end - start) * step / STEPS for step in range(STEPS + 1)]
    return sum(abs(_at(one, x) - _at(other, x)) for x in places) / len(places)


def _at(points: Sequence[tuple[int, int]], x: float) -> float:
    """Give the height of a baseline, its points from left to right, at a place along it."""
    for (left, y), (right, next_y) in pairwise(points):
        if left <= x <= right:
            return y if right == left else y + (next_y - y) * (x - left) / (right - left)
    return points[0][1] if x < points[0][0] else points[-1][1]
