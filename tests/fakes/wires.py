"""The run's side of a channel, played by a test: what is said arrives, and ends of links travel beside it."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

from htrkit.run.channel import Channel
from htrkit.run.link import Link, pair
from htrkit.run.messages import Frames, FromChild, NewLink, ToChild, encoded, from_child


class RunsEnd:
    """The run's end of one process's channel."""

    def __init__(self) -> None:
        self._ours, theirs = socket.socketpair()
        self.channel = Channel(theirs)
        self._theirs = theirs
        self._frames = Frames()
        self._links: list[Link] = []

    def say(self, message: ToChild) -> None:
        self._ours.sendall(encoded(message))

    def link(self, name: str) -> Link:
        """Link the process with somebody of this name; give that one's end."""
        theirs, ours = pair()
        socket.send_fds(self._ours, [encoded(NewLink(name))], [theirs.fileno()])
        theirs.close()
        self._links.append(Link(ours))
        return self._links[-1]

    def heard(self) -> list[FromChild]:
        """Give what the process has said so far."""
        self._ours.setblocking(False)
        try:
            content = self._ours.recv(1 << 20)
        except BlockingIOError:
            return []
        finally:
            self._ours.setblocking(True)
        return [from_child(body) for body in self._frames.add(content)]

    def hang_up(self) -> None:
        self._ours.close()

    def close(self) -> None:
        for link in self._links:
            link.close()
        self._ours.close()
        self._theirs.close()


@contextmanager
def runs_end() -> Iterator[RunsEnd]:
    end = RunsEnd()
    try:
        yield end
    finally:
        end.close()
