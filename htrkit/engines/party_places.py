"""Which lines can be shown to Party: one odd baseline would cost it the whole page."""

from itertools import pairwise
from math import dist

from kraken.containers import BaselineLine

from htrkit.domain.geometry import Points, Size, bounding_box, clipped
from htrkit.domain.page import Line
from htrkit.domain.stages import LinePrompt

SHORTEST_PIXELS = 5
"""Nobody writes a word on less."""


def shape_or_why(line: Line, size: Size, *, of: LinePrompt) -> BaselineLine | str:
    """Give a line as Kraken holds it, moved onto the page, or why Party cannot be shown it."""
    baseline, boundary = clipped(line.baseline, size), clipped(line.boundary, size)
    why = _no_box(boundary) if of is LinePrompt.BOXES else _no_curve(baseline)
    return why or BaselineLine(id=line.id, baseline=list(_apart(baseline)), boundary=list(boundary))


def _no_curve(baseline: Points) -> str:
    if len(set(baseline)) < 2:
        return "Party is shown lines by their baselines, and this one has fewer than two points on the page"
    length = sum(dist(one, other) for one, other in pairwise(baseline))
    if length < SHORTEST_PIXELS:
        return f"the baseline is {length:.0f} pixels long on the page, and Party is shown none below {SHORTEST_PIXELS}"
    return ""


def _no_box(boundary: Points) -> str:
    if not boundary:
        return "Party is shown lines by their boxes, and this one has no outline"
    box = bounding_box(boundary)
    if min(box.width, box.height) < 1 or max(box.width, box.height) < SHORTEST_PIXELS:
        return f"the line is {box.width} x {box.height} pixels on the page, too little to be shown to Party"
    return ""


def _apart(baseline: Points) -> Points:
    """Leave out points that stand where the one before them does: a way of no length is no part of a curve."""
    return tuple(point for place, point in enumerate(baseline) if place == 0 or point != baseline[place - 1])
