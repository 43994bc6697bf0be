"""Reads the points that other programs wrote, and fits them to the picture as it was read."""

import re
from dataclasses import dataclass

from htrkit.domain.geometry import Points, Size, clipped

_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")


@dataclass(frozen=True, slots=True)
class Scale:
    """From a document's units to the picture's pixels."""

    x: float
    y: float

    def point(self, x: float, y: float) -> tuple[int, int]:
        """Give a point in whole pixels; unscaled ones lose what is behind the point, as kraken reads them."""
        return (int(x), int(y)) if self.is_none else (round(x * self.x), round(y * self.y))

    @property
    def is_none(self) -> bool:
        """Whether nothing changes."""
        return self.x == 1 and self.y == 1


SAME = Scale(1, 1)


def scale_between(width: str | None, height: str | None, size: Size) -> Scale:
    """Give the scale from a page's size, as a document has it, to the picture's."""
    try:
        from_width, from_height = float(width or 0), float(height or 0)
    except ValueError:
        return SAME
    if not (0 < from_width < 1e9 and 0 < from_height < 1e9):
        return SAME
    return Scale(size.width / from_width, size.height / from_height)


def read_points(text: str, scale: Scale = SAME) -> Points:
    """Give the points of `x,y x,y` or `x y x y`; none where a coordinate is missing or no number fits a pixel."""
    numbers = [float(number) for number in _NUMBER.findall(text)]
    if len(numbers) % 2 or any(not -1e9 < number < 1e9 for number in numbers):
        return ()
    return tuple(scale.point(x, y) for x, y in zip(numbers[::2], numbers[1::2], strict=True))


def fitted_points(text: str, scale: Scale, size: Size) -> Points:
    """Give the points scaled and moved onto the page; a single one twice, since schemas want two."""
    points = clipped(read_points(text, scale), size)
    return points * 2 if len(points) == 1 else points


def same_shape(first: Points, second: Points) -> bool:
    """Say whether two lists draw the same, whatever points they repeat."""
    return _distinct(first) == _distinct(second)


def _distinct(points: Points) -> list[tuple[int, int]]:
    kept = [point for place, point in enumerate(points) if place == 0 or point != points[place - 1]]
    return kept[:-1] if len(kept) > 1 and kept[0] == kept[-1] else kept
