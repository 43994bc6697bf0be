"""Text in a box is moved onto a straight line, for networks that were taught on such lines.

What Kraken's models for boxes are given (`kraken.lib.lineest`, Apache-2.0, after OCRopus): each column is shifted by
where the ink around it has its middle.
"""

import numpy as np
from numpy.typing import NDArray

Ink = NDArray[np.float64]
"""Shape (height, width): 0 for the brightest pixel, 1 for the darkest."""
HIGHER = 0.5
LONGER = 1.0
STEADIER = 0.3
"""Standard deviations of the smoothing down a column, along the line, and along its middle; in heights of the line."""
TRUNCATED = 4
"""Standard deviations at which smoothing ends."""
REACH = 4
"""How far from the middle the text reaches, in mean distances of its ink."""
FAINT = 1e-12
"""Below this, what smoothing leaves is rounding."""
ONE_SHADE = "nothing is written there: the line is of one colour"


def centred(pixels: NDArray[np.uint8], height: int) -> NDArray[np.float32] | str:
    """Give the line at a height in pixels with its text along the middle, in shades from 0 to 255; or why it has none.

    `pixels` has the shape (height, width), dark text on a bright ground.
    """
    white = pixels.max()
    ink = (white - pixels).astype(np.float64)
    if not ink.any():
        return ONE_SHADE
    ink /= ink.max()
    middle = _middle(ink)
    away = np.abs(np.arange(len(ink))[:, None] - middle)[ink != 0].mean()
    reach = int(1 + REACH * away)
    rows = middle + np.arange(-reach, reach)[:, None]
    inside = (rows >= 0) & (rows < len(ink))
    levelled = np.where(inside, np.take_along_axis(pixels, rows.clip(0, len(ink) - 1), axis=0), white)
    scaled = _zoomed(levelled.astype(np.float64), height, float(white))
    return scaled if scaled.size else "the line could not be scaled for the network (it is too narrow)"


def _middle(ink: Ink) -> NDArray[np.int64]:
    """Give the row in which each column has its text's middle, shape (width,)."""
    height, width = ink.shape
    smooth = _smoothed(_smoothed(ink, height * HIGHER).T, height * LONGER).T
    smooth[smooth < FAINT] = 0
    smooth += 0.001 * _window_means(_window_means(smooth, height // 2).T, width).T
    return _steadied(smooth.argmax(axis=0), height * STEADIER)


def _bell(deviation: float) -> NDArray[np.float64]:
    """Give one side of a Gaussian, from its middle outwards."""
    reach = int(TRUNCATED * deviation + 0.5)
    bell = np.exp(-0.5 / (deviation * deviation) * np.arange(-reach, reach + 1) ** 2)
    return np.asarray((bell / bell.sum())[reach:])


def _smoothed(values: Ink, deviation: float) -> Ink:
    """Smooth down the columns; beyond the edges is nothing."""
    bell = _bell(deviation)
    length = 1 << (len(values) + 2 * len(bell)).bit_length()
    kernel = np.zeros(length)
    kernel[: len(bell)] = bell
    kernel[length - len(bell) + 1 :] = bell[:0:-1]
    waves = np.fft.rfft(values, length, axis=0) * np.fft.rfft(kernel)[:, None]
    return np.asarray(np.fft.irfft(waves, length, axis=0)[: len(values)])


def _window_means(values: Ink, size: int) -> Ink:
    """Give means down the columns over windows of `size`; beyond the edges is nothing."""
    if size <= 1:
        return values
    sums = np.vstack([np.zeros((1, values.shape[1])), values.cumsum(axis=0)])
    firsts = np.arange(len(values)) - size // 2
    stops = (firsts + size).clip(0, len(values))
    return np.asarray((sums[stops] - sums[firsts.clip(0)]) / size)


def _steadied(middle: NDArray[np.int64], deviation: float) -> NDArray[np.int64]:
    """Smooth the middle along the line, mirrored at its ends, in whole rows.

    Terms are added in SciPy's order, since rounding down tells apart what is a hair above a whole row from one below.
    """
    bell = _bell(deviation)
    reach = len(bell) - 1
    mirrored = np.pad(middle, reach, mode="symmetric").astype(np.float64)
    total = mirrored[reach : reach + len(middle)] * bell[0]
    for away in range(reach, 0, -1):
        total += (mirrored[reach - away :][: len(middle)] + mirrored[reach + away :][: len(middle)]) * bell[away]
    return np.asarray(total, dtype=np.float64).astype(np.int64)


def _zoomed(values: Ink, height: int, ground: float) -> NDArray[np.float32]:
    """Scale to a height by linear interpolation; what lies beyond the last row or column is ground."""
    scale = height / len(values)
    down, beyond_rows = _interpolated(values, height, scale)
    across, beyond_columns = _interpolated(down.T, int(scale * values.shape[1]), scale)
    across[beyond_columns] = ground
    across[:, beyond_rows] = ground
    return np.ascontiguousarray(across.T, dtype=np.float32)


def _interpolated(values: Ink, length: int, scale: float) -> tuple[Ink, NDArray[np.bool_]]:
    """Interpolate down the columns at `length` places; tells which of them lie beyond the last value."""
    places = np.arange(length) * (1 / scale)
    first = np.floor(places).astype(np.int64).clip(0, len(values) - 1)
    share = (places - first)[:, None]
    second = (first + 1).clip(max=len(values) - 1)
    return values[first] * (1 - share) + values[second] * share, places > len(values) - 1
