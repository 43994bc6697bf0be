"""Words from characters: where each stands on the page, and how sure the engine is of it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from htrkit.domain.geometry import Box, Point, Points, Size, bounding_box
from htrkit.domain.page import Character, Line
from htrkit.domain.renderers import TextForm
from htrkit.outputs.shapes import polygon_on_page, rectangle
from htrkit.outputs.text import normalized, xml_text

_WORD = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a line; the `before`, `text` and `after` of its words joined give the line's text."""

    text: str
    before: str
    """The white space between this word and the one before it."""
    after: str
    """The white space at the line's end; empty for every word but the last."""
    confidence: float
    """Mean over its characters, 0 to 1."""
    polygon: Points


def words_of(line: Line, boundary: Points, size: Size, form: TextForm) -> tuple[Word, ...]:
    """Give the line's words in logical order, as XML may hold them, inside the line's boundary.

    There are none where the engine does not tell of characters, or not where they stand, or of others than the text
    has: no words are better than wrong ones.
    """
    characters = line.characters
    if not any(character.polygon for character in characters):
        return ()
    if "".join(character.text for character in characters) != line.text:
        return ()
    ends = list(accumulate(len(character.text) for character in characters))
    owners = [place for place, end in enumerate(ends) for _ in range(end - (ends[place - 1] if place else 0))]
    frame = bounding_box(boundary)
    words: list[Word] = []
    gap_from = 0
    for match in _WORD.finditer(line.text):
        text = normalized(xml_text(match.group()), form)
        if not text:
            continue
        before = normalized(xml_text(line.text[gap_from : match.start()]), form)
        members = characters[owners[match.start()] : owners[match.end() - 1] + 1]
        words.append(Word(text, before, "", _mean(members), _around(members, frame, size)))
        gap_from = match.end()
    return _ended(words, normalized(xml_text(line.text[gap_from:]), form))


def _ended(words: Sequence[Word], tail: str) -> tuple[Word, ...]:
    """Give the words with the white space of the line's end at the last."""
    if not words or not tail:
        return tuple(words)
    last = words[-1]
    return (*words[:-1], Word(last.text, last.before, tail, last.confidence, last.polygon))


def _mean(characters: Sequence[Character]) -> float:
    return sum(character.confidence for character in characters) / len(characters)


def _around(characters: Sequence[Character], frame: Box, size: Size) -> Points:
    """Give the word's polygon: from the first cut through the line to the last, else the box around it.

    An engine's character is a slice of its line with four corners: two where it begins, two where it ends, all four on
    the line's boundary (kraken's `compute_polygon_section`). A word is the slice between its outermost ones, whatever
    the direction, so that its corners lie on the line's boundary, too.
    """
    quads = [character.polygon for character in characters]
    if all(len(quad) == 4 for quad in quads):
        first, last = _outermost(quads)
        return polygon_on_page((first[0], first[1], last[2], last[3]), size)
    points = [point for quad in quads for point in quad]
    return polygon_on_page(rectangle(_cropped(bounding_box(points), frame)) if points else rectangle(frame), size)


def _outermost(quads: Sequence[Points]) -> tuple[Points, Points]:
    """Give the slices that begin first and end last along the way that all of them run."""
    way_x = sum(quad[3][0] - quad[0][0] + quad[2][0] - quad[1][0] for quad in quads)
    way_y = sum(quad[3][1] - quad[0][1] + quad[2][1] - quad[1][1] for quad in quads)

    def along(point: Point) -> int:
        return point[0] * way_x + point[1] * way_y

    return min(quads, key=lambda quad: along(quad[0])), max(quads, key=lambda quad: along(quad[3]))


def _cropped(box: Box, frame: Box) -> Box:
    """Give the part of the box inside the frame, or the frame where they do not meet."""
    left, right = max(box.left, frame.left), min(box.right, frame.right)
    top, bottom = max(box.top, frame.top), min(box.bottom, frame.bottom)
    return Box(left, top, right, bottom) if left <= right and top <= bottom else frame
