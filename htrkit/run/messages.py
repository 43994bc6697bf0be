"""What the run's process and a page worker's process say to each other: small frames of JSON, never pickles."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

from htrkit.domain.errors import HtrkitError
from htrkit.domain.events import PageDone
from htrkit.domain.exits import ExitCode
from htrkit.domain.failure import FailureClass, Step
from htrkit.domain.page import ModelFacts, Reading
from htrkit.domain.source import PageSource, SourceKind

LENGTH_BYTES = 4
MOST_BYTES = 1 << 26
"""A frame longer than this is no frame of ours: the channel is out of step."""


class ChannelBroken(HtrkitError):
    """A process said something that is no message."""

    exit_code = ExitCode.BUG


@dataclass(frozen=True, slots=True)
class SetUp:
    """To a worker, first: what it will work with."""

    settings: dict[str, Any]
    engine: str
    model: tuple[str, ModelFacts]
    """The file's path, and how outputs cite it."""
    segmentation: tuple[str, ModelFacts]
    reading: Reading
    out: str
    threads: int
    kind: Literal["set-up"] = "set-up"


@dataclass(frozen=True, slots=True)
class TakePage:
    """To a worker: one page; no other comes before it has ended."""

    source: dict[str, Any]
    attempt: int
    kind: Literal["page"] = "page"


@dataclass(frozen=True, slots=True)
class IsReady:
    """From a worker: everything is loaded."""

    seconds: float
    device: str
    kind: Literal["ready"] = "ready"


@dataclass(frozen=True, slots=True)
class CannotStart:
    """From a worker that is about to end: what it lacks."""

    what: str
    mend: str
    kind: Literal["cannot-start"] = "cannot-start"


@dataclass(frozen=True, slots=True)
class InStep:
    """From a worker: its page has entered a step."""

    step: Step
    kind: Literal["step"] = "step"


@dataclass(frozen=True, slots=True)
class IsDone:
    """From a worker: its page is whole on disk."""

    page: PageDone
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
    """From a worker: OUT cannot be written; its page is blameless."""

    reason: str
    kind: Literal["troubled"] = "troubled"


ToWorker = SetUp | TakePage
FromWorker = IsReady | CannotStart | InStep | IsDone | IsRefused | IsTroubled


def encoded(message: ToWorker | FromWorker) -> bytes:
    """Give the message with its length before it; names that are no UTF-8 travel as JSON's escapes."""
    body = json.dumps(asdict(message), separators=(",", ":")).encode()
    return len(body).to_bytes(LENGTH_BYTES, "little") + body


def to_worker(body: bytes) -> ToWorker:
    """Read a frame's body; raises ChannelBroken."""
    return _read(_to_worker(), body)  # type: ignore[no-any-return]  # the adapter's type is lost in its cache


def from_worker(body: bytes) -> FromWorker:
    """Read a frame's body; raises ChannelBroken."""
    return _read(_from_worker(), body)  # type: ignore[no-any-return]  # as above


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
def _to_worker() -> TypeAdapter[Any]:
    return TypeAdapter(Annotated[ToWorker, Field(discriminator="kind")])


@cache
def _from_worker() -> TypeAdapter[Any]:
    return TypeAdapter(Annotated[FromWorker, Field(discriminator="kind")])


def _read(adapter: TypeAdapter[Any], body: bytes) -> Any:  # noqa: ANN401 - one of the unions above
    try:
        # The standard library's reader, since pydantic's refuses names that are no UTF-8.
        return adapter.validate_python(json.loads(body))
    except ValueError as error:
        raise _broken(str(error)) from error


def _broken(cause: str) -> ChannelBroken:
    return ChannelBroken(f"A worker's message cannot be read: {cause}.", mend="Please report this.")
