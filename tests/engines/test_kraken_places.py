"""Characters stand in reading order and have a place on the page."""

import pytest
from kraken.containers import BaselineLine, BBoxLine

from htrkit.domain.names import LineId
from htrkit.domain.page import Direction, Line
from htrkit.engines.kraken_places import Frames, read_line

BOUNDARY = ((100, 100), (900, 100), (900, 150), (100, 150))
BASELINE = ((100, 140), (900, 140))
LINE = Line(LineId("l1"), BOUNDARY, BASELINE)
CURVE = BaselineLine(id="l1", baseline=list(BASELINE), boundary=list(BOUNDARY))
BOX = BBoxLine(id="l1", bbox=(100, 100, 900, 150))
FRAMES = Frames(input_width=832, frames=208, cut_width=800, cut_height=50)

shapes = pytest.mark.parametrize("shape", [CURVE, BOX], ids=["baseline", "box"])


def read(seen: str, shape: BaselineLine | BBoxLine, direction: Direction | None = None) -> Line:
    """Read signs that the network saw from left to right, ten frames each."""
    decoded = [(sign, 10 * place, 10 * place + 4, 0.5 + place / 100) for place, sign in enumerate(seen)]
    return read_line(LINE, shape, decoded, FRAMES, direction=direction)


def lefts(line: Line) -> list[int]:
    return [min(x for x, _ in character.polygon) for character in line.characters]


@shapes
def test_left_to_right_text_is_as_it_was_seen_and_its_places_grow(shape: BaselineLine | BBoxLine) -> None:
    line = read("in principio", shape)

    assert line.text == "in principio" == "".join(character.text for character in line.characters)
    assert lefts(line) == sorted(lefts(line))
    assert line.confidence == pytest.approx(0.555, abs=1e-4)


@shapes
@pytest.mark.parametrize("direction", [None, Direction.RTL])
def test_right_to_left_text_is_in_logical_order_and_its_places_shrink(
    shape: BaselineLine | BBoxLine, direction: Direction | None
) -> None:
    line = read("גבא", shape, direction)

    assert line.text == "אבג"
    assert lefts(line) == sorted(lefts(line), reverse=True)
    assert [character.confidence for character in line.characters] == [0.52, 0.51, 0.5]


@shapes
def test_the_direction_decides_where_mixed_text_begins(shape: BaselineLine | BBoxLine) -> None:
    assert read("abc אבג", shape, Direction.LTR).text == "abc גבא"
    assert read("abc אבג", shape, Direction.RTL).text == "גבא abc"


@shapes
def test_nothing_decoded_is_an_empty_line_without_confidence(shape: BaselineLine | BBoxLine) -> None:
    line = read("", shape)

    assert (line.text, line.confidence, line.characters) == ("", None, ())


def test_frames_lead_back_to_the_cut_out_line_and_never_beyond_it() -> None:
    assert FRAMES.to_cut(0) == 0
    assert FRAMES.to_cut(104) == 400
    assert FRAMES.to_cut(208) == 799
