"""In which order lines and regions are read: from their boxes, as Kraken's rules have it, after Breuel's."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Boxes = NDArray[np.float64]
"""(n, 4) of left, top, right, bottom."""


def reading_order(
    lines: Sequence[NDArray[np.integer]],
    regions: Sequence[NDArray[np.integer]],
    homes: Sequence[int | None],
    *,
    leftward: bool,
) -> Sequence[int]:
    """Give the indices of lines as they are read.

    `lines` and `regions` hold points, (n, 2) of x, y; `homes` the index of each line's region. A region is read as a
    whole, in its place among the lines that have none. `leftward` reads what stands side by side from right to left.
    """
    free = [line for line, home in enumerate(homes) if home is None]
    full = sorted({home for home in homes if home is not None})
    groups = [[line] for line in free] + [[line for line, of in enumerate(homes) if of == home] for home in full]
    outer = ordered(_boxes([lines[line] for line in free] + [regions[home] for home in full]), leftward=leftward)
    read: list[int] = []
    for place in outer:
        group = groups[place]
        read += [group[index] for index in ordered(_boxes([lines[line] for line in group]), leftward=leftward)]
    return read


def ordered(boxes: Boxes, *, leftward: bool) -> Sequence[int]:
    """Sort boxes by the partial order of Breuel (2003, High performance document layout analysis).

    Of two boxes that overlap sideways the upper one is read first; of two that do not, the one that stands first in
    reading direction, unless a third box lies between their heights and bridges the gap.
    """
    return _sorted(_before(boxes, leftward=leftward))


def _boxes(shapes: Sequence[NDArray[np.integer]]) -> Boxes:
    return np.array([(*shape.min(axis=0), *shape.max(axis=0)) for shape in shapes], float).reshape(-1, 4)


def _before(boxes: Boxes, *, leftward: bool) -> NDArray[np.bool_]:
    """Tell for each pair of boxes whether the first is read before the second."""
    left, top, right, _ = boxes.T
    overlap = (left[:, None] < right) & (right[:, None] > left)
    above = top[:, None] < top
    beside = right[:, None] < left
    aside = ~overlap & (~beside if leftward else beside)
    before: NDArray[np.bool_] = (overlap & above) | (aside & ~_bridged(boxes, aside))
    return before


def _bridged(boxes: Boxes, pairs: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Tell of which pairs a third box bridges the gap: all boxes are held against a pair at once, as bits of words."""
    bridged = np.zeros_like(pairs)
    if not pairs.any():
        return bridged
    left, top, right, bottom = boxes.T
    _, number = np.unique(boxes, axis=0, return_inverse=True)
    other = number.reshape(-1, 1) != number.reshape(-1)
    from_first = _bits(other & (left < right[:, None]))
    to_second = _bits(other & (right > left[:, None]))
    not_above = _bits(bottom >= top[:, None])
    not_below = _bits(top <= bottom[:, None])
    for one in np.flatnonzero(pairs.any(axis=1)):
        two = np.flatnonzero(pairs[one])
        across = from_first[one] & to_second[two]
        between = (not_above[one] | not_above[two]) & (not_below[one] | not_below[two])
        bridged[one, two] = (across & between).any(axis=1)
    return bridged


def _bits(flags: NDArray[np.bool_]) -> NDArray[np.uint64]:
    """Pack rows of flags into words."""
    packed = np.packbits(flags, axis=1)
    return np.pad(packed, ((0, 0), (0, -packed.shape[1] % 8))).view(np.uint64)


def _sorted(before: NDArray[np.bool_]) -> Sequence[int]:
    """Give an order in which all comes after what is read before it; contradictions go by index."""
    earlier = [np.flatnonzero(column).tolist() for column in before.T]
    seen, order = [False] * len(earlier), []
    for start in range(len(earlier)):
        if seen[start]:
            continue
        seen[start] = True
        # Not by recursion: pages with more lines than Python's stack is deep exist.
        path = [(start, iter(earlier[start]))]
        while path:
            item, rest = path[-1]
            step = next((other for other in rest if not seen[other]), None)
            if step is None:
                order.append(item)
                path.pop()
            else:
                seen[step] = True
                path.append((step, iter(earlier[step])))
    return order
