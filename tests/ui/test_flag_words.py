"""Why a page is flagged is said in one line, without trust in what was read."""

from pathlib import Path

from htrkit.core.tally import Tally
from htrkit.domain.events import PageDone
from htrkit.domain.names import LineId, PageKey
from htrkit.domain.page import Note
from htrkit.ui.event_words import page_words
from htrkit.ui.flag_words import flag_counts, flag_words
from htrkit.ui.summary import summary
from htrkit.ui.where import Where

LOOP = Note("repetition", "The text runs in a loop: “la” 7 times.", LineId("l9"), flag=True)
STRANGE = Note("script", "On this page 40 of 90 letters are not Latin, mostly Greek.", flag=True)


def page(*reasons: Note, flags: tuple[str, ...] = ()) -> PageDone:
    codes = tuple(sorted({*flags, *(note.code for note in reasons)}))
    return PageDone(PageKey("box/1"), 40, 1000, 0.9, 2.0, {}, (), codes, reasons)


def test_a_reason_has_its_code_its_line_and_its_sentence() -> None:
    assert flag_words(page(LOOP)) == "repetition in line l9: The text runs in a loop: “la” 7 times"
    assert flag_words(page(STRANGE)).startswith("script: On this page 40 of 90 letters")


def test_two_reasons_are_said_and_others_counted() -> None:
    assert flag_words(page(LOOP, STRANGE)).count("; ") == 1
    assert flag_words(page(LOOP, LOOP, LOOP, LOOP)).endswith("; and 2 more")


def test_flags_without_a_reason_are_named_all_the_same() -> None:
    assert flag_words(page(flags=("line-unread",))) == "line-unread"
    assert flag_words(page(LOOP, flags=("line-unread",))).endswith("; line-unread")


def test_what_was_read_has_no_power_over_a_terminal() -> None:
    words = flag_words(page(Note("repetition", "“\x1b[31m” 9 times.", LineId("l\x1b1"), flag=True)))
    assert "\x1b" not in words


def test_a_page_in_words_says_why_it_is_flagged() -> None:
    assert page_words(page(LOOP)).endswith(", flagged: repetition in line l9: The text runs in a loop: “la” 7 times")


def test_flags_are_counted_by_falling_number() -> None:
    assert flag_counts({"script": 2, "empty-page": 1, "repetition": 1200}) == "repetition 1,200, script 2, empty-page 1"


def test_the_summary_counts_flagged_pages_by_alarm() -> None:
    tally = Tally(flagged=2, flags={"script": 2, "repetition": 1})
    said = list(summary(tally, where=Where(Path("o")), formats=(), seconds=1))
    assert "2 pages are flagged (script 2, repetition 1): htrkit report o" in said
