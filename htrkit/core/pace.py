"""How many requests an inference server is sent at once: more while it answers gladly, half when it complains."""

from collections import deque
from dataclasses import dataclass, field
from statistics import median

LEAST = 1 / 64
"""Of a request: then a sender rests 63 times as long as a request takes."""
GROWS_BELOW_ONE_BY = 0.25
MOST_REST_SECONDS = 120.0
OBSERVED = 8
"""Answers at a number of requests before its speed is told."""
WORTH = 1.02
"""One more at once must bring so much more, or it only makes everybody wait."""
SETTLED_FOR_ANSWERS = 200
"""Then one more is tried again: others may have left the server meanwhile."""


@dataclass(slots=True)
class Pace:
    """A window of requests under way, as TCP steers its own (AIMD; Chiu and Jain, 1989).

    Every sender has its own, and nobody counts for all: windows that grow by addition and shrink by halves come to fair
    shares of what the server bears, also between several runs on several machines. A window below one means that the
    sender rests between its requests. It begins by doubling and goes on by single steps after the first complaint.
    """

    most: int
    window: float = 1.0
    _halvings: int = 0
    _eager: bool = True
    _seconds: float = 0.0
    _costs: dict[int, deque[float]] = field(default_factory=dict)
    """Seconds a token of the answers, by how many requests were under way."""
    _settled: int = 0
    """Answers for which the window stays as it is."""

    @property
    def at_once(self) -> int:
        """Requests that may be under way, 1 or more."""
        return max(int(self.window), 1)

    @property
    def rest_seconds(self) -> float:
        """Give how long to rest before the next request; 0 for a window of one or more."""
        if self.window >= 1:
            return 0.0
        return min(self._seconds * (1 / self.window - 1), MOST_REST_SECONDS)

    def begun(self) -> int:
        """Note that a request goes out; give what tells, when it has failed, whether it was sent before a halving."""
        return self._halvings

    def answered(self, seconds: float, *, tokens: int = 0) -> None:
        """Take in an answer and how long it took; `tokens` were written, as far as the server tells."""
        self._seconds = seconds
        if self._pays(seconds / max(tokens, 1)):
            self._grow()

    def complained(self, sent: int) -> None:
        """Halve the window, once for all requests that were under way together; `sent` is what `begun` gave."""
        if sent < self._halvings:
            return
        self._halvings += 1
        self._eager = False
        self._settled = 0
        self._costs.clear()
        self.window = max(self.window / 2, LEAST)

    def _grow(self) -> None:
        if self.window < 1:
            self.window = min(self.window + GROWS_BELOW_ONE_BY, 1.0)
        else:
            self.window = min(self.window + (1.0 if self._eager else 1 / self.window), float(self.most))

    def _pays(self, cost: float) -> bool:
        """Tell whether the window may grow; where one more at once brought nothing, it goes back by one and settles."""
        here = self.at_once
        costs = self._costs.setdefault(here, deque(maxlen=OBSERVED))
        costs.append(cost)
        if self._settled:
            self._settled -= 1
            return False
        before = self._costs.get(here - 1)
        if self._eager or before is None or len(before) < OBSERVED or len(costs) < OBSERVED:
            # A size whose speed is still unknown is left only when enough has been seen of it.
            return self._eager or len(costs) >= OBSERVED or here == 1
        if here / median(costs) >= (here - 1) / median(before) * WORTH:
            return True
        self.window, self._settled = float(here - 1), SETTLED_FOR_ANSWERS
        self._costs.clear()
        return False
