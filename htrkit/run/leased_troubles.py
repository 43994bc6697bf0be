"""What holds a leased run up where its driver is: OUT that cannot be written, inputs that are away."""

from collections.abc import Callable
from dataclasses import dataclass

from htrkit.domain.events import RunContinued, RunPaused
from htrkit.run.agent_messages import Piece, Wants
from htrkit.run.lending import Lending
from htrkit.run.settling import Settling


@dataclass(slots=True)
class Troubles:
    """Troubles that may pass; one that lasts too long ends the run."""

    settling: Settling
    lending: Lending
    tell: Callable[[RunPaused | RunContinued], None]
    limit_seconds: float
    _owing_since: float | None = None
    """Since when inputs are away that agents want."""

    @property
    def stuck(self) -> bool:
        """Whether nothing more should be heard, since what was brought cannot be written."""
        return self.settling.stuck is not None

    def forget(self, agent: str) -> None:
        """Let go of an agent that is gone."""
        self.settling.forget(agent)
        self.lending.forget(agent)

    def lent(self, agent: str, wants: Wants, at: float) -> Piece | None:
        """Lend a piece of a file; None where all inputs are away: then the run pauses, and it is owed."""
        piece = self.lending.piece(agent, wants)
        if piece is None and self._owing_since is None:
            self._owing_since = at
            self.tell(RunPaused(self.lending.trouble()))
        return piece

    def paid(self, at: float) -> list[tuple[str, Piece]]:
        """Give what was owed and can be lent now."""
        since = self._owing_since
        if since is None:
            return []
        paid = self.lending.paid()
        if not self.lending.owed:
            self._owing_since = None
            self.tell(RunContinued(round(at - since, 1)))
        return paid

    def last_too_long(self, at: float) -> str | None:
        """Say what did not pass; None where nothing is the matter, or has not been for so long."""
        stuck = self.settling.stuck
        if stuck is not None and at - stuck.since >= self.limit_seconds:
            return "OUT could not be written for too long."
        if self._owing_since is not None and at - self._owing_since >= self.limit_seconds:
            return self.lending.trouble()
        return None
