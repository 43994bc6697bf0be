"""Characters stand in reading order and have a place on the page."""

import numpy as np
import pytest

from htrkit.domain.geometry import Points
from htrkit.domain.names import LineId
from htrkit.domain.page import Direction, Line
from htrkit.engines.line_places import Frames, Places, in_box, on_baseline, read_line

BOUNDARY = ((100, 100), (900, 100), (900, 150), (100, 150))
BASELINE = ((100, 140), (900, 140))
LINE = Line(LineId("l1"), BOUNDARY, BASELINE)
FRAMES = Frames(input_width=832, frames=208, cut_width=800)

shapes = pytest.mark.parametrize("places", [on_baseline, in_box])


def read(seen: str, places: Places, direction: Direction | None = None) -> Line:
    """Read signs that the network saw from left to right, ten frames each."""
    decoded = [(sign, 10 * place, 10 * place + 4, 0.5 + place / 100) for place, sign in enumerate(seen)]
    return read_line(LINE, decoded, FRAMES, places, outline=BOUNDARY, direction=direction)


def lefts(line: Line) -> list[int]:
    return [min(x for x, _ in character.polygon) for character in line.characters]


@shapes
def test_left_to_right_text_is_as_it_was_seen_and_its_places_grow(places: Places) -> None:
    line = read("in principio", places)

    assert line.text == "in principio" == "".join(character.text for character in line.characters)
    assert lefts(line) == sorted(lefts(line))
    assert line.confidence == pytest.approx(0.555, abs=1e-4)
    assert line.characters[4].polygon == ((244, 100), (244, 150), (260, 150), (260, 100))


@shapes
@pytest.mark.parametrize("direction", [None, Direction.RTL])
def test_right_to_left_text_is_in_logical_order_and_its_places_shrink(
    places: Places, direction: Direction | None
) -> None:
    line = read("גבא", places, direction)

    assert line.text == "אבג"
    assert lefts(line) == sorted(lefts(line), reverse=True)
    assert [character.confidence for character in line.characters] == [0.52, 0.51, 0.5]


@shapes
def test_the_direction_decides_where_mixed_text_begins(places: Places) -> None:
    assert read("abc אבג", places, Direction.LTR).text == "abc גבא"
    assert read("abc אבג", places, Direction.RTL).text == "גבא abc"


@shapes
def test_nothing_decoded_is_an_empty_line_without_confidence(places: Places) -> None:
    line = read("", places)

    assert (line.text, line.confidence, line.characters) == ("", None, ())


def test_frames_lead_back_to_the_cut_out_line_and_never_beyond_it() -> None:
    assert FRAMES.to_cut(np.array([0, 104, 208])).tolist() == [0, 400, 799]


def places_of(baseline: Points, outline: Points, *spans: tuple[int, int]) -> list[Points]:
    return list(on_baseline(baseline, outline, np.array(spans)))


def test_stretches_stand_across_a_sloping_baseline() -> None:
    outline = ((0, 0), (300, 400), (220, 460), (-80, 60))

    assert places_of(((-40, 30), (260, 430)), outline, (100, 200)) == [((60, 80), (-20, 140), (40, 220), (120, 160))]


def test_stretches_follow_a_bend() -> None:
    baseline = ((0, 50), (100, 50), (100, 150))
    outline = ((0, 0), (150, 0), (150, 150), (60, 150), (60, 90), (0, 90))

    assert places_of(baseline, outline, (20, 40), (160, 180)) == [
        ((20, 0), (20, 90), (40, 90), (40, 0)),
        ((150, 110), (60, 110), (60, 130), (150, 130)),
    ]


def test_a_baseline_that_ends_inside_its_outline_is_drawn_out_to_it() -> None:
    assert places_of(((200, 140), (300, 140)), BOUNDARY, (10, 50), (700, 790)) == [
        ((110, 100), (110, 150), (150, 150), (150, 100)),
        ((800, 100), (800, 150), (890, 150), (890, 100)),
    ]


def test_where_the_outline_does_not_reach_places_are_points_of_the_baseline() -> None:
    beside = ((500, 100), (600, 100), (600, 150), (500, 150))

    assert places_of(BASELINE, beside, (10, 20), (10, 450)) == [((110, 140), (120, 140)), ((110, 140), (550, 140))]


def test_a_baseline_without_length_gives_its_ends() -> None:
    assert places_of(((5, 5), (5, 5)), BOUNDARY, (0, 3)) == [((5, 5), (5, 5))]
