"""What a network reads from left to right comes into the order in which it is read: Unicode's algorithm (UAX #9)."""

from collections.abc import Sequence

from htrkit.domain.page import Direction
from htrkit.engines.line_bidi_levels import embedding_levels, first_strong
from htrkit.engines.line_bidi_runs import ISOLATES
from htrkit.engines.line_bidi_signs import bidi_class, mirror_image

PLAIN = frozenset({"L", "EN", "ES", "ET", "CS", "NSM", "ON", "WS", "S", "B"})
"""Classes of signs that stay where they are in text that runs to the right."""


def logical_order(seen: str, direction: Direction | None) -> tuple[str, Sequence[int]]:
    """Give the text in reading order, and where in `seen` each of its signs stands.

    `direction` is that of the paragraph; where it is neither ltr nor rtl, the first strong sign decides. Brackets and
    the like in text that runs to the left are mirrored; signs that only steer directions are left out.
    """
    classes = list(map(bidi_class, seen))
    if direction is not Direction.RTL and PLAIN.issuperset(classes):
        return seen, range(len(seen))
    match direction:
        case Direction.LTR:
            base = 0
        case Direction.RTL:
            base = 1
        case Direction.TTB | None:
            base = first_strong(classes)
    levels = embedding_levels(seen, classes, base)
    order = [place for place in _reversed_runs(levels) if classes[place] not in ISOLATES]
    signs = (mirror_image(seen[place]) if (levels[place] or 0) % 2 else seen[place] for place in order)
    return "".join(signs), order


def _reversed_runs(levels: Sequence[int | None]) -> list[int]:
    """Turn around every stretch of a level, from the highest to the lowest odd one (L2); None is left out."""
    places = [place for place, level in enumerate(levels) if level is not None]
    heights = [level for level in levels if level is not None]
    for level in range(max(heights, default=0), 0, -1):
        start = 0
        while start < len(places):
            stop = start
            while stop < len(places) and heights[stop] >= level:
                stop += 1
            places[start:stop] = places[start:stop][::-1]
            heights[start:stop] = heights[start:stop][::-1]
            start = max(stop, start + 1)
    return places
