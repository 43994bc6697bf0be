"""What the schedule hears of device servers, and what it orders them; pages wait for them in their workers' hands."""

from dataclasses import dataclass

from htrkit.domain.failure import Step

# What is heard. `at` is seconds of a clock that never goes back.


@dataclass(frozen=True, slots=True)
class ServerReady:
    """A server's process has its networks on its device."""

    server: str
    at: float


@dataclass(frozen=True, slots=True)
class BatchBegun:
    """A server has begun a batch with items of the pages in these workers' hands."""

    server: str
    step: Step
    workers: tuple[str, ...]
    at: float


@dataclass(frozen=True, slots=True)
class BatchEnded:
    """A server has come through its batch."""

    server: str
    at: float


@dataclass(frozen=True, slots=True)
class ServerDied:
    """A server's process is gone; `cause` is why, in words."""

    server: str
    cause: str
    at: float
    stack: str = ""


@dataclass(frozen=True, slots=True)
class PutDown:
    """A worker has put down the page that it was told to drop, and could take another."""

    worker: str
    at: float


OfServer = ServerReady | BatchBegun | BatchEnded | ServerDied
"""What is heard of a server."""


# What is ordered.


@dataclass(frozen=True, slots=True)
class StartServer:
    """Start a server's process."""

    server: str


@dataclass(frozen=True, slots=True)
class KillServer:
    """Kill a server's process; `ServerDied` will be heard."""

    server: str
    reason: str


@dataclass(frozen=True, slots=True)
class GiveUpServer:
    """Write down that a server is not started any more; `message` is its own last error."""

    server: str
    message: str


@dataclass(frozen=True, slots=True)
class Link:
    """Connect a worker with a server; what it waits for is asked of that server again."""

    worker: str
    server: str


@dataclass(frozen=True, slots=True)
class ServeOnly:
    """Let a server answer one worker alone, so that a page that kills it is found; an empty name: everybody."""

    server: str
    worker: str = ""


@dataclass(frozen=True, slots=True)
class Drop:
    """Tell a worker to put its page down: the server died of it."""

    worker: str


ForServers = StartServer | KillServer | GiveUpServer | Link | ServeOnly | Drop
