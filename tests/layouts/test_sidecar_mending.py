"""A line that people drew badly is kept, made fit to be read, and told of."""

import pytest

from htrkit.domain.geometry import Size
from htrkit.domain.page import Layout, Line
from tests.fakes.sidecars import BASELINE, COORDS, REGION, SIZE, alto, codes, ids, line, page, read, region


def with_bad(inner: str) -> Layout:
    layout = read(page(region("r1", line("good"), line("bad", inner))))

    assert ids(layout) == ["good", "bad"]
    assert all(note.line == "bad" for note in layout.notes)
    assert all(0 <= x < 1000 and 0 <= y < 800 for one in layout.lines for x, y in (*one.boundary, *one.baseline))
    return layout


@pytest.mark.parametrize(
    ("inner", "said"),
    [
        (COORDS, ["baseline-made"]),
        (COORDS + '<Baseline points="500,140"/>', ["baseline-made"]),
        (COORDS + '<Baseline points="500,140 503,140"/>', ["baseline-made"]),
        (COORDS + "<Baseline/>", ["baseline-made"]),
        (BASELINE, ["outline-made"]),
        (f"<Coords/>{BASELINE}", ["outline-made"]),
        (f'<Coords points="1,1 2,2 3,3"/>{BASELINE}', ["outline-made"]),
        (COORDS + '<Baseline points="NaN,140 900,140"/>', ["points-broken", "baseline-made"]),
        (COORDS + '<Baseline points="100,140 900,140 inf,3"/>', ["points-broken"]),
        (COORDS + '<Baseline points="100,140 900,140 3"/>', ["points-broken"]),
        (f'<Coords points="-5,100 1e9,100 900,150"/>{BASELINE}', ["points-clipped"]),
        (f'<Coords points="-5,100 1e999,100 900,150 100,150"/>{BASELINE}', ["points-broken", "points-clipped"]),
        (COORDS + '<Baseline points="100,600 900,600"/>', ["outline-replaced"]),
        ("", ["line-without-place"]),
        ('<Coords points="x"/><Baseline points="y"/>', ["line-without-place"]),
        ('<Coords points="-9,-9 -5,-9 -5,-5"/><Baseline points="-9,-9 -5,-9"/>', ["line-off-page"]),
    ],
)
def test_a_line_drawn_badly_is_kept_mended_and_said(inner: str, said: list[str]) -> None:
    assert codes(with_bad(inner)) == said


def test_good_lines_beside_a_bad_one_are_not_touched() -> None:
    good = with_bad("").lines[0]

    assert (good.boundary, good.baseline) == (
        ((100, 100), (900, 100), (900, 150), (100, 150)),
        ((100, 140), (900, 140)),
    )


@pytest.mark.parametrize("inner", ["", '<Coords points="-9,-9 -5,-9 -5,-5"/>'])
def test_a_line_that_has_no_place_on_the_page_is_not_read_in_another(inner: str) -> None:
    bad = with_bad(inner).lines[1]

    assert bad.unread
    assert len(bad.boundary) >= 3


def test_a_line_without_place_stands_in_its_region() -> None:
    assert with_bad("").lines[1].boundary == ((90, 90), (910, 90), (910, 700), (90, 700))


def test_a_mended_line_is_to_be_read() -> None:
    assert with_bad(COORDS).lines[1].unread is None


def test_a_made_outline_is_as_high_as_the_pages_lines() -> None:
    xs = {"good": (100, 150), "bad": (390, 440)}
    layout = with_bad('<Baseline points="100,428 900,428"/>')

    assert {one.id: _heights(one) for one in layout.lines} == xs


def _heights(one: Line) -> tuple[int, int]:
    return min(y for _, y in one.boundary), max(y for _, y in one.boundary)


def test_a_line_without_points_stands_where_its_words_are() -> None:
    words = '<Word id="w"><Coords points="100,100 200,100 200,140 100,140"/></Word>'
    layout = read(page(region("r1", line(inner=words))))

    assert layout.lines[0].boundary == ((100, 100), (100, 140), (200, 140), (200, 100))
    assert codes(layout) == ["outline-from-box", "baseline-made"]


def test_what_is_true_of_every_line_is_said_once() -> None:
    layout = read(page(region("r1", *(line(f"l{number}", COORDS) for number in range(20)))))

    assert [(note.code, note.line) for note in layout.notes] == [("baseline-made", None)]
    assert layout.notes[0].message.startswith("All 20 lines")


def test_what_is_true_of_some_is_said_of_each() -> None:
    layout = read(page(region("r1", line("a"), line("b", COORDS), line("c", COORDS))))

    assert [note.line for note in layout.notes] == ["b", "c"]
    assert all(note.message.startswith(f"Line {note.line}: ") for note in layout.notes)


def test_a_downward_line_gets_a_downward_baseline() -> None:
    column = '<Coords points="100,100 140,100 140,700 100,700"/>'
    layout = read(page(region("r1", line(inner=column, more='readingDirection="top-to-bottom"'))))

    assert layout.lines[0].baseline == ((110, 100), (110, 700))


def test_a_region_without_points_is_drawn_around_its_lines() -> None:
    layout = read(page(f'<TextRegion id="r1">{line()}</TextRegion><TextRegion id="r2"/>'))

    assert [one.boundary for one in layout.regions] == [((100, 100), (900, 100), (900, 150), (100, 150)), ()]


def test_a_region_that_leaves_the_page_is_moved_onto_it_and_that_is_said_once() -> None:
    wide = REGION.replace("910", "2000")
    layout = read(page(f'<TextRegion id="r1">{wide}</TextRegion><TextRegion id="r2">{wide}</TextRegion>'))

    assert [one.boundary for one in layout.regions] == [((90, 90), (999, 90), (999, 700), (90, 700))] * 2
    assert codes(layout) == ["region-points-clipped"]


def test_an_outline_of_a_hundred_thousand_points_is_thinned() -> None:
    top = " ".join(f"{100 + place // 100},{100 + place % 2}" for place in range(50_000))
    bottom = " ".join(f"{600 - place // 100},{150 + place % 2}" for place in range(50_000))
    layout = with_bad(f'<Coords points="{top} {bottom}"/><Baseline points="100,140 600,140"/>')

    assert codes(layout) == ["points-thinned"]
    assert len(layout.lines[1].boundary) <= 2000


def test_a_number_beyond_all_numbers_is_scaled_too() -> None:
    far = '<Coords points="100,100 1e308,100 900,150"/>'
    layout = read(page(region("r1", line("a", far + BASELINE), line("b"))), Size(5000, 4000))

    assert codes(layout) == ["sidecar-scaled", "points-clipped"]


@pytest.mark.parametrize("size", [Size(1, 1), Size(1, 800), Size(100_000, 1)])
def test_a_picture_of_hardly_any_pixels_has_its_lines_too(size: Size) -> None:
    layout = read(page(region("r1", line("a"), line("b", "")), size=""), size)

    assert ids(layout) == ["a", "b"]
    assert all(0 <= x < size.width and 0 <= y < size.height for one in layout.lines for x, y in one.boundary)


@pytest.mark.parametrize(
    "box", ['HPOS="nan" VPOS="1"', 'HPOS="1" VPOS="inf"', 'HPOS="x"', 'HPOS="1e300" VPOS="-1e300"']
)
def test_a_box_that_cannot_be_is_none(box: str) -> None:
    layout = read(
        alto(f'<TextBlock ID="b" {box} WIDTH="5" HEIGHT="5"><TextLine ID="l" {box} WIDTH="9" HEIGHT="9"/></TextBlock>')
    )

    assert ids(layout) == ["l"]
    assert layout.lines[0].unread
    assert all(0 <= x < SIZE.width and 0 <= y < SIZE.height for x, y in layout.lines[0].boundary)
