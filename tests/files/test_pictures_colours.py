"""However a file holds its colours, engines are given L or RGB, and paper is white."""

import struct
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image

from htrkit.domain.errors import PageProblem
from htrkit.domain.failure import FailureClass
from htrkit.files.colours import in_grey_or_rgb
from htrkit.files.deep_grey import Samples
from htrkit.files.no_picture import NoPicture
from tests.fakes.pictures import SHORT, TURNED, Frame, Tag, chunk, encoded, opened, pixels, png, tiff

INK, PAPER = (30, 20, 10), (240, 230, 200)


def two(mode: str, left: Any, right: Any) -> Image.Image:
    picture = Image.new(mode, (2, 1), left)
    picture.putpixel((1, 0), right)
    return picture


def read(content: bytes, folder: Path) -> tuple[str, Any]:
    found = opened(content, folder).image
    return found.mode, pixels(found)[0]


@pytest.mark.parametrize("name", ["PNG", "TIFF", "BMP", "GIF", "JPEG2000"])
def test_grey_stays_grey(name: str, tmp_path: Path) -> None:
    assert read(encoded(two("L", 10, 200), name), tmp_path) == ("L", [10, 200])


@pytest.mark.parametrize("name", ["PNG", "TIFF", "BMP", "JPEG2000"])
def test_colour_stays_colour(name: str, tmp_path: Path) -> None:
    assert read(encoded(two("RGB", INK, PAPER), name), tmp_path) == ("RGB", [list(INK), list(PAPER)])


@pytest.mark.parametrize("name", ["PNG", "TIFF", "BMP", "GIF"])
def test_bilevel_scans_are_grey(name: str, tmp_path: Path) -> None:
    assert read(encoded(two("1", 0, 1), name), tmp_path) == ("L", [0, 255])


@pytest.mark.parametrize("compression", ["group3", "group4", "packbits", "tiff_lzw", "tiff_adobe_deflate"])
def test_compressed_bilevel_tiffs_are_right_way_round(compression: str, tmp_path: Path) -> None:
    picture = TURNED.convert("1", dither=Image.Dither.NONE)
    found = opened(encoded(picture, "TIFF", compression=compression), tmp_path).image
    assert pixels(found) == pixels(picture.convert("L"))


@pytest.mark.parametrize("compression", ["raw", "tiff_lzw", "tiff_adobe_deflate", "packbits", "zstd", "lzma"])
def test_compressed_colour_tiffs_are_read(compression: str, tmp_path: Path) -> None:
    content = encoded(two("RGB", INK, PAPER), "TIFF", compression=compression)
    assert read(content, tmp_path) == ("RGB", [list(INK), list(PAPER)])


def test_jpeg_in_tiff_keeps_its_colours(tmp_path: Path) -> None:
    content = encoded(Image.new("RGB", (16, 16), (200, 40, 40)), "TIFF", compression="jpeg", quality=100)
    assert np.abs(np.asarray(opened(content, tmp_path).image).astype(int) - (200, 40, 40)).max() <= 3


def test_a_planar_tiff_has_its_planes_in_order(tmp_path: Path) -> None:
    frame = Frame(
        b"\x01\x02\x03",
        bits=(8, 8, 8),
        photometric=2,
        tags=(Tag(284, SHORT, (2,)), Tag(273, 4, (1 << 30,) * 3), Tag(279, 4, (1, 1, 1))),
    )
    content = tiff([frame])
    start = len(content) - 3
    places = struct.pack("<LLL", start, start + 1, start + 2)
    content = content.replace(struct.pack("<LLL", *(1 << 30,) * 3), places)
    assert read(content, tmp_path) == ("RGB", [[1, 2, 3]])


@pytest.mark.parametrize("name", ["PNG", "TIFF", "BMP", "GIF"])
def test_a_palette_of_colours_gives_colour(name: str, tmp_path: Path) -> None:
    picture = two("P", 0, 1)
    picture.putpalette([*INK, *PAPER])
    assert read(encoded(picture, name), tmp_path) == ("RGB", [list(INK), list(PAPER)])


def test_a_palette_of_greys_gives_grey(tmp_path: Path) -> None:
    picture = two("P", 0, 1)
    picture.putpalette([9, 9, 9, 240, 240, 240])
    assert read(encoded(picture, "PNG"), tmp_path) == ("L", [9, 240])


@pytest.mark.parametrize("name", ["PNG", "TIFF", "WEBP", "JPEG2000"])
def test_what_is_transparent_is_white(name: str, tmp_path: Path) -> None:
    options = {"lossless": True} if name == "WEBP" else {}
    content = encoded(two("RGBA", (0, 0, 0, 0), (*INK, 255)), name, **options)
    assert read(content, tmp_path) == ("RGB", [[255, 255, 255], list(INK)])


def test_what_is_half_transparent_is_half_white(tmp_path: Path) -> None:
    content = encoded(two("RGBA", (0, 0, 0, 128), (0, 0, 0, 255)), "PNG")
    assert read(content, tmp_path) == ("RGB", [[127, 127, 127], [0, 0, 0]])


@pytest.mark.parametrize("name", ["PNG", "TIFF", "JPEG2000"])
def test_grey_with_transparency_lies_on_white_and_stays_grey(name: str, tmp_path: Path) -> None:
    assert read(encoded(two("LA", (0, 0), (77, 255)), name), tmp_path) == ("L", [255, 77])


def test_16_bit_grey_with_transparency_lies_on_white(tmp_path: Path) -> None:
    row = b"\0" + struct.pack(">HHHH", 0, 0, 0x4D4D, 0xFFFF)
    mode, row = read(png(row, width=2, height=1, colour=4), tmp_path)
    assert (mode, row) == ("RGB", [[255] * 3, [77] * 3])


@pytest.mark.parametrize(
    ("bits", "colour", "row", "clear", "wanted"),
    [
        (8, 0, b"\0\x4d", b"\0\0", ("L", [255, 77])),
        (1, 0, b"\x40", b"\0\0", ("L", [255, 255])),
        (8, 2, b"\0\0\0\x01\x02\x03", b"\0\0\0\0\0\0", ("RGB", [[255, 255, 255], [1, 2, 3]])),
    ],
)
def test_a_clear_colour_of_a_png_is_white(
    bits: int, colour: int, row: bytes, clear: bytes, wanted: Any, tmp_path: Path
) -> None:
    content = png(b"\0" + row, width=2, height=1, bits=bits, colour=colour, before=chunk(b"tRNS", clear))
    assert read(content, tmp_path) == wanted


@pytest.mark.parametrize("name", ["PNG", "GIF"])
def test_a_clear_colour_of_a_palette_is_white(name: str, tmp_path: Path) -> None:
    picture = two("P", 0, 1)
    picture.putpalette([0, 0, 0, *INK])
    content = encoded(picture, name, transparency=0)
    assert read(content, tmp_path) == ("RGB", [[255, 255, 255], list(INK)])


def test_a_palette_with_an_opacity_for_each_colour_lies_on_white(tmp_path: Path) -> None:
    picture = two("P", 0, 1)
    picture.putpalette([0, 0, 0, *INK])
    content = encoded(picture, "PNG", transparency=b"\x80\xff")
    assert read(content, tmp_path) == ("RGB", [[127, 127, 127], list(INK)])


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_an_opacity_that_hides_the_whole_page_is_not_believed(mode: str, tmp_path: Path) -> None:
    ink, paper = ((9, 9, 9, 0), (240, 240, 240, 0)) if mode == "RGBA" else ((9, 0), (240, 0))
    found = opened(encoded(two(mode, ink, paper), "PNG"), tmp_path).image
    assert pixels(found.convert("L")) == [[9, 240]]


def test_premultiplied_transparency_lies_on_white(tmp_path: Path) -> None:
    frame = Frame(b"\0\0\x20\x40", 2, 1, (8, 8), tags=(Tag(338, SHORT, (1,)),))
    assert read(tiff([frame]), tmp_path) == ("L", [255, 223])


def test_an_extra_channel_that_is_no_transparency_is_left_out(tmp_path: Path) -> None:
    frame = Frame(b"\x01\x02\x03\0", bits=(8, 8, 8, 8), photometric=2, tags=(Tag(338, SHORT, (0,)),))
    assert read(tiff([frame]), tmp_path) == ("RGB", [[1, 2, 3]])


def test_adobes_inverted_cmyk_is_right_way_round(tmp_path: Path) -> None:
    """OpenCV, whose reader is another, must see the same."""
    picture = Image.new("CMYK", (16, 16), (0, 200, 200, 20))
    picture.paste((0, 0, 0, 0), (8, 0, 16, 16))
    content = encoded(picture, "JPEG", quality=100)
    assert b"Adobe" in content
    found = opened(content, tmp_path).image
    witness = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR_RGB)
    assert found.mode == "RGB"
    assert found.getpixel((14, 8)) == (255, 255, 255)
    assert np.abs(np.asarray(found).astype(int) - witness).max() <= 8


def test_a_cmyk_tiff_is_not_inverted(tmp_path: Path) -> None:
    frame = Frame(b"\0\0\0\0\0\xff\xff\0", 2, 1, (8, 8, 8, 8), 5)
    assert read(tiff([frame]), tmp_path) == ("RGB", [[255, 255, 255], [255, 0, 0]])


def test_cielab_becomes_rgb(tmp_path: Path) -> None:
    """The Lab values of sRGB's white, black and red against D50."""
    values = np.array([[255, 0, 0], [0, 0, 0], [138, 81, 70]]).astype(np.uint8)
    mode, row = read(tiff([Frame(values.tobytes(), 3, 1, (8, 8, 8), 8)]), tmp_path)
    assert mode == "RGB"
    assert np.abs(np.array(row) - [[255, 255, 255], [0, 0, 0], [255, 0, 0]]).max() <= 6


def test_a_mode_that_has_no_way_to_rgb_is_refused() -> None:
    with pytest.raises(NoPicture, match="HSV") as caught:
        in_grey_or_rgb(Image.new("HSV", (1, 1)), Samples())
    assert caught.value.failure is FailureClass.UNSUPPORTED


@pytest.mark.parametrize("bits", [(64,), (24,)])
def test_a_tiff_of_a_kind_that_pillow_lacks_is_unsupported_and_told(bits: tuple[int, ...], tmp_path: Path) -> None:
    content = tiff([Frame(bytes(8), bits=bits)])
    with pytest.raises(PageProblem, match="compression 1, photometric interpretation 1") as caught:
        opened(content, tmp_path)
    assert caught.value.failure is FailureClass.UNSUPPORTED


def test_jpeg_2000_in_tiff_is_unsupported(tmp_path: Path) -> None:
    with pytest.raises(PageProblem, match="compression 34712") as caught:
        opened(tiff([Frame(compression=34712)]), tmp_path)
    assert caught.value.failure is FailureClass.UNSUPPORTED


def test_a_profile_changes_nothing_and_stays_behind(tmp_path: Path) -> None:
    content = encoded(two("RGB", INK, PAPER), "PNG", icc_profile=b"no profile at all")
    found = opened(content, tmp_path).image
    assert (found.info, pixels(found)[0]) == ({}, [list(INK), list(PAPER)])
