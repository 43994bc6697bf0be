"""An agent's own end of its pipe to the driver."""

import select
import socket
from collections import deque
from collections.abc import Iterator

from htrkit.run.agent_messages import FromAgent, ToAgent, to_agent
from htrkit.run.messages import Frames, framed

RECEIVE_BYTES = 1 << 20


class AgentChannel:
    """Says one message after the other, and hears without waiting unless `next` is asked."""

    def __init__(self, end: socket.socket) -> None:
        self._end = end
        self._frames = Frames()
        self._bodies: deque[bytes] = deque()
        self.closed = False
        """Whether the driver's end is gone."""

    def fileno(self) -> int:
        """For a selector; what `next` has read too much is given by `heard`."""
        return self._end.fileno()

    def say(self, message: FromAgent) -> None:
        """Send one message; raises OSError where the other end is gone."""
        self._end.sendall(framed(message))

    def next(self) -> ToAgent | None:
        """Wait for a message; None where the other end has gone."""
        while not self._bodies and not self.closed:
            self._receive()
        return to_agent(self._bodies.popleft()) if self._bodies else None

    def heard(self) -> Iterator[ToAgent]:
        """Give what has come, without waiting; raises ChannelBroken."""
        while not self.closed and select.select([self._end], [], [], 0)[0]:
            self._receive()
        while self._bodies:
            yield to_agent(self._bodies.popleft())

    def _receive(self) -> None:
        try:
            content = self._end.recv(RECEIVE_BYTES)
        except OSError:
            content = b""
        self.closed = not content
        self._bodies.extend(self._frames.add(content))
