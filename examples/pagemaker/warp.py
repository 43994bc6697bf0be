"""Bends and turns the page, and takes points through exactly the same transform as the ink."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from .paper import clouds
from .writing import FINE, Canvas, Curve

SWAY = (210, 3.0)
"""How far lines sway: distance of the swings and their height, in pixels."""
TREMOR = (15, 0.45)
"""How much strokes tremble, in the same units: no letter is quite like another."""
ROUNDS = 12
"""Fixed-point rounds; the field is so smooth that six already agree to a thousandth of a pixel."""


@dataclass(frozen=True, slots=True)
class Warp:
    """A way from the finished page's pixels back to those of the flat one: turned back, then displaced.

    `shift` is float32 of shape (2, height, width), the displacement in x and y at each finished pixel.
    """

    turn: float
    """Degrees clockwise."""
    shift: NDArray[np.float32]

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the page."""
        return self.shift.shape[2], self.shift.shape[1]

    def ink(self, canvas: Canvas) -> NDArray[np.float32]:
        """Take the canvas to the finished page; gives ink from 0 to 1, shape (height, width)."""
        width, height = self.size
        xs, ys = np.meshgrid(np.arange(width, dtype=np.float64), np.arange(height, dtype=np.float64))
        flat = self._turned(np.stack([xs, ys], axis=-1), -self.turn) + np.moveaxis(self.shift, 0, -1)
        # A pixel's middle is its whole number here and on the canvas: FINE * p + (FINE - 1) / 2.
        fine = (flat * FINE + (FINE - 1) / 2).astype(np.float32)
        soft = cv2.GaussianBlur(canvas, (0, 0), 0.45 * FINE)
        drawn = cv2.remap(soft, fine[..., 0], fine[..., 1], cv2.INTER_LINEAR, borderValue=0.0)
        return drawn.astype(np.float32) / 255

    def points(self, flat: Curve) -> Curve:
        """Take points of the flat page to where the ink at them is on the finished one."""
        found = self._turned(flat, self.turn)
        for _ in range(ROUNDS):
            found = self._turned(flat - self._shift_at(found), self.turn)
        return found

    def _shift_at(self, points: Curve) -> Curve:
        x, y = points[:, 0].astype(np.float32)[None], points[:, 1].astype(np.float32)[None]
        shifts = [cv2.remap(part, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)[0] for part in self.shift]
        return np.stack(shifts, axis=-1).astype(np.float64)

    def _turned(self, points: Curve, degrees: float) -> Curve:
        width, height = self.size
        middle = np.array([(width - 1) / 2, (height - 1) / 2])
        cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
        away = points - middle
        return (
            np.stack(
                [away[..., 0] * cosine - away[..., 1] * sine, away[..., 0] * sine + away[..., 1] * cosine], axis=-1
            )
            + middle
        )


def make_warp(size: tuple[int, int], turn: float, rng: np.random.Generator) -> Warp:
    """Make a page's warp: it sways, trembles and is turned by `turn` degrees clockwise."""
    width, height = size
    return Warp(turn, np.stack([_shifts((width, height), (SWAY, TREMOR), rng) for _ in "xy"]))


def _shifts(size: tuple[int, int], waves: Iterable[tuple[int, float]], rng: np.random.Generator) -> NDArray[np.float32]:
    return np.sum([clouds(size, cell, rng) * height for cell, height in waves], axis=0, dtype=np.float32)
