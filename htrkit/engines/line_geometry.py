"""Who cuts lines out of the page and finds the places of their characters: htrkit's own code, or kraken's."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from htrkit.domain.computing import Geometry
from htrkit.domain.page import Direction, Layout, Line
from htrkit.domain.stages import OpenPage
from htrkit.engines.ctc_codec import Decoded
from htrkit.engines.line_places import Frames
from htrkit.networks.kept import About

PADDING = 16
"""Blank pixels left and right of a line at the network's height: what Kraken trains and reads with."""


@dataclass(frozen=True, slots=True)
class CutLine:
    """A line as the network takes it."""

    pixels: NDArray[np.float32]
    """Shape (channels, height, width), 0 for paper."""
    width: int
    """Of the line before it was scaled, in the page's pixels."""


class LineGeometry(Protocol):
    """Cuts the lines of pages for one model."""

    def lines(self, page: OpenPage, layout: Layout) -> Iterator[tuple[Line, CutLine | str]]:
        """Give every line as the network takes it, or why it cannot be read."""

    def read(self, line: Line, layout: Layout, signs: Decoded, frames: Frames, *, direction: Direction | None) -> Line:
        """Give the line with its text in logical order, its characters' places and its mean confidence."""


def line_geometry(geometry: Geometry, about: About) -> LineGeometry:
    """Give what cuts lines for a model; its code is imported now."""
    match geometry:
        case Geometry.HTRKIT:
            from htrkit.engines.own_geometry import OwnGeometry  # noqa: PLC0415 - each without the other's libraries

            return OwnGeometry(about)
        case Geometry.KRAKEN:
            from htrkit.engines.kraken_geometry import KrakenGeometry  # noqa: PLC0415 - as above

            return KrakenGeometry(about)
