"""A process's own end of its channel to the run: messages both ways, and the ends of links that come beside them."""

import select
import socket
from collections import deque

from htrkit.run.messages import Frames, FromChild, ToChild, encoded, to_child

RECEIVE_BYTES = 1 << 16
MOST_ENDS = 16
"""Ends of links that may come with one reading."""


class Channel:
    """The end of a worker or a server: blocking, one message after the other."""

    def __init__(self, end: socket.socket) -> None:
        self._end = end
        self._frames = Frames()
        self._bodies: deque[bytes] = deque()
        self._ends: deque[int] = deque()

    def fileno(self) -> int:
        """For a selector; ask `has_come` first, since a message may have been read already."""
        return self._end.fileno()

    def say(self, message: FromChild) -> None:
        """Send one message."""
        self._end.sendall(encoded(message))

    def has_come(self) -> bool:
        """Tell whether `next` would give something at once."""
        return bool(self._bodies) or bool(select.select([self._end], [], [], 0)[0])

    def next(self) -> ToChild | None:
        """Wait for a message; None where the other end has gone."""
        while not self._bodies:
            content, ends, _, _ = socket.recv_fds(self._end, RECEIVE_BYTES, MOST_ENDS)
            if not content:
                return None
            self._ends.extend(ends)
            self._bodies.extend(self._frames.add(content))
        return to_child(self._bodies.popleft())

    def end_of_link(self) -> socket.socket:
        """Take the end that came beside a `NewLink`, in the order of those."""
        end = socket.socket(fileno=self._ends.popleft())
        end.set_inheritable(False)
        return end
