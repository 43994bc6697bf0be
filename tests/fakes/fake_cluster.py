"""A cluster of plain processes: agents are started as Ray starts them, and nodes die and join when a test says so."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from htrkit.run.agent_messages import AgentLost, AgentSaid, BeAgent, Share, ToAgent
from htrkit.run.agent_pipe import AgentPipe
from htrkit.run.agents import Line, Place


@dataclass
class FakeCluster:
    """Every place is a node of its own."""

    nodes: list[str]
    workers: int = 2
    strange: bool = False
    """Whether nodes have none of the driver's files."""
    pids: dict[str, int] = field(default_factory=dict)
    """Of every agent that there ever was, the last at each place."""
    closed: bool = False
    pipes: dict[str, tuple[AgentPipe, Line]] = field(default_factory=dict)

    def places(self) -> Sequence[Place]:
        return [Place(node, 2) for node in self.nodes]

    def start(self, place: Place) -> None:
        pipe = AgentPipe()
        self.pids[place.name] = pipe.pid
        self.pipes[place.name] = pipe, Line()

    def say(self, agent: str, message: ToAgent) -> None:
        if isinstance(message, BeAgent):
            message = self._told(message)
        if agent in self.pipes:
            self.pipes[agent][1].say(message)

    def heard(self, patience_seconds: float) -> Iterator[AgentSaid | AgentLost]:
        until = time.monotonic() + patience_seconds
        found: list[AgentSaid | AgentLost] = []
        while not found and time.monotonic() < until:
            for name, (pipe, line) in list(self.pipes.items()):
                content, cause = pipe.talk(line.taken(), 0.02)
                found += [AgentSaid(name, message) for message in line.heard(content)]
                if cause:
                    found.append(AgentLost(name, cause))
                    self.kill(name)
        yield from found

    def kill(self, agent: str) -> None:
        if agent in self.pipes:
            self.pipes.pop(agent)[0].close()

    def close(self) -> None:
        for agent in list(self.pipes):
            self.kill(agent)
        self.closed = True

    def kill_node(self, node: str) -> None:
        """Take a node away without grace; that its agent is gone is heard later."""
        self.nodes.remove(node)
        if node in self.pipes:
            self.pipes[node][0].kill()

    def _told(self, order: BeAgent) -> BeAgent:
        settings = {**order.settings, "jobs": self.workers}
        order = replace(order, settings=settings, share=Share(2))
        if not self.strange:
            return order
        others = tuple(replace(one, size_bytes=one.size_bytes + 1) for one in order.inputs)
        probe = order.probe and replace(order.probe, content="another")
        return replace(order, probe=probe, inputs=others)
