"""A line that no outline could be found for keeps its place: a band around its baseline stands in."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from htrkit.domain.geometry import Point
from htrkit.domain.names import LineId
from htrkit.domain.page import Note

BAND = 0.9
"""Height of the band above the baseline, in mean line distances; a quarter of it lies below."""
LOWEST, USUAL = 8, 30
"""Pixels that a band is high at least, and on a page with a single line."""


def band_height(baselines: Sequence[Sequence[Point]]) -> int:
    """Give the typical height of a line in pixels, from the vertical distances of the baselines."""
    heights = sorted(sum(y for _, y in line) / len(line) for line in baselines)
    steps = [below - above for above, below in pairwise(heights) if below - above > 1]
    return max(int(float(np.median(steps)) * BAND), LOWEST) if steps else USUAL


def band_around(baseline: Sequence[Point], height: int) -> list[Point]:
    """Give the polygon above a baseline and a little below it."""
    below = [(x, y + height // 4) for x, y in reversed(baseline)]
    return [(x, y - height) for x, y in baseline] + below


def note_of_band(line: LineId, tracer: str) -> Note:
    """Say that a line's outline was made."""
    message = f"{tracer} found no outline for this line; a band around its baseline was taken."
    return Note("line-outline-made", message, line=line, flag=True)
