"""Every line has an id of its own, the same in the layout and in the document that goes back to people."""

import pytest

from htrkit.core.xml_ids import Ids
from htrkit.domain.page import Layout
from htrkit.domain.renderers import RenderOptions
from htrkit.outputs.alto_xml import AltoXml
from htrkit.outputs.page_xml import PageXml
from tests.fakes.pages import page as record_of_lines
from tests.fakes.readers import alto_lines, id_faults, page_lines, parsed
from tests.fakes.sidecars import (
    ALTO_BLOCK,
    BASELINE,
    COORDS,
    SIZE,
    alto,
    alto_line,
    ids,
    line,
    page,
    read,
    region,
)

ORDER = '<ReadingOrder><OrderedGroup id="g"><RegionRefIndexed index="0" regionRef="{}"/></OrderedGroup></ReadingOrder>'


def xml_of(layout: Layout) -> str:
    assert layout.source_xml is not None
    return layout.source_xml


def written(layout: Layout) -> list[str]:
    root = parsed(xml_of(layout).encode())
    return [element.get("id") or element.get("ID", "") for element in root.iter("{*}TextLine")]


def test_ids_that_are_good_stay() -> None:
    layout = read(page(region("r1", line("a"), line("b.é-1"))))

    assert ids(layout) == written(layout) == ["a", "b.é-1"]


def test_the_second_of_a_name_gets_another_and_references_follow_to_the_first() -> None:
    body = ORDER.format("2 b") + region("r1", line("x"), line("x")) + region("2 b", line("x"))
    layout = read(page(body))

    assert ids(layout) == ["x_3", "x", "x_2"]
    assert written(layout) == ["x", "x_2", "x_3"]
    assert [one.id for one in layout.regions] == ["r1", "_2_b"]
    assert 'regionRef="_2_b"' in xml_of(layout)


def test_a_reference_to_a_name_that_two_have_goes_to_the_first() -> None:
    body = ORDER.format("r1") + region("r0", line("z")) + region("r1", line("a")) + region("r1", line("b"))

    assert ids(read(page(body))) == ["a", "z", "b"]


def test_no_two_elements_share_an_id_be_they_lines_or_not() -> None:
    layout = read(page(region("a", line("a", COORDS + BASELINE + '<Word id="a"/>'))))

    assert len({layout.regions[0].id, layout.lines[0].id}) == 2
    assert id_faults(parsed(xml_of(layout).encode())) == []


def test_missing_ids_are_the_next_that_are_free() -> None:
    bare = f"<TextLine>{COORDS}{BASELINE}</TextLine>"
    layout = read(page(f"<TextRegion>{bare}{line('l1')}{bare}</TextRegion>" + region("r2") + "<TextRegion id=''/>"))

    assert ids(layout) == written(layout) == ["l2", "l1", "l3"]
    assert [one.id for one in layout.regions] == ["r1", "r2", "r3"]
    assert layout.lines[0].region == "r1"


def test_altos_references_follow_each_in_its_list() -> None:
    tags = '<Tags><OtherTag ID="1" LABEL="MainZone"/><OtherTag ID="2" LABEL="Odd"/></Tags>'
    order = '<ReadingOrder><OrderedGroup ID="g"><ElementRef ID="e" REF="l 1"/></OrderedGroup></ReadingOrder>'
    body = f'<TextBlock ID="b1" TAGREFS="1 2 gone">{alto_line("l 1")}</TextBlock>'
    layout = read(alto(body, head=tags + order))

    assert (ids(layout), layout.regions[0].label) == (["l_1"], "MainZone")
    assert 'TAGREFS="_1 _2 gone"' in xml_of(layout)
    assert 'REF="l_1"' in xml_of(layout)


def test_the_whole_document_is_kept_with_what_stands_around_it() -> None:
    layout = read("<!-- by hand -->" + page(region("r1", line(more='ours="1"'))) + "<!-- end -->")

    assert "<!-- by hand -->" in xml_of(layout)
    assert "<!-- end -->" in xml_of(layout)
    assert 'ours="1"' in xml_of(layout)


def test_points_in_the_document_stay_as_they_were_written() -> None:
    odd = '<Coords points="-5,100  900.0,100 900,150 100,150"/>'

    assert "-5,100  900.0,100 900,150 100,150" in xml_of(read(page(region("r1", line(inner=odd + BASELINE)))))


@pytest.mark.parametrize(
    "namespace", ["", "urn:our-own", "http://schema.primaresearch.org/PAGE/gts/pagecontent/2013-07-15"]
)
def test_page_comes_back_with_the_layouts_ids(namespace: str) -> None:
    bare = f"<TextLine>{COORDS}{BASELINE}</TextLine>"
    body = region("r 1", line("x"), line("x"), bare, more='comments="faded"')
    layout = read(page(body, namespace=namespace))
    record = record_of_lines(
        *layout.lines, regions=layout.regions, origin=layout.origin.kind, source_xml=layout.source_xml, size=SIZE
    )
    root = parsed(PageXml().render(record, RenderOptions()))

    assert [one.id for one in page_lines(root)] == ids(layout)
    assert root.find(".//{*}TextRegion").get("comments") == "faded"


@pytest.mark.parametrize(
    "namespace", ["", "http://bibnum.bnf.fr/ns/alto_prod", "http://www.loc.gov/standards/alto/ns-v2#"]
)
def test_alto_comes_back_with_the_layouts_ids(namespace: str) -> None:
    body = ALTO_BLOCK.replace('"b1"', '"b 1" ROTATION="1.5"') + ALTO_BLOCK
    layout = read(alto(body, namespace=namespace))
    record = record_of_lines(
        *layout.lines, regions=layout.regions, origin=layout.origin.kind, source_xml=layout.source_xml, size=SIZE
    )
    root = parsed(AltoXml().render(record, RenderOptions()))

    assert [one.id for one in alto_lines(root)] == ids(layout) == ["l1", "l1_2"]
    assert root.find(".//{*}TextBlock").get("ROTATION") == "1.5"


def test_ids_are_those_that_outputs_would_take() -> None:
    layout = read(page(region("r1", line("1"), line("a:b"), line("ſ"))))
    taken = Ids()

    assert [taken.take(name) for name in ids(layout)] == ids(layout)
