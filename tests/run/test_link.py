"""Items and answers cross a link as they were, in whatever pieces; what is none of ours is refused."""

import json
import socket
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from htrkit.domain.failure import FailureClass, Step
from htrkit.domain.names import LineId
from htrkit.domain.stages import Array, Item, Raw
from htrkit.run.link import Answer, Ask, Link, NoAnswer, Said, pair
from htrkit.run.messages import ChannelBroken

Ends = tuple[Link, Link]


@pytest.fixture
def ends() -> Iterator[Ends]:
    here, there = (Link(end) for end in pair())
    yield here, there
    here.close()
    there.close()


def across(ends: Ends, *things: Said) -> list[Said]:
    """Send from one end to the other until everything has come."""
    here, there = ends
    for thing in things:
        here.say(thing)
    found: list[Said] = []
    while len(found) < len(things):
        here.flush()
        heard = there.hear()
        assert heard is not None
        found += heard
    return found


def same(first: Array, second: Array) -> bool:
    one, other = np.asarray(first), np.asarray(second)
    return one.dtype == other.dtype and one.shape == other.shape and bool((one == other).all())


@pytest.mark.parametrize("kind", ["float32", "uint8", "int32", "float16", "bool", ">i4"])
@pytest.mark.parametrize("shape", [(), (0,), (3, 4), (1, 2, 0)])
def test_an_array_arrives_as_it_was(ends: Ends, kind: str, shape: tuple[int, ...]) -> None:
    array = np.arange(int(np.prod(shape)) if shape else 1).reshape(shape).astype(kind)
    (answer,) = across(ends, Answer(7, Raw((array, array))))
    assert isinstance(answer, Answer)
    assert answer.number == 7
    assert all(same(array, other) for other in answer.raw.arrays)


def test_an_item_keeps_its_number_step_cost_and_line(ends: Ends) -> None:
    item = Item((np.ones((1, 2, 3), np.float32),), 3.5, LineId("l1"))
    (ask,) = across(ends, Ask(3, Step.RECOGNISE, item))
    assert isinstance(ask, Ask)
    assert (ask.number, ask.step, ask.item.cost, ask.item.line) == (3, Step.RECOGNISE, 3.5, "l1")


def test_an_item_without_a_line_has_none(ends: Ends) -> None:
    (ask,) = across(ends, Ask(3, Step.SEGMENT, Item((), 1.0)))
    assert isinstance(ask, Ask)
    assert ask.item == Item((), 1.0, None)


def test_why_there_is_no_answer_arrives_in_full(ends: Ends) -> None:
    said = NoAnswer(9, FailureClass.OOM, "too large – by far", "Traceback …")
    assert across(ends, said) == [said]


def test_what_arrives_may_be_written_to(ends: Ends) -> None:
    (answer,) = across(ends, Answer(1, Raw((np.zeros(3),))))
    assert isinstance(answer, Answer)
    np.asarray(answer.raw.arrays[0])[0] = 1.0


def test_an_array_that_does_not_lie_in_one_piece_arrives_in_its_order(ends: Ends) -> None:
    array = np.arange(12).reshape(3, 4).T[::2]
    (answer,) = across(ends, Answer(1, Raw((array,))))
    assert isinstance(answer, Answer)
    assert same(array, answer.raw.arrays[0])


def test_much_more_than_the_kernel_holds_crosses_without_waiting(ends: Ends) -> None:
    page = np.arange(4_000_000, dtype=np.float32)
    found = across(ends, *(Ask(number, Step.SEGMENT, Item((page,), 1.0)) for number in range(3)))
    assert [ask.number for ask in found if isinstance(ask, Ask) and same(ask.item.arrays[0], page)] == [0, 1, 2]
    assert not ends[0].has_more


@given(st.lists(st.integers(0, 9), min_size=1, max_size=5), st.integers(1, 40))
def test_frames_may_come_in_any_pieces(lengths: list[int], piece: int) -> None:
    (here, raw), (theirs, there) = pair(), pair()
    sender, receiver = Link(here), Link(there)
    try:
        for number, length in enumerate(lengths):
            sender.say(Answer(number, Raw((np.full(length, number),))))
        sender.flush()
        raw.setblocking(False)
        content = raw.recv(1 << 20)
        found: list[Said] = []
        for start in range(0, len(content), piece):
            theirs.sendall(content[start : start + piece])
            found += receiver.hear() or ()
        assert [np.asarray(one.raw.arrays[0]).tolist() for one in found if isinstance(one, Answer)] == [
            [number] * length for number, length in enumerate(lengths)
        ]
    finally:
        for end in (sender, receiver, raw, theirs):
            end.close()


def test_nothing_has_come_is_not_the_end(ends: Ends) -> None:
    heard = ends[1].hear()
    assert heard is not None
    assert list(heard) == []


def test_the_other_end_is_gone(ends: Ends) -> None:
    ends[0].close()
    assert ends[1].hear() is None
    ends[1].say(Answer(1, Raw((np.zeros(10),))))
    with pytest.raises(OSError, match="Broken pipe"):
        ends[1].flush()


def framed(body: bytes, length: int | None = None) -> bytes:
    return (len(body) if length is None else length).to_bytes(4, "little") + body


@pytest.mark.parametrize(
    "content",
    [
        framed(b"{}"),
        framed(b"no JSON"),
        framed(b'"words"'),
        framed(b"", length=1 << 30),
        framed(json.dumps({"kind": "answer", "number": 1, "arrays": [["|O", [1]]]}).encode()),
        framed(json.dumps({"kind": "answer", "number": 1, "arrays": [["<f4", [1 << 40]]]}).encode()),
        framed(json.dumps({"kind": "answer", "number": 1, "arrays": [["none", [1]]]}).encode()),
        framed(json.dumps({"kind": "other", "number": 1, "arrays": []}).encode()),
        framed(
            json.dumps({"kind": "ask", "number": 1, "step": "dance", "line": None, "cost": 1, "arrays": []}).encode()
        ),
        framed(json.dumps({"kind": "answer", "arrays": []}).encode()),
    ],
)
def test_what_is_no_frame_of_ours_is_refused(content: bytes) -> None:
    here, there = socket.socketpair()
    link = Link(there)
    try:
        here.sendall(content)
        with pytest.raises(ChannelBroken):
            list(link.hear() or ())
    finally:
        here.close()
        link.close()
