"""What a cluster's driver and its agents say to each other: frames of JSON, whatever carries them."""

import json
from base64 import b64decode, b64encode
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

from htrkit.domain.glimpse import Glimpse
from htrkit.domain.names import PageKey
from htrkit.domain.page import ModelFacts, Reading
from htrkit.domain.sample import MachineSample
from htrkit.domain.schedule import Halt
from htrkit.run.messages import ChannelBroken

PIECE_BYTES = 4_000_000
"""Of a file that travels: small enough that others' words need not wait for it."""


@dataclass(frozen=True, slots=True)
class Probe:
    """A file that the driver has written below OUT: an agent that reads the same has the driver's OUT."""

    path: str
    content: str


@dataclass(frozen=True, slots=True)
class Witness:
    """An input as the driver sees it: an agent that sees the same has the driver's inputs."""

    path: str
    size_bytes: int
    modified_ns: int


@dataclass(frozen=True, slots=True)
class Share:
    """What of its node an agent may use."""

    cores: int
    """What the cluster counts for all agents of the node together."""
    part: int = 0
    parts: int = 1
    """Agents that share the node's cores, and which of them this one is, from 0."""


@dataclass(frozen=True, slots=True)
class BeAgent:
    """To an agent, first: what it will work with."""

    name: str
    version: str
    """The driver's htrkit."""
    run_id: str
    settings: dict[str, Any]
    engine: str
    model: tuple[str, ModelFacts]
    segmentation: tuple[str, ModelFacts]
    reading: Reading
    folder: str
    """The driver's current folder: what relative paths start from."""
    out: str
    probe: Probe | None
    """None where outputs are to travel in any case."""
    inputs: tuple[Witness, ...]
    """One of each folder that inputs are below."""
    share: Share
    command: tuple[str, ...] = ()
    """What a page worker is started as, behind the interpreter; empty for ours."""
    kind: Literal["be"] = "be"


@dataclass(frozen=True, slots=True)
class LeasedPage:
    """A page of a lease, and what befell it before."""

    source: dict[str, Any]
    strikes: int
    attempts: int


@dataclass(frozen=True, slots=True)
class TakeLease:
    """To an agent: more pages."""

    pages: tuple[LeasedPage, ...]
    kind: Literal["lease"] = "lease"


@dataclass(frozen=True, slots=True)
class Piece:
    """To an agent: a piece of a file that it asked for; `there` tells whether the driver could read it."""

    path: str
    offset: int
    content: str
    """Base64."""
    last: bool
    there: bool = True
    kind: Literal["piece"] = "piece"


@dataclass(frozen=True, slots=True)
class EndNow:
    """To an agent: finish the pages in hand and end; without a halt, all pages have ended."""

    halt: Halt | None = None
    kind: Literal["end"] = "end"


@dataclass(frozen=True, slots=True)
class IsPlaced:
    """From an agent: it can take pages."""

    workers: int
    out_is_here: bool
    """Whether it writes where the driver sees it; else outputs travel."""
    kind: Literal["placed"] = "placed"


@dataclass(frozen=True, slots=True)
class CannotWork:
    """From an agent that is about to end: what its node lacks."""

    what: str
    mend: str
    kind: Literal["cannot"] = "cannot"


@dataclass(frozen=True, slots=True)
class Told:
    """From an agent: an event, as the journal has it."""

    event: str
    """Its name."""
    values: str
    """JSON."""
    kind: Literal["told"] = "told"


@dataclass(frozen=True, slots=True)
class Seen:
    """From an agent: how it stands at this moment, for screens."""

    glimpse: Glimpse
    sample: MachineSample
    kind: Literal["seen"] = "seen"


@dataclass(frozen=True, slots=True)
class Wants:
    """From an agent: it lacks a file, from this byte on."""

    path: str
    offset: int = 0
    kind: Literal["wants"] = "wants"


@dataclass(frozen=True, slots=True)
class Brings:
    """From an agent: a piece of an output; the page's end follows when all of its files have been brought."""

    key: PageKey
    path: str
    """Below OUT."""
    content: str
    """Base64."""
    kind: Literal["brings"] = "brings"


@dataclass(frozen=True, slots=True)
class HasEnded:
    """From an agent, last."""

    halt: Halt | None = None
    message: str = ""
    kind: Literal["ended"] = "ended"


ToAgent = BeAgent | TakeLease | Piece | EndNow
FromAgent = IsPlaced | CannotWork | Told | Seen | Wants | Brings | HasEnded


@dataclass(frozen=True, slots=True)
class AgentSaid:
    """An agent has said something."""

    agent: str
    message: FromAgent


@dataclass(frozen=True, slots=True)
class AgentLost:
    """An agent is gone; `cause` is why, as far as is known."""

    agent: str
    cause: str


def packed(content: bytes) -> str:
    """Give bytes as they travel."""
    return b64encode(content).decode("ascii")


def unpacked(content: str) -> bytes:
    """Give bytes as they were."""
    return b64decode(content)


def to_agent(body: bytes) -> ToAgent:
    """Read a frame's body; raises ChannelBroken."""
    return _read(_to_agent(), body)  # type: ignore[no-any-return]  # the adapter's type is lost in its cache


def from_agent(body: bytes) -> FromAgent:
    """Read a frame's body; raises ChannelBroken."""
    return _read(_from_agent(), body)  # type: ignore[no-any-return]  # as above


@cache
def _to_agent() -> TypeAdapter[Any]:
    return TypeAdapter(Annotated[ToAgent, Field(discriminator="kind")])


@cache
def _from_agent() -> TypeAdapter[Any]:
    return TypeAdapter(Annotated[FromAgent, Field(discriminator="kind")])


def _read(adapter: TypeAdapter[Any], body: bytes) -> Any:  # noqa: ANN401 - one of the unions above
    try:
        # The standard library's reader, since pydantic's refuses names that are no UTF-8.
        return adapter.validate_python(json.loads(body))
    except ValueError as error:
        raise ChannelBroken(f"An agent's message cannot be read: {error}.", mend="Please report this.") from error
