"""A thread of pixels becomes paths from end to end; where threads fork, the ends are joined as Kraken joins them."""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import cv2
import numpy as np
from numpy.typing import NDArray

from htrkit.layouts.traced_losses import MOST_ENDS, MOST_ENDS_OF_ONE, Lost

Path = NDArray[np.int32]
"""The pixels of a thread from one end to another, (n, 2) of x, y."""

Marks = NDArray[np.intp]
"""The places of ends in an outline."""

SHORTEST = 5.0
"""Of a shorter thread or baseline there is nothing to read; in pixels."""
STEPS = tuple(step for step in product((-1, 0, 1), repeat=2) if step != (0, 0))


@dataclass(frozen=True, slots=True)
class Paths:
    """The paths through a skeleton, the short ones first, and what has none."""

    found: Sequence[Path]
    lost: Lost


def paths(threads: NDArray[np.uint8]) -> Paths:
    """Give the paths through a skeleton of shape (rows, columns), 1 among 0.

    Kraken floods each thread from all its ends at once, and joins two ends where their floods meet. A thread with two
    ends is one path, one with n ends mostly n - 1, a ring is none. Unlike Kraken's, a page may have any number of ends:
    what they cost here does not grow with their square.
    """
    outlines, tree = cv2.findContours(threads, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    if tree is None:
        return Paths((), Lost())
    whole = [outline for outline, node in zip(outlines, tree[0], strict=True) if node[3] < 0]
    outer = [np.asarray(outline[:, 0], np.int32) for outline in whole]
    kept, lost = _kept(outer, _ends(threads, outer))
    found: list[Path] = []
    for outline, marks in kept:
        found += [_between(outline, *marks)] if len(marks) == 2 else _joined(threads, outline, marks)
    return Paths(sorted(found, key=len), lost)


def _ends(threads: NDArray[np.uint8], outlines: Sequence[Path]) -> Sequence[Marks]:
    """Give the places in each outline whose pixel has one neighbour."""
    if not outlines:
        return ()
    x, y = np.concatenate(outlines).T
    padded = cv2.copyMakeBorder(threads, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    neighbours = sum(padded[y + (1 + dy), x + (1 + dx)] for dy, dx in STEPS)
    borders = np.cumsum([len(outline) for outline in outlines])[:-1]
    return [np.flatnonzero(alone) for alone in np.split(neighbours == 1, borders)]


def _kept(outlines: Sequence[Path], ends: Sequence[Marks]) -> tuple[Sequence[tuple[Path, Marks]], Lost]:
    """Give the threads that make paths, and count the others: those without two ends, and noise on a full page."""
    full = sum(marks.size for marks in ends) > MOST_ENDS
    kept, lost = [], Lost()
    for outline, marks in zip(outlines, ends, strict=True):
        if marks.size < 2:
            lost += Lost(rings=1) if np.ptp(outline, axis=0).max() >= SHORTEST else Lost(specks=1)
        elif full and marks.size > MOST_ENDS_OF_ONE:
            lost += Lost(tangles=1)
        else:
            kept.append((outline, marks))
    return kept, lost


def _between(outline: Path, start: int, stop: int) -> Path:
    """Give the shorter way around a thread from one end to the other, from below: uprights keep that, as in Kraken."""
    there = outline[start : stop + 1]
    back = np.concatenate([outline[stop:], outline[: start + 1]])
    return there[::-1] if len(there) <= len(back) else back


def _joined(threads: NDArray[np.uint8], outline: Path, marks: Marks) -> list[Path]:
    """Flood a forked thread from all its ends, a pixel a turn, and join those ends whose floods meet."""
    ends = sorted({(int(x), int(y)) for x, y in outline[marks]}, key=lambda end: end[::-1])
    came: dict[tuple[int, int], tuple[int, int] | None] = dict.fromkeys(ends)
    flood = {end: number for number, end in enumerate(ends)}
    joined: dict[tuple[int, int], Path] = {}
    front = deque(ends)
    while front:
        here = front.popleft()
        for there in _neighbours(threads, here):
            if there not in flood:
                flood[there], came[there] = flood[here], here
                front.append(there)
            elif flood[there] != flood[here]:
                pair = (min(flood[here], flood[there]), max(flood[here], flood[there]))
                if pair not in joined:
                    joined[pair] = _chain(came, here, there)
    return list(joined.values())


def _neighbours(threads: NDArray[np.uint8], pixel: tuple[int, int]) -> Iterator[tuple[int, int]]:
    height, width = threads.shape
    for dy, dx in STEPS:
        x, y = pixel[0] + dx, pixel[1] + dy
        if 0 <= x < width and 0 <= y < height and threads[y, x]:
            yield x, y


def _chain(came: dict[tuple[int, int], tuple[int, int] | None], here: tuple[int, int], there: tuple[int, int]) -> Path:
    """Walk back from two neighbours to the ends that they were flooded from."""
    halves = []
    for pixel in (here, there):
        walk = [pixel]
        while (before := came[walk[-1]]) is not None:
            walk.append(before)
        halves.append(walk)
    return np.array(halves[0][::-1] + halves[1], np.int32)
