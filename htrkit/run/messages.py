"""What the run and its processes say to each other: small frames of JSON, never pickles."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, TypeAdapter

from htrkit.domain.errors import HtrkitError
from htrkit.domain.events import PageDone
from htrkit.domain.exits import ExitCode
from htrkit.domain.failure import FailureClass, Step
from htrkit.domain.page import ModelFacts, Reading
from htrkit.domain.source import PageSource, SourceKind

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

LENGTH_BYTES = 4
MOST_BYTES = 1 << 26
"""A frame longer than this is no frame of ours: the channel is out of step."""
MOST_MESSAGE = 2000
"""Characters of a failure's message: a library may put a page's whole content into an error."""
MOST_STACK = 8000
"""Characters of a stack that a failure quotes, from its end."""
MOST_STACK_LINE = 500


class ChannelBroken(HtrkitError):
    """A process said something that is no message."""

    exit_code = ExitCode.BUG


class TooMuchSaid(Exception):
    """A message is longer than a frame may be; nothing of it was sent."""


@dataclass(frozen=True, slots=True)
class SetUp:
    """To a worker or a server, first: what it will work with."""

    settings: dict[str, Any]
    engine: str
    model: tuple[str, ModelFacts]
    """The file's path, and how outputs cite it."""
    segmentation: tuple[str, ModelFacts]
    reading: Reading
    out: str
    threads: int
    tidy_every: int = 50
    """Pages, or batches, after which memory is given back that nothing needs any more."""
    sizes: dict[str, tuple[int, int]] = field(default_factory=dict)
    """To a server: by step, the batch size that proved right earlier, and the bytes that a usual item took."""
    below: str = ""
    """The folder that inputs were brought to on this machine: what is cited of their paths is without it."""
    served: bool = False
    """Whether a worker asks a device server instead of running the networks itself."""
    kind: Literal["set-up"] = "set-up"


@dataclass(frozen=True, slots=True)
class TakePage:
    """To a worker: one page; no other comes before it has ended."""

    source: dict[str, Any]
    attempt: int
    kind: Literal["page"] = "page"


@dataclass(frozen=True, slots=True)
class DropPage:
    """To a worker: its page is to be put down, if it has one still."""

    kind: Literal["drop"] = "drop"


@dataclass(frozen=True, slots=True)
class NewLink:
    """To a worker or a server: a link with the one named; its end travels beside these words."""

    other: str
    kind: Literal["link"] = "link"


@dataclass(frozen=True, slots=True)
class AnswerOnly:
    """To a server: answer this worker alone, or everybody where the name is empty."""

    worker: str
    kind: Literal["only"] = "only"


@dataclass(frozen=True, slots=True)
class GiveBack:
    """To a worker or a server: memory is short, and what it does not need is wanted before its next page or batch."""

    kind: Literal["give-back"] = "give-back"


@dataclass(frozen=True, slots=True)
class IsReady:
    """From a worker or a server: everything is loaded."""

    seconds: float
    device: str
    kind: Literal["ready"] = "ready"


@dataclass(frozen=True, slots=True)
class CannotStart:
    """From a worker or a server that is about to end: what it lacks."""

    what: str
    mend: str
    kind: Literal["cannot-start"] = "cannot-start"


@dataclass(frozen=True, slots=True)
class InStep:
    """From a worker: its page has entered a step."""

    step: Step
    kind: Literal["step"] = "step"


@dataclass(frozen=True, slots=True)
class IsWaiting:
    """From a worker: its page waits for a server."""

    kind: Literal["waiting"] = "waiting"


@dataclass(frozen=True, slots=True)
class IsServed:
    """From a worker: its page has been answered."""

    kind: Literal["served"] = "served"


@dataclass(frozen=True, slots=True)
class HasDropped:
    """From a worker: it has no page in hand any more."""

    kind: Literal["dropped"] = "dropped"


@dataclass(frozen=True, slots=True)
class HasBegun:
    """From a server: a batch is on its device, with items that these workers asked for; `waiting` stay in line."""

    step: Step
    workers: tuple[str, ...]
    items: int
    waiting: int = 0
    kind: Literal["begun"] = "begun"


@dataclass(frozen=True, slots=True)
class HasAnswered:
    """From a server: it has come through its batch."""

    seconds: float
    items: int = 0
    room: int = 0
    """Items that it might have held."""
    useful: float = 0.0
    """What its items cost, without what pads them."""
    padded: float = 0.0
    """The same with it."""
    kind: Literal["answered"] = "answered"


@dataclass(frozen=True, slots=True)
class HasResized:
    """From a server: batches of the step hold another number of usual items from now on."""

    step: Step
    was: int
    now: int
    for_want_of_memory: bool
    """Whether a batch did not fit."""
    item_bytes: int = 0
    """What a usual item is known to take by now; 0 where nothing is known."""
    kind: Literal["resized"] = "resized"


@dataclass(frozen=True, slots=True)
class HasMoved:
    """From a server: an item that its device cannot hold alone is computed on the CPU."""

    step: Step
    kind: Literal["moved"] = "moved"


@dataclass(frozen=True, slots=True)
class IsDone:
    """From a worker: its page is whole on disk."""

    page: PageDone
    memory_bytes: int = 0
    """What the process holds now; 0 where the system does not tell."""
    kind: Literal["done"] = "done"


@dataclass(frozen=True, slots=True)
class IsRefused:
    """From a worker: its page cannot be read."""

    failure: FailureClass
    step: Step
    message: str
    stack: str
    passing: bool
    kind: Literal["refused"] = "refused"


@dataclass(frozen=True, slots=True)
class IsTroubled:
    """From a worker: OUT cannot be written, or inputs not be read; its page is blameless."""

    reason: str
    path: str = ""
    """The input or server that must be there again; empty for OUT."""
    passes: bool = True
    """Whether it may pass; else the run comes to its halt."""
    kind: Literal["troubled"] = "troubled"


OfPage = InStep | IsWaiting | IsServed | IsDone | IsRefused | IsTroubled | HasDropped
ToChild = SetUp | TakePage | DropPage | NewLink | AnswerOnly | GiveBack
FromChild = IsReady | CannotStart | OfPage | HasBegun | HasAnswered | HasResized | HasMoved


def encoded(message: ToChild | FromChild) -> bytes:
    """Give the message with its length before it; raises TooMuchSaid."""
    return framed(message)


def framed(message: "DataclassInstance") -> bytes:
    """Give a message of whatever channel as a frame; names that are no UTF-8 travel as JSON's escapes.

    Raises TooMuchSaid.
    """
    body = json.dumps(asdict(message), separators=(",", ":")).encode()
    if len(body) > MOST_BYTES:
        raise TooMuchSaid(f"a message of {len(body):,} bytes, and {MOST_BYTES:,} is the most")
    return len(body).to_bytes(LENGTH_BYTES, "little") + body


def to_child(body: bytes) -> ToChild:
    """Read a frame's body; raises ChannelBroken."""
    return _read(_to_child(), body)  # type: ignore[no-any-return]  # the adapter's type is lost in its cache


def from_child(body: bytes) -> FromChild:
    """Read a frame's body; raises ChannelBroken."""
    return _read(_from_child(), body)  # type: ignore[no-any-return]  # as above


def clipped(message: str) -> str:
    """Give the beginning of a message that is too long to be told."""
    return message if len(message) <= MOST_MESSAGE else f"{message[:MOST_MESSAGE]} […]"


def clipped_stack(stack: str) -> str:
    """Give the end of a stack, and of each of its lines the beginning: an error's own words may hide where it arose."""
    lines = (line if len(line) <= MOST_STACK_LINE else f"{line[:MOST_STACK_LINE]} […]" for line in stack.split("\n"))
    return "\n".join(lines)[-MOST_STACK:]


def page_of(values: dict[str, Any]) -> PageSource:
    """Give the page that `asdict` took apart, surrogate escapes and all."""
    kind, sidecars = SourceKind(values["kind"]), tuple(values["sidecars"])
    return PageSource(**{**values, "kind": kind, "sidecars": sidecars})


class Frames:
    """Puts the bytes of a channel together to frames."""

    def __init__(self) -> None:
        self._waiting = bytearray()

    def add(self, content: bytes) -> Iterator[bytes]:
        """Take in bytes as they come and give the bodies of the frames that are whole; raises ChannelBroken."""
        self._waiting += content
        while len(self._waiting) >= LENGTH_BYTES:
            length = int.from_bytes(self._waiting[:LENGTH_BYTES], "little")
            if length > MOST_BYTES:
                raise _broken(f"a frame of {length} bytes")
            if len(self._waiting) < LENGTH_BYTES + length:
                return
            body = bytes(self._waiting[LENGTH_BYTES : LENGTH_BYTES + length])
            del self._waiting[: LENGTH_BYTES + length]
            yield body


@cache
def _to_child() -> TypeAdapter[Any]:
    return TypeAdapter(Annotated[ToChild, Field(discriminator="kind")])


@cache
def _from_child() -> TypeAdapter[Any]:
    return TypeAdapter(Annotated[FromChild, Field(discriminator="kind")])


def _read(adapter: TypeAdapter[Any], body: bytes) -> Any:  # noqa: ANN401 - one of the unions above
    try:
        # The standard library's reader, since pydantic's refuses names that are no UTF-8.
        return adapter.validate_python(json.loads(body))
    except ValueError as error:
        raise _broken(str(error)) from error


def _broken(cause: str) -> ChannelBroken:
    return ChannelBroken(f"A worker's message cannot be read: {cause}.", mend="Please report this.")
