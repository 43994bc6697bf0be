"""Pictures stand upright, whoever says how they lie, and are turned once."""

import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from htrkit.domain.geometry import Size
from htrkit.domain.page import Orientation
from tests.fakes.lying import (
    STORED,
    UPRIGHT,
    deep_turned_tiff,
    jpeg,
    lying,
    lzw_tiff,
    png_early,
    png_late,
    raw_tiff,
    webp,
    xmp_jpeg,
    xmp_tiff,
)
from tests.fakes.pictures import SHORT, TURNED, Frame, Tag, encoded, opened, tiff

QUARTERS = {Orientation.UPRIGHT: 0, Orientation.QUARTER: 1, Orientation.HALF: 2, Orientation.THREE_QUARTERS: 3}


MAKERS = (jpeg, png_early, png_late, webp, raw_tiff, deep_turned_tiff, lzw_tiff, xmp_tiff, xmp_jpeg)


def near(picture: Image.Image, wanted: Any) -> bool:
    found = np.asarray(picture.convert("L")).astype(int)
    return found.shape == wanted.shape and int(np.abs(found - wanted).max()) <= 5


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("maker", MAKERS)
def test_a_picture_that_lies_any_way_stands_upright(maker: Any, orientation: int, tmp_path: Path) -> None:
    found = opened(maker(orientation), tmp_path)
    assert near(found.image, UPRIGHT)
    assert found.facts.size == Size(*TURNED.size)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("maker", MAKERS)
def test_the_facts_tell_how_it_was_turned_mirror_first(maker: Any, orientation: int, tmp_path: Path) -> None:
    facts = opened(maker(orientation), tmp_path).facts
    mirrored = np.fliplr(STORED[orientation]) if facts.mirrored else STORED[orientation]
    assert np.array_equal(np.rot90(mirrored, -QUARTERS[facts.turned]), UPRIGHT)


@pytest.mark.parametrize("orientation", [0, 9, 99, 65535])
@pytest.mark.parametrize("maker", [jpeg, png_early, png_late, webp, raw_tiff, deep_turned_tiff, lzw_tiff])
def test_an_orientation_that_means_nothing_is_ignored(maker: Any, orientation: int, tmp_path: Path) -> None:
    found = opened(maker(orientation), tmp_path)
    assert near(found.image, UPRIGHT)
    assert (found.facts.turned, found.facts.mirrored) == (Orientation.UPRIGHT, False)


@pytest.mark.parametrize(
    "said",
    [
        b"Exif\0\0",
        b"Exif\0\0garbage",
        b"Exif\0\0II*\0",
        b"Exif\0\0II*\0\xff\xff\xff\xff",
        b"Exif\0\0II*\0" + struct.pack("<LHHHLL", 8, 1, 274, 2, 4, 26) + b"six\0",
        b"Exif\0\0II*\0" + struct.pack("<LH", 8, 65535),
    ],
)
def test_no_page_is_lost_for_its_exif(said: bytes, tmp_path: Path) -> None:
    assert near(opened(encoded(TURNED, "JPEG", quality=100, exif=said), tmp_path).image, UPRIGHT)


def test_every_frame_of_a_tiff_has_a_turn_of_its_own(tmp_path: Path) -> None:
    frames = [
        Frame(lying(turn).tobytes(), *lying(turn).size, tags=(Tag(274, SHORT, (turn,)),)) for turn in (6, 1, 3, 8)
    ]
    for index in range(4):
        found = opened(tiff(frames), tmp_path, frame=index)
        assert near(found.image, UPRIGHT)
        assert found.facts.turned is list(QUARTERS)[(1, 0, 2, 3)[index]]
