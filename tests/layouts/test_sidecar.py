"""People's PAGE and ALTO documents become layouts, and no line of them is lost."""

from itertools import product
from pathlib import Path

import pytest

from htrkit.domain.errors import PageProblem
from htrkit.domain.failure import FailureClass, Step
from htrkit.domain.geometry import Size
from htrkit.domain.page import Direction, Layout, LayoutKind, RegionKind
from htrkit.layouts.sidecar import read_sidecar, read_truth

SIZE = Size(1000, 800)
PAGE_NAMESPACE = "http://schema.primaresearch.org/PAGE/gts/pagecontent/{}"
COORDS = '<Coords points="100,100 900,100 900,150 100,150"/>'
BASELINE = '<Baseline points="100,140 900,140"/>'
REGION = '<Coords points="90,90 910,90 910,700 90,700"/>'


def page(
    body: str, *, version: str = "2019-07-15", size: str = 'imageWidth="1000" imageHeight="800"', more: str = ""
) -> str:
    name = f' xmlns="{PAGE_NAMESPACE.format(version)}"' if version else ""
    return f'<PcGts{name}><Page imageFilename="1.jpg" {size} {more}>{body}</Page></PcGts>'


def line(name: str = "l1", inner: str = COORDS + BASELINE, more: str = "") -> str:
    return f'<TextLine id="{name}" {more}>{inner}</TextLine>'


def region(name: str, *lines: str, more: str = "") -> str:
    return f'<TextRegion id="{name}" {more}>{REGION}{"".join(lines)}</TextRegion>'


def alto(
    body: str, *, namespace: str = "http://www.loc.gov/standards/alto/ns-v4#", size: str = 'WIDTH="1000" HEIGHT="800"',
    unit: str = "<MeasurementUnit>pixel</MeasurementUnit>", head: str = "",
) -> str:  # fmt: skip
    name = f' xmlns="{namespace}"' if namespace else ""
    described = f"<Description>{unit}</Description>{head}"
    return f"<alto{name}>{described}<Layout><Page {size}><PrintSpace>{body}</PrintSpace></Page></Layout></alto>"


ALTO_LINE = (
    '<TextLine ID="l1" BASELINE="100 140 900 140" HPOS="100" VPOS="100" WIDTH="800" HEIGHT="50">'
    '<Shape><Polygon POINTS="100 100 900 100 900 150 100 150"/></Shape><String CONTENT="in"/><SP/>'
    '<String CONTENT="principio"/></TextLine>'
)


def read(document: str, size: Size = SIZE) -> Layout:
    return read_sidecar(document.encode(), name="1.xml", image=size)


def refused(document: str | bytes, size: Size = SIZE) -> PageProblem:
    content = document if isinstance(document, bytes) else document.encode()
    with pytest.raises(PageProblem) as caught:
        read_sidecar(content, name="1.xml", image=size)
    assert caught.value.what.startswith("1.xml")
    assert caught.value.step is Step.LAYOUT
    assert caught.value.mend
    return caught.value


def ids(layout: Layout) -> list[str]:
    return [one.id for one in layout.lines]


def codes(layout: Layout) -> list[str]:
    return [note.code for note in layout.notes]


@pytest.mark.parametrize(
    "version", ["2010-03-19", "2013-07-15", "2017-07-15", "2018-07-15", "2019-07-15", "2024-07-15", ""]
)
def test_every_version_of_page_is_read(version: str) -> None:
    layout = read(page(region("r1", line()), version=version))

    assert ids(layout) == ["l1"]
    assert layout.origin.kind is LayoutKind.PAGE_XML
    assert layout.origin.version == (version or None)
    assert layout.lines[0].boundary == ((100, 100), (900, 100), (900, 150), (100, 150))
    assert layout.lines[0].baseline == ((100, 140), (900, 140))
    assert layout.notes == ()


@pytest.mark.parametrize(
    "namespace", ["http://www.loc.gov/standards/alto/ns-v2#", "http://www.loc.gov/standards/alto/ns-v3#",
                  "http://www.loc.gov/standards/alto/ns-v4#", "http://schema.ccs-gmbh.com/ALTO", ""]
)  # fmt: skip
def test_every_version_of_alto_is_read(namespace: str) -> None:
    layout = read(alto(f'<TextBlock ID="b1">{ALTO_LINE}</TextBlock>', namespace=namespace))

    assert ids(layout) == ["l1"]
    assert layout.origin.kind is LayoutKind.ALTO
    assert layout.lines[0].baseline == ((100, 140), (900, 140))
    assert layout.lines[0].given_text == "in principio"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "not well-formed"),
        (b"<PcGts", "not well-formed"),
        (b"\x00\x01", "not well-formed"),
        (b"<html/>", "neither PAGE nor ALTO"),
        (b"<mets/>", "neither PAGE nor ALTO"),
        (b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><PcGts>&x;</PcGts>', "DOCTYPE"),
        (b'<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;&x;">]><PcGts>&y;</PcGts>', "DOCTYPE"),
        (b"<PcGts>" + b"<a>" * 5000 + b"</a>" * 5000 + b"</PcGts>", "not well-formed"),
    ],
)
def test_what_cannot_be_parsed_fails_the_page_by_name(content: bytes, said: str) -> None:
    problem = refused(content)

    assert problem.failure is FailureClass.SIDECAR
    assert said in problem.what


def test_a_document_for_a_picture_of_another_shape_fails_the_page() -> None:
    problem = refused(page(region("r1", line())), Size(1000, 900))

    assert problem.failure is FailureClass.SIZE
    assert "1000 x 800" in problem.what
    assert "1000 x 900" in problem.what


def test_a_document_for_the_picture_before_it_was_turned_says_so() -> None:
    assert "turned" in refused(page(region("r1", line())), Size(800, 1000)).mend


@pytest.mark.parametrize("document", [page(region("r1", line())), alto(f'<TextBlock ID="b1">{ALTO_LINE}</TextBlock>')])
def test_a_document_in_proportion_is_scaled_and_that_is_said(document: str) -> None:
    layout = read(document, Size(2000, 1600))

    assert layout.lines[0].baseline == ((200, 280), (1800, 280))
    assert codes(layout) == ["sidecar-scaled"]


def test_one_per_cent_is_in_proportion_and_two_are_not() -> None:
    assert codes(read(page(region("r1", line())), Size(1007, 800))) == ["sidecar-scaled"]
    assert refused(page(region("r1", line())), Size(1020, 800)).failure is FailureClass.SIZE


@pytest.mark.parametrize("size", ["", 'imageWidth="0" imageHeight="0"', 'imageWidth="x" imageHeight="-3"'])
def test_a_document_that_tells_no_size_is_taken_as_it_is_and_that_is_said(size: str) -> None:
    layout = read(page(region("r1", line()), size=size))

    assert layout.lines[0].baseline == ((100, 140), (900, 140))
    assert codes(layout) == ["sidecar-without-size"]


@pytest.mark.parametrize("unit", ["mm10", "inch1200"])
def test_other_units_are_converted_by_the_sizes(unit: str) -> None:
    document = alto(f'<TextBlock ID="b1">{ALTO_LINE}</TextBlock>', unit=f"<MeasurementUnit>{unit}</MeasurementUnit>")

    assert read(document, Size(500, 400)).lines[0].baseline == ((50, 70), (450, 70))
    without = alto(ALTO_LINE, unit=f"<MeasurementUnit> {unit} </MeasurementUnit>", size="")
    assert refused(without).failure is FailureClass.SIZE
    assert unit in refused(without).what


def test_reading_order_goes_before_the_documents_and_the_rest_stands_after_it() -> None:
    order = '<ReadingOrder><OrderedGroup id="g"><RegionRefIndexed index="1" regionRef="r1"/>'
    order += '<RegionRefIndexed index="0" regionRef="r3"/></OrderedGroup></ReadingOrder>'
    body = order + region("r1", line("a")) + region("r2", line("b")) + region("r3", line("c"))

    assert ids(read(page(body))) == ["c", "a", "b"]


def test_groups_within_groups_are_read_as_they_stand() -> None:
    order = '<ReadingOrder><UnorderedGroup id="u"><OrderedGroup id="g"><RegionRefIndexed index="0" regionRef="r2"/>'
    order += '<UnorderedGroupIndexed id="v" index="1"><RegionRef regionRef="r3"/></UnorderedGroupIndexed>'
    order += '</OrderedGroup><RegionRef regionRef="r1"/></UnorderedGroup></ReadingOrder>'
    body = order + region("r1", line("a")) + region("r2", line("b")) + region("r3", line("c"))

    assert ids(read(page(body))) == ["b", "c", "a"]


def test_transkribus_indices_order_regions_and_lines() -> None:
    first, second = (f'custom="readingOrder {{index:{index};}}"' for index in (0, 1))
    body = region("r1", line("a", more=second), line("b", more=first), more=second)
    body += region("r2", line("c"), more='custom="structure {type:heading;} readingOrder {index:0;}"')

    assert ids(read(page(body))) == ["c", "b", "a"]


def test_altos_reading_order_names_blocks_lines_and_strings() -> None:
    lines = [
        f'<TextLine ID="{name}" HPOS="1" VPOS="{at}" WIDTH="500" HEIGHT="40">'
        f'<String ID="s{name}" CONTENT="{name}"/></TextLine>'
        for name, at in (("a", 10), ("b", 60), ("c", 110))
    ]
    order = '<ReadingOrder><OrderedGroup ID="g"><ElementRef ID="e1" REF="b2"/><ElementRef ID="e2" REF="sb"/>'
    order += '<ElementRef ID="e3" REF="a"/></OrderedGroup></ReadingOrder>'
    body = f'<TextBlock ID="b1">{lines[0]}{lines[1]}</TextBlock><TextBlock ID="b2">{lines[2]}</TextBlock>'

    assert ids(read(alto(body, head=order))) == ["c", "b", "a"]


def test_lines_of_nested_regions_tables_and_no_region_are_all_there() -> None:
    cell = f'<TableRegion id="t">{REGION}{region("cell", line("c"))}</TableRegion>'
    nested = region("r1", line("a"), region("inner", line("b")))
    layout = read(page(nested + cell + line("loose")))

    assert ids(layout) == ["a", "b", "c", "loose"]
    assert [(one.id, one.parent, one.kind) for one in layout.regions] == [
        ("r1", None, RegionKind.TEXT),
        ("inner", "r1", RegionKind.TEXT),
        ("t", None, RegionKind.TABLE),
        ("cell", "t", RegionKind.TEXT),
    ]
    assert layout.lines[-1].region is None


def test_lines_in_margins_and_composed_blocks_of_alto_are_all_there() -> None:
    composed = f'<ComposedBlock ID="k"><TextBlock ID="b1">{ALTO_LINE}</TextBlock></ComposedBlock>'
    margin = '<LeftMargin><TextBlock ID="m"><TextLine ID="n" HPOS="1" VPOS="1" WIDTH="90" HEIGHT="30"/></TextBlock>'
    document = alto(composed).replace("</PrintSpace>", f"</PrintSpace>{margin}</LeftMargin>")
    layout = read(document)

    assert ids(layout) == ["l1", "n"]
    assert [(one.id, one.parent) for one in layout.regions] == [("k", None), ("b1", "k"), ("m", None)]


def test_ids_that_are_missing_doubled_or_no_names_are_made_anew_and_references_follow() -> None:
    order = (
        '<ReadingOrder><OrderedGroup id="g"><RegionRefIndexed index="0" regionRef="2 b"/></OrderedGroup></ReadingOrder>'
    )
    body = order + region("r1", line("x"), line("x"), f"<TextLine>{COORDS}</TextLine>") + region("2 b", line("y"))
    layout = read(page(body))

    assert ids(layout)[0] == "y"
    assert len(set(ids(layout))) == 4
    assert "x" in ids(layout)
    assert all(f'id="{name}"' in (layout.source_xml or "") for name in ids(layout))
    assert "2 b" not in (layout.source_xml or "")


def test_labels_of_regions_and_lines_are_kept_in_their_own_words() -> None:
    body = region("r1", line("a", more='custom="structure {type:heading;}"'), more='type="marginalia"')
    body += region("r2", line("b"), more='custom="structure {type:gloss;}"')
    layout = read(page(body))

    assert [one.label for one in layout.regions] == ["marginalia", "gloss"]
    assert [one.kind for one in layout.lines] == ["heading", None]


def test_altos_tags_are_labels() -> None:
    tags = '<Tags><OtherTag ID="T1" LABEL="MainZone"/><OtherTag ID="T2" LABEL="InterlinearLine"/></Tags>'
    tagged = ALTO_LINE.replace("<TextLine", '<TextLine TAGREFS="T2"')
    body = f'<TextBlock ID="b1" TAGREFS="T1">{tagged}</TextBlock>'
    layout = read(alto(body, head=tags))

    assert (layout.regions[0].label, layout.lines[0].kind) == ("MainZone", "InterlinearLine")


@pytest.mark.parametrize(
    ("word", "direction"), [("left-to-right", "ltr"), ("right-to-left", "rtl"), ("top-to-bottom", "ttb"), ("odd", None)]
)
def test_direction_is_taken_from_line_region_and_page(word: str, direction: str | None) -> None:
    said = f'readingDirection="{word}"'
    expected = Direction(direction) if direction else None

    assert read(page(region("r1", line(more=said)))).lines[0].direction is expected
    assert read(page(region("r1", line(), more=said))).lines[0].direction is expected
    assert read(page(region("r1", line()), more=said)).direction is expected


def test_languages_are_kept_as_written() -> None:
    layout = read(page(region("r1", line(), more='primaryLanguage="Latin"'), more='primaryLanguage="French"'))

    assert (layout.language, layout.lines[0].language) == ("French", "Latin")


def unicode(text: str, more: str = "") -> str:
    return f"<TextEquiv {more}><Unicode>{text}</Unicode></TextEquiv>"


@pytest.mark.parametrize(
    ("inner", "text"),
    [
        ("", None),
        (unicode("a"), "a"),
        (unicode(""), ""),
        (unicode("first") + unicode("second"), "first"),
        (unicode("b", 'index="1"') + unicode("a", 'index="0"'), "a"),
        (unicode("none") + unicode("told", 'index="3"'), "told"),
        (f'<Word id="w1">{unicode("in")}</Word><Word id="w2">{unicode("principio")}</Word>', "in principio"),
        (f'<Word id="w1">{unicode("in")}</Word>{unicode("whole")}', "whole"),
    ],
)
def test_the_text_that_was_there_is_given(inner: str, text: str | None) -> None:
    assert read(page(region("r1", line(inner=COORDS + BASELINE + inner)))).lines[0].given_text == text


@pytest.mark.parametrize(
    ("inner", "text"),
    [
        ("", None),
        ('<String CONTENT="in"/><SP/><String CONTENT="verbis"/>', "in verbis"),
        ('<String CONTENT="in"/><String CONTENT="verbis"/>', "in verbis"),
        ('<String CONTENT="ver"/><HYP CONTENT="⸗"/>', "ver⸗"),
        ('<String CONTENT="ver"/><HYP/>', "ver-"),
        ('<String CONTENT=""/>', ""),
    ],
)
def test_strings_spaces_and_hyphens_are_joined(inner: str, text: str | None) -> None:
    body = f'<TextBlock ID="b"><TextLine ID="l" HPOS="1" VPOS="1" WIDTH="90" HEIGHT="30">{inner}</TextLine></TextBlock>'

    assert read(alto(body)).lines[0].given_text == text


@pytest.mark.parametrize(
    "points",
    [
        "100,140 900,140",
        "100 140 900 140",
        "100.9,140.2 900.0,140.7",
        " 100,140  900,140 ",
        "(100,140) (900,140)",
        "1e2,140 9.0e2,140",
    ],
)
def test_points_are_understood_however_they_are_written(points: str) -> None:
    layout = read(page(region("r1", line(inner=f'{COORDS}<Baseline points="{points}"/>'))))

    assert layout.lines[0].baseline == ((100, 140), (900, 140))


@pytest.mark.parametrize(
    ("inner", "codes_said"),
    [
        (COORDS, ["baseline-made"]),
        (BASELINE, ["outline-made"]),
        ("", ["baseline-made", "outline-made"]),
        ('<Coords points=""/><Baseline points="5"/>', ["baseline-made", "outline-made"]),
        (COORDS + '<Baseline points="NaN,140 900,140"/>', ["baseline-made"]),
        ('<Coords points="-5,100 1e9,100 900,150"/>' + BASELINE, ["outline-made"]),
        ('<Coords points="-5,100 5000,100 900,150"/>' + BASELINE, ["points-clipped"]),
        (COORDS + '<Baseline points="100,600 900,600"/>', ["outline-replaced"]),
    ],
)  # fmt: skip
def test_a_line_drawn_badly_is_kept_mended_and_said(inner: str, codes_said: list[str]) -> None:
    layout = read(page(region("r1", line("good"), line("bad", inner))))

    assert ids(layout) == ["good", "bad"]
    assert codes(layout) == codes_said
    assert {note.line for note in layout.notes} == {"bad"}


def test_what_is_true_of_every_line_is_said_once() -> None:
    layout = read(page(region("r1", *(line(f"l{number}", COORDS) for number in range(20)))))

    assert [note.message for note in layout.notes] == [
        "All 20 lines: it has no baseline: one was made from its outline."
    ]


def test_alto_boxes_stand_in_for_outlines() -> None:
    body = '<TextBlock ID="b"><TextLine ID="l" HPOS="100" VPOS="100" WIDTH="800.0" HEIGHT="50"/></TextBlock>'
    layout = read(alto(body))

    assert set(layout.lines[0].boundary) == {(100, 100), (100, 150), (900, 150), (900, 100)}
    assert layout.lines[0].baseline == ((100, 138), (900, 138))


def test_a_region_without_points_is_drawn_around_its_lines() -> None:
    layout = read(page(f'<TextRegion id="r1">{line()}</TextRegion>'))

    assert layout.regions[0].boundary == ((100, 100), (900, 100), (900, 150), (100, 150))


def test_a_document_without_lines_has_none() -> None:
    assert read(page(region("r1"))).lines == ()
    assert read(alto("")).lines == ()
    assert read('<PcGts xmlns="x"/>').lines == ()


def test_the_whole_document_is_kept_with_what_stands_around_it() -> None:
    layout = read("<!-- by hand -->" + page(region("r1", line(more='ours="1"'))))

    assert "by hand" in (layout.source_xml or "")
    assert 'ours="1"' in (layout.source_xml or "")
    assert layout.origin.name == "1.xml"
    assert len(layout.origin.sha256 or "") == 64


def test_truth_is_read_in_its_own_size_and_without_one_in_that_of_its_points() -> None:
    for size in ('imageWidth="1000" imageHeight="800"', ""):
        layout = read_truth(page(region("r1", line()), size=size).encode(), name="t.xml")
        assert layout.lines[0].baseline == ((100, 140), (900, 140))
    with pytest.raises(PageProblem):
        read_truth(b"<torn", name="t.xml")


@pytest.mark.slow
def test_lines_order_points_and_text_are_those_that_kraken_reads(shared: Path) -> None:
    from kraken.lib.xml import XMLPage  # noqa: PLC0415 - a slow import for one test

    documents = sorted(path for folder in ("demo", "bench") for path in (shared / "data" / folder).rglob("*.xml"))
    compared = 0
    for path in documents[::6]:
        theirs = XMLPage(path)
        size = Size(*theirs.image_size)
        ours = read_sidecar(path.read_bytes(), name=path.name, image=size)
        for mine, line_ in zip(ours.lines, theirs.get_sorted_lines(), strict=True):
            assert mine.id == line_.id
            assert (mine.given_text or "").strip() == line_.text.strip()
            points = [*line_.baseline, *line_.boundary]
            if all(0 <= x < size.width and 0 <= y < size.height for x, y in points):
                assert [*mine.baseline, *mine.boundary] == [tuple(point) for point in points]
                compared += 1
    assert compared > 500


def test_a_thousand_lines_are_read_in_the_documents_order() -> None:
    places = product(range(20), range(50))
    body = region("r1", *(line(f"l{row}_{column}") for row, column in places))

    assert len(read(page(body)).lines) == 1000
