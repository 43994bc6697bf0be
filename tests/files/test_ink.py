"""A blank page is told from one with writing on it."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from htrkit.files.ink import has_ink, ink_share


def paper(size: tuple[int, int] = (1500, 2000), *, tone: int = 200, grain: int = 12) -> Image.Image:
    """Give paper with grain, and light that falls off to one side."""
    width, height = size
    light = np.linspace(0, 40, width)[None, :]
    values = tone - light + np.random.default_rng(7).normal(0, grain, (height, width))
    return Image.fromarray(values.clip(0, 255).astype(np.uint8))


def test_paper_with_grain_and_uneven_light_is_blank() -> None:
    assert not has_ink(paper())
    assert ink_share(paper(grain=0)) == 0.0


@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_one_word_is_ink(mode: str) -> None:
    page = paper().convert(mode)
    ImageDraw.Draw(page).text((600, 900), "Vacat", fill=50, font_size=70)

    assert has_ink(page)


def test_the_dark_border_of_a_scan_is_none() -> None:
    page = paper()
    page.paste(10, (0, 0, 30, 2000))

    assert not has_ink(page)


@pytest.mark.parametrize("size", [(1, 1), (1, 3000), (3000, 1), (20, 20)])
def test_pictures_of_any_size_have_a_share(size: tuple[int, int]) -> None:
    assert 0.0 <= ink_share(Image.new("L", size, 255)) <= 1.0
