"""From frames of a network's output to characters that have a place on the page and stand in reading order."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from kraken.containers import BaselineLine, BaselineOCRRecord, BBoxLine, BBoxOCRRecord

from htrkit.domain.geometry import Point, Points
from htrkit.domain.page import Character, Direction, Line

BASE_DIRECTIONS = {Direction.LTR: "L", Direction.RTL: "R"}
"""The paragraph direction that the Unicode bidirectional algorithm starts from; others leave it to the text."""

Decoded = Sequence[tuple[str, int, int, float]]
"""(code point, first frame, last frame, confidence) of each character, left to right."""


@dataclass(frozen=True, slots=True)
class Frames:
    """The widths that lead from a frame back to the cut-out line."""

    input_width: int
    """Of the network's input, padding included, in pixels."""
    frames: int
    """Length of the network's output."""
    cut_width: int
    """Of the cut-out line before scaling, in pixels."""
    cut_height: int
    padding: int = 16

    def to_cut(self, frame: int) -> int:
        """Give the pixel column of the cut-out line where a frame stands."""
        column = frame * (self.input_width / self.frames) - self.padding
        column *= self.cut_width / (self.input_width - 2 * self.padding)
        return round(min(max(column, 0), self.cut_width - 1))


def read_line(
    line: Line, shape: BaselineLine | BBoxLine, decoded: Decoded, frames: Frames, *, direction: Direction | None
) -> Line:
    """Give the line with its text in logical order, its characters' polygons and its mean confidence."""
    if not decoded:
        return replace(line, text="", confidence=None, characters=())
    text = "".join(character for character, *_ in decoded)
    confidences = [confidence for *_, confidence in decoded]
    spans = [(frames.to_cut(first), frames.to_cut(last)) for _, first, last, _ in decoded]
    base = BASE_DIRECTIONS.get(direction) if direction else None
    record: BaselineOCRRecord | BBoxOCRRecord
    if isinstance(shape, BaselineLine):
        record = BaselineOCRRecord(text, spans, confidences, shape).logical_order(base_dir=base)
    else:
        record = BBoxOCRRecord(text, _boxes(shape, spans), confidences, shape).logical_order(base_dir=base)
    characters = tuple(
        Character(sign, round(float(confidence), 4), _points(place))
        for sign, place, confidence in zip(record.prediction, record.cuts, record.confidences, strict=True)
    )
    return replace(
        line,
        text=record.prediction,
        confidence=round(sum(confidences) / len(confidences), 4),
        characters=characters,
    )


def _boxes(shape: BBoxLine, spans: Sequence[tuple[int, int]]) -> list[tuple[Point, Point, Point, Point]]:
    left, top, _, bottom = shape.bbox
    return [
        ((left + first, top), (left + first, bottom), (left + last, bottom), (left + last, top))
        for first, last in spans
    ]


def _points(place: Sequence[Sequence[int]]) -> Points:
    return tuple((int(x), int(y)) for x, y in place)
