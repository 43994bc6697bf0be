"""Writes words onto a canvas, unevenly as a hand does, and knows exactly where each line's ink went."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from .sheet import Hand

FINE = 2
"""Canvas pixels for one of the page's: letters are drawn larger, then scaled down with the warp."""

Curve = NDArray[np.float64]
"""Points (x, y) in pixels of the page, shape (points, 2)."""

Canvas = NDArray[np.uint8]
"""Ink from 0 to 255, shape (height, width) of the page times FINE."""


@dataclass(frozen=True, slots=True)
class WrittenLine:
    """A line as it lies on the canvas; its curves are in pixels of the page before the warp."""

    text: str
    baseline: Curve
    above: Curve
    """Left to right along the upper edge of the ink, a little outside of it."""
    below: Curve
    """The same along the lower edge."""


@dataclass(frozen=True, slots=True)
class _Word:
    """A word's ink on the canvas's scale; `origin` is where its baseline begins inside `ink`."""

    ink: NDArray[np.uint8]
    origin: tuple[float, float]
    advance: float


class Pen:
    """One hand with its size: measures, and writes lines onto a canvas."""

    def __init__(self, hand: Hand, font_file: Path, rng: np.random.Generator) -> None:
        measured = ImageFont.truetype(font_file, 400).getbbox("x", anchor="ls")
        self._hand = hand
        self._font = ImageFont.truetype(font_file, 400 * FINE * hand.x_height / -measured[1])
        self._rng = rng
        self._fullness = 1.0

    @property
    def space(self) -> float:
        """The mean distance of two words, in pixels of the page."""
        return 0.85 * self._hand.x_height * self._hand.stretch

    def width(self, text: str) -> float:
        """Give the mean width of a line, in pixels of the page."""
        words = text.split()
        letters = sum(self._font.getlength(word) for word in words) * self._hand.stretch / FINE
        return letters + self.space * (len(words) - 1)

    def write(self, canvas: Canvas, text: str, at: tuple[float, float]) -> WrittenLine:
        """Write a line that begins at a point of the page, and say where it lies."""
        rng, (x, y) = self._rng, at
        slope = rng.normal(0, 0.005)
        baseline, placed = [], []
        for word in text.split():
            drawn = self._draw(word, rng.normal(1, 0.018))
            height = y + slope * (x - at[0]) + rng.normal(0, 0.9)
            corner = (round(x * FINE - drawn.origin[0]), round(height * FINE - drawn.origin[1]))
            _lay(canvas, drawn.ink, corner)
            placed.append((drawn.ink, corner))
            end = x + drawn.advance / FINE
            baseline += [(x, height), (end, height)]
            x = end + self.space * rng.uniform(0.8, 1.45)
        above, below = self._edges(placed, np.array(baseline))
        return WrittenLine(" ".join(text.split()), np.array(baseline), above, below)

    def _draw(self, word: str, size: float) -> _Word:
        left, top, right, bottom = self._font.getbbox(word, anchor="ls")
        margin = 4
        drawn = Image.new("L", (round(right - left) + 2 * margin, round(bottom - top) + 2 * margin))
        ImageDraw.Draw(drawn).text((margin - left, margin - top), word, fill=255, font=self._font, anchor="ls")
        wide = self._hand.stretch * size
        grown = (round(drawn.width * wide), round(drawn.height * size))
        ink = np.asarray(drawn.resize(grown, Image.Resampling.LANCZOS))
        origin = ((margin - left) * wide, (margin - top) * size)
        return _Word(self._dipped(ink), origin, self._font.getlength(word) * wide)

    def _dipped(self, ink: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Let the pen run dry over some eight words, then dip it again."""
        self._fullness -= self._rng.uniform(0.01, 0.04)
        if self._fullness < 0.78:
            self._fullness = 1.0
        return (ink * self._fullness).astype(np.uint8)

    def _edges(self, placed: list[tuple[NDArray[np.uint8], tuple[int, int]]], baseline: Curve) -> tuple[Curve, Curve]:
        """Trace the ink's upper and lower edges every x-height, wide enough that nothing is cut off."""
        xs, tops, bottoms = _columns(placed)
        step, air = self._hand.x_height, 3.0
        start, end = min(xs.min(), baseline[0, 0]) - air, max(xs.max(), baseline[-1, 0]) + air
        grid = np.linspace(start, end, 2 + round((end - start) / step))
        middle = np.interp(grid, baseline[:, 0], baseline[:, 1])
        upper, lower = middle - step, middle + step / 4
        for index, x in enumerate(grid):
            near = np.abs(xs - x) <= max(step, grid[1] - grid[0])
            upper[index] = min(upper[index], tops[near].min(initial=np.inf) - air)
            lower[index] = max(lower[index], bottoms[near].max(initial=-np.inf) + air)
        return np.column_stack([grid, upper]), np.column_stack([grid, lower])


def _lay(canvas: Canvas, ink: NDArray[np.uint8], corner: tuple[int, int]) -> None:
    left, top = corner
    height, width = ink.shape
    if left < 0 or top < 0 or left + width > canvas.shape[1] or top + height > canvas.shape[0]:
        raise ValueError(f"a word at {left / FINE:.0f}, {top / FINE:.0f} does not fit on the page")
    under = canvas[top : top + height, left : left + width]
    np.maximum(under, ink, out=under)


def _columns(placed: list[tuple[NDArray[np.uint8], tuple[int, int]]]) -> tuple[Curve, Curve, Curve]:
    """Give x, highest and lowest ink of every canvas column that has ink, in pixels of the page."""
    xs, tops, bottoms = [], [], []
    for ink, (left, top) in placed:
        dark = ink > 32
        inked = np.flatnonzero(dark.any(axis=0))
        xs.append(inked + left)
        tops.append(dark[:, inked].argmax(axis=0) + top)
        bottoms.append(top + ink.shape[0] - dark[::-1, inked].argmax(axis=0))
    return np.concatenate(xs) / FINE, np.concatenate(tops) / FINE, np.concatenate(bottoms) / FINE
