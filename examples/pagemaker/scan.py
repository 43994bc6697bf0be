"""From ink and ground to the picture, and to the file that a scanner or a camera would have written."""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from .paper import clouds, make_ground, make_rules
from .sheet import Scan, Sheet
from .warp import Warp
from .writing import FINE, Canvas

QUALITY = 80
DENSEST = 0.93
"""How much of the paper the darkest ink hides."""
RULE_INK = np.array([120, 140, 175], np.float32)
EXIF_ORIENTATION = 0x0112
TURN_RIGHT = 6
"""EXIF: the viewer is to turn the picture a quarter to the right."""


def make_picture(sheet: Sheet, canvas: Canvas, warp: Warp, rng: np.random.Generator) -> Image.Image:
    """Lay the warped ink on a ground; gives the upright page in RGB."""
    page = make_ground(sheet.size, sheet.paper, rng)
    if sheet.paper.ruled:
        # Rules are printed: they turn with the sheet but do not tremble.
        rules = Warp(sheet.turn, np.zeros_like(warp.shift)).ink(make_rules(sheet.size, sheet.paper.ruled, FINE))
        page = _covered(page, rules * 0.4, RULE_INK)
    ink = np.array(sheet.ink, np.float32)
    if sheet.paper.bleed:
        page = _covered(page, _verso(canvas, warp) * sheet.paper.bleed, ink)
    strength = DENSEST * np.clip(0.93 + 0.05 * clouds(sheet.size, 90, rng), 0.75, 1)
    page = _covered(page, warp.ink(canvas) * strength, ink)
    return Image.fromarray(np.clip(np.rint(page), 0, 255).astype(np.uint8))


def save_scan(picture: Image.Image, sheet: Sheet, path: Path) -> None:
    """Write the picture as the sheet's scan: the same picture gives the same bytes."""
    exif = Image.Exif()
    if sheet.camera_turned:
        picture = picture.transpose(Image.Transpose.ROTATE_90)
        exif[EXIF_ORIENTATION] = TURN_RIGHT
    match sheet.scan:
        case Scan.COLOUR:
            picture.save(path, quality=QUALITY, optimize=True, exif=exif, dpi=(200, 200))
        case Scan.GREY:
            picture.convert("L").save(path, quality=QUALITY, optimize=True, exif=exif, dpi=(200, 200))
        case Scan.GREY16:
            _sixteen_greys(picture).save(path, optimize=True, bits=4, dpi=(200, 200))
        case Scan.BILEVEL:
            _bilevel(picture).save(path, optimize=True, dpi=(200, 200))


def _covered(page: NDArray[np.float32], cover: NDArray[np.float32], ink: NDArray[np.float32]) -> NDArray[np.float32]:
    return page + cover[..., None] * (ink - page)


def _verso(canvas: Canvas, warp: Warp) -> NDArray[np.float32]:
    """The other side's writing as it comes through: mirrored, between the lines, and soft."""
    mirrored = np.roll(canvas[:, ::-1], 34 * FINE, axis=0)
    return cv2.GaussianBlur(warp.ink(np.ascontiguousarray(mirrored)), (0, 0), 1.6)


def _sixteen_greys(picture: Image.Image) -> Image.Image:
    levels = np.asarray(picture.convert("L")) // 16
    drawn = Image.fromarray(levels.astype(np.uint8))
    drawn.putpalette([value for level in range(16) for value in (level * 17,) * 3])
    return drawn


def _bilevel(picture: Image.Image) -> Image.Image:
    grey = np.asarray(picture.convert("L"))
    return Image.fromarray(grey > 185).convert("1")
