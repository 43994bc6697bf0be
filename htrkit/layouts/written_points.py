"""Points as other programs wrote them: whole numbers and others, commas and spaces, and what is no number at all."""

import re
from dataclasses import dataclass
from itertools import groupby
from math import isfinite

from htrkit.core.points import Scale
from htrkit.domain.geometry import Points

_NUMBER = re.compile(r"[-+]?(?:nan|inf(?:inity)?|(?:\d+(?:\.\d*)?|\.\d+)(?:e[-+]?\d+)?)", re.IGNORECASE)
"""What kraken takes for a number, and what a program writes that has none."""
_PLAIN = re.compile(r"[0-9, ]+")
"""Nearly every list of points; these are read much sooner."""


@dataclass(frozen=True, slots=True)
class WrittenPoints:
    """A list of points in the document's own units."""

    numbers: tuple[tuple[float, float], ...] = ()
    broken: bool = False
    """Whether there were coordinates that are no numbers, or one without its partner."""

    def scaled(self, scale: Scale) -> Points:
        """Give the points in whole pixels, none twice in a row."""
        return tuple(point for point, _ in groupby(scale.point(x, y) for x, y in self.numbers))


NOTHING = WrittenPoints()
FAR = 1e9
"""No page reaches as far; what lies beyond lies there."""


def written_points(text: str) -> WrittenPoints:
    """Read `x,y x,y`, `x y x y`, `(x, y) (x, y)`; pairs that hold what is no number are left out."""
    if _PLAIN.fullmatch(text):
        numbers = list(map(float, text.replace(",", " ").split()))
        if len(numbers) % 2 == 0 and max(numbers, default=0) <= FAR:
            return WrittenPoints(tuple(zip(numbers[::2], numbers[1::2], strict=True)))
    numbers = [float(number) for number in _NUMBER.findall(text)]
    pairs = tuple(zip(numbers[::2], numbers[1::2], strict=False))
    kept = tuple((_near(x), _near(y)) for x, y in pairs if isfinite(x) and isfinite(y))
    return WrittenPoints(kept, broken=len(numbers) % 2 == 1 or len(kept) < len(pairs))


def written_box(left: str | None, top: str | None, width: str | None, height: str | None) -> WrittenPoints:
    """Give a box's corners from the top left down and around, as kraken does; nothing where a side is missing."""
    try:
        x, y, across, down = (float(side or "") for side in (left, top, width, height))
    except ValueError:
        return NOTHING
    if not all(isfinite(side) for side in (x, y, across, down)):
        return NOTHING
    right, bottom = _near(x + across), _near(y + down)
    return WrittenPoints(((_near(x), _near(y)), (_near(x), bottom), (right, bottom), (right, _near(y))))


def around(parts: list[WrittenPoints]) -> WrittenPoints:
    """Give the corners of the box around several lists of points; nothing around nothing."""
    points = [point for part in parts for point in part.numbers]
    if not points:
        return NOTHING
    xs, ys = zip(*points, strict=True)
    left, top, right, bottom = min(xs), min(ys), max(xs), max(ys)
    return WrittenPoints(((left, top), (left, bottom), (right, bottom), (right, top)))


def _near(number: float) -> float:
    return min(max(number, -FAR), FAR)
