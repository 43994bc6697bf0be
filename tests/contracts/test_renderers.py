"""What every output format owes to every page."""

import re
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from htrkit.domain.page import PageRecord
from htrkit.domain.renderers import Renderer, RenderOptions, Target, TextForm
from htrkit.outputs.alto_xml import AltoXml
from htrkit.outputs.catalog import RENDERERS, renderers
from htrkit.outputs.hocr import Hocr
from htrkit.outputs.page_xml import PageXml
from htrkit.outputs.schemas import Schema
from htrkit.outputs.text import normalized, xml_text
from htrkit.outputs.txt import PlainText
from tests.fakes.pages import RECORDS, page_records
from tests.fakes.readers import ReadLine, alto_lines, id_faults, page_lines, parsed, point_faults, schema_faults

OPTIONS = [RenderOptions(target, form) for target, form in product(Target, TextForm)]
_PAGE = dict.fromkeys(Target, Schema.PAGE_2019) | {Target.TRANSKRIBUS: Schema.PAGE_2013}
_ALTO = dict.fromkeys(Target, Schema.ALTO_44) | {Target.ESCRIPTORIUM: Schema.ALTO_42}

records = pytest.mark.parametrize("record", RECORDS.values(), ids=RECORDS.keys())
every_renderer = pytest.mark.parametrize("renderer", RENDERERS, ids=lambda renderer: renderer.name)
any_options = st.sampled_from(OPTIONS)


@every_renderer
@records
def test_a_page_is_written_in_the_same_bytes_every_time(renderer: Renderer, record: PageRecord) -> None:
    for options in OPTIONS:
        content = renderer.render(record, options)

        assert content == renderer.render(record, options)
        content.decode("utf-8")


@records
def test_page_xml_of_any_page_is_valid_and_right(record: PageRecord) -> None:
    for options in OPTIONS:
        check_page_xml(record, options)


@given(page_records(), any_options)
def test_page_xml_of_a_page_nobody_thought_of_is_valid_and_right(record: PageRecord, options: RenderOptions) -> None:
    check_page_xml(record, options)


@records
def test_alto_of_any_page_is_valid_and_right(record: PageRecord) -> None:
    for options in OPTIONS:
        check_alto(record, options)


@given(page_records(), any_options)
def test_alto_of_a_page_nobody_thought_of_is_valid_and_right(record: PageRecord, options: RenderOptions) -> None:
    check_alto(record, options)


@given(page_records(), any_options)
def test_plain_text_has_a_line_for_every_line(record: PageRecord, options: RenderOptions) -> None:
    text = PlainText().render(record, options).decode()

    assert text.count("\n") == len(record.lines)
    assert len(text.splitlines()) == len(record.lines)


@settings(max_examples=50)
@given(page_records(), any_options)
def test_hocr_is_well_formed_with_ids_of_its_own_and_the_same_lines(record: PageRecord, options: RenderOptions) -> None:
    root = parsed(Hocr().render(record, options))
    lines = root.findall(".//{*}span[@class='ocr_line']")

    assert id_faults(root) == []
    assert sorted(_squeezed("".join(line.itertext())) for line in lines) == sorted(
        _squeezed(text) for text in texts(record, options)
    )


def test_the_page_record_is_always_rendered_and_first() -> None:
    assert [renderer.name for renderer in renderers(["page", "txt", "csv"])] == ["json", "txt", "page"]
    assert [renderer.name for renderer in renderers([])] == ["json"]


def test_a_format_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(KeyError, match="docx"):
        renderers(["docx"])


@every_renderer
def test_a_format_has_a_folder_and_a_suffix_of_its_own(renderer: Renderer) -> None:
    assert [other for other in RENDERERS if other.name == renderer.name] == [renderer]
    assert re.fullmatch(r"\.[a-z]+", renderer.suffix)


def texts(record: PageRecord, options: RenderOptions) -> list[str]:
    return [normalized(xml_text(line.text), options.text_form) for line in record.lines]


def check_page_xml(record: PageRecord, options: RenderOptions) -> None:
    root = parsed(PageXml().render(record, options))
    sheet = root.find("{*}Page")
    assert sheet is not None
    lines = page_lines(root)

    assert schema_faults(root, _PAGE[options.target]) == []
    assert sheet.get("imageFilename") == xml_text(record.image.name)
    check_lines(root, lines, record, options)
    named = [element.get("regionRef") for element in root.iter("{*}RegionRefIndexed")]
    assert sorted(named) == sorted(element.get("id") for element in root.iter("{*}TextRegion"))
    if options.target is Target.TRANSKRIBUS:
        for element in root.iter("{*}TextRegion", "{*}TextLine"):
            assert re.match(r"readingOrder \{index:\d+;\}", element.get("custom", ""))


def check_alto(record: PageRecord, options: RenderOptions) -> None:
    root = parsed(AltoXml().render(record, options))
    lines = alto_lines(root)

    assert schema_faults(root, _ALTO[options.target]) == []
    assert root.findtext(".//{*}fileName", "") == xml_text(record.image.name)
    check_lines(root, lines, record, options)
    ordered = [element.get("REF") for element in root.iter("{*}ElementRef")]
    if ordered:
        by_name = {line.id: line.text for line in lines}
        assert [by_name[name or ""] for name in ordered] == texts(record, options)
    elif options.target is not Target.ESCRIPTORIUM:
        assert [line.text for line in lines] == texts(record, options)


def check_lines(root, lines: list[ReadLine], record: PageRecord, options: RenderOptions) -> None:  # noqa: ANN001 - lxml's
    assert id_faults(root) == []
    assert point_faults(root, record.image.size) == []
    assert sorted(line.text for line in lines) == sorted(texts(record, options))
    for line in lines:
        if line.words:
            assert _squeezed("".join(line.words)) == _squeezed(line.text)


def _squeezed(text: str) -> str:
    return "".join(text.split())
