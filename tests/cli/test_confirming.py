"""A run that takes very long is confirmed, and only then."""

import io
import sys

import pytest

from htrkit.cli.confirming import confirm
from htrkit.core.guarded import Guard
from htrkit.domain.errors import PreflightRefused
from htrkit.domain.finding import Finding, Severity
from htrkit.ui.console import Streams

LONG = Finding(Guard.CONFIRM, Severity.WARNING, "It takes 25 hours.", "--yes")


def answer(words: str, monkeypatch: pytest.MonkeyPatch) -> Streams:
    monkeypatch.setattr(sys, "stdin", io.StringIO(words))
    return Streams(io.StringIO(), io.StringIO())


def told(screen: Streams) -> str:
    assert isinstance(screen.people, io.StringIO)
    return screen.people.getvalue()


@pytest.mark.parametrize("words", ["y\n", " Yes\n"])
def test_a_yes_lets_it_begin(words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    screen = answer(words, monkeypatch)
    confirm([LONG], screen, said=True)
    assert told(screen) == "Begin? [y/N]\n"


@pytest.mark.parametrize("words", ["n\n", "\n", "", "what\n"])
def test_anything_else_does_not(words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(PreflightRefused, match="--yes"):
        confirm([LONG], answer(words, monkeypatch), said=True)


def test_what_is_asked_about_is_said_where_the_findings_were_not(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = answer("y\n", monkeypatch)
    confirm([LONG], screen, said=False)
    assert "25 hours" in told(screen)


def test_nothing_is_asked_where_no_guardrail_wants_it(monkeypatch: pytest.MonkeyPatch) -> None:
    other = Finding(Guard.LONG_RUN, Severity.WARNING, "It takes an hour.", "Wait.")
    screen = answer("", monkeypatch)
    confirm([other], screen, said=True)
    assert told(screen) == ""
