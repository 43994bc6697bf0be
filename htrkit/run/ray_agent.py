"""What Ray places on a node: an actor that holds an agent's process, and carries words that it does not know."""

from htrkit.run.agent_pipe import AgentPipe


class RayAgent:
    """Ray calls it in the main thread of a process of its own, with which the agent's process dies."""

    def __init__(self) -> None:
        self._pipe = AgentPipe()

    def talk(self, content: bytes, patience_seconds: float) -> tuple[bytes, str]:
        """Send, wait for an answer, and give it; then why the agent is gone, empty while it lives."""
        return self._pipe.talk(content, patience_seconds)
