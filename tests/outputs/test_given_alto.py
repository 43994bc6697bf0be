"""People's work in an ALTO document comes back."""

import re

import pytest
from lxml import etree

from htrkit.domain.renderers import RenderOptions, Target
from htrkit.outputs.alto_xml import AltoXml
from htrkit.outputs.schemas import Schema
from tests.fakes.pages import with_source
from tests.fakes.readers import alto_lines, parsed, record_of, schema_faults, sound, squeezed

RICH = """<?xml version="1.0" encoding="UTF-8"?>
<!-- made by hand -->
<alto xmlns="http://www.loc.gov/standards/alto/ns-v4#">
  <Description><MeasurementUnit>pixel</MeasurementUnit>
    <sourceImageInformation><fileName>old name.tif</fileName></sourceImageInformation>
    <Processing ID="p1"><processingStepDescription>segmentation</processingStepDescription></Processing>
  </Description>
  <Styles><TextStyle ID="s1" FONTSIZE="12" FONTFAMILY="Textura"/></Styles>
  <Tags><OtherTag ID="BT1" LABEL="MainZone" DESCRIPTION="block type"/>
    <OtherTag ID="LT1" LABEL="InterlinearLine" DESCRIPTION="line type"/></Tags>
  <Layout><Page ID="page1" PHYSICAL_IMG_NR="7" WIDTH="1000" HEIGHT="800" PAGECLASS="verso">
    <PrintSpace HPOS="0" VPOS="0" WIDTH="1000" HEIGHT="800">
      <TextBlock ID="b1" TAGREFS="BT1" STYLEREFS="s1" HPOS="10" VPOS="10" WIDTH="490" HEIGHT="290" ROTATION="1.5">
        <Shape><Polygon POINTS="10 10 500 10 500 300 10 300"/></Shape>
        <TextLine ID="l1" TAGREFS="LT1" BASELINE="20 50 480 50" HPOS="20" VPOS="20" WIDTH="460" HEIGHT="40">
          <Shape><Polygon POINTS="20 20 480 20 480 60 20 60"/></Shape>
          <String ID="w1" CONTENT="alt" HPOS="20" VPOS="20" WIDTH="70" HEIGHT="40"/><SP/>
          <String ID="w2" CONTENT="wort" HPOS="100" VPOS="20" WIDTH="70" HEIGHT="40"/>
        </TextLine>
        <TextLine ID="l2" BASELINE="20 100 480 100" HPOS="20" VPOS="70" WIDTH="460" HEIGHT="40">
          <Shape><Polygon POINTS="20 70 480 70 480 110 20 110"/></Shape><String CONTENT=""/>
        </TextLine>
      </TextBlock>
      <Illustration ID="i1" HPOS="600" VPOS="10" WIDTH="100" HEIGHT="100" TYPE="drawing"/>
    </PrintSpace></Page></Layout>
</alto>
"""
BOTH = pytest.mark.parametrize(
    "options", [RenderOptions(), RenderOptions(Target.ESCRIPTORIUM)], ids=["4.4", "escriptorium"]
)


def rendered(document: str, options: RenderOptions = RenderOptions(), times: int = 1) -> etree._Element:
    schema = Schema.ALTO_42 if options.target is Target.ESCRIPTORIUM else Schema.ALTO_44
    return sound(AltoXml(), document, options, schema=schema, times=times)


@pytest.mark.parametrize(
    "path",
    [".//{*}TextStyle", ".//{*}OtherTag", ".//{*}Illustration", ".//{*}TextBlock/{*}Shape", ".//{*}TextLine/{*}Shape"],
)
def test_what_htrkit_does_not_write_itself_comes_back_as_it_was(path: str) -> None:
    assert squeezed(rendered(RICH), path) == squeezed(parsed(RICH.encode()), path)


@pytest.mark.parametrize("kind", ["Page", "PrintSpace", "TextBlock", "TextLine"])
def test_attributes_come_back(kind: str) -> None:
    ours, given = (list(root.iter(f"{{*}}{kind}")) for root in (rendered(RICH), parsed(RICH.encode())))

    for new, old in zip(ours, given, strict=True):
        assert dict(old.attrib).items() <= dict(new.attrib).items()


@BOTH
def test_the_text_is_added_and_the_old_words_go(options: RenderOptions) -> None:
    lines = alto_lines(rendered(RICH, options))

    assert [(line.id, line.text) for line in lines] == [("l1", "alt wort neu"), ("l2", "neu")]


@BOTH
def test_the_image_is_named_exactly_and_earlier_steps_are_kept(options: RenderOptions) -> None:
    root = rendered(RICH, options)

    assert root.findtext(".//{*}fileName") == "0311.jpg"
    assert "segmentation" in "".join(root.find("{*}Description").itertext())


def test_comments_outside_of_the_document_come_back() -> None:
    assert b"made by hand" in AltoXml().render(record_of(RICH), RenderOptions())


def test_a_document_for_a_smaller_image_is_scaled() -> None:
    root = rendered(RICH, times=2)

    assert (root.find(".//{*}Page").get("WIDTH"), root.find(".//{*}Page").get("HEIGHT")) == ("2000", "1600")
    assert root.find(".//{*}TextLine").get("BASELINE").replace(",", " ") == "40 100 960 100"
    assert root.find(".//{*}Illustration").get("HPOS") == "1200"


@pytest.mark.parametrize("version", ["ns-v2#", "ns-v3#"])
def test_other_versions_are_moved_to_ours(version: str) -> None:
    root = rendered(RICH.replace("ns-v4#", version))

    assert root.tag == "{http://www.loc.gov/standards/alto/ns-v4#}alto"
    assert len(alto_lines(root)) == 2


def test_foreign_attributes_become_tags_that_nothing_refers_to() -> None:
    root = rendered(RICH.replace('ROTATION="1.5"', 'OURS="deep"'))

    assert "deep" in etree.tostring(root.find("{*}Tags"), encoding="unicode")


def test_a_document_that_cannot_be_read_any_more_is_made_new() -> None:
    record = with_source(record_of(RICH), "<alto")
    root = parsed(AltoXml().render(record, RenderOptions()))

    assert schema_faults(root, Schema.ALTO_44) == []
    assert [line.text for line in alto_lines(root)] == ["alt wort neu", "neu"]


def test_going_round_a_second_time_changes_nothing_but_what_tells_of_the_readings() -> None:
    def without_steps(document: str) -> str:
        return re.sub(r"(?s)<Processing.*</Processing>", "", document)

    once = AltoXml().render(record_of(RICH), RenderOptions()).decode()
    twice = AltoXml().render(record_of(once, text="{}"), RenderOptions()).decode()

    assert without_steps(twice) == without_steps(once)
