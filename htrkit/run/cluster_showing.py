"""What is shown of a cluster while it works, each thing at its own pace."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from htrkit.domain.events import Event
from htrkit.domain.glimpse import Watcher
from htrkit.run.cluster_view import ClusterView

CURVE_SECONDS = 30.0
GLIMPSE_SECONDS = 0.5


@dataclass(slots=True)
class ClusterShowing:
    """Tells how everything stands, and shows it to whoever watches."""

    view: ClusterView
    watchers: Sequence[Watcher]
    tell: Callable[[Event], None]
    _next_point: float = 0.0
    _next_glimpse: float = 0.0

    def look(self, at: float, *, agents: int) -> None:
        """Do what is due, where so many agents live."""
        if at >= self._next_point and agents:
            self._next_point = at + CURVE_SECONDS
            self.tell(self.view.point())
        if self.watchers and at >= self._next_glimpse:
            self._next_glimpse = at + GLIMPSE_SECONDS
            for watcher in self.watchers:
                watcher.glimpse(self.view.glimpse(at))
