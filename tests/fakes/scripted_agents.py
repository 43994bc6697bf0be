"""Agents without processes: a test says what they say, and sees what they are told."""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import orjson

from htrkit.domain.events import Event, PageDone, PageStarted, WrittenFile
from htrkit.domain.names import PageKey
from htrkit.run.agent_messages import AgentLost, AgentSaid, FromAgent, IsPlaced, TakeLease, ToAgent, Told
from htrkit.run.agents import Place


@dataclass
class ScriptedAgents:
    """Each turn hears what comes next in the script; where it is empty, `idle` is asked to go on."""

    nodes: list[str]
    script: deque[AgentSaid | AgentLost] = field(default_factory=deque)
    told: list[tuple[str, ToAgent]] = field(default_factory=list)
    started: list[str] = field(default_factory=list)
    killed: list[str] = field(default_factory=list)
    closed: bool = False

    def places(self) -> Sequence[Place]:
        return [Place(node, 2) for node in self.nodes]

    def start(self, place: Place) -> None:
        self.started.append(place.name)

    def say(self, agent: str, message: ToAgent) -> None:
        self.told.append((agent, message))

    def heard(self, patience_seconds: float) -> Iterator[AgentSaid | AgentLost]:
        yield from [self.script.popleft()] if self.script else []

    def kill(self, agent: str) -> None:
        self.killed.append(agent)

    def close(self) -> None:
        self.closed = True

    def leased(self, agent: str) -> list[str]:
        """The pages that an agent was given."""
        leases = [message for name, message in self.told if name == agent and isinstance(message, TakeLease)]
        return [page.source["key"] for lease in leases for page in lease.pages]


def said(agent: str, *messages: FromAgent) -> list[AgentSaid]:
    return [AgentSaid(agent, message) for message in messages]


def told(event: Event) -> Told:
    return Told(type(event).__name__, orjson.dumps(event).decode())


def placed(workers: int = 2, *, out_is_here: bool = True) -> IsPlaced:
    return IsPlaced(workers, out_is_here)


def started(key: str, attempt: int = 1) -> Told:
    return told(PageStarted(PageKey(key), attempt))


def done(key: str, files: Sequence[WrittenFile] = ()) -> Told:
    return told(PageDone(PageKey(key), 1, 100, 0.9, 1.0, {}, tuple(files), worker="w0", device="cpu"))
