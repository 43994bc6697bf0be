"""A cut line becomes what a network takes."""

import numpy as np
import pytest

from htrkit.engines.line_centring import ONE_SHADE
from htrkit.engines.line_cutting_warps import Cut
from htrkit.engines.line_scaling import NO_ROOM, LineInput, scaled

GREY = LineInput(channels=1, height=48)


def cut(height: int = 96, width: int = 400, *, colours: bool = False) -> Cut:
    """Give a white line with a black bar from a quarter to half of its width."""
    made = np.full((height, width, 3) if colours else (height, width), 255, dtype=np.uint8)
    made[:, width // 4 : width // 2] = 0
    return made


def pixels_of(made: object) -> np.ndarray:
    assert isinstance(made, np.ndarray), made
    return made


def test_ink_is_one_and_paper_is_nothing_with_padding_on_both_sides() -> None:
    made = pixels_of(scaled(cut(), GREY))

    assert made.shape == (1, 48, 200 + 32)
    assert made.dtype == np.float32
    assert not made[..., :16].any()
    assert not made[..., -16:].any()
    assert (made[0, :, 16 + 60 : 16 + 90] == 1).all()


def test_colours_come_as_channels_and_from_grey_lines_too() -> None:
    shape = LineInput(channels=3, height=48)

    assert pixels_of(scaled(cut(colours=True), shape)).shape == (3, 48, 232)
    assert np.array_equal(pixels_of(scaled(cut(), shape)), pixels_of(scaled(cut(colours=True), shape)))
    assert pixels_of(scaled(cut(colours=True), GREY)).shape == (1, 48, 232)


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        (LineInput(channels=48, height=1), (48, 1, 232)),
        (LineInput(channels=1, height=0, width=200), (1, 48, 232)),
        (LineInput(channels=1, height=60, width=300), (1, 60, 300)),
        (LineInput(channels=1, height=0), (1, 96, 400)),
        (LineInput(channels=1, height=48, padding=0), (1, 48, 200)),
    ],
    ids=["rows as channels", "given width", "given size: no padding", "no size: no padding", "no padding"],
)
def test_the_size_follows_what_the_network_takes(shape: LineInput, expected: tuple[int, ...]) -> None:
    assert pixels_of(scaled(cut(), shape)).shape == expected


def test_without_padding_the_brightest_pixel_is_nothing() -> None:
    dim = np.full((48, 100), 100, dtype=np.uint8)
    dim[:, :50] = 40

    made = pixels_of(scaled(dim, LineInput(channels=1, height=48, padding=0)))
    assert made.min() == 0
    assert made.max() == pytest.approx(60 / 255, abs=1e-6)


def test_a_line_so_narrow_that_nothing_would_be_left_has_its_reason() -> None:
    assert scaled(cut(height=400, width=4), GREY) == NO_ROOM


def test_a_network_that_takes_no_lines_is_refused() -> None:
    with pytest.raises(ValueError, match="2 channels"):
        scaled(cut(), LineInput(channels=2, height=48))


def slanting(*, colours: bool = False) -> Cut:
    """Give a line whose stroke climbs from the lower left to the upper right."""
    made = np.full((60, 600, 3) if colours else (60, 600), 255, dtype=np.uint8)
    for column in range(600):
        row = 40 - column // 30
        made[row - 8 : row + 8, column] = 0
    return made


def inked_rows(made: np.ndarray) -> np.ndarray:
    """Give the row of the middle of the ink in each column, away from the ends."""
    ink = made[0, :, 60:-60]
    return (ink * np.arange(len(ink))[:, None]).sum(axis=0) / ink.sum(axis=0)


@pytest.mark.parametrize("shape", [LineInput(1, 48, centred=True), LineInput(48, 1, centred=True)])
def test_text_in_a_box_is_moved_onto_a_straight_line_for_networks_that_want_it(shape: LineInput) -> None:
    rows = inked_rows(pixels_of(scaled(slanting(), shape)).reshape(1, 48, -1))
    as_it_is = inked_rows(pixels_of(scaled(slanting(), GREY)))

    middles = slice(len(rows) // 4, -len(rows) // 4)
    assert np.ptp(rows[middles]) < 0.2 * np.ptp(as_it_is)
    assert rows[middles].mean() == pytest.approx(24, abs=3)


def test_colours_are_not_centred() -> None:
    plain, centred = (LineInput(3, 48, centred=centred) for centred in (False, True))

    line = slanting(colours=True)
    assert np.array_equal(pixels_of(scaled(line, plain)), pixels_of(scaled(line, centred)))


def test_a_box_of_one_colour_has_no_middle() -> None:
    assert scaled(np.full((48, 100), 90, dtype=np.uint8), LineInput(1, 48, centred=True)) == ONE_SHADE


def test_a_box_too_narrow_to_be_centred_has_its_reason() -> None:
    narrow = np.array([[0], [255]] * 200, dtype=np.uint8)

    assert "too narrow" in str(scaled(narrow, LineInput(1, 48, centred=True)))
