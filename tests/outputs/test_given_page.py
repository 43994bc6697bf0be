"""People's work in a PAGE document comes back."""

import re

import pytest
from lxml import etree

from htrkit.domain.renderers import RenderOptions, Target
from htrkit.outputs.page_xml import PageXml
from htrkit.outputs.schemas import Schema
from tests.fakes.pages import renamed, with_lines, with_source
from tests.fakes.readers import id_faults, page_lines, parsed, record_of, schema_faults, sound, squeezed

STANDARD, TRANSKRIBUS = RenderOptions(), RenderOptions(Target.TRANSKRIBUS)
BOTH = pytest.mark.parametrize("options", [STANDARD, TRANSKRIBUS], ids=["2019", "2013"])

RICH = """<?xml version="1.0" encoding="UTF-8"?>
<!-- made by hand -->
<PcGts xmlns="http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15" pcGtsId="doc">
  <Metadata externalRef="shelf 12"><Creator>A. Person</Creator><Created>2020-06-20T22:12:24</Created>
    <LastChange>2020-06-20T22:12:24</LastChange><Comments>first pass</Comments></Metadata>
  <Page imageFilename="old name.tif" imageWidth="1000" imageHeight="800" custom="hand {n:2;}" type="content">
    <AlternativeImage filename="bin.png"/>
    <ReadingOrder><UnorderedGroup id="g0"><OrderedGroup id="g1" caption="main">
      <RegionRefIndexed index="0" regionRef="r2"/><RegionRefIndexed index="1" regionRef="r1"/>
    </OrderedGroup></UnorderedGroup></ReadingOrder>
    <Layers><Layer id="y1" zIndex="1" caption="ink"><RegionRef regionRef="r1"/></Layer></Layers>
    <Relations><Relation id="rel" type="link"><SourceRegionRef regionRef="r1"/>
      <TargetRegionRef regionRef="r2"/></Relation>
    </Relations>
    <UserDefined><UserAttribute name="signature" value="B 12"/></UserDefined>
    <Labels><Label value="folio 3"/></Labels>
    <TextRegion id="r1" type="marginalia" custom="structure {type:gloss;}"
      primaryScript="Latn - Latin" comments="faded">
      <Coords points="10,10 500,10 500,300 10,300"/>
      <UserDefined><UserAttribute name="ink" value="brown"/></UserDefined>
      <TextLine id="l1" production="handwritten-cursive" custom="readingOrder {index:0;} abbrev {offset:1; length:2;}">
        <Coords points="20,20 480,20 480,60 20,60" conf="0.5"/><Baseline points="20,50 480,50"/>
        <Word id="w1"><Coords points="20,20 90,20 90,60 20,60"/><TextEquiv><Unicode>alt</Unicode></TextEquiv></Word>
        <TextEquiv index="1"><Unicode>alt wort</Unicode></TextEquiv><TextStyle bold="true" fontFamily="Textura"/>
        <Labels><Label value="rubric"/></Labels>
      </TextLine>
      <TextLine id="l2"><Coords points="20,70 480,70 480,110 20,110"/><Baseline points="20,100 480,100"/></TextLine>
      <TextEquiv><Unicode>alt wort</Unicode></TextEquiv><TextStyle italic="true"/>
    </TextRegion>
    <TextRegion id="r2"><Coords points="510,10 990,10 990,300 510,300"/>
      <TextLine id="l3"><Coords points="520,20 980,20 980,60 520,60"/><Baseline points="520,50 980,50"/>
        <TextEquiv><Unicode>zwei</Unicode></TextEquiv></TextLine>
    </TextRegion>
    <MapRegion id="m1"><Coords points="10,400 500,400 500,700 10,700"/></MapRegion>
    <TableRegion id="t1" rows="2"><Coords points="510,400 990,400 990,700 510,700"/>
      <Grid><GridPoints index="0" points="510,400 990,400"/><GridPoints index="1" points="510,700 990,700"/></Grid>
    </TableRegion>
  </Page>
</PcGts>
"""


def rendered(document: str, options: RenderOptions = STANDARD, times: int = 1) -> etree._Element:
    schema = Schema.PAGE_2013 if options.target is Target.TRANSKRIBUS else Schema.PAGE_2019
    return sound(PageXml(), document, options, schema=schema, times=times)


@pytest.mark.parametrize(
    "path",
    [
        ".//{*}AlternativeImage",
        ".//{*}ReadingOrder",
        ".//{*}Layers",
        ".//{*}Relations",
        "{*}Page/{*}UserDefined",
        "{*}Page/{*}Labels",
        ".//{*}TextRegion/{*}UserDefined",
        ".//{*}TextRegion/{*}Coords",
        ".//{*}TextRegion/{*}TextStyle",
        ".//{*}TextLine/{*}Coords",
        ".//{*}TextLine/{*}Baseline",
        ".//{*}TextLine/{*}TextStyle",
        ".//{*}TextLine/{*}Labels",
        ".//{*}MapRegion",
        ".//{*}TableRegion",
    ],
)
def test_what_htrkit_does_not_write_itself_comes_back_as_it_was(path: str) -> None:
    assert squeezed(rendered(RICH), path) == squeezed(parsed(RICH.encode()), path)


@pytest.mark.parametrize("kind", ["Metadata", "Page", "TextRegion", "TextLine"])
def test_attributes_come_back(kind: str) -> None:
    ours, given = (list(root.iter(f"{{*}}{kind}")) for root in (rendered(RICH), parsed(RICH.encode())))

    for new, old in zip(ours, given, strict=True):
        assert dict(new.attrib) | {"imageFilename": "old name.tif"} == dict(old.attrib) | {
            "imageFilename": "old name.tif"
        }


def test_comments_outside_of_the_document_come_back() -> None:
    assert b"made by hand" in PageXml().render(record_of(RICH), STANDARD)


@BOTH
def test_the_text_is_added_and_the_old_words_go(options: RenderOptions) -> None:
    root = rendered(RICH, options)

    assert [line.text for line in page_lines(root)] == ["alt wort neu", "neu", "zwei neu"]
    assert root.findall(".//{*}Word") == []
    assert root.find(".//{*}TextLine/{*}TextEquiv").get("conf") == "0.75"


@BOTH
def test_a_region_that_told_its_text_tells_the_new_one_and_others_stay_silent(options: RenderOptions) -> None:
    first, second = rendered(RICH, options).findall(".//{*}TextRegion")

    assert first.findtext("{*}TextEquiv/{*}Unicode") == "alt wort neu\nneu"
    assert second.find("{*}TextEquiv") is None


@BOTH
def test_the_image_is_named_exactly_and_the_maker_is_kept(options: RenderOptions) -> None:
    root = rendered(RICH, options)

    assert root.find("{*}Page").get("imageFilename") == "0311.jpg"
    assert root.findtext(".//{*}Creator") == "A. Person"
    assert root.findtext(".//{*}Created") == "2020-06-20T22:12:24"
    assert root.findtext(".//{*}LastChange") == "2026-11-25T07:00:00Z"
    assert root.findtext(".//{*}Comments").startswith("first pass")


def test_the_reading_is_cited_as_a_processing_step() -> None:
    step = rendered(RICH).find(".//{*}MetadataItem[@name='recognition']")

    assert {label.get("type"): label.get("value") for label in step.iter("{*}Label")} == {
        "engine": "kraken 7.1.1",
        "model": "latin-modern",
        "sha256": "a" * 64,
        "htrkit": "0.1.0",
    }


def test_transkribus_gets_what_2013_can_say_and_the_rest_among_comments() -> None:
    root = rendered(RICH, TRANSKRIBUS)
    region = root.find(".//{*}TextRegion[@id='r1']")

    assert region.get("primaryScript") == "Latin"
    assert 'name="ink"' in region.get("comments")
    assert region.get("comments").startswith("faded")
    assert 'name="signature"' in root.findtext(".//{*}Comments")
    assert root.find(".//{*}UnknownRegion[@id='m1']").get("custom") == "structure {type:MapRegion;}"
    assert [end.get("regionRef") for end in root.iterfind(".//{*}Relation/{*}RegionRef")] == ["r1", "r2"]


def test_transkribus_gets_indices_in_reading_order_and_custom_tags_stay() -> None:
    root = rendered(RICH, TRANSKRIBUS)
    customs = {element.get("id"): element.get("custom") for element in root.iter("{*}TextRegion", "{*}TextLine")}

    assert customs == {
        "r1": "readingOrder {index:0;} structure {type:gloss;}",
        "r2": "readingOrder {index:1;}",
        "l1": "readingOrder {index:0;} abbrev {offset:1; length:2;}",
        "l2": "readingOrder {index:1;}",
        "l3": "readingOrder {index:0;}",
    }


def test_going_round_a_second_time_changes_nothing_but_what_tells_of_the_readings() -> None:
    once = PageXml().render(record_of(RICH), STANDARD).decode()
    twice = PageXml().render(record_of(once, text="{}"), STANDARD).decode()

    assert re.sub(r"(?s)<MetadataItem.*</MetadataItem>", "", twice) == re.sub(
        r"(?s)<MetadataItem.*</MetadataItem>", "", once
    )


TRANSKRIBUS_EXPORT = """<PcGts xmlns="http://schema.primaresearch.org/PAGE/gts/pagecontent/2013-07-15">
  <Metadata><Creator>Transkribus</Creator><Created>2020-06-20T22:12:24.746-04:00</Created><LastChange>x</LastChange>
    <TranskribusMetadata docId="416482" status="DONE"/></Metadata>
  <Page imageFilename="0311.jpg" imageWidth="1000" imageHeight="800">
    <Relations><Relation type="join"><RegionRef regionRef="r1"/><RegionRef regionRef="r2"/></Relation></Relations>
    <TextRegion id="r1" orientation="0.0" type="odd" primaryScript="Latin" ours="1">
      <Coords points="10,10 500,10 500,300"/>
      <TextLine id="l1"><Coords points="20,20 480,20 480,60"/><Baseline points="20,50 480,50"/><Ours deep="yes">x</Ours>
      </TextLine></TextRegion>
    <TextRegion id="r2"><Coords points="510,10 990,10 990,300"/></TextRegion>
  </Page></PcGts>"""


def test_foreign_elements_and_attributes_become_user_defined_attributes_where_they_stood() -> None:
    root = rendered(TRANSKRIBUS_EXPORT)

    kept = {
        (etree.QName(found.getparent().getparent()).localname, found.get("name")): found.get("value")
        for found in root.iter("{*}UserAttribute")
    }
    assert kept["TextRegion", "ours"] == "1"
    assert kept["TextRegion", "type"] == "odd"
    assert 'deep="yes"' in kept["TextLine", "Ours"]
    assert 'docId="416482"' in kept["Metadata", "TranskribusMetadata"]


def test_foreign_elements_become_comments_in_2013() -> None:
    root = rendered(TRANSKRIBUS_EXPORT, TRANSKRIBUS)

    assert 'docId="416482"' in root.findtext(".//{*}Comments")
    assert root.find(".//{*}TextRegion").get("comments") == 'type="odd" ours="1"'
    assert 'deep="yes"' in root.find(".//{*}TextLine").get("comments")


def test_relations_and_scripts_of_2013_are_said_as_2019_says_them() -> None:
    root = rendered(TRANSKRIBUS_EXPORT)

    assert root.find(".//{*}SourceRegionRef").get("regionRef") == "r1"
    assert root.find(".//{*}TargetRegionRef").get("regionRef") == "r2"
    assert root.find(".//{*}TextRegion").get("primaryScript") == "Latn - Latin"


@BOTH
def test_a_document_for_a_smaller_image_is_scaled(options: RenderOptions) -> None:
    root = rendered(RICH, options, times=2)

    assert root.find("{*}Page").get("imageWidth") == "2000"
    assert root.find(".//{*}TableRegion/{*}Coords").get("points") == "1020,800 1980,800 1980,1400 1020,1400"
    assert root.find(".//{*}TextLine/{*}Baseline").get("points") == "40,100 960,100"


@pytest.mark.parametrize("version", ["2010-03-19", "2016-07-15", "2017-07-15", "2018-07-15", "2024-07-15"])
def test_other_versions_are_moved_to_ours(version: str) -> None:
    root = rendered(RICH.replace("2019-07-15", version))

    assert root.tag.startswith("{http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15}")
    assert len(page_lines(root)) == 3


def test_points_of_2010_become_an_attribute() -> None:
    old = re.sub(
        r'<(Coords|Baseline)( conf="[^"]*")? points="([^"]*)"( conf="[^"]*")?/>',
        lambda found: (
            f"<{found[1]}>"
            + "".join(f'<Point x="{p.split(",")[0]}" y="{p.split(",")[1]}"/>' for p in found[3].split())
            + f"</{found[1]}>"
        ),
        RICH.replace("2019-07-15", "2010-03-19"),
    )
    record = with_source(record_of(RICH), old)
    root = parsed(PageXml().render(record, STANDARD))

    assert schema_faults(root, Schema.PAGE_2019) == []
    assert root.find(".//{*}TableRegion/{*}Coords").get("points") == "510,400 990,400 990,700 510,700"
    assert root.find(".//{*}Point") is None


def test_a_document_without_a_namespace_and_one_with_a_prefix_are_read() -> None:
    plain = re.sub(r' xmlns="[^"]*"', "", RICH)
    prefixed = re.sub(r"<(/?)(?=\w)", r"<\1pc:", RICH).replace("<pc:?", "<?").replace("xmlns=", "xmlns:pc=")

    assert len(page_lines(rendered(plain))) == 3
    assert len(page_lines(rendered(prefixed))) == 3


def test_ids_that_are_no_names_or_not_unique_are_mended_and_references_follow() -> None:
    broken = RICH.replace('"r2"', '"2 b"').replace('id="l2"', 'id="l1"')
    record = record_of(broken)
    first, second, third = record.lines
    record = with_lines(record, first, renamed(second, "l1_2"), third)
    root = parsed(PageXml().render(record, STANDARD))

    assert schema_faults(root, Schema.PAGE_2019) == []
    assert id_faults(root) == []
    assert [line.text for line in page_lines(root)] == ["alt wort neu", "neu", "zwei neu"]
    assert [ref.get("regionRef") for ref in root.iter("{*}RegionRefIndexed")] == ["_2_b", "r1"]


def test_references_to_nothing_are_taken_out_and_an_order_of_nothing_is_made_anew() -> None:
    broken = RICH.replace('regionRef="r1"', 'regionRef="gone"').replace('regionRef="r2"', 'regionRef="away"')
    root = rendered(broken)

    assert [ref.get("regionRef") for ref in root.iter("{*}RegionRefIndexed")] == ["r1", "r2"]
    assert root.find(".//{*}Relations") is None
    assert root.find(".//{*}Layers") is None


def test_a_line_that_the_document_does_not_hold_is_added_to_its_region() -> None:
    record = record_of(RICH)
    extra = renamed(record.lines[0], "new")
    root = parsed(PageXml().render(with_lines(record, *record.lines, extra), STANDARD))

    assert schema_faults(root, Schema.PAGE_2019) == []
    assert [line.get("id") for line in root.find(".//{*}TextRegion[@id='r1']").iterfind("{*}TextLine")] == [
        "l1",
        "l2",
        "new",
    ]


def test_regions_and_lines_without_points_get_some() -> None:
    broken = RICH.replace('<Coords points="10,400 500,400 500,700 10,700"/>', "").replace(
        '<Coords points="20,70 480,70 480,110 20,110"/>', '<Coords points=""/>'
    )
    root = rendered(broken)

    assert root.find(".//{*}MapRegion/{*}Coords").get("points") == "0,0 999,0 999,799 0,799"
    assert root.find(".//{*}TextLine[@id='l2']/{*}Coords") is not None


@pytest.mark.parametrize(
    "document",
    ["", "<PcGts", "<html/>", "<!DOCTYPE x><PcGts/>", RICH.replace("Page ", "Blatt ").replace("/Page>", "/Blatt>")],
)
def test_a_document_that_cannot_be_used_gives_way_to_a_new_one(document: str) -> None:
    root = parsed(PageXml().render(with_source(record_of(RICH), document), STANDARD))

    assert schema_faults(root, Schema.PAGE_2019) == []
    assert [line.text for line in page_lines(root)] == ["alt wort neu", "neu", "zwei neu"]


def test_an_element_that_would_take_lines_with_it_gives_way_to_a_new_document() -> None:
    odd = RICH.replace("TextRegion", "OddRegion")
    root = parsed(PageXml().render(with_source(record_of(RICH), odd), STANDARD))

    assert schema_faults(root, Schema.PAGE_2019) == []
    assert len(page_lines(root)) == 3
    assert root.find(".//{*}OddRegion") is None
