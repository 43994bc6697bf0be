"""The pixels of a line are moved so that its baseline lies level: by turning it, or bend by bend."""

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from htrkit.engines.line_cutting_curves import (
    Polyline,
    Turn,
    dewarping_maps,
    rotation_onto_baseline,
    strip_of,
)
from htrkit.engines.line_cutting_legacy import laid_out, triangle_maps

Cut = NDArray[np.uint8]
"""A line's picture, shape (height, width) or (height, width, 3); 0 outside the boundary."""
TIMES_THE_PAGE = 4
"""How much larger than its page a straightened line may be: more is a baseline that runs to and fro."""
LARGEST_SIDE = 32_766
"""Pixels along a side that OpenCV's warping can address."""
TO_SOURCE = cv2.WARP_INVERSE_MAP


class NotCut(Exception):
    """The line cannot be warped; says why."""


@dataclass(frozen=True, slots=True)
class LineShape:
    """A line where it stands on its page."""

    patch: Cut
    """The pixels of the box around the boundary, 0 outside of it."""
    baseline: Polyline
    """In the patch's pixels, without repeated points."""
    outline: Polyline
    """In the patch's pixels."""
    page_area: int
    """In pixels."""


def turned(shape: LineShape) -> Cut:
    """Turn a line with a straight baseline; one that is level stays as it is."""
    turn = _turn(shape, centre=0.5)
    if turn is None:
        return shape.patch
    made = cv2.warpAffine(
        _real(shape), turn.to_source, turn.size, flags=cv2.INTER_LINEAR | TO_SOURCE, borderMode=cv2.BORDER_REPLICATE
    )
    # Half a pixel beyond the patch, interpolation would still find something.
    return _within(made, _nearest(_everywhere(shape), turn))


def turned_roughly(shape: LineShape) -> Cut:
    """Turn a line with a straight baseline, without interpolation."""
    turn = _turn(shape, centre=0)
    if turn is None:
        return shape.patch
    inner = replace(turn, to_source=turn.to_source - [[0, 0, 0.5]])
    return _within(_nearest(shape.patch, turn), _nearest(_between(shape), inner))


def straightened(shape: LineShape) -> Cut:
    """Lay a bent baseline level."""
    strip = strip_of(shape.baseline, shape.outline)
    _refuse_large(shape, strip.size)
    columns, rows = dewarping_maps(shape.baseline, strip)
    made = cv2.remap(_real(shape), columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return _within(made, cv2.remap(_everywhere(shape), columns, rows, cv2.INTER_NEAREST))


def laid_out_in_triangles(shape: LineShape) -> Cut:
    """Lay a bent baseline level, and what is around it in triangles."""
    target = laid_out(shape.baseline, shape.outline)
    _refuse_large(shape, target.size)
    source = np.concatenate([shape.baseline, shape.outline])
    columns, rows = triangle_maps(source, np.concatenate([target.baseline, target.outline]), target.size)
    # Triangles without width send their pixels further than interpolation can count.
    height, width = shape.patch.shape[:2]
    columns, rows = columns.clip(-2, width + 1), rows.clip(-2, height + 1)
    made = cv2.remap(_real(shape), columns, rows, cv2.INTER_LINEAR)
    return _within(made, cv2.remap(_between(shape), columns - 0.5, rows - 0.5, cv2.INTER_NEAREST))


def _within(made: cv2.typing.MatLike, mask: cv2.typing.MatLike) -> Cut:
    """Leave nothing where the mask is 0."""
    return np.asarray(cv2.copyTo(made.astype(np.uint8), mask), dtype=np.uint8)


def _turn(shape: LineShape, *, centre: float) -> Turn | None:
    """Give the rotation that lays the baseline level, None where it is."""
    direction = shape.baseline[1] - shape.baseline[0]
    if direction[1] == 0 and direction[0] > 0:
        return None
    turn = rotation_onto_baseline(direction, shape.outline, shape.patch.shape, centre=centre)
    _refuse_large(shape, turn.size)
    return turn


def _refuse_large(shape: LineShape, size: tuple[int, int]) -> None:
    if max(*size, *shape.patch.shape[:2]) > LARGEST_SIDE:
        raise NotCut(f"the line is longer than {LARGEST_SIDE} pixels")
    if size[0] * size[1] > TIMES_THE_PAGE * shape.page_area:
        raise NotCut("the line's baseline runs to and fro")


def _real(shape: LineShape) -> NDArray[np.float32]:
    """Give the patch in real numbers: Kraken cuts fractions off, and networks tell that from rounding."""
    return shape.patch.astype(np.float32)


def _everywhere(shape: LineShape) -> Cut:
    return np.ones(shape.patch.shape[:2], dtype=np.uint8)


def _between(shape: LineShape) -> Cut:
    """Give what lies between the middles of the patch's pixels: the legacy extractor sees nothing beyond the last."""
    rows, columns = shape.patch.shape[:2]
    return np.ones((max(rows - 1, 1), max(columns - 1, 1)), dtype=np.uint8)


def _nearest(pixels: Cut, turn: Turn) -> Cut:
    made = cv2.warpAffine(pixels, turn.to_source, turn.size, flags=cv2.INTER_NEAREST | TO_SOURCE)
    return np.asarray(made, dtype=np.uint8)
