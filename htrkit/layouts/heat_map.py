"""What a segmentation network saw, and what its channels mean: all that tracing needs, whoever traces."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from htrkit.domain.geometry import Points, Size, clipped


@dataclass(frozen=True, slots=True)
class MapClasses:
    """The channels of a heat map, by what they show; source: the metadata in kraken's model files."""

    start: int
    """The channel of the separators before lines."""
    end: int
    """And of those behind them."""
    baselines: Mapping[str, int]
    """The channel of every type of line."""
    regions: Mapping[str, int]
    """The channel of every type of region."""
    topline: bool | None
    """Where lines were drawn in training: True above the text, False below, None through its middle."""

    @classmethod
    def of(cls, metadata: Mapping[str, Any]) -> Self:
        """Read a model's metadata."""
        classes = metadata["class_mapping"]
        return cls(
            start=classes["aux"]["_start_separator"],
            end=classes["aux"]["_end_separator"],
            baselines=dict(classes["baselines"]),
            regions=dict(classes.get("regions", {})),
            topline=metadata.get("topline", False),
        )


@dataclass(frozen=True, slots=True)
class HeatMap:
    """A page through the eyes of the network.

    `values` float32 of shape (classes, rows, columns), 0 to 1, at the network's own resolution, a quarter of the page
    that it was given; `grey` uint8 of shape (height, width), that page; `scale` leads from there to the page's own
    pixels, (x, y).
    """

    values: NDArray[np.float32]
    grey: NDArray[np.uint8]
    scale: tuple[float, float]

    @property
    def page_size(self) -> Size:
        """The page's own size in pixels."""
        height, width = self.grey.shape
        return Size(round(width * self.scale[0]), round(height * self.scale[1]))

    def on_page(self, points: Iterable[Sequence[int]]) -> Points:
        """Give whole points on the page, without the repeated last one of a closed polygon."""
        whole = tuple((int(x), int(y)) for x, y in points)
        whole = whole[:-1] if len(whole) > 3 and whole[0] == whole[-1] else whole
        return clipped(whole, self.page_size)

    def blown_up(self) -> NDArray[np.float32]:
        """Give the values at the size of `grey`, each of them repeated: shape (classes, height, width)."""
        rows, columns = (
            np.minimum((np.arange(size) * np.float32(cells / size)).astype(np.intp), cells - 1)
            for cells, size in zip(self.values.shape[1:], self.grey.shape, strict=True)
        )
        return self.values[:, rows[:, None], columns]
