"""What is heard of a cluster's agents, and what is ordered of them; between them stands `core.leases`."""

from dataclasses import dataclass

from htrkit.domain.names import PageKey
from htrkit.domain.schedule import Halt

# What is heard.


@dataclass(frozen=True, slots=True)
class AgentReady:
    """An agent has found all that it needs: it can take pages."""

    agent: str
    workers: int
    """Pages that it has in hand at once."""


@dataclass(frozen=True, slots=True)
class TakenInHand:
    """An agent's worker has a page in hand."""

    agent: str
    key: PageKey
    attempt: int


@dataclass(frozen=True, slots=True)
class PutBack:
    """A page has left the hand that had it, and waits for another try where it is; `strikes` are its deaths so far."""

    agent: str
    key: PageKey
    strikes: int | None = None
    """None where it was a trouble that may pass."""


@dataclass(frozen=True, slots=True)
class EndedThere:
    """An agent's page has come to its end."""

    agent: str
    key: PageKey
    failed: bool = False
    flagged: bool = False
    message: str = ""
    """Why it failed."""


@dataclass(frozen=True, slots=True)
class AgentGone:
    """An agent is gone that nobody had told to end: its process, or its whole node."""

    agent: str
    cause: str


@dataclass(frozen=True, slots=True)
class AgentLeaves:
    """An agent's process has ended in order; it is gone when what it has done has settled."""

    agent: str
    settling: frozenset[PageKey]
    """Pages that it has done, and whose files are not seen yet."""


@dataclass(frozen=True, slots=True)
class AgentEnded:
    """An agent has ended in order; with a halt that nobody asked for, it could not go on.

    With the halt of a trouble, nobody could: OUT itself is in trouble.
    """

    agent: str
    halt: Halt | None = None
    message: str = ""


@dataclass(frozen=True, slots=True)
class NobodyLeft:
    """No agent lives, and none can be placed any more; `message` is the last error."""

    message: str


@dataclass(frozen=True, slots=True)
class EndAsked:
    """Somebody wants the run to end: the first time after the pages in hand, the second time at once."""

    halt: Halt
    message: str = ""


OfLeasedPage = TakenInHand | PutBack | EndedThere
HeardOfAgents = AgentReady | OfLeasedPage | AgentGone | AgentLeaves | AgentEnded | NobodyLeft | EndAsked


# What is ordered.


@dataclass(frozen=True, slots=True)
class Leased:
    """A page that an agent is given, with what befell it before."""

    key: PageKey
    strikes: int = 0
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class Lease:
    """Give an agent these pages."""

    agent: str
    pages: tuple[Leased, ...]


@dataclass(frozen=True, slots=True)
class StopAgent:
    """Let an agent finish the pages in its workers' hands and end."""

    agent: str
    halt: Halt | None = None
    """None where nothing is left to do."""


@dataclass(frozen=True, slots=True)
class KillAgent:
    """End an agent at once."""

    agent: str


@dataclass(frozen=True, slots=True)
class StrikePage:
    """Write down that a page was in hand when its agent was lost; it is tried again, alone."""

    key: PageKey
    cause: str
    strikes: int


@dataclass(frozen=True, slots=True)
class FailPage:
    """End a page as failed: too many have died with it in hand."""

    key: PageKey
    message: str
    attempts: int


@dataclass(frozen=True, slots=True)
class DrainAll:
    """Write down that no page is given out any more."""

    halt: Halt


@dataclass(frozen=True, slots=True)
class EndRun:
    """All is over; `halt` is None where every page has ended."""

    halt: Halt | None
    message: str = ""


OrderToAgents = Lease | StopAgent | KillAgent | StrikePage | FailPage | DrainAll | EndRun
