"""What the schedule hears, and the orders that it gives; between them stands `core.schedule`, which only decides."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from htrkit.domain.failure import FailureClass, Step
from htrkit.domain.names import PageKey
from htrkit.domain.serving import ForServers, OfServer, PutDown


class Halt(StrEnum):
    """Why a run stops before its pages are done."""

    INTERRUPTED = "interrupted"
    TERMINATED = "terminated"
    WARNED = "warned by the scheduler"
    FAILED_PAGE = "stopped at the first failed page"
    FAIL_RATE = "too many pages failed"
    ALARM_RATE = "too many pages raised an alarm"
    TROUBLE = "the trouble did not pass"
    NO_WORKER = "no worker can be started"
    NO_DEVICE = "no device is left"


# What is heard. `at` is seconds of a clock that never goes back.


@dataclass(frozen=True, slots=True)
class Ready:
    """A worker's process has loaded what it needs."""

    worker: str
    at: float


@dataclass(frozen=True, slots=True)
class StepBegun:
    """The page in a worker's hand has entered a step."""

    worker: str
    step: Step
    at: float


@dataclass(frozen=True, slots=True)
class Waiting:
    """The page in a worker's hand waits for a device: its clock stands still."""

    worker: str
    at: float


@dataclass(frozen=True, slots=True)
class Served:
    """The wait for a device is over: the page's clock goes on."""

    worker: str
    at: float


@dataclass(frozen=True, slots=True)
class Finished:
    """A worker's page is whole on disk."""

    worker: str
    at: float
    memory_bytes: int = 0
    """What its process holds now; 0 where nobody knows."""
    flagged: bool = False
    """Whether something about its text says that somebody should look at it."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A worker's page cannot be read; `passing` tells that another try may end otherwise."""

    worker: str
    failure: FailureClass
    step: Step
    message: str
    at: float
    passing: bool = False
    stack: str = ""


@dataclass(frozen=True, slots=True)
class Troubled:
    """The disk or the network behind a worker's page is in trouble: the page is blameless."""

    worker: str
    reason: str
    at: float
    passes: bool = True
    """Whether it may pass; else the run comes to its halt."""


@dataclass(frozen=True, slots=True)
class Died:
    """A worker's process is gone; `cause` is why, in words."""

    worker: str
    cause: str
    at: float
    stack: str = ""


@dataclass(frozen=True, slots=True)
class Passed:
    """Time went by."""

    at: float


@dataclass(frozen=True, slots=True)
class RoomAgain:
    """The trouble is over."""

    at: float


@dataclass(frozen=True, slots=True)
class Pressed:
    """Memory is short: as few pages as possible are to be in hand."""

    at: float


@dataclass(frozen=True, slots=True)
class Relieved:
    """There is memory enough again."""

    at: float


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody wants the run to end: the first time after the pages in hand, the second time at once."""

    halt: Halt
    at: float


@dataclass(frozen=True, slots=True)
class PagesAdded:
    """More pages have come, with what befell them before."""

    pages: tuple[PageKey, ...]
    at: float
    strikes: Mapping[PageKey, int] = field(default_factory=dict)
    attempts: Mapping[PageKey, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NoMorePages:
    """No page will be added any more: the run ends when all have ended."""

    at: float


OfPage = StepBegun | Waiting | Served | Finished | Refused | Troubled
"""What is heard of the page in a worker's hand."""

OfSource = PagesAdded | NoMorePages
"""What is heard of where pages come from, where they come while the run goes on."""

Heard = Ready | OfPage | PutDown | Died | OfServer | Passed | RoomAgain | Pressed | Relieved | Asked | OfSource


# What is ordered.


@dataclass(frozen=True, slots=True)
class Start:
    """Start a worker's process."""

    worker: str


@dataclass(frozen=True, slots=True)
class Give:
    """Give a page to an idle worker."""

    worker: str
    key: PageKey
    attempt: int


@dataclass(frozen=True, slots=True)
class Kill:
    """Kill a worker's process; `Died` will be heard."""

    worker: str
    reason: str


@dataclass(frozen=True, slots=True)
class Retire:
    """Let a worker's process end, between two pages; `Died` will be heard, and it is started anew where pages wait."""

    worker: str
    reason: str


@dataclass(frozen=True, slots=True)
class GiveUp:
    """Write down that a worker is not started any more; `message` is its own last error."""

    worker: str
    message: str


@dataclass(frozen=True, slots=True)
class Strike:
    """Write down that a page was in hand when its worker died; it is tried once more, alone."""

    key: PageKey
    step: Step
    cause: str
    strikes: int
    stack: str


@dataclass(frozen=True, slots=True)
class Retry:
    """Write down that a page will be tried again after a passing trouble."""

    key: PageKey
    failure: FailureClass
    step: Step
    message: str


@dataclass(frozen=True, slots=True)
class SetAside:
    """End a page as failed."""

    key: PageKey
    failure: FailureClass
    step: Step
    message: str
    attempts: int
    stack: str


@dataclass(frozen=True, slots=True)
class Pause:
    """Write down that no page is given out for now."""

    reason: str


@dataclass(frozen=True, slots=True)
class Drain:
    """Write down that no page is given out any more."""

    halt: Halt


@dataclass(frozen=True, slots=True)
class End:
    """All is over: end the workers that are left, close the journal. `halt` is None where every page has ended."""

    halt: Halt | None
    message: str = ""


Order = Start | Give | Kill | Retire | GiveUp | ForServers | Strike | Retry | SetAside | Pause | Drain | End


# What the screen asks.


@dataclass(frozen=True, slots=True)
class InHand:
    """A page in a worker's hand."""

    worker: str
    key: PageKey
    attempt: int
    step: Step | None
    """None until its first step begins."""
    since: float
    """The moment at which the step began, or at which the page was given."""
