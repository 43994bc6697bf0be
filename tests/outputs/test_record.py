from dataclasses import replace

import orjson
import pytest
from hypothesis import given

from htrkit.domain.page import PageRecord
from htrkit.outputs.record import RecordUnreadable, decode_record, encode_record
from tests.fakes.pages import RECORDS, lettered, line, page, page_records


@given(page_records())
def test_what_was_written_reads_back_and_is_written_the_same_again(record: PageRecord) -> None:
    content = encode_record(record)

    assert encode_record(decode_record(content)) == content


@pytest.mark.parametrize("name", sorted(set(RECORDS) - {"hostile text", "confidences that are none"}))
def test_a_record_reads_back_as_it_was(name: str) -> None:
    assert decode_record(encode_record(RECORDS[name])) == RECORDS[name]


def test_a_record_is_one_line_of_utf8_with_fields_in_their_order_and_points_as_pairs() -> None:
    content = encode_record(page(line("l1", "ſeigneur")))

    assert content.endswith(b"\n")
    assert content.count(b"\n") == 1
    assert content.startswith(b'{"key":"box12/0311","image":{"name":"0311.jpg",')
    assert "ſeigneur".encode() in content
    assert b'"baseline":[[100,140],[900,140]]' in content


def test_a_lone_surrogate_becomes_a_replacement_character_and_does_not_stop_the_page() -> None:
    assert decode_record(encode_record(page(line("l1", "a\ud800b")))).lines[0].text == "a\ufffdb"


def test_a_confidence_that_is_no_number_is_null_for_a_line_and_nothing_for_a_character() -> None:
    odd = lettered("l1", "ab")
    odd = replace(odd, confidence=float("inf"), characters=(replace(odd.characters[0], confidence=float("nan")),))

    back = decode_record(encode_record(page(odd))).lines[0]

    assert back.confidence is None
    assert back.characters[0].confidence == 0


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda content: content[:100], "EOF"),
        (lambda _: b"[]", "object"),
        (lambda _: b"\xff\xfe", "JSON"),
        (lambda content: content.replace(b'"schema":2', b'"schema":1'), "schema version is 1"),
        (lambda content: content.replace(b'"schema":2', b'"schema":3,"new":3'), "schema version is 3"),
        (lambda content: content.replace(b'"text":', b'"txt":'), "layout.lines.0.text"),
        (lambda content: content.replace(b'"unread":null', b'"unread":null,"ours":1'), "layout.lines.0.ours"),
        (lambda content: content.replace(b'"kind":"kraken"', b'"kind":"magic"'), "layout.origin.kind"),
        (lambda content: content.replace(b'"width":1000', b'"width":"1000"'), "image.size.width"),
        (lambda content: content.replace(b',"notes":[],"schema":2', b',"schema":2'), "notes"),
    ],
)
def test_what_is_no_record_is_refused_and_the_fault_named(change, said) -> None:  # noqa: ANN001 - a table of changes
    with pytest.raises(RecordUnreadable, match=said):
        decode_record(change(encode_record(page(line()))))


def test_points_read_back_as_tuples_so_that_records_can_be_compared() -> None:
    assert isinstance(decode_record(encode_record(page(line()))).lines[0].baseline[0], tuple)


def test_the_record_keeps_the_document_that_the_lines_came_from() -> None:
    record = page(source_xml="<PcGts/>")

    assert orjson.loads(encode_record(record))["layout"]["source_xml"] == "<PcGts/>"
