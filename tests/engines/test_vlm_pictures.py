"""Pictures are bounded where that is asked of the library itself, which shows them as they were made."""

import numpy as np
import pytest
from PIL import Image
from transformers import Qwen2VLImageProcessor

from htrkit.engines.vlm_pictures import Bounds, patched

FACTOR = 28
BOUNDS = Bounds(None, 56 * 56, 300 * 300)


def noise(width: int, height: int, mode: str = "RGB") -> Image.Image:
    shape = (height, width, 3) if mode == "RGB" else (height, width)
    return Image.fromarray(np.random.default_rng(2).integers(0, 256, shape, dtype=np.uint8))


def processor(bounds: Bounds) -> Qwen2VLImageProcessor:
    return Qwen2VLImageProcessor(size={"shortest_edge": bounds.least_pixels, "longest_edge": bounds.most_pixels})


@pytest.mark.parametrize("size", [(250, 290), (1000, 700), (30, 40), (560, 84), (280, 280)])
def test_a_picture_made_here_is_what_the_library_makes_of_the_page_at_once(size: tuple[int, int]) -> None:
    page = noise(*size)
    ours = processor(BOUNDS)(images=[patched(page, BOUNDS, factor=FACTOR)], return_tensors="pt")
    theirs = processor(BOUNDS)(images=[page], return_tensors="pt")
    assert ours["image_grid_thw"].tolist() == theirs["image_grid_thw"].tolist()
    assert np.array_equal(ours["pixel_values"].numpy(), theirs["pixel_values"].numpy())


@pytest.mark.parametrize("size", [(1, 1), (3, 3), (1, 5000), (5000, 2), (4000, 3000), (27, 29)])
def test_every_picture_is_within_the_bounds_and_in_whole_patches(size: tuple[int, int]) -> None:
    height, width, colours = patched(noise(*size), BOUNDS, factor=FACTOR).shape
    assert height % FACTOR == width % FACTOR == 0
    assert colours == 3
    assert height * width <= BOUNDS.most_pixels


def test_grey_pictures_get_three_equal_colours() -> None:
    pixels = patched(noise(280, 280, "L"), BOUNDS, factor=FACTOR)
    assert np.array_equal(pixels[:, :, 0], pixels[:, :, 2])


def test_a_thin_picture_lies_on_white_paper_and_is_not_stretched() -> None:
    pixels = patched(Image.new("RGB", (1400, 1)), Bounds(None, 56 * 56, 10**7), factor=FACTOR)
    assert pixels.shape[:2] == (28, 1400)
    assert (pixels[0] == 255).all()
    assert (pixels[13:15] == 0).any()


def test_the_longest_side_is_fitted_first() -> None:
    bounds = Bounds(140, 56 * 56, 10**7)
    assert max(patched(noise(1000, 500), bounds, factor=FACTOR).shape) == 140
