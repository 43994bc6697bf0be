"""Time that counts against a page: it stands while the run is paused, and while a page waits for a device."""

from dataclasses import dataclass, replace


class WorkClock:
    """A clock that can be made to stand; its readings are seconds of work, not moments."""

    def __init__(self) -> None:
        self._lost = 0.0
        self._stands_since: float | None = None

    def stand(self, at: float) -> None:
        """Stop the clock, if it goes."""
        if self._stands_since is None:
            self._stands_since = at

    def go_on(self, at: float) -> None:
        """Let the clock go, if it stands."""
        if self._stands_since is not None:
            self._lost += at - self._stands_since
            self._stands_since = None

    def reading(self, at: float) -> float:
        """Give what the clock shows at a moment."""
        return (at if self._stands_since is None else self._stands_since) - self._lost

    def when(self, reading: float) -> float | None:
        """Give the moment at which the clock will show a reading; None while it stands."""
        return reading + self._lost if self._stands_since is None else None


@dataclass(frozen=True, slots=True)
class Timer:
    """Seconds used of a limit, counted in readings of the work clock."""

    limit_seconds: float
    since: float | None
    """The reading from which it counts; None while it stands."""
    used_seconds: float = 0.0

    def used(self, reading: float) -> float:
        """Give the seconds used until a reading."""
        return self.used_seconds + (0.0 if self.since is None else reading - self.since)

    def due(self) -> float | None:
        """Give the reading at which the limit is reached; None while the timer stands."""
        return None if self.since is None else self.since + self.limit_seconds - self.used_seconds

    def standing(self, reading: float) -> "Timer":
        """Give the timer stopped."""
        return replace(self, since=None, used_seconds=self.used(reading))

    def going(self, reading: float) -> "Timer":
        """Give the timer counting."""
        return replace(self, since=reading, used_seconds=self.used(reading))
