"""What a PAGE or ALTO document draws, in its own units and words, before anything is mended or ordered."""

from collections.abc import Sequence
from dataclasses import dataclass

from htrkit.domain.geometry import Points
from htrkit.domain.page import Direction, LayoutKind, RegionKind


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a document says of its picture's size; None where it says nothing."""

    width: float | None
    height: float | None
    unit: str = "pixel"


@dataclass(frozen=True, slots=True)
class DrawnRegion:
    """A region in the document's order; `index` is its place among its siblings where `custom` tells."""

    id: str
    boundary: Points
    kind: RegionKind
    label: str | None
    parent: str | None
    index: int | None


@dataclass(frozen=True, slots=True)
class DrawnLine:
    """A line in the document's order; points that were not drawn are empty."""

    id: str
    boundary: Points
    baseline: Points
    box: Points
    region: str | None
    index: int | None
    kind: str | None
    direction: Direction | None
    language: str | None
    text: str | None


@dataclass(frozen=True, slots=True)
class Drawing:
    """A whole document."""

    kind: LayoutKind
    version: str | None
    regions: Sequence[DrawnRegion]
    lines: Sequence[DrawnLine]
    named: Sequence[str]
    """Ids of regions and lines in the order that the document states."""
    direction: Direction | None
    language: str | None


def number(text: str | None) -> float | None:
    """Read a positive number; None for anything else."""
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if 0 < value < 1e9 else None
