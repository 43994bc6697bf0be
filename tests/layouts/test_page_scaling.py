"""Pages reach the network bit for bit as kraken scales them."""

import warnings

import numpy as np
import pytest
import torch
from kraken.lib.dataset import ImageInputTransforms
from PIL import Image

from htrkit.layouts.page_scaling import scaled_page

SIZES = [(120, 90), (31, 57), (90, 120), (1, 40), (200, 50), (77, 77)]


def noise(size: tuple[int, int], mode: str = "RGB") -> Image.Image:
    bands = len(Image.new(mode, (1, 1)).getbands())
    values = np.random.default_rng(size[0]).integers(30, 220, (size[1], size[0], bands), dtype=np.uint8)
    return Image.fromarray(values.squeeze(2) if bands == 1 else values, mode)


def krakens(picture: Image.Image, channels: int, height: int) -> np.ndarray:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        transforms = ImageInputTransforms(1, height, 0, channels, 0, valid_norm=False, dtype=torch.float32)
        return np.asarray(transforms(picture).numpy())


@pytest.mark.parametrize("height", [60, 91, 0])
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("size", SIZES)
def test_pixels_are_krakens(size: tuple[int, int], channels: int, height: int) -> None:
    picture = noise(size)
    pixels, grey = scaled_page(picture, channels=channels, height=height)
    theirs = krakens(picture, channels, height)
    assert pixels.dtype == np.float32
    assert np.array_equal(pixels, theirs)
    assert grey.shape == pixels.shape[1:]


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "CMYK"])
def test_pictures_of_every_kind_are_taken_as_kraken_takes_them(mode: str, channels: int) -> None:
    picture = noise((40, 50), mode)
    pixels, _ = scaled_page(picture, channels=channels, height=30)
    assert np.array_equal(pixels, krakens(picture, channels, 30))


def test_grey_is_the_scaled_page() -> None:
    picture = noise((40, 50), "L")
    pixels, grey = scaled_page(picture, channels=1, height=25)
    assert np.array_equal(grey, np.asarray(picture.resize((20, 25), Image.Resampling.LANCZOS)))
    assert np.abs(pixels[0] - (grey.max() - grey.astype(np.float32)) / 255).max() < 1e-6


def test_a_page_narrower_than_a_pixel_keeps_one() -> None:
    pixels, grey = scaled_page(Image.new("L", (1, 400), 128), channels=1, height=20)
    assert (pixels.shape, grey.shape) == ((1, 20, 1), (20, 1))


def test_a_page_of_one_colour_is_paper() -> None:
    pixels, _ = scaled_page(Image.new("RGB", (30, 30), (90, 90, 90)), channels=3, height=20)
    assert not pixels.any()
