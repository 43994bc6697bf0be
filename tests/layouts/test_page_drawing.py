"""What a PAGE document says of regions, lines, order, labels, directions and text."""

import pytest

from htrkit.domain.page import Direction, RegionKind
from tests.fakes.sidecars import BASELINE, COORDS, REGION, codes, ids, line, page, read, region


def placed(index: object, more: str = "") -> str:
    return f'custom="{more}readingOrder {{index:{index};}}"'


def ordered(inner: str) -> str:
    return f"<ReadingOrder>{inner}</ReadingOrder>"


def named(*regions: str) -> str:
    return "".join(f'<RegionRefIndexed index="{place}" regionRef="{name}"/>' for place, name in enumerate(regions))


THREE = region("r1", line("a")) + region("r2", line("b")) + region("r3", line("c"))


def test_reading_order_goes_before_the_documents_and_the_rest_stands_after_it() -> None:
    order = ordered(f'<OrderedGroup id="g">{named("r3", "r1")}</OrderedGroup>')

    assert ids(read(page(order + THREE))) == ["c", "a", "b"]


def test_indices_go_before_the_order_in_which_references_stand() -> None:
    references = '<RegionRefIndexed index="10" regionRef="r1"/><RegionRefIndexed index="9" regionRef="r3"/>'

    assert ids(read(page(ordered(f'<OrderedGroup id="g">{references}</OrderedGroup>') + THREE))) == ["c", "a", "b"]


def test_groups_within_groups_are_read() -> None:
    inner = '<UnorderedGroupIndexed id="v" index="1"><RegionRef regionRef="r1"/></UnorderedGroupIndexed>'
    inner += '<OrderedGroupIndexed id="w" index="0" regionRef="r3"/>'
    order = ordered(f'<UnorderedGroup id="u"><OrderedGroup id="g">{inner}</OrderedGroup></UnorderedGroup>')

    assert ids(read(page(order + THREE))) == ["c", "a", "b"]


def test_references_to_nothing_are_passed_over() -> None:
    order = ordered(f'<OrderedGroup id="g">{named("gone", "r2")}</OrderedGroup>')

    assert ids(read(page(order + THREE))) == ["b", "a", "c"]


def test_transkribus_indices_order_regions_and_lines() -> None:
    body = region("r1", line("a", more=placed(1)), line("b", more=placed(0)), more=placed(1))
    body += region("r2", line("c"), more=placed(0, "structure {type:heading;} "))

    assert ids(read(page(body))) == ["c", "b", "a"]


def test_reading_order_goes_before_transkribus_indices_of_regions() -> None:
    order = ordered(f'<OrderedGroup id="g">{named("r1", "r2")}</OrderedGroup>')
    body = region("r1", line("a"), more=placed(1)) + region("r2", line("b"), more=placed(0))

    assert ids(read(page(order + body))) == ["a", "b"]


@pytest.mark.parametrize("index", ["", "x", "1.5"])
def test_an_index_that_is_no_number_is_none(index: str) -> None:
    assert ids(read(page(region("r1", line("a", more=placed(index)), line("b", more=placed(0)))))) == ["b", "a"]


def test_lines_of_nested_regions_tables_cells_and_no_region_are_all_there() -> None:
    table = f'<TableRegion id="t">{REGION}{region("cell", line("c"))}<TableCell>{line("d")}</TableCell></TableRegion>'
    picture = f'<ImageRegion id="i">{REGION}{line("e")}</ImageRegion>'
    layout = read(page(region("r1", region("inner", line("a")), line("b")) + table + picture + line("loose")))

    assert [(one.id, one.region) for one in layout.lines] == [
        ("a", "inner"),
        ("b", "r1"),
        ("c", "cell"),
        ("d", "t"),
        ("e", "i"),
        ("loose", None),
    ]
    assert [(one.id, one.parent, one.kind) for one in layout.regions] == [
        ("r1", None, RegionKind.TEXT),
        ("inner", "r1", RegionKind.TEXT),
        ("t", None, RegionKind.TABLE),
        ("cell", "t", RegionKind.TEXT),
        ("i", None, RegionKind.IMAGE),
    ]


@pytest.mark.parametrize("kind", RegionKind)
def test_every_kind_of_region_is_known(kind: RegionKind) -> None:
    layout = read(page(f'<{kind} id="r1">{REGION}</{kind}>'))

    assert [(one.kind, one.boundary) for one in layout.regions] == [
        (kind, ((90, 90), (910, 90), (910, 700), (90, 700)))
    ]


def test_labels_of_regions_and_lines_are_kept_in_their_own_words() -> None:
    body = region("r1", line("a", more='custom="structure {type:heading;}"'), more='type="marginalia"')
    body += region("r2", line("b"), more='custom="odd {x:1;} structure {score:1; type:gl\\u003bss;}"')
    layout = read(page(body))

    assert [one.label for one in layout.regions] == ["marginalia", "gl;ss"]
    assert [one.kind for one in layout.lines] == ["heading", None]


@pytest.mark.parametrize("custom", ["structure", "structure {", "structure {type}", "structure {:x;}", "} {", "a:b;"])
def test_a_custom_attribute_of_another_kind_says_nothing(custom: str) -> None:
    layout = read(page(region("r1", line(more=f'custom="{custom}"'), more=f'custom="{custom}"')))

    assert (layout.regions[0].label, layout.lines[0].kind) == (None, None)


@pytest.mark.parametrize(
    ("word", "direction"),
    [
        ("left-to-right", Direction.LTR),
        ("right-to-left", Direction.RTL),
        ("top-to-bottom", Direction.TTB),
        ("bottom-to-top", None),
        ("odd", None),
    ],
)
def test_direction_is_taken_from_line_regions_and_page(word: str, direction: Direction | None) -> None:
    said = f'readingDirection="{word}"'

    assert read(page(region("r1", line(more=said)))).lines[0].direction is direction
    assert read(page(region("r1", line(), more=said))).lines[0].direction is direction
    assert read(page(region("r0", region("r1", line()), more=said))).lines[0].direction is direction
    layout = read(page(region("r1", line()), more=said))
    assert (layout.direction, layout.lines[0].direction) == (direction, direction)


def test_the_nearest_direction_counts() -> None:
    said = 'readingDirection="{}"'
    body = region("r1", line(more=said.format("right-to-left")), more=said.format("left-to-right"))

    assert read(page(body, more=said.format("top-to-bottom"))).lines[0].direction is Direction.RTL


def test_languages_are_kept_as_written() -> None:
    body = region("r1", line("a"), line("b", more='primaryLanguage="Greek"'), more='primaryLanguage="Latin"')
    body += region("r2", line("c"), line("d", more='custom="language {type:deu;}"'))
    layout = read(page(body, more='primaryLanguage="French"'))

    assert layout.language == "French"
    assert [one.language for one in layout.lines] == ["Latin", "Greek", None, "deu"]


def unicode(text: str, more: str = "") -> str:
    return f"<TextEquiv {more}><Unicode>{text}</Unicode></TextEquiv>"


@pytest.mark.parametrize(
    ("inner", "text"),
    [
        ("", None),
        (unicode("a"), "a"),
        (unicode(" a  b "), " a  b "),
        (unicode(""), ""),
        (unicode("first") + unicode("second"), "first"),
        (unicode("b", 'index="1"') + unicode("a", 'index="0"'), "a"),
        (unicode("b", 'index="10"') + unicode("a", 'index="9"'), "a"),
        (unicode("none") + unicode("told", 'index="3"'), "told"),
        (unicode("first", 'index="x"') + unicode("second"), "first"),
        ("<TextEquiv><PlainText>plain</PlainText></TextEquiv>", "plain"),
        ("<TextEquiv/>", ""),
        (f'<Word id="w1">{unicode("in")}</Word><Word id="w2">{unicode("principio")}</Word>', "in principio"),
        (f'<Word id="w1">{unicode("in")}</Word>{unicode("whole")}', "whole"),
        (f'<Word id="w1"><Glyph id="g1">{unicode("i")}</Glyph><Glyph id="g2">{unicode("n")}</Glyph></Word>', "in"),
        ('<Word id="w1"/>', None),
    ],
)
def test_the_text_that_was_there_is_given(inner: str, text: str | None) -> None:
    assert read(page(region("r1", line(inner=COORDS + BASELINE + inner)))).lines[0].given_text == text


@pytest.mark.parametrize(
    "points",
    [
        'points="100,140 900,140"',
        'points="100 140 900 140"',
        'points="100.9,140.2 900.0,140.7"',
        'points=" 100,140 \n 900,140 "',
        'points="(100,140) (900,140)"',
        'points="1e2,140 +9.0E2,140."',
        'points="100,140 100,140 900,140"',
    ],
)
def test_points_are_understood_however_they_are_written(points: str) -> None:
    layout = read(page(region("r1", line(inner=f"{COORDS}<Baseline {points}/>"))))

    assert layout.lines[0].baseline == ((100, 140), (900, 140))
    assert codes(layout) == []


def test_points_of_2010_are_elements() -> None:
    inner = '<Coords><Point x="100" y="100"/><Point x="900" y="100"/><Point x="900" y="150"/></Coords>'

    assert read(page(region("r1", line(inner=inner + BASELINE)))).lines[0].boundary == (
        (100, 100),
        (900, 100),
        (900, 150),
    )


def test_a_polygon_that_is_closed_stays_closed() -> None:
    closed = '<Coords points="100,100 900,100 900,150 100,100"/>'

    assert read(page(region("r1", line(inner=closed + BASELINE)))).lines[0].boundary[-1] == (100, 100)
