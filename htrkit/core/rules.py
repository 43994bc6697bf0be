"""The rules of a supervised run: how often something is tried, how long, and when enough is enough."""

from dataclasses import dataclass, field

from htrkit.config.choices import OnError
from htrkit.core.limits import Limits
from htrkit.core.recycling import Recycling


@dataclass(frozen=True, slots=True)
class Rules:
    """What a run allows its pages, its workers and its troubles."""

    limits: Limits
    retries: int = 1
    """Times that a page is tried again after a passing trouble."""
    deaths: int = 2
    """The death of a worker that sets the page in its hand aside."""
    failed_starts: int = 3
    """In a row; then a worker is given up."""
    recycling: Recycling = field(default_factory=Recycling)
    """When a worker is started anew between two pages."""
    on_error: OnError = OnError.CONTINUE
    max_fail_rate: float | None = 0.25
    """Of the pages that have ended, 0 to 1; None turns the brake off."""
    max_alarm_rate: float | None = None
    """Flagged pages among those that have ended, 0 to 1; None turns the brake off."""
    rate_minimum: int = 50
    """Pages that must have ended before a rate counts."""
    start_limit_seconds: float = 600
    """From a worker's start until it is ready: imports and models."""
    server_rest_seconds: float = 300
    """A device server that takes nothing up for so long, though pages wait for it, is started anew."""
    trouble_limit_seconds: float = 1800
    """Then a paused run ends, resumable."""

    def too_many_failed(self, *, failed: int, ended: int) -> bool:
        """Tell whether more pages failed than the run allows."""
        return self._too_many(failed, ended, self.max_fail_rate)

    def too_many_flagged(self, *, flagged: int, ended: int) -> bool:
        """Tell whether more pages raised an alarm than the run allows."""
        return self._too_many(flagged, ended, self.max_alarm_rate)

    def _too_many(self, pages: int, ended: int, rate: float | None) -> bool:
        return rate is not None and ended >= max(self.rate_minimum, 1) and pages / ended > rate
