"""A scheduler's warning that comes while a run does not listen: before its first page, or after its last."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn


class WarnedEarly(BaseException):
    """The job will be ended soon; like KeyboardInterrupt it passes whatever handles errors."""


@contextmanager
def warnings_raised() -> Iterator[None]:
    """Raise WarnedEarly where SIGUSR1 comes; a run that goes through its pages takes the signal over meanwhile."""
    before = signal.signal(signal.SIGUSR1, _raised)
    try:
        yield
    finally:
        signal.signal(signal.SIGUSR1, before)


@contextmanager
def endings_put_off() -> Iterator[None]:
    """Let SIGTERM do nothing: what is left to do takes a moment, and whoever sends it sends SIGKILL later."""
    before = signal.signal(signal.SIGTERM, _noted)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _raised(number: int, frame: FrameType | None) -> NoReturn:  # noqa: ARG001 - as handlers are called
    raise WarnedEarly


def _noted(number: int, frame: FrameType | None) -> None:
    """Do nothing; a handler of ours is not handed on to a command that is started, as SIG_IGN would be."""
