"""Streams: results and people are kept apart, colour is never forced, and no encoding stops a command."""

import io

import pytest

from htrkit.config.choices import Color
from htrkit.domain.finding import Finding, Severity
from htrkit.ui.console import Streams, streams


def both() -> tuple[Streams, io.StringIO, io.StringIO]:
    results, people = io.StringIO(), io.StringIO()
    return Streams(results, people), results, people


def test_results_and_words_for_people_go_to_their_streams() -> None:
    screen, results, people = both()
    screen.result("r")
    screen.say("p")

    assert (results.getvalue(), people.getvalue()) == ("r\n", "p\n")


def test_a_finding_says_how_bad_what_why_and_what_to_do() -> None:
    screen, _, people = both()
    screen.find(Finding("x", Severity.BLOCKER, "No room.", "Make some.", "Pages would be lost."))

    assert people.getvalue() == "error: No room. Pages would be lost.\n  Make some.\n"


def test_colour_only_marks_the_word() -> None:
    people = io.StringIO()
    Streams(io.StringIO(), people, coloured=True).find(Finding("x", Severity.WARNING, "Odd."))

    assert people.getvalue() == "\x1b[33mwarning:\x1b[0m Odd.\n"


def test_a_stream_that_cannot_say_a_letter_says_it_in_escapes() -> None:
    raw = io.BytesIO()
    results = io.TextIOWrapper(raw, encoding="ascii")
    Streams(results, io.StringIO()).result("ſ\udcff")

    assert raw.getvalue() == b"\\u017f\\udcff\n"


@pytest.mark.parametrize(
    ("color", "environment", "coloured"),
    [
        (Color.ALWAYS, {"NO_COLOR": "1"}, True),
        (Color.NEVER, {"FORCE_COLOR": "1"}, False),
        (Color.AUTO, {"NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
        (Color.AUTO, {"FORCE_COLOR": "1"}, True),
        (Color.AUTO, {"TERM": "xterm"}, False),
    ],
)
def test_who_decides_on_colour(color: Color, environment: dict[str, str], coloured: bool) -> None:
    assert streams(color, environment).coloured is coloured


def test_a_closed_stream_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr", None)

    screen = streams(Color.AUTO, {})
    screen.say("nobody hears")
    screen.people.close()


class Gone(io.StringIO):
    """A pipe whose reader has gone."""

    def write(self, text: str) -> int:
        raise BrokenPipeError(text)


def test_a_screen_that_has_gone_costs_nothing_but_the_screen() -> None:
    Streams(io.StringIO(), Gone()).say("nobody reads")
    Streams(io.StringIO(), Gone()).find(Finding("x", Severity.NOTE, "Nobody.", "Nothing."))


def test_a_result_that_nobody_takes_is_told_to_the_command() -> None:
    with pytest.raises(BrokenPipeError):
        Streams(Gone(), io.StringIO()).result("nobody reads")
