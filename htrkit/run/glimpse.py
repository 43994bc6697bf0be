"""What screens are shown of a run between two events: who does what at this moment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from htrkit.core.schedule import Schedule
from htrkit.devices.processor import cpu_percent
from htrkit.devices.quotas import usable_cores
from htrkit.domain.glimpse import Glimpse, OnDevice, Watcher
from htrkit.run.read_ahead import ReadAhead

EVERY_SECONDS = 0.5


def watchers_among(listeners: Sequence[object]) -> list[Watcher]:
    """Give the listeners that also want to see what happens between events."""
    return [one for one in listeners if isinstance(one, Watcher)]


@dataclass(slots=True)
class Glimpsing:
    """Shows the run to those who watch it, every `EVERY_SECONDS`; without watchers it looks at nothing."""

    watchers: Sequence[Watcher] = ()
    workers: int = 0
    servers: Sequence[str] = ()
    _next: float = 0.0
    _cores: int = field(default_factory=usable_cores)

    def look(self, at: float, schedule: Schedule, batches: Mapping[str, OnDevice], ahead: ReadAhead) -> None:
        """Look if it is time; `batches` is what each server has, or had last, on its device."""
        if not self.watchers or at < self._next:
            return
        self._next = at + EVERY_SECONDS
        glimpse = Glimpse(
            at,
            hands=schedule.in_hand(),
            workers=self.workers,
            servers=tuple(batches.get(name) or OnDevice(name) for name in self.servers),
            ahead_bytes=ahead.ahead_bytes(),
            cpu_percent=cpu_percent(),
            cores=self._cores,
        )
        for watcher in self.watchers:
            watcher.glimpse(glimpse)
