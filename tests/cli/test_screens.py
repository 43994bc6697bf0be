"""Which screen a run gets: by what was wished, and by where it runs."""

from io import StringIO

import pytest

from htrkit.cli.screens import Shown, chosen, screens
from htrkit.config.choices import Progress
from htrkit.domain.events import Record, RunStarted
from htrkit.ui.console import Streams
from htrkit.ui.live_drawing import Title

SHOWN = Shown(Title("htrkit run", "out", "kraken"))


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


class Closed(StringIO):
    def isatty(self) -> bool:
        raise ValueError("I/O operation on closed file")


def screen(wished: Progress, people: StringIO, **environment: str) -> Progress:
    return chosen(wished, Streams(StringIO(), people), {"TERM": "xterm", **environment})


def test_a_terminal_gets_panels_and_a_log_gets_lines() -> None:
    assert screen(Progress.AUTO, Terminal()) is Progress.LIVE
    assert screen(Progress.AUTO, StringIO()) is Progress.PLAIN


@pytest.mark.parametrize("term", ["dumb", ""])
def test_a_terminal_that_cannot_be_drawn_on_gets_lines_even_if_panels_are_wished(term: str) -> None:
    assert screen(Progress.AUTO, Terminal(), TERM=term) is Progress.PLAIN
    assert screen(Progress.LIVE, Terminal(), TERM=term) is Progress.PLAIN


def test_a_build_server_gets_lines_unless_panels_are_wished() -> None:
    assert screen(Progress.AUTO, Terminal(), CI="true") is Progress.PLAIN
    assert screen(Progress.LIVE, Terminal(), CI="true") is Progress.LIVE


def test_panels_need_a_terminal() -> None:
    assert screen(Progress.LIVE, StringIO()) is Progress.PLAIN
    assert screen(Progress.LIVE, Closed()) is Progress.PLAIN


@pytest.mark.parametrize("wished", [Progress.PLAIN, Progress.JSON, Progress.NONE])
def test_every_other_wish_is_granted(wished: Progress) -> None:
    assert screen(wished, Terminal()) is wished


@pytest.mark.parametrize(("progress", "said"), [(Progress.PLAIN, "3 pages to read\n"), (Progress.NONE, "")])
def test_what_was_told_is_said_when_it_ends(progress: Progress, said: str) -> None:
    people = StringIO()
    with screens(progress, Streams(StringIO(), people), {}, SHOWN) as listeners:
        for listener in listeners:
            listener(Record("2026-11-25T07:00:00Z", RunStarted("r", 3, "f")))

    assert people.getvalue() == said
