"""A cut-out line becomes what a network takes: at its height, padded, inverted, from 0 for paper to 1 for ink.

The values are those of Kraken's transforms (`kraken.lib.dataset.ImageInputTransforms`, Apache-2.0), bit by bit.
"""

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from htrkit.engines.line_centring import centred
from htrkit.engines.line_cutting_warps import Cut

WHITE = 255
COLOURS = 3
NO_ROOM = "the line could not be scaled for the network (nothing would be left of it)"


@dataclass(frozen=True, slots=True)
class LineInput:
    """What a network for lines takes: the numbers of its input specification, 0 for what follows the line's shape."""

    channels: int
    """1 for grey, 3 for colours; more is the height of a network that takes rows as channels (then `height` is 1)."""
    height: int
    width: int = 0
    padding: int = 16
    """Blank pixels left and right of a line; a network of a fixed size takes none."""
    centred: bool = False
    """Whether lines are boxes whose text is moved onto a straight line first; grey lines of a given height only."""

    @property
    def rows_are_channels(self) -> bool:
        """Whether the network takes every row of the picture as a channel."""
        return self.height == 1 and self.width == 0 and self.channels > COLOURS

    @property
    def mode(self) -> Literal["L", "RGB"]:
        """Pillow's mode of the pictures that it takes."""
        return "RGB" if self.channels == COLOURS else "L"


def scaled(cut: Cut, shape: LineInput) -> NDArray[np.float32] | str:
    """Give the network's input, shape (channels, height, width), or why there is none.

    A cut in another mode is converted. Raises ValueError for a network that does not take lines.
    """
    if shape.channels not in (1, COLOURS) and not shape.rows_are_channels:
        raise ValueError(f"a network that takes {shape.channels} channels does not take lines")
    picture = _at_size(_in_mode(cut, shape.mode), shape)
    if isinstance(picture, str):
        return picture
    pixels = np.asarray(picture)
    padding = 0 if bool(shape.height) == bool(shape.width) else shape.padding
    if padding:
        padded = np.full((len(pixels), pixels.shape[1] + 2 * padding, *pixels.shape[2:]), WHITE, dtype=np.uint8)
        padded[:, padding:-padding] = pixels
        pixels = padded
    shades = np.arange(256, dtype=np.float32) * np.float32(1 / WHITE)
    # The brightest is nothing: white, wherever there is padding.
    values = np.asarray(cv2.LUT(pixels, shades[pixels.max()] - shades), dtype=np.float32)
    if values.ndim == COLOURS:
        return np.ascontiguousarray(values.transpose(2, 0, 1))
    return values[:, None] if shape.rows_are_channels else values[None]


def _in_mode(cut: Cut, mode: str) -> Image.Image:
    picture = Image.fromarray(cut)
    return picture if picture.mode == mode else picture.convert(mode)


def _at_size(picture: Image.Image, shape: LineInput) -> Image.Image | str:
    """Scale a picture to the network's height, its width, both or neither."""
    height = shape.channels if shape.rows_are_channels else shape.height
    if shape.centred and shape.channels != COLOURS and height and not shape.width:
        made = centred(np.asarray(picture), height)
        return made if isinstance(made, str) else Image.fromarray(made).convert("L")
    width = shape.width
    if not height and not width:
        return picture
    width = width or int(picture.width * height / picture.height)
    height = height or int(picture.height * width / picture.width)
    return picture.resize((width, height), Image.Resampling.LANCZOS) if width and height else NO_ROOM
