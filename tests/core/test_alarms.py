"""Alarms about a page's text are notes with a flag, a line where there is one, and a sentence."""

from collections.abc import Sequence

import pytest

from htrkit.core.alarms import Alarm, text_alarms
from htrkit.core.alarms_script import Scripts
from htrkit.domain.names import LineId
from htrkit.domain.page import Line, Note
from tests.fakes.right_lines import RIGHT_LINES

LATIN: Scripts = frozenset({"Latn"})


def alarms(*texts: str, scripts: Scripts | None = LATIN) -> Sequence[Note]:
    lines = [Line(LineId(f"l{number}"), (), (), text=text) for number, text in enumerate(texts)]
    return list(text_alarms(lines, scripts))


def test_right_text_raises_none() -> None:
    assert alarms(*RIGHT_LINES) == []


def test_a_loop_names_its_line_and_what_is_repeated() -> None:
    assert alarms("In nomine", "et la la la la la la la") == [
        Note("repetition", "The text runs in a loop: “la” 7 times.", LineId("l1"), flag=True)
    ]


def test_a_long_unit_is_cut() -> None:
    (note,) = alarms("qui fecit celum et terram mare et omnia que in eis sunt " * 6)
    assert len(note.message) < 90
    assert "…" in note.message


def test_a_loop_over_lines_names_the_first_of_them() -> None:
    (note,) = alarms("In nomine patris amen", *["Sancta Maria ora pro nobis"] * 8, "Oremus")

    assert (note.code, note.line, note.flag) == ("repetition", "l1", True)
    assert note.message.startswith("From here on, 8 lines run in a loop: “")


def test_lines_that_loop_each_by_itself_are_not_told_twice() -> None:
    notes = alarms(*["gratia plena " * 7] * 4)
    assert [note.line for note in notes] == ["l0", "l1", "l2", "l3"]


def test_a_line_of_another_script_is_named() -> None:
    latin = "in principio erat uerbum et uerbum erat apud deum"
    (note,) = alarms(*[latin] * 2, "Quod scripsi " * 2, *RIGHT_LINES, "и свет во тьме")

    assert (note.code, note.line) == ("script", f"l{3 + len(RIGHT_LINES)}")
    assert note.message == "In this line 11 of 11 letters are not Latin, mostly Cyrillic."


def test_a_page_of_another_script_is_one_alarm_without_a_line() -> None:
    (note,) = alarms("и свет во тьме светит", "и тьма не объяла его", "был человек")

    assert (note.code, note.line, note.flag) == ("script", None, True)
    assert note.message.startswith("On this page 4")


def test_where_every_script_is_right_there_is_no_such_alarm() -> None:
    assert alarms("и свет во тьме светит", "ἐν ἀρχῇ ἦν ὁ λόγος", scripts=None) == []


@pytest.mark.parametrize("texts", [(), ("",), ("", "")])
def test_a_page_without_text_raises_none_here(texts: tuple[str, ...]) -> None:
    assert alarms(*texts) == []


@pytest.mark.parametrize("alarm", Alarm)
def test_every_alarm_is_named_in_small_letters(alarm: Alarm) -> None:
    assert str(alarm).replace("-", "").isalpha()
    assert str(alarm).islower()
