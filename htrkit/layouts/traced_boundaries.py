"""Boundary polygons of text lines: along the paths of least ink between each baseline and its neighbours."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from htrkit.layouts.traced_boundaries_corridors import corridors
from htrkit.layouts.traced_boundaries_courses import courses
from htrkit.layouts.traced_boundaries_outlines import outlines
from htrkit.layouts.traced_boundaries_seams import seams
from htrkit.layouts.traced_boundaries_strips import edges, strips


def boundaries(
    baselines: Sequence[NDArray[np.int32]],
    walls: Sequence[NDArray[np.int32]],
    homes: Sequence[Sequence[int]],
    grey: NDArray[np.uint8],
    *,
    topline: bool | None,
) -> Sequence[NDArray[np.int32] | None]:
    """Give for each baseline a simple polygon (n, 2) of x, y in pixels of `grey`, or None where none can be made.

    `baselines` and `walls` are polylines (n, 2) in the same pixels; a line ends at all other baselines and at the
    walls that `homes` names for it. `topline` tells where lines run in the writing, as in `MapClasses`. As kraken's
    `calculate_polygonal_environment` with its defaults, but that what leaves the page is cut off, not refused.
    """
    height, width = grey.shape
    found: list[NDArray[np.int32] | None] = [None] * len(baselines)
    drawn = courses(baselines, width=width, height=height, topline=topline)
    if drawn:
        rooms = corridors(drawn, walls, homes, width=width, height=height)
        above, below = strips(drawn, rooms, edges(grey), topline=topline)
        ways = seams([*above, *below])
        shapes = outlines(drawn, rooms, ways[: len(drawn)], ways[len(drawn) :], topline=topline)
        for course, shape in zip(drawn, shapes, strict=True):
            found[course.index] = shape
    return found
