"""Grey values of more than 8 bits: no page comes out white or black that was neither."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from htrkit.files.deep_grey import SENSOR_BITS, Samples, from_16_bit, from_float
from tests.fakes.pictures import SHORT, Frame, Tag, chunk, deep_png, deep_tiff, encoded, opened, pixels, tiff

WHITE_IS_ZERO = 0


def grey(content: bytes, folder: Path) -> Any:
    found = opened(content, folder).image
    assert found.mode == "L"
    return pixels(found)


def page(paper: int, ink: int) -> list[list[int]]:
    return [[paper] * 4, [paper, ink, ink, paper], [paper] * 4]


def as_pillow_writes_it(values: Any, **options: Any) -> bytes:
    return encoded(Image.fromarray(np.asarray(values, np.uint16)), "TIFF", **options)


WRITERS: dict[str, Any] = {
    "png": deep_png,
    "tiff, little end first": deep_tiff,
    "tiff, big end first": lambda values: deep_tiff(values, order=">"),
    "tiff, as Pillow writes it": as_pillow_writes_it,
    "tiff, lzw": lambda values: as_pillow_writes_it(values, compression="tiff_lzw"),
    "tiff, deflate": lambda values: as_pillow_writes_it(values, compression="tiff_adobe_deflate"),
    "tiff, 32 bits": lambda values: deep_tiff(values, kind="u4"),
    "tiff, 32 bits signed, big end first": lambda values: deep_tiff(values, kind="i4", order=">"),
}


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
def test_16_bits_over_the_whole_range_are_divided_by_257(write: Any, tmp_path: Path) -> None:
    values = [[0, 257, 25700, 65535], [128, 129, 32768, 65406], [1, 65534, 40000, 514]]
    assert grey(write(values), tmp_path) == [[round(value / 257) for value in row] for row in values]


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
def test_a_bright_16_bit_page_keeps_its_ink(write: Any, tmp_path: Path) -> None:
    """What Pillow's own conversion makes of it is white from edge to edge."""
    found = np.asarray(grey(write(page(paper=58000, ink=9000)), tmp_path))
    assert found.max() == round(58000 / 257)
    assert found.min() == round(9000 / 257)


@pytest.mark.parametrize("bits", SENSOR_BITS)
@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
def test_a_scanner_that_writes_fewer_bits_into_16_gets_white_paper(write: Any, bits: int, tmp_path: Path) -> None:
    top = (1 << bits) - 1
    assert grey(write(page(paper=top, ink=top // 5)), tmp_path) == page(paper=255, ink=51)


@pytest.mark.parametrize(
    ("brightest", "top"),
    [(0, 255), (255, 255), (256, 1023), (1023, 1023), (1024, 4095), (4096, 16383), (16383, 16383), (16384, 65535)],
)
def test_the_depth_is_the_smallest_of_a_scanners_that_holds_every_value(brightest: int, top: int) -> None:
    picture = Image.fromarray(np.array([[0, brightest // 2, brightest]], np.uint16))
    wanted = [[round(value * 255 / top) for value in (0, brightest // 2, brightest)]]
    assert pixels(from_16_bit(picture, Samples())) == wanted


@given(st.lists(st.integers(0, 65535), min_size=2, max_size=30).filter(lambda values: max(values) > 255))
def test_16_bits_keep_their_order_and_never_end_in_the_dark(values: list[int]) -> None:
    picture = Image.fromarray(np.array([sorted(values)], np.uint16))
    (found,) = pixels(from_16_bit(picture, Samples()))
    assert found == sorted(found)
    assert max(found) >= 63


@given(st.lists(st.integers(0, 65535), min_size=1, max_size=30))
def test_white_is_zero_is_the_same_picture_turned_around(values: list[int]) -> None:
    picture = Image.fromarray(np.array([values], np.uint16))
    straight, turned = from_16_bit(picture, Samples()), from_16_bit(picture, Samples(white_is_zero=True))
    assert np.array_equal(np.asarray(turned), 255 - np.asarray(straight))


@pytest.mark.parametrize("order", ["<", ">"])
def test_a_16_bit_white_is_zero_tiff_has_white_paper(order: str, tmp_path: Path) -> None:
    content = deep_tiff(page(paper=0, ink=65535), photometric=WHITE_IS_ZERO, order=order)
    assert grey(content, tmp_path) == page(paper=255, ink=0)


def test_a_12_bit_white_is_zero_scan_in_16_bits_has_black_ink(tmp_path: Path) -> None:
    content = deep_tiff(page(paper=0, ink=4095), photometric=WHITE_IS_ZERO)
    assert grey(content, tmp_path) == page(paper=255, ink=0)


@pytest.mark.parametrize(("photometric", "black", "white"), [(1, 0, 255), (0, 255, 0)])
@pytest.mark.parametrize("bits", [1, 2, 4, 8])
def test_white_is_zero_is_right_for_8_bits_and_fewer(
    bits: int, photometric: int, black: int, white: int, tmp_path: Path
) -> None:
    content = tiff([Frame(bytes([0]) + b"\xff", 8 // bits, 2, (bits,), photometric)])
    assert grey(content, tmp_path) == [[black] * (8 // bits), [white] * (8 // bits)]


@pytest.mark.parametrize(("photometric", "wanted"), [(1, [0, 255]), (0, [255, 0])])
def test_white_is_zero_is_right_for_floats(photometric: int, wanted: list[int], tmp_path: Path) -> None:
    assert grey(deep_tiff([[0.0, 1.0]], photometric=photometric, kind="f4"), tmp_path) == [wanted]


def test_12_bits_that_are_packed_are_12_bits_even_on_a_dark_page(tmp_path: Path) -> None:
    content = tiff([Frame(bytes.fromhex("1f4000"), 2, 1, (12,))])
    assert grey(content, tmp_path) == [[round(0x1F4 * 255 / 4095), 0]]


@pytest.mark.parametrize(
    ("highest", "wanted"),
    [
        (1000, 255),  # holds, and says more than the number of bits
        (4095, 62),  # a 12-bit scanner's dark page
        (65535, 249),  # all bits set: a default that says nothing
        (999, 249),  # lower than what is there: wrong
        (1, 249),
        (0, 249),
    ],
)
def test_a_max_sample_value_is_believed_where_it_can_be_true(highest: int, wanted: int, tmp_path: Path) -> None:
    content = deep_tiff([[0, 1000]], tags=[Tag(281, SHORT, (highest,))])
    assert grey(content, tmp_path) == [[0, wanted]]


def test_the_clear_value_of_a_16_bit_png_comes_out_white(tmp_path: Path) -> None:
    content = deep_png([[0, 300, 65535]], before=chunk(b"tRNS", b"\x01\x2c"))
    assert grey(content, tmp_path) == [[0, 255, 255]]


def test_unsigned_32_bits_beyond_what_signed_ones_hold_are_bright(tmp_path: Path) -> None:
    assert grey(deep_tiff([[0, 1 << 31, (1 << 32) - 1]], kind="u4"), tmp_path) == [[0, 128, 255]]


def test_more_than_16_bits_run_from_zero_to_the_largest(tmp_path: Path) -> None:
    assert grey(deep_tiff([[0, 100_000, 200_000]], kind="i4"), tmp_path) == [[0, 128, 255]]


@pytest.mark.parametrize("kind", ["i2", "i4"])
def test_negative_values_run_from_the_least_to_the_largest(kind: str, tmp_path: Path) -> None:
    assert grey(deep_tiff([[-32768, 0, 32767]], kind=kind), tmp_path) == [[0, 128, 255]]


def test_a_picture_of_one_negative_value_is_blank(tmp_path: Path) -> None:
    assert grey(deep_tiff([[-5, -5]], kind="i4"), tmp_path) == [[255, 255]]


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        ([0.0, 0.5, 1.0], [0, 128, 255]),
        ([0.2, 0.2, 0.2], [51, 51, 51]),
        ([0.0, 0.0, 0.0], [0, 0, 0]),
        ([0.0, 127.5, 255.0], [0, 128, 255]),
        ([0.0, 65535.0, 13107.0], [0, 255, 51]),
        ([-1.0, 0.0, 1.0], [0, 128, 255]),
        ([7.0, 7.0, 7.0], [255, 255, 255]),
        ([float("nan"), 0.0, 1.0], [255, 0, 255]),
        ([float("nan"), float("nan"), float("nan")], [255, 255, 255]),
        ([float("inf"), float("-inf"), 0.5], [255, 0, 128]),
        ([float("inf"), float("inf"), float("inf")], [255, 255, 255]),
        ([-3e38, 0.0, 3e38], [0, 128, 255]),
    ],
)
def test_floats_come_out_grey(values: list[float], wanted: list[int], tmp_path: Path) -> None:
    assert grey(deep_tiff([values], kind="f4"), tmp_path) == [wanted]


def test_what_is_no_number_is_paper_whichever_way_round_the_greys_are() -> None:
    picture = Image.fromarray(np.array([[np.nan, 0, 1]], np.float32))
    assert pixels(from_float(picture, Samples(white_is_zero=True))) == [[255, 255, 0]]


def test_a_tall_picture_is_scaled_the_same_in_every_row(tmp_path: Path) -> None:
    rows = [[float(row), 1000.0] for row in range(1001)]
    assert grey(deep_tiff(rows, kind="f4"), tmp_path) == [[round(row * 0.255), 255] for row in range(1001)]


def test_16_bit_colour_is_no_darker_than_it_was(tmp_path: Path) -> None:
    content = tiff([Frame(np.array([65535, 32768, 0], "<u2").tobytes(), 1, 1, (16, 16, 16), 2)])
    assert pixels(opened(content, tmp_path).image) == [[[255, 128, 0]]]


def test_16_bit_grey_jpeg_2000_keeps_its_ink(tmp_path: Path) -> None:
    values = np.asarray(page(paper=60000, ink=10000), np.uint16)
    content = encoded(Image.fromarray(values), "JPEG2000", irreversible=False)
    found = np.asarray(grey(content, tmp_path)).astype(int)
    assert np.abs(found - np.round(values / 257)).max() <= 1
