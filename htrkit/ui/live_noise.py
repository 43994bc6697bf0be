"""What this process writes to its terminal while panels stand there is caught, and comes out above them."""

import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

MOST_LINE_BYTES = 4096
STANDARD = (1, 2)
ERROR = 2


@contextmanager
def caught_noise(above: Callable[[str], None]) -> Iterator[None]:
    """Give `above` every line that is written to standard error until the end, by whomever in this process.

    Libraries write past Python's streams, so it is the descriptors that are led elsewhere. Standard output is led
    elsewhere only where it is a terminal. A thread takes the lines, so that no writer ever waits for the screen.
    """
    kept = {number: os.dup(number) for number in STANDARD if number == ERROR or _is_terminal(number)}
    reading, writing = os.pipe()
    listener = threading.Thread(target=_listen, args=(reading, above), daemon=True)
    listener.start()
    _flush()
    for number in kept:
        os.dup2(writing, number)
    os.close(writing)
    try:
        yield
    finally:
        _flush()
        for number, descriptor in kept.items():
            os.dup2(descriptor, number)
            os.close(descriptor)
        # The last copies of the pipe's end are gone, so the thread comes to the end of what was written.
        listener.join()
        os.close(reading)


def _is_terminal(number: int) -> bool:
    try:
        return os.isatty(number)
    except OSError:
        return False


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError, AttributeError):
            stream.flush()


def _listen(reading: int, above: Callable[[str], None]) -> None:
    """Take what is written, line by line, until nobody can write any more."""
    rest = b""
    while content := os.read(reading, MOST_LINE_BYTES):
        *lines, rest = (rest + content).split(b"\n")
        for line in lines:
            above(line.decode("utf-8", "backslashreplace"))
        if len(rest) >= MOST_LINE_BYTES:
            above(rest.decode("utf-8", "backslashreplace"))
            rest = b""
    if rest:
        above(rest.decode("utf-8", "backslashreplace"))
