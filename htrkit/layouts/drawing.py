"""What a PAGE or ALTO document draws, in its own units and words, before anything is mended or ordered."""

from collections.abc import Sequence
from dataclasses import dataclass

from htrkit.domain.page import Direction, LayoutKind, Note, RegionKind
from htrkit.layouts.written_points import NOTHING, WrittenPoints


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a document says of its picture's size; None where it says nothing that can be."""

    width: float | None
    height: float | None
    unit: str = "pixel"


@dataclass(frozen=True, slots=True)
class DrawnRegion:
    """A region in the document's order; `index` is its place among its siblings where `custom` tells."""

    id: str
    boundary: WrittenPoints
    kind: RegionKind
    label: str | None
    parent: str | None
    index: int | None = None


@dataclass(frozen=True, slots=True)
class DrawnLine:
    """A line in the document's order; points that were not drawn are empty."""

    id: str
    boundary: WrittenPoints
    baseline: WrittenPoints
    region: str | None
    box: WrittenPoints = NOTHING
    """The line's own box, or the one around its words."""
    index: int | None = None
    kind: str | None = None
    direction: Direction | None = None
    language: str | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Drawing:
    """A whole document."""

    kind: LayoutKind
    version: str | None
    sheet: Sheet
    regions: Sequence[DrawnRegion]
    lines: Sequence[DrawnLine]
    named: Sequence[str] = ()
    """Ids of regions and lines in the order that the document's ReadingOrder states."""
    direction: Direction | None = None
    language: str | None = None
    notes: tuple[Note, ...] = ()


def number(text: str | None) -> float | None:
    """Read a positive number; None for anything else."""
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if 0 < value < 1e9 else None


def index_of(text: str | None) -> int | None:
    """Read a place in an order; None for anything else."""
    try:
        return int((text or "")[:18])
    except ValueError:
        return None
