"""The link between a page worker and a device server: items one way, answers the other, arrays as they are."""

import json
import socket
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from htrkit.domain.failure import FailureClass, Step
from htrkit.domain.names import LineId
from htrkit.domain.stages import Array, Item, Raw
from htrkit.run.messages import LENGTH_BYTES, ChannelBroken
from htrkit.run.wire import received

RECEIVE_BYTES = 1 << 20
MOST_HEADER_BYTES = 1 << 20
MOST_BYTES = 1 << 31
"""Arrays of one item larger than this are none of ours: the link is out of step."""
NUMBERS = "biuf"
"""The kinds of numpy's types that may cross: nothing that holds objects."""


@dataclass(frozen=True, slots=True)
class Ask:
    """To a server: one item, and the number by which it is answered."""

    number: int
    step: Step
    item: Item


@dataclass(frozen=True, slots=True)
class Answer:
    """From a server: what the network made of an item."""

    number: int
    raw: Raw


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """From a server: the item cannot be computed, even alone."""

    number: int
    failure: FailureClass
    message: str
    stack: str


Said = Ask | Answer | NoAnswer


class Link:
    """One end of a link; nothing here waits, and what does not go out at once is kept."""

    def __init__(self, end: socket.socket) -> None:
        end.setblocking(False)
        self._end = end
        self._out: deque[memoryview] = deque()
        self._in = bytearray()

    def fileno(self) -> int:
        """For a selector."""
        return self._end.fileno()

    @property
    def has_more(self) -> bool:
        """Whether something is still to be sent."""
        return bool(self._out)

    def say(self, said: Said) -> None:
        """Put something in line to be sent."""
        self._out.extend(_encoded(said))

    def flush(self) -> None:
        """Send as much as goes out now; raises OSError where the other end is gone."""
        while self._out:
            try:
                sent = self._end.send(self._out[0])
            except BlockingIOError:
                return
            if sent < len(self._out[0]):
                self._out[0] = self._out[0][sent:]
                return
            self._out.popleft()

    def hear(self) -> Iterator[Said] | None:
        """Give what has come in; None where the other end is gone. Raises ChannelBroken when it is read."""
        content = received(self._end, RECEIVE_BYTES)
        if content is None:
            return None
        self._in += content
        return self._frames()

    def close(self) -> None:
        """Close this end."""
        self._end.close()

    def _frames(self) -> Iterator[Said]:
        while len(self._in) >= LENGTH_BYTES:
            header_end = LENGTH_BYTES + int.from_bytes(self._in[:LENGTH_BYTES], "little")
            if header_end > MOST_HEADER_BYTES:
                raise _broken(f"a header of {header_end} bytes")
            if len(self._in) < header_end:
                return
            header = _header(bytes(self._in[LENGTH_BYTES:header_end]))
            ends = list(accumulate((_bytes_of(*one) for one in header["arrays"]), initial=header_end))
            if ends[-1] > MOST_BYTES:
                raise _broken(f"arrays of {ends[-1]} bytes")
            if len(self._in) < ends[-1]:
                return
            # Each array gets memory of its own, that may be written: torch wants that.
            contents = [self._in[start:end] for start, end in pairwise(ends)]
            del self._in[: ends[-1]]
            yield _decoded(header, contents)


def pair() -> tuple[socket.socket, socket.socket]:
    """Give the two ends of a new link, with room for a line or two in the kernel."""
    ends = socket.socketpair()
    for end in ends:
        end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, RECEIVE_BYTES)
    return ends


def _encoded(said: Said) -> Iterator[memoryview]:
    match said:
        case Ask(number, step, item):
            header: dict[str, Any] = {"kind": "ask", "number": number, "step": step, "line": item.line}
            header["cost"], arrays = item.cost, item.arrays
        case Answer(number, raw):
            header, arrays = {"kind": "answer", "number": number}, raw.arrays
        case NoAnswer():
            header = {"kind": "no-answer", "number": said.number, "failure": said.failure, "message": said.message}
            header["stack"], arrays = said.stack, ()
    whole = [np.ascontiguousarray(cast("NDArray[Any]", array)) for array in arrays]
    # Of the arrays as they came: a single number would get an axis in memory that is in one piece.
    header["arrays"] = [(flat.dtype.str, array.shape) for flat, array in zip(whole, arrays, strict=True)]
    body = json.dumps(header, separators=(",", ":")).encode()
    yield memoryview(len(body).to_bytes(LENGTH_BYTES, "little") + body)
    for array in whole:
        if array.nbytes:
            yield memoryview(cast("Any", array)).cast("B")


def _header(body: bytes) -> dict[str, Any]:
    try:
        header: dict[str, Any] = json.loads(body)
        header["arrays"] = [(np.dtype(kind), tuple(shape)) for kind, shape in header["arrays"]]
    except (ValueError, TypeError, KeyError) as error:
        raise _broken(str(error)) from error
    if any(kind.kind not in NUMBERS for kind, _ in header["arrays"]):
        raise _broken("an array that does not hold numbers")
    return header


def _bytes_of(kind: "np.dtype[Any]", shape: Sequence[int]) -> int:
    count = 1
    for length in shape:
        count *= length
    return kind.itemsize * count


def _decoded(header: dict[str, Any], contents: Sequence[bytearray]) -> Said:
    parts = zip(header["arrays"], contents, strict=True)
    arrays: list[Array] = [np.frombuffer(content, dtype=kind).reshape(shape) for (kind, shape), content in parts]
    try:
        match header["kind"]:
            case "ask":
                line = LineId(header["line"]) if header["line"] is not None else None
                return Ask(header["number"], Step(header["step"]), Item(tuple(arrays), header["cost"], line))
            case "answer":
                return Answer(header["number"], Raw(tuple(arrays)))
            case "no-answer":
                failure = FailureClass(header["failure"])
                return NoAnswer(header["number"], failure, header["message"], header["stack"])
            case kind:
                raise _broken(f"`{kind}`")
    except (KeyError, ValueError) as error:
        raise _broken(str(error)) from error


def _broken(cause: str) -> ChannelBroken:
    return ChannelBroken(f"What came over a link cannot be read: {cause}.", mend="Please report this.")
