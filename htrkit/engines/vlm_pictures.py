"""Pictures as vision-language models of the Qwen family take them: bounded, and in whole patches."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torchvision.transforms.v2 import InterpolationMode
from torchvision.transforms.v2 import functional as pictures
from transformers.models.qwen2_vl.image_processing_qwen2_vl import smart_resize

MOST_STRETCH = 100
"""Of the long side over the short one: the library refuses 200."""
WHITE = 255


@dataclass(frozen=True, slots=True)
class Bounds:
    """How large a picture a model is shown."""

    longest_side: int | None
    """Pixels that a larger picture is scaled down to first; None where only the pixels in all are bounded."""
    least_pixels: int
    most_pixels: int


def patched(picture: Image.Image, bounds: Bounds, *, factor: int) -> "NDArray[np.uint8]":
    """Give the picture in RGB in the size in which the model sees it, shape (height, width, 3).

    Both sides are multiples of `factor`: the pixels of a visual token's side. Resizing it again as the library does
    changes nothing, so that this may be done far from the device.
    """
    fitted = _thick(_fitted(picture.convert("RGB"), bounds.longest_side), factor)
    size = smart_resize(
        fitted.height, fitted.width, factor=factor, min_pixels=bounds.least_pixels, max_pixels=bounds.most_pixels
    )
    pixels = torch.from_numpy(np.array(fitted)).permute(2, 0, 1)
    resized = pictures.resize(pixels, list(size), interpolation=InterpolationMode.BICUBIC, antialias=True)
    pixels_: NDArray[Any] = resized.permute(1, 2, 0).contiguous().numpy()
    return pixels_


def _fitted(picture: Image.Image, longest_side: int | None) -> Image.Image:
    """Scale down as Churro's own program does."""
    if longest_side is None or max(picture.size) <= longest_side:
        return picture
    scale = longest_side / max(picture.size)
    size = max(1, int(picture.width * scale)), max(1, int(picture.height * scale))
    return picture.resize(size, Image.Resampling.LANCZOS)


def _thick(picture: Image.Image, factor: int) -> Image.Image:
    """Set a picture that is too thin to be taken on white paper."""
    least = max(factor, -(-max(picture.size) // MOST_STRETCH))
    room = max(picture.width, least), max(picture.height, least)
    if room == picture.size:
        return picture
    paper = Image.new("RGB", room, (WHITE, WHITE, WHITE))
    paper.paste(picture, ((room[0] - picture.width) // 2, (room[1] - picture.height) // 2))
    return paper
