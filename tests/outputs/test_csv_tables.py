"""Tables that a spreadsheet opens as they were meant."""

import csv
import io

import pytest

from htrkit.domain.names import LineId
from htrkit.domain.page import Note
from htrkit.domain.renderers import TextForm
from htrkit.outputs.csv_tables import FAILURES_COLUMNS, FailureRow, failures_csv, lines_csv, pages_csv
from tests.fakes.pages import RECORDS, line, page


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


def test_a_line_has_its_page_place_text_and_box() -> None:
    (row,) = rows(b"".join(lines_csv([page(line("l7", 'he said "so", twice', kind="heading"))])))

    assert row == {
        "page": "box12/0311",
        "line": "l7",
        "order": "1",
        "region": "r1",
        "kind": "heading",
        "text": 'he said "so", twice',
        "confidence": "0.9",
        "left": "100",
        "top": "100",
        "right": "900",
        "bottom": "150",
        "unread": "",
    }


def test_lines_end_as_rfc_4180_says_and_there_is_no_byte_order_mark() -> None:
    content = b"".join(lines_csv([page(line())]))

    assert content.startswith(b"page,line,")
    assert content.count(b"\r\n") == 2
    assert content.replace(b"\r\n", b"").count(b"\n") == 0


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@sum", "\t=1", "\uff1d1"])
def test_what_a_spreadsheet_would_run_is_only_text(text: str) -> None:
    (row,) = rows(b"".join(lines_csv([page(line("l1", text))])))

    assert row["text"].startswith("'")


@pytest.mark.parametrize("text", ["a\nb", "a\rb", "a\x00b", "a\ud800b", '"', ",", " a ", ""])
def test_any_text_is_one_cell_of_one_row(text: str) -> None:
    assert len(rows(b"".join(lines_csv([page(line("l1", text), line("l2", "b"))])))) == 2


@pytest.mark.parametrize("name", RECORDS)
def test_every_page_makes_tables(name: str) -> None:
    record = RECORDS[name]

    assert len(rows(b"".join(lines_csv([record, record])))) == 2 * len(record.lines)
    assert len(rows(b"".join(pages_csv([record])))) == 1


def test_text_is_written_in_the_form_that_was_asked_for() -> None:
    (row,) = rows(b"".join(lines_csv([page(line("l1", "e\u0301"))], TextForm.NFC)))

    assert row["text"] == "\u00e9"


def test_a_page_has_its_counts_flags_and_notes() -> None:
    notes = (Note("odd", "One.", LineId("l1"), flag=True), Note("odd", "One.", flag=True), Note("said", "Two."))
    (row,) = rows(b"".join(pages_csv([page(line("l1", "abc"), notes=notes)])))

    assert (row["lines"], row["characters"], row["confidence"]) == ("1", "3", "0.9")
    assert (row["flags"], row["notes"]) == ("odd", "One.; Two.")


def test_failures_have_the_columns_that_scripts_rely_on() -> None:
    made = FailureRow("=a.jpg", "torn, at 3", "2026-11-25T07:00:00Z", "open", "broken", 1)
    (row,) = rows(b"".join(failures_csv([made])))

    assert tuple(row) == FAILURES_COLUMNS == ("image", "error", "timestamp", "stage", "class", "attempts")
    assert list(row.values()) == ["'=a.jpg", "torn, at 3", "2026-11-25T07:00:00Z", "open", "broken", "1"]


def test_tables_without_rows_have_their_heads() -> None:
    assert b"".join(failures_csv([])) == b"image,error,timestamp,stage,class,attempts\r\n"
