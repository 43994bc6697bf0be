"""What a page worker's process tells of a page fits into a message, and never ends the process."""

import socket
from dataclasses import dataclass
from typing import cast

import pytest

from htrkit.domain.errors import PageProblem
from htrkit.domain.events import PageDone
from htrkit.domain.failure import FailureClass, Step
from htrkit.domain.names import PageKey
from htrkit.domain.server_errors import ServerGone, ServerRefused
from htrkit.domain.source import PageSource
from htrkit.run.channel import Channel
from htrkit.run.messages import (
    MOST_BYTES,
    MOST_MESSAGE,
    MOST_STACK,
    Frames,
    IsDone,
    IsRefused,
    IsTroubled,
    TooMuchSaid,
    clipped,
    clipped_stack,
    encoded,
    from_child,
)
from htrkit.run.page_process import _answer

SOURCE = PageSource(PageKey("a/1"), "a/1.jpg")


def done(flag: str = "") -> PageDone:
    return PageDone(SOURCE.key, 1, 1, None, 0.1, {}, (), (flag,))


class FakeEnd:
    """A socket that takes everything at once."""

    sent = b""

    def sendall(self, content: bytes) -> None:
        self.sent += content


@dataclass
class FakeWorker:
    """Ends each page as it is told to."""

    page: PageDone | None = None
    error: Exception | None = None

    def work(self, source: PageSource) -> PageDone:
        assert source == SOURCE
        if self.error is not None:
            raise self.error
        assert self.page is not None
        return self.page


def answer_of(worker: FakeWorker) -> object:
    end = FakeEnd()
    _answer(Channel(cast("socket.socket", end)), worker, SOURCE)
    (body,) = Frames().add(end.sent)
    return from_child(body)


def test_a_page_that_is_done_is_told_as_it_is() -> None:
    said = answer_of(FakeWorker(done()))

    assert isinstance(said, IsDone)
    assert said.page == done()
    assert said.memory_bytes > 0


def test_a_receipt_that_no_message_holds_fails_its_page_and_says_how_long_it_was() -> None:
    said = answer_of(FakeWorker(done("x" * MOST_BYTES)))

    assert isinstance(said, IsRefused)
    assert said.failure is FailureClass.BUG
    assert not said.passing
    assert said.message.startswith("a/1: its receipt is a message of 67,1")


def test_the_longest_message_that_may_be_is_read_again() -> None:
    room = MOST_BYTES - len(encoded(IsDone(done()))) + 4
    assert len(encoded(IsDone(done("x" * room)))) == MOST_BYTES + 4
    with pytest.raises(TooMuchSaid):
        encoded(IsDone(done("x" * (room + 1))))


def test_an_error_that_holds_the_whole_page_is_told_short_and_still_says_where_it_arose() -> None:
    said = answer_of(FakeWorker(error=ValueError("x" * 1_000_000)))

    assert isinstance(said, IsRefused)
    assert said.message.startswith("a/1: ValueError: xxx")
    assert said.message.endswith("Please report this with its image.")
    assert len(said.message) < MOST_MESSAGE + 200
    assert len(said.stack) <= MOST_STACK
    assert "in work" in said.stack


def test_a_page_problem_is_told_short_as_well() -> None:
    problem = PageProblem("y" * 1_000_000, mend="", failure=FailureClass.BROKEN, step=Step.OPEN)
    problem.__cause__ = ValueError("z" * 1_000_000)
    said = answer_of(FakeWorker(error=problem))

    assert isinstance(said, IsRefused)
    assert len(said.message) < MOST_MESSAGE + 10
    assert said.stack.startswith("ValueError: zzz")
    assert len(said.stack) < MOST_STACK


def test_what_is_short_stays_as_it_is() -> None:
    assert clipped("torn") == "torn"
    assert clipped_stack("Traceback:\n  here\n") == "Traceback:\n  here\n"


def test_what_stops_the_run_is_told_with_its_mend_and_blames_no_page() -> None:
    said = answer_of(FakeWorker(error=ServerRefused("The key is refused.", mend="Set another.")))

    assert said == IsTroubled("The key is refused. Set another.", passes=False)


def test_what_may_pass_is_told_with_what_must_come_back() -> None:
    said = answer_of(FakeWorker(error=ServerGone("The server is gone.", mend="", path="http://gpu7/v1")))

    assert said == IsTroubled("The server is gone.", "http://gpu7/v1", passes=True)
