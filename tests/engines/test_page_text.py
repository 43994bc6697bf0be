"""Where the text of a whole page comes to stand, and that none of it is lost or given a place that nobody knows."""

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from htrkit.domain.geometry import Size
from htrkit.domain.names import LineId, PageKey
from htrkit.domain.page import Direction, ImageFacts, Layout, LayoutKind, LayoutOrigin, Line, Note, PageRecord, Reading
from htrkit.domain.renderers import RenderOptions, Target, TextForm
from htrkit.domain.stages import OpenPage
from htrkit.engines.page_text import PLACED, UNPLACED, PageText, TextLine, placed
from htrkit.engines.text_breaking import broken_as
from htrkit.engines.text_confidence import Token, with_confidences
from htrkit.outputs.record import decode_record, encode_record
from htrkit.outputs.txt import PlainText
from tests.contracts.test_renderers import check_alto, check_page_xml

SIZE = (200, 300)
PSALM = ["Beatus vir qui non abiit", "in consilio impiorum et in", "via peccatorum non stetit"]


def layout(*given_texts: str | None) -> Layout:
    lines = tuple(
        Line(
            LineId(f"line{place}"),
            ((10, 20 * place), (190, 20 * place), (190, 20 * place + 15), (10, 20 * place + 15)),
            ((10, 20 * place + 12), (190, 20 * place + 12)),
            given_text=text,
        )
        for place, text in enumerate(given_texts)
    )
    return Layout(LayoutOrigin(LayoutKind.PAGE_XML, "a.xml"), lines=lines, direction=Direction.RTL)


def page(drawn: Layout | None = None) -> OpenPage:
    return OpenPage(PageKey("p"), Image.new("L", SIZE, 255), drawn)


def text(*lines: str, structure: str | None = None) -> PageText:
    return PageText(tuple(TextLine(line, 0.5) for line in lines), structure, (Note("truncated", "cut", flag=True),))


def texts(made: Layout) -> list[str]:
    return [line.text for line in made.lines]


def codes(made: Layout) -> list[tuple[str, bool]]:
    return [(note.code, note.flag) for note in made.notes]


def test_as_many_lines_as_the_layout_has_are_laid_on_them_in_order() -> None:
    made = placed(page(layout(None, None)), text("a", "b", structure="<x/>"))
    assert [(line.id, line.text, line.confidence) for line in made.lines] == [("line0", "a", 0.5), ("line1", "b", 0.5)]
    assert [line.baseline for line in made.lines] == [line.baseline for line in layout(None, None).lines]
    assert codes(made) == [("truncated", True), (PLACED, False)]
    assert made.written == "<x/>"


def test_more_or_fewer_lines_than_the_layout_has_stand_on_none_of_them_and_that_is_flagged() -> None:
    made = placed(page(layout(None, None)), text("a", "b", "c"))
    assert texts(made) == ["a", "b", "c"]
    assert made.origin.kind is LayoutKind.WHOLE
    assert codes(made) == [("truncated", True), (UNPLACED, True)]
    assert made.direction is Direction.RTL


@pytest.mark.parametrize("drawn", [None, layout()])
def test_text_of_a_page_without_lines_is_one_region_with_no_line_drawn(drawn: Layout | None) -> None:
    made = placed(page(drawn), text("a", "b"))
    assert [region.boundary for region in made.regions] == [((0, 0), (199, 0), (199, 299), (0, 299))]
    assert {line.boundary for line in made.lines} == {made.regions[0].boundary}
    assert {line.baseline for line in made.lines} == {()}
    assert codes(made) == [("truncated", True), (UNPLACED, False)]


def test_a_page_of_which_nothing_was_written_keeps_its_lines_empty() -> None:
    assert texts(placed(page(layout("x", "y")), PageText(()))) == ["", ""]
    assert placed(page(), PageText(())).lines == ()


def test_what_a_line_is_stays_with_it() -> None:
    made = placed(page(), PageText((TextLine("a", kind="Header"), TextLine("b"))))
    assert [line.kind for line in made.lines] == ["Header", None]


def test_text_that_the_lines_already_held_says_where_new_text_is_broken() -> None:
    flowing = ["Beatus vir, qui non abiit in consilio impiorum et", "in via peccatorum non stetit"]
    made = placed(page(layout(*PSALM)), text(*flowing))
    assert texts(made) == [
        "Beatus vir, qui non abiit",
        "in consilio impiorum et",
        "in via peccatorum non stetit",
    ] or texts(made) == ["Beatus vir, qui non abiit", "in consilio impiorum et in", "via peccatorum non stetit"]
    assert codes(made)[-1] == (PLACED, False)
    assert {line.confidence for line in made.lines} == {0.5}


def test_text_that_is_not_like_that_of_the_lines_is_not_laid_on_them() -> None:
    made = placed(page(layout(*PSALM)), text("Quare fremuerunt gentes", "astiterunt reges terrae"))
    assert codes(made)[-1] == (UNPLACED, True)


def test_a_line_that_held_no_text_takes_what_stands_in_its_place() -> None:
    made = placed(page(layout(PSALM[0], None, PSALM[2])), text(*PSALM))
    assert texts(made) == PSALM


def test_a_line_that_held_no_text_takes_none_that_may_be_its_neighbours() -> None:
    assert broken_as([PSALM[0], "", PSALM[1], PSALM[2]], [PSALM[0], " ".join(PSALM[1:])]) is None


@given(st.lists(st.text("abcde ", min_size=1, max_size=12).filter(str.strip), min_size=1, max_size=6), st.data())
def test_no_sign_is_lost_or_moved_when_text_is_broken_anew(lines: list[str], draw: st.DataObject) -> None:
    flowing = " ".join(lines).split()
    cut = draw.draw(st.integers(0, len(flowing)))
    written = [part for part in (" ".join(flowing[:cut]), " ".join(flowing[cut:])) if part]
    broken = broken_as(lines, written)
    assert broken is None or len(broken) == len(lines)
    assert broken is None or "".join("".join(broken).split()) == "".join("".join(written).split())


@pytest.mark.parametrize("drawn", [None, layout(), layout(None), layout(None, None, None)])
def test_every_output_of_placed_text_is_valid(drawn: Layout | None) -> None:
    made = placed(page(drawn), text("In nomine", "domini", "amen", structure="<HistoricalDocument/>"))
    facts = ImageFacts("a.png", "a.png", "b" * 64, Size(*SIZE))
    # A given layout's own document is another test's concern.
    origin = made.origin if drawn is None or not drawn.lines else LayoutOrigin(LayoutKind.KRAKEN, "blla")
    record = PageRecord(PageKey("p"), facts, replace(made, origin=origin), Reading("churro", "1"))
    for options in (RenderOptions(target, form) for target, form in product(Target, TextForm)):
        check_page_xml(record, options)
        check_alto(record, options)
    assert decode_record(encode_record(record)) == record
    assert PlainText().render(record, RenderOptions(Target.STANDARD, TextForm.NONE)) == b"In nomine\ndomini\namen\n"


def test_each_line_has_the_confidence_of_the_tokens_it_was_written_with() -> None:
    tokens = [Token(b"<Line>", 1.0), Token("sé".encode()[:2], 0.2), Token("é".encode()[1:], 0.4), Token(b"\n", 1.0)]
    tokens += [Token(b"", 0.0), Token(b"b", 0.9)]
    made = with_confidences(PageText((TextLine("sé"), TextLine("b"), TextLine("changed"))), tokens)
    assert [line.confidence for line in made.lines] == [0.3, 0.9, 0.7]


def test_without_tokens_nobody_is_sure_of_anything() -> None:
    assert with_confidences(PageText((TextLine("a"),)), []).lines[0].confidence is None
