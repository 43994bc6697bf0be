"""Messages between processes arrive as they were sent, in whatever pieces the channel cuts them."""

from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from htrkit.domain.events import PageDone, WrittenFile
from htrkit.domain.failure import FailureClass, Step
from htrkit.domain.names import PageKey
from htrkit.domain.page import ModelFacts, Reading
from htrkit.domain.source import PageSource, SourceKind
from htrkit.run.messages import (
    MOST_BYTES,
    CannotStart,
    ChannelBroken,
    Frames,
    FromChild,
    InStep,
    IsDone,
    IsReady,
    IsRefused,
    IsTroubled,
    SetUp,
    TakePage,
    encoded,
    from_child,
    page_of,
    to_child,
)

DONE = PageDone(PageKey("a/1"), 2, 10, 0.5, 1.5, {"open": 0.1}, (WrittenFile("txt/a/1.txt", 3, "f" * 64),), ("odd",))
SAID: list[FromChild] = [
    IsReady(2.5, "cpu"),
    CannotStart("gone", "bring it"),
    InStep(Step.SEGMENT),
    IsDone(DONE),
    IsRefused(FailureClass.BROKEN, Step.OPEN, "a\udcff.jpg: torn", "stack", passing=False),
    IsTroubled("full"),
    IsTroubled("gone", "scans\udcff"),
]
NASTY = PageSource(
    PageKey("box/1"),
    "box\udcff/\n1.jpg",
    SourceKind.PDF,
    frame=3,
    sidecars=("a\udcfe.xml", "b.xml"),
    image_name="1.png",
)
MODEL = ModelFacts("m", "0" * 64)
SET_UP = SetUp({"dpi": 300}, "kraken", ("/m", MODEL), ("/s", MODEL), Reading("kraken", "7"), "/out", 2)


@pytest.mark.parametrize("message", SAID, ids=lambda one: one.kind)
def test_what_a_worker_says_arrives_as_it_was(message: FromChild) -> None:
    (body,) = Frames().add(encoded(message))

    assert from_child(body) == message


def test_what_a_worker_is_told_first_arrives_as_it_was() -> None:
    (body,) = Frames().add(encoded(SET_UP))

    assert to_child(body) == SET_UP


def test_a_page_with_names_that_are_no_utf8_arrives_as_it_was() -> None:
    (body,) = Frames().add(encoded(TakePage(asdict(NASTY), 1)))
    message = to_child(body)

    assert isinstance(message, TakePage)
    assert page_of(message.source) == NASTY


@given(st.data())
def test_frames_come_out_whole_however_the_channel_cuts_them(data: st.DataObject) -> None:
    stream = b"".join(map(encoded, SAID))
    frames, found, start = Frames(), [], 0
    while start < len(stream):
        end = start + data.draw(st.integers(1, 80))
        found += [from_child(body) for body in frames.add(stream[start:end])]
        start = end

    assert found == SAID


@pytest.mark.parametrize("body", [b"", b"null", b"{}", b'{"kind":"magic"}', b'{"kind":"step","step":"fly"}', b"\xff"])
def test_what_is_no_message_is_said(body: bytes) -> None:
    for read in (from_child, to_child):
        with pytest.raises(ChannelBroken):
            read(body)


def test_a_frame_beyond_all_measure_is_no_frame() -> None:
    with pytest.raises(ChannelBroken, match="bytes"):
        list(Frames().add((MOST_BYTES + 1).to_bytes(4, "little")))
