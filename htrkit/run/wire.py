"""Reading from a socket that never waits: something has come, nothing has yet, or nothing ever will."""

import socket


def received(end: socket.socket, most_bytes: int) -> bytes | None:
    """Give what has come, nothing where nothing has, and None where the other end is gone."""
    try:
        content = end.recv(most_bytes)
    except BlockingIOError:
        return b""
    except OSError:
        return None
    return content or None
