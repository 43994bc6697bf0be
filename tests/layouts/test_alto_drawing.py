"""What an ALTO document says of blocks, lines, order, labels, directions and text."""

import pytest

from htrkit.domain.page import Direction, RegionKind
from tests.fakes.sidecars import ALTO_BLOCK, ALTO_LINE, alto, alto_line, codes, ids, read


def block(name: str, *lines: str, more: str = "") -> str:
    return f'<TextBlock ID="{name}" {more}>{"".join(lines)}</TextBlock>'


def ordered(*references: str) -> str:
    refs = "".join(f'<ElementRef ID="e{place}" REF="{name}"/>' for place, name in enumerate(references))
    return f'<ReadingOrder><OrderedGroup ID="g">{refs}</OrderedGroup></ReadingOrder>'


TWO_BLOCKS = block(
    "b1", alto_line("a"), alto_line("b", '<String ID="sb" CONTENT="b"/>', top=200), more='IDNEXT="b2"'
) + block("b2", alto_line("c", top=300))


def test_without_a_reading_order_it_is_the_documents_whatever_idnext_says() -> None:
    assert ids(read(alto(TWO_BLOCKS.replace('IDNEXT="b2"', ""), head=""))) == ["a", "b", "c"]
    assert ids(read(alto(block("b0", alto_line("z")) + TWO_BLOCKS.replace("b2", "b0", 1)))) == ["z", "a", "b", "c"]


def test_the_reading_order_names_blocks_lines_and_strings() -> None:
    assert ids(read(alto(TWO_BLOCKS, head=ordered("b2", "sb", "a")))) == ["c", "b", "a"]


def test_what_the_reading_order_does_not_name_stands_after_it() -> None:
    assert ids(read(alto(TWO_BLOCKS, head=ordered("b2", "gone")))) == ["c", "a", "b"]


def test_lines_in_margins_composed_blocks_and_bare_are_all_there() -> None:
    composed = f'<ComposedBlock ID="k">{ALTO_BLOCK}</ComposedBlock><Illustration ID="i">{alto_line("e")}</Illustration>'
    margin = f"<LeftMargin>{block('m', alto_line('n'))}</LeftMargin>"
    document = alto(composed + alto_line("bare")).replace("</PrintSpace>", f"</PrintSpace>{margin}")
    layout = read(document)

    assert [(one.id, one.region) for one in layout.lines] == [
        ("l1", "b1"),
        ("e", "i"),
        ("bare", None),
        ("n", "m"),
    ]
    assert [(one.id, one.parent) for one in layout.regions] == [("k", None), ("b1", "k"), ("i", None), ("m", None)]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("TextBlock", RegionKind.TEXT),
        ("Illustration", RegionKind.IMAGE),
        ("GraphicalElement", RegionKind.GRAPHIC),
        ("ComposedBlock", RegionKind.UNKNOWN),
    ],
)
def test_every_kind_of_block_is_known(name: str, kind: RegionKind) -> None:
    layout = read(alto(f'<{name} ID="x" HPOS="10" VPOS="20.0" WIDTH="30" HEIGHT="40"/>'))

    assert [(one.kind, one.boundary) for one in layout.regions] == [(kind, ((10, 20), (10, 60), (40, 60), (40, 20)))]


TAGS = (
    '<Tags><RoleTag ID="T0" LABEL="author"/><OtherTag ID="T1" LABEL="MainZone"/>'
    '<OtherTag ID="T2" LABEL="InterlinearLine"/><LayoutTag ID="T3" LABEL="Margin" TYPE="region"/>'
    '<OtherTag ID="T4" LABEL="fra" TYPE="language"/><StructureTag ID="T5"/></Tags>'
)


@pytest.mark.parametrize(
    ("block_says", "line_says", "label", "kind"),
    [
        ('TAGREFS="T1"', 'TAGREFS="T2"', "MainZone", "InterlinearLine"),
        ('TAGREFS="T0 gone T5 T1"', 'TAGREFS="T4"', "MainZone", None),
        ('TAGREFS="T1 T3"', "", "Margin", None),
        ('TYPE="column" TAGREFS="T1"', "", "column", None),
        ("", "", None, None),
    ],
)
def test_tags_are_labels(block_says: str, line_says: str, label: str | None, kind: str | None) -> None:
    layout = read(alto(block("b1", alto_line("a", more=line_says), more=block_says), head=TAGS))

    assert (layout.regions[0].label, layout.lines[0].kind) == (label, kind)


@pytest.mark.parametrize(
    ("word", "direction"),
    [("ltr", Direction.LTR), ("rtl", Direction.RTL), ("ttb", Direction.TTB), ("btt", None), ("odd", None)],
)
def test_direction_is_taken_from_line_block_and_page(word: str, direction: Direction | None) -> None:
    said = f'BASEDIRECTION="{word}"'

    assert read(alto(block("b", alto_line("a", more=said)))).lines[0].direction is direction
    assert read(alto(block("b", alto_line("a"), more=said))).lines[0].direction is direction
    assert read(alto(size=f'WIDTH="1000" HEIGHT="800" {said}')).direction is direction


def test_languages_are_kept_as_written() -> None:
    lines = alto_line("a"), alto_line("b", more='LANG="el"'), alto_line("c", more='TAGREFS="T4"')
    body = block("b1", *lines, more='LANG="la"') + block("b2", alto_line("d"))
    layout = read(alto(body, head=TAGS, size='WIDTH="1000" HEIGHT="800" LANG="fr"'))

    assert layout.language == "fr"
    assert [one.language for one in layout.lines] == ["la", "el", "fra", None]


@pytest.mark.parametrize(
    ("inner", "text"),
    [
        ("", None),
        ('<String CONTENT="in"/><SP/><String CONTENT="verbis"/>', "in verbis"),
        ('<String CONTENT="in"/><String CONTENT="verbis"/>', "in verbis"),
        ('<String CONTENT="in"/><SP/><String CONTENT="ver"/><String CONTENT="bis"/>', "in verbis"),
        ('<String CONTENT="in&#9;"/><String CONTENT="verbis"/>', "in\tverbis"),
        ('<String CONTENT="ver"/><HYP CONTENT="⸗"/>', "ver⸗"),
        ('<String CONTENT="ver"/><HYP/>', "ver-"),
        ('<String CONTENT=""/>', ""),
        ("<String/>", ""),
        ("<SP/>", None),
    ],
)
def test_strings_spaces_and_hyphens_are_joined(inner: str, text: str | None) -> None:
    assert read(alto(block("b", alto_line("a", inner)))).lines[0].given_text == text


@pytest.mark.parametrize(
    "points",
    [
        "100 140 900 140",
        "100,140 900,140",
        "100, 140 900, 140",
        "(100 140) (900 140)",
        "100.9 140.2 900.0 140.7",
        "1e2 140 9E2 140",
    ],
)
def test_points_are_understood_however_they_are_written(points: str) -> None:
    layout = read(alto(ALTO_BLOCK.replace("100 140 900 140", points)))

    assert layout.lines[0].baseline == ((100, 140), (900, 140))
    assert codes(layout) == []


def test_a_baseline_of_one_number_is_its_height_on_the_page() -> None:
    layout = read(alto(ALTO_BLOCK.replace("100 140 900 140", "139.0")))

    assert layout.lines[0].baseline == ((100, 139), (900, 139))
    assert codes(layout) == []


def test_a_baseline_of_one_number_without_a_box_is_made_from_the_polygon() -> None:
    bare = ALTO_LINE.replace("100 140 900 140", "139.0").replace('HPOS="100"', "")

    assert codes(read(alto(block("b", bare)))) == ["baseline-made"]


def test_boxes_stand_in_for_outlines_and_that_is_said_once() -> None:
    layout = read(alto(block("b", alto_line("a"), alto_line("b", top=200))))

    assert layout.lines[0].boundary == ((100, 100), (100, 140), (900, 140), (900, 100))
    assert layout.lines[0].baseline == ((100, 130), (900, 130))
    assert sorted(codes(layout)) == ["baseline-made", "outline-from-box"]
    assert all(note.line is None for note in layout.notes)


def test_a_line_without_a_box_stands_where_its_strings_are() -> None:
    string = '<String CONTENT="a" HPOS="{}" VPOS="100" WIDTH="100" HEIGHT="40"/>'
    bare = f'<TextLine ID="a">{string.format(100)}{string.format(300)}</TextLine>'

    assert read(alto(block("b", bare))).lines[0].boundary == ((100, 100), (100, 140), (400, 140), (400, 100))


def test_a_circle_is_no_polygon_and_the_box_is_taken() -> None:
    round_line = alto_line("a", '<Shape><Circle HPOS="5" VPOS="5" RADIUS="3"/></Shape>')

    assert read(alto(block("b", round_line))).lines[0].boundary[0] == (100, 100)
