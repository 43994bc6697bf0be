"""Puts the text that a model wrote for a whole page where it belongs: on the layout's lines, or on the page as such."""

from dataclasses import dataclass, replace

from htrkit.domain.geometry import Points
from htrkit.domain.names import LineId, RegionId
from htrkit.domain.page import Layout, LayoutKind, LayoutOrigin, Line, Note, Region
from htrkit.domain.stages import OpenPage
from htrkit.engines.text_breaking import broken_as

WHOLE_PAGE = "whole page"
"""What the record calls a layout that nobody drew."""
UNPLACED = "text-unplaced"
"""The code of the note on a page whose text stands on no line."""
PLACED = "text-placed"


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line of text as a model wrote it."""

    text: str
    confidence: float | None = None
    """0 to 1."""
    kind: str | None = None
    """What the model says it is, in its own word: `Header`, `MarginalNote`, `heading`."""


@dataclass(frozen=True, slots=True)
class PageText:
    """What a model wrote for a page, cleaned."""

    lines: tuple[TextLine, ...]
    structure: str | None = None
    """The document that the text stood in, as the model wrote it, where it is more than lines."""
    notes: tuple[Note, ...] = ()
    """What is to be said of the writing: `truncated`, `repetition`, `xml-repaired`."""


def placed(page: OpenPage, text: PageText) -> Layout:
    """Give the page's layout with the text in it, and none of the text lost.

    With lines: where they already hold text that is like it, the text is broken where that one is; else it is laid on
    them in order if the number of lines is the same. Otherwise, and without lines, every line of text is a line
    somewhere in one region that is the whole page: its boundary is the page, and it has no baseline.
    """
    given = page.layout
    if not text.lines:
        return _without_text(page, text)
    if given is None or not given.lines:
        return _unplaced(page, text, Note(UNPLACED, "The text stands on no lines: the model read the page as a whole."))
    like = broken_as([line.given_text or "" for line in given.lines], [line.text for line in text.lines])
    if like is not None:
        said = Note(PLACED, "The text was laid on the layout's lines by the text that they held.")
        return _on_lines(given, text, _joined(like, text), said)
    if len(given.lines) == len(text.lines):
        said = Note(PLACED, "The text was laid on the layout's lines in order, since there are as many of both.")
        return _on_lines(given, text, text.lines, said)
    message = (
        f"The layout of {given.origin.name} has {len(given.lines)} lines and the model wrote {len(text.lines)}: "
        "the text stands on none of them."
    )
    return _unplaced(page, text, Note(UNPLACED, message, flag=True))


def _on_lines(given: Layout, text: PageText, lines: tuple[TextLine, ...], said: Note) -> Layout:
    pairs = zip(given.lines, lines, strict=True)
    filled = tuple(replace(line, text=new.text, confidence=new.confidence, unread=None) for line, new in pairs)
    return replace(given, lines=filled, written=text.structure, notes=(*given.notes, *text.notes, said))


def _joined(like: list[str], text: PageText) -> tuple[TextLine, ...]:
    """Give the lines anew; a confidence is the page's where lines were broken elsewhere than the model broke them."""
    if like == [line.text for line in text.lines]:
        return text.lines
    told = [(line.confidence, len(line.text)) for line in text.lines if line.confidence is not None]
    total = sum(length for _, length in told)
    mean = round(sum(value * length for value, length in told) / total, 4) if total else None
    return tuple(TextLine(line, mean if line else None) for line in like)


def _without_text(page: OpenPage, text: PageText) -> Layout:
    """Nothing was written: the lines that there are stay, empty."""
    given = page.layout or Layout(LayoutOrigin(LayoutKind.WHOLE, WHOLE_PAGE))
    return replace(given, written=text.structure, notes=(*given.notes, *text.notes))


def _unplaced(page: OpenPage, text: PageText, said: Note) -> Layout:
    around = _whole(page)
    region = Region(RegionId("r1"), around)
    lines = tuple(
        Line(
            LineId(f"l{number}"),
            around,
            baseline=(),
            region=region.id,
            kind=line.kind,
            text=line.text,
            confidence=line.confidence,
        )
        for number, line in enumerate(text.lines, start=1)
    )
    given = page.layout
    return Layout(
        LayoutOrigin(LayoutKind.WHOLE, WHOLE_PAGE),
        regions=(region,),
        lines=lines,
        direction=given.direction if given else None,
        language=given.language if given else None,
        notes=(*(given.notes if given else ()), *text.notes, said),
        written=text.structure,
    )


def _whole(page: OpenPage) -> Points:
    right, bottom = page.size.width - 1, page.size.height - 1
    return (0, 0), (right, 0), (right, bottom), (0, bottom)
