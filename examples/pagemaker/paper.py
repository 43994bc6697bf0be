"""The ground: paper with its clouds, fibres, stains, creases, rules and the light on it."""

import cv2
import numpy as np
from numpy.typing import NDArray

from .sheet import Paper

Ground = NDArray[np.float32]
"""Shape (height, width, 3), red, green, blue, 0 to 255."""
STAIN = np.array([0.95, 0.91, 0.82], np.float32)
"""What a stain leaves of red, green and blue."""
CLOUDS = ((320, 2.4), (70, 1.4))
FIBRES = ((7, 0.8), (2, 1.4))


def clouds(size: tuple[int, int], cell: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """Give smooth noise around 0 with swings about `cell` pixels apart, shape (height, width)."""
    width, height = size
    coarse = rng.standard_normal((height // cell + 4, width // cell + 4)).astype(np.float32)
    grown = cv2.resize(coarse, (coarse.shape[1] * cell, coarse.shape[0] * cell), interpolation=cv2.INTER_CUBIC)
    return np.ascontiguousarray(grown[cell : cell + height, cell : cell + width])


def make_ground(size: tuple[int, int], paper: Paper, rng: np.random.Generator) -> Ground:
    """Make an empty sheet; the rules are not on it, they are warped with the ink."""
    grey = sum(clouds(size, cell, rng) * height for cell, height in CLOUDS)
    grey = grey + paper.grain * sum(clouds(size, cell, rng) * height for cell, height in FIBRES)
    ground = np.array(paper.tone, np.float32) + np.asarray(grey, np.float32)[..., None]
    for _ in range(paper.stains):
        ground *= _stain(size, rng)
    for height in paper.folds:
        ground *= _fold(size, height, rng)[..., None]
    return ground * _light(size, rng)[..., None]


def make_rules(size: tuple[int, int], distance: float, fine: int) -> NDArray[np.uint8]:
    """Draw a ruled page's lines and its margin on a canvas of `fine` pixels for one of the page's; white is 255."""
    width, height = size
    rules = np.zeros((height * fine, width * fine), np.uint8)
    for y in np.arange(2 * distance, height - distance / 2, distance):
        row = round((y + 5) * fine)
        rules[row : row + fine] = 255
    rules[:, round(0.095 * width) * fine : round(0.095 * width) * fine + fine] = 255
    return rules


def _light(size: tuple[int, int], rng: np.random.Generator) -> NDArray[np.float32]:
    """Let one side be a little darker, and the corners more so."""
    width, height = size
    x, y = np.meshgrid(np.linspace(-1, 1, width, dtype=np.float32), np.linspace(-1, 1, height, dtype=np.float32))
    angle = rng.uniform(0, 2 * np.pi)
    light = 1 + 0.025 * (np.cos(angle) * x + np.sin(angle) * y) - 0.025 * (x**2 + y**2)
    return np.asarray(light, np.float32)


def _stain(size: tuple[int, int], rng: np.random.Generator) -> Ground:
    """One stain with a ragged, darker rim: what it leaves of each colour."""
    width, height = size
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    middle = rng.uniform(0, 1, 2) * size
    radius = rng.uniform(0.05, 0.17, 2) * width
    distance = np.hypot((x - middle[0]) / radius[0], (y - middle[1]) / radius[1]) + 0.08 * clouds(size, 45, rng)
    inside = 1 / (1 + np.exp(np.clip((distance - 1) * 14, -30, 30)))
    rim = np.exp(-(((distance - 1) / 0.06) ** 2))
    strength = np.asarray(rng.uniform(0.4, 0.9) * (0.6 * inside + 0.4 * rim), np.float32)
    return 1 - strength[..., None] * (1 - STAIN)


def _fold(size: tuple[int, int], height: float, rng: np.random.Generator) -> NDArray[np.float32]:
    """A crease across the page: light above, shadow below."""
    y = np.arange(size[1], dtype=np.float32)[:, None] - height * size[1] - 2 * clouds((size[0], 1), 200, rng)
    edge, shadow, worn = (np.exp(-(((y - at) / wide) ** 2)) for at, wide in ((-3, 4), (2, 3), (0, 40)))
    return np.asarray(1 + 0.02 * edge - 0.05 * shadow - 0.02 * worn, np.float32)
