"""Whether a request that an inference server did not answer is sent again, and after how long."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Miss(StrEnum):
    """Why there is no answer, where another try may bring one; each is said as `the server …`."""

    BUSY = "says that it gets too many requests"
    """Status 429."""
    OVERLOADED = "is overloaded, or not ready"
    """502, 503, 504, 529."""
    FAULT = "met an error of its own"
    """500 and whatever else blames the server."""
    SLOW = "took too long"
    CUT = "broke the connection off"
    UNREACHED = "cannot be reached"


TRIES: Mapping[Miss, int] = {
    Miss.BUSY: 1000,
    Miss.OVERLOADED: 6,
    Miss.FAULT: 4,
    Miss.SLOW: 2,
    Miss.CUT: 4,
    Miss.UNREACHED: 3,
}
"""Tries of one request that may end so; being busy is bounded by time."""
COMPLAINTS = frozenset({Miss.BUSY, Miss.OVERLOADED, Miss.SLOW})
"""What says that fewer requests should be under way."""
BUSY_FOR_SECONDS = 900.0
"""So long a server may say that it gets too many requests, whatever is sent."""
FIRST_WAIT_SECONDS = 1.0
MOST_WAIT_SECONDS = 60.0
MOST_ASKED_SECONDS = 300.0
"""Of what a server asks for with Retry-After."""


@dataclass(frozen=True, slots=True)
class Missed:
    """One try that brought no answer."""

    miss: Miss
    asked_seconds: float | None = None
    """How long the server asks to wait (Retry-After)."""


def wait_before(misses: Sequence[Missed], *, waited_seconds: float, chance: float) -> float | None:
    """Give how long to wait before the next try; None where there is none.

    `misses` are those of the request so far, the last one just now; `chance` is between 0 and 1, so that senders that
    were sent away together do not come back together.
    """
    last = misses[-1]
    if sum(one.miss is last.miss for one in misses) >= TRIES[last.miss]:
        return None
    if last.asked_seconds is not None:
        wait = min(last.asked_seconds, MOST_ASKED_SECONDS) + chance * FIRST_WAIT_SECONDS
    else:
        # Half of it is left to chance.
        longest = min(FIRST_WAIT_SECONDS * 2.0 ** (len(misses) - 1), MOST_WAIT_SECONDS)
        wait = longest * (1 + chance) / 2
    if last.miss is Miss.BUSY and waited_seconds + wait > BUSY_FOR_SECONDS:
        return None
    return wait


def retry_after(value: str | None) -> float | None:
    """Read the header Retry-After where it gives seconds; None for a date, which our clock may not agree with."""
    try:
        seconds = float(value) if value is not None else -1.0
    except ValueError:
        return None
    return seconds if 0 <= seconds < float("inf") else None
