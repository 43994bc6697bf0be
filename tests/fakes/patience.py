"""Time that passes only while somebody waits, and what happens in it."""

from collections.abc import Callable
from dataclasses import dataclass, field

from htrkit.journal.lock_silence import Patience


@dataclass(slots=True)
class Waiting:
    """A clock that stands; at each sleep it goes on, and the next deed is done."""

    deeds: list[Callable[[], object]] = field(default_factory=list)
    now: float = 1000.0
    slept: list[float] = field(default_factory=list)
    most_sleeps: int = 1000

    @property
    def patience(self) -> Patience:
        return Patience(clock=lambda: self.now, sleep=self._sleep)

    def _sleep(self, seconds: float) -> None:
        assert len(self.slept) < self.most_sleeps, "waited for ever"
        self.slept.append(seconds)
        self.now += seconds
        if self.deeds:
            self.deeds.pop(0)()
