"""Finds the record's lines in the document that they came from."""

from collections.abc import Sequence
from dataclasses import dataclass

from lxml import etree

from htrkit.domain.geometry import Points, bounding_box
from htrkit.domain.names import LineId
from htrkit.domain.page import Line


@dataclass(frozen=True, slots=True)
class Candidate:
    """A line's element, its id as written (empty where it has none), and its points in the picture's pixels."""

    element: etree._Element
    name: str
    points: Points


def matched(candidates: Sequence[Candidate], lines: Sequence[Line]) -> dict[LineId, etree._Element]:
    """Give each line its element: by id, else the nearest of those left.

    Ids that were missing or not unique were made when the document was read, so that the record's differ from them.
    """
    found: dict[LineId, etree._Element] = {}
    left: list[Candidate] = []
    known = {line.id for line in lines}
    for candidate in candidates:
        name = LineId(candidate.name)
        if name in known and name not in found:
            found[name] = candidate.element
        else:
            left.append(candidate)
    for line in lines:
        if line.id not in found and left:
            nearest = min(left, key=lambda candidate: _distance(candidate.points, line.boundary or line.baseline))
            left.remove(nearest)
            found[line.id] = nearest.element
    return found


def _distance(first: Points, second: Points) -> float:
    """Give how far two shapes' top left corners are apart."""
    if not first or not second:
        return float("inf")
    one, other = bounding_box(first), bounding_box(second)
    return (one.left - other.left) ** 2 + (one.top - other.top) ** 2
