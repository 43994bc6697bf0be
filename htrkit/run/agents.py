"""What a leased run asks of a cluster: where agents can be placed, and a way to speak with each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from htrkit.run.agent_messages import AgentLost, AgentSaid, FromAgent, Share, ToAgent, from_agent
from htrkit.run.messages import Frames, framed


@dataclass(frozen=True, slots=True)
class Place:
    """Room for one agent: a GPU of a node, or the cores of a node without any."""

    node: str
    """As people know it; no two nodes have the same name."""
    cores: int
    """Of the node, as the cluster counts them."""
    gpu: int | None = None
    """Which of the node's GPUs, from 0; None where the agent computes on the CPU."""
    gpus: int = 0
    """Of the node."""

    @property
    def name(self) -> str:
        """What the agent there is called: `node1`, or `node1/cuda:2` where the node has several."""
        return f"{self.node}/cuda:{self.gpu}" if self.gpus > 1 else self.node

    @property
    def share(self) -> Share:
        """What the agent may use of its node."""
        return Share(self.cores, self.gpu or 0, max(self.gpus, 1))


class Agents(Protocol):
    """A cluster; it places agents and carries words, and decides nothing."""

    def places(self) -> Sequence[Place]:
        """Give all places that there are at this moment, taken or not."""

    def start(self, place: Place) -> None:
        """Start an agent; that it cannot be started is heard later."""

    def say(self, agent: str, message: ToAgent) -> None:
        """Send a message; one to an agent that is gone is lost, and its loss will be heard."""

    def heard(self, patience_seconds: float) -> Iterator[AgentSaid | AgentLost]:
        """Wait for something to happen, and give all of it, each agent's words in their order; raises RunStopped."""

    def kill(self, agent: str) -> None:
        """End an agent at once; nothing more is heard of it."""

    def close(self) -> None:
        """End all agents, and leave the cluster."""


@dataclass(slots=True)
class Line:
    """What goes to an agent and has not been sent, and what has come from it and is no whole message yet."""

    out: bytearray = field(default_factory=bytearray)
    _frames: Frames = field(default_factory=Frames)

    def say(self, message: ToAgent) -> None:
        """Put a message in line to be sent."""
        self.out += framed(message)

    def taken(self) -> bytes:
        """Take what is to be sent now."""
        content = bytes(self.out)
        self.out.clear()
        return content

    def heard(self, content: bytes) -> Iterator[FromAgent]:
        """Give the messages that are whole by now; raises ChannelBroken."""
        return (from_agent(body) for body in self._frames.add(content))
