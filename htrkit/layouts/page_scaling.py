"""A page as Kraken's segmentation networks take it: at their height, inverted."""

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image


def scaled_page(picture: Image.Image, *, channels: int, height: int) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
    """Give the page's pixels, float32 of shape (channels, height, width), 0 for its lightest; and the same in grey.

    `channels` is 1 or 3; a height of 0 leaves the page as large as it is. Bit for bit what kraken makes of it.
    """
    mode = "RGB" if channels == len("RGB") else "L"
    page = picture if picture.mode == mode else picture.convert(mode)
    if height:
        page = page.resize((max(int(page.width * height / page.height), 1), height), Image.Resampling.LANCZOS)
    planes = cv2.split(np.asarray(page))
    brightest = max(int(plane.max()) for plane in planes)
    lightness = np.arange(256, dtype=np.float32) * np.float32(1 / 255)
    darkness = lightness[brightest] - lightness
    pixels = np.empty((channels, page.height, page.width), dtype=np.float32)
    for values, plane in zip(pixels, planes, strict=True):
        values[:] = cv2.LUT(plane, darkness).reshape(plane.shape)
    return pixels, np.asarray(page.convert("L"))
