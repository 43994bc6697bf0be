"""What models wrap their text in comes off, and nothing that may stand on a page comes off with it."""

from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from htrkit.engines.churro_document import REPAIRED, from_churro
from htrkit.engines.page_text import PageText
from htrkit.engines.wrappers import REPAIRED_JSON, from_markdown, on_one_line


def lines(text: PageText) -> list[str]:
    return [line.text for line in text.lines]


def codes(text: PageText) -> list[str]:
    return [note.code for note in text.notes if note.flag]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("a\nb", ["a", "b"]),
        ("  a  \n\n b", ["a", "b"]),
        ("```\na\nb\n```", ["a", "b"]),
        ("```text\na\nb", ["a", "b"]),
        ("~~~\na\n~~~", ["a"]),
        ("Here is the transcription:\n\n```text\na\n```", ["a"]),
        ("Sure! Here is the text:\na", ["a"]),
        ("# Liber I\n**Item** dedi\n---\n> quote", ["Liber I", "Item dedi", "quote"]),
        ("|a|b|\n|---|---|\n|c|d|", ["|a|b|", "|c|d|"]),
        ("a<br>b<br/>c", ["a", "b", "c"]),
        ("<think>hm</think>\na", ["a"]),
        ('[{"bbox_2d": [1, 2], "text_content": "a\\nb"}, {"text": "c", "label": "title"}]', ["a", "b", "c"]),
        ('```json\n{"lines": ["a", "b"], "language": "la"}\n```', ["a", "b"]),
        ('["a", "b"]', ["a", "b"]),
    ],
)
def test_wrappers_come_off(written: str, read: list[str]) -> None:
    text = from_markdown(written, 0.5)
    assert lines(text) == read
    assert {line.confidence for line in text.lines} == {0.5}
    assert (text.structure is None) == (read == [line.strip() for line in written.splitlines() if line.strip()])


@pytest.mark.parametrize(
    "written",
    [
        "- Item dedi",
        "* nota",
        "[sic] dixit",
        "{a} b",
        "Here is my will:",
        "1. primo",
        "a_b_c",
        "2 * 3 * 4",
        "12 ----- 3",
    ],
)
def test_what_may_stand_on_a_page_stays(written: str) -> None:
    assert lines(from_markdown(written)) == [written]
    assert from_markdown(written).structure is None


def test_json_that_was_cut_off_gives_what_is_there_and_says_so() -> None:
    text = from_markdown('[{"text": "a \\"b\\""}, {"text": "c')
    assert (lines(text), codes(text)) == (['a "b"', "c"], [REPAIRED_JSON])


def test_deep_json_is_no_trouble() -> None:
    assert lines(from_markdown("[" * 100_000)) == ["[" * 100_000]


def test_a_picture_of_a_line_gives_one_line() -> None:
    assert on_one_line(from_markdown("```\na\nb\n```")) == "a b"


CHURRO = """<?xml version="1.0" encoding="UTF-8"?>
<HistoricalDocument xmlns="http://example.com/historicaldocument"><Metadata><Language>Latin</Language>
<Description>A charter.</Description></Metadata><Page><Header><Line>fol. 1r</Line></Header><Body><Paragraph>
<Line>In <Deletion>nom</Deletion>nomine
 &amp; domini</Line><Line>Petr<Addition>us</Addition> <Gap/>dixit</Line></Paragraph>
<MarginalNote>Nota
bene</MarginalNote></Body><Footer><Line>2</Line></Footer></Page></HistoricalDocument>"""


def test_churros_document_gives_its_lines_and_what_they_are() -> None:
    text = from_churro(CHURRO, 0.5)
    assert [(line.text, line.kind) for line in text.lines] == [
        ("fol. 1r", "Header"),
        ("In nomine & domini", None),
        ("Petrus dixit", None),
        ("Nota", "MarginalNote"),
        ("bene", "MarginalNote"),
        ("2", "Footer"),
    ]
    assert text.structure == CHURRO
    assert codes(text) == []


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("<HistoricalDocument><Page><Line>a</Line><Line>b</Li", ["a", "b"]),
        ("<HistoricalDocument><Page><Line>a</Paragraph><Line>b</Line>", ["a", "b"]),
        ("<Line>a</Line><Line>b</Line>", ["a", "b"]),
        ("```xml\n<Page><Line>a</Line>", ["a"]),
        ("<Page>", []),
    ],
)
def test_a_document_that_is_not_well_formed_is_repaired_and_flagged(written: str, read: list[str]) -> None:
    text = from_churro(written)
    assert (lines(text), codes(text), text.structure) == (read, [REPAIRED], written)


@pytest.mark.parametrize("written", ["<Page><Line>a & b &nbsp;< c &mdash; d &amp; e</Line></Page>"])
def test_signs_that_xml_would_have_written_otherwise_are_kept(written: str) -> None:
    text = from_churro(written)
    assert (lines(text), codes(text)) == (["a & b < c — d & e"], [])


def test_what_is_no_document_is_text() -> None:
    assert lines(from_churro("a\nb")) == ["a", "b"]


def test_a_document_asks_for_nothing_from_elsewhere() -> None:
    bomb = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY f SYSTEM "file:///etc/passwd">]>'
    text = from_churro(f"{bomb}<Page><Line>&f; x</Line></Page>")
    assert lines(text) == ["&f; x"]


def test_marks_without_end_are_no_trouble() -> None:
    assert lines(from_churro("<Page>" + "<Line>" * 5_000 + "a")) is not None


@given(st.text(max_size=60))
def test_whatever_is_written_is_read_without_complaint(written: str) -> None:
    for read in (from_churro, from_markdown):
        for line in read(written).lines:
            assert line.text == line.text.strip() != ""


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z"))), max_size=4))
def test_plain_lines_in_a_document_are_all_there(words: list[str]) -> None:
    text = from_churro("<Page>" + "".join(f"<Line>{escape(word)}</Line>" for word in words) + "</Page>")
    assert lines(text) == [word for word in words if word]
