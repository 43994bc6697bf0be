"""Grey values of more than 8 bits brought to 8, so that neither white pages nor black ones come of them.

Pillow's own conversion clips: everything above 255 turns white, which on a 16-bit scan is everything.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

SENSOR_BITS = (8, 10, 12, 14, 16)
"""The depths that scanners digitise in; many write the smaller ones into 16 bits as they are."""
WHITE = 255
BLOCK_ROWS = 256
"""Rows that are scaled at a time, so that the arithmetic needs little memory of its own."""


@dataclass(frozen=True, slots=True)
class Samples:
    """What a file's header tells of its grey values."""

    white_is_zero: bool = False
    bits: int | None = None
    """Bits that each value takes in the file, where it tells."""
    highest: int | None = None
    """The value that stands for white (TIFF's MaxSampleValue), where it tells."""
    unsigned: bool = False
    """For 32 bits, which Pillow takes for signed."""
    clear: int | None = None
    """The value that stands for nothing at all (PNG's tRNS); it comes out white."""


def from_16_bit(image: Image.Image, samples: Samples) -> Image.Image:
    """Scale a picture of mode I;16 (any byte order) to mode L: 0 to black, the top value to white.

    The top is the file's MaxSampleValue where that says more than the number of bits and holds; else it is that of
    the smallest depth a scanner has (8, 10, 12, 14, 16 bits) that holds every value. Where values use the whole range
    this divides by 257.
    """
    values = np.asarray(image)
    table = _table(_top(int(values.max()), samples))
    if samples.white_is_zero:
        table = WHITE - table
    if samples.clear is not None and 0 <= samples.clear < len(table):
        table[samples.clear] = WHITE
    return Image.fromarray(table[values])


def from_32_bit(image: Image.Image, samples: Samples) -> Image.Image:
    """Scale a picture of mode I to mode L.

    Values that fit in 16 bits and are not negative are taken as from_16_bit takes them. Larger ones run from 0 to
    the largest, and where there are negative ones from the least to the largest: no depth is known for those.
    """
    values: NDArray[np.int32] | NDArray[np.uint32] = np.asarray(image)
    if samples.unsigned:
        values = values.view(np.uint32)
    low, high = int(values.min()), int(values.max())
    if low >= 0:
        low, high = 0, _top(high, samples) if high < 1 << SENSOR_BITS[-1] else high
    return _stretched(values, low, high, samples)


def from_float(image: Image.Image, samples: Samples) -> Image.Image:
    """Scale a picture of mode F to mode L: from 0 to 1 where all lie there, else from the least to the largest.

    What is no number comes out white, like paper; infinities go to the ends.
    """
    values: NDArray[np.float32] = np.asarray(image)
    finite = values[np.isfinite(values)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
    if low >= 0 and high <= 1:
        low, high = 0.0, 1.0
    return _stretched(values, low, high, samples)


def _top(seen: int, samples: Samples) -> int:
    bits = min(samples.bits or SENSOR_BITS[-1], SENSOR_BITS[-1])
    full = (1 << bits) - 1
    # A MaxSampleValue of all bits set is a writer's default, and one below what is there is wrong.
    if samples.highest is not None and max(seen, WHITE) <= samples.highest < full:
        return samples.highest
    if bits < SENSOR_BITS[-1]:
        return full
    return next((1 << depth) - 1 for depth in SENSOR_BITS if seen < 1 << depth)


def _table(top: int) -> NDArray[np.uint8]:
    values = np.arange(1 << SENSOR_BITS[-1], dtype=np.int64)
    return np.minimum((values * WHITE + top // 2) // top, WHITE).astype(np.uint8)


def _stretched(
    values: NDArray[np.int32] | NDArray[np.uint32] | NDArray[np.float32], low: float, high: float, samples: Samples
) -> Image.Image:
    """Scale `low` to black and `high` to white; a picture of a single value that says nothing is blank paper."""
    grey = np.full(values.shape, WHITE, np.uint8)
    if high > low:
        for start in range(0, len(values), BLOCK_ROWS):
            rows = slice(start, start + BLOCK_ROWS)
            grey[rows] = _scaled(values[rows].astype(np.float64), low, high, samples)
    return Image.fromarray(grey)


def _scaled(block: NDArray[np.float64], low: float, high: float, samples: Samples) -> NDArray[np.uint8]:
    share = np.clip((block - low) / (high - low), 0, 1)
    if samples.white_is_zero:
        share = 1 - share
    return np.round(np.nan_to_num(share, nan=1.0) * WHITE).astype(np.uint8)
