"""What a leased run knows of its agents and of its pages."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from htrkit.domain.leases import Leased
from htrkit.domain.names import PageKey


@dataclass(slots=True)
class Agent:
    """An agent that lives, and the pages that it has: each with whether a worker has it in hand."""

    name: str
    workers: int = 0
    """0 until it can take pages."""
    pages: dict[PageKey, bool] = field(default_factory=dict)
    struck: set[PageKey] = field(default_factory=set)
    """Those that it tries alone, when nothing else waits."""
    stopping: bool = False

    @property
    def takes(self) -> bool:
        """Whether it can be given pages."""
        return self.workers > 0 and not self.stopping

    @property
    def waiting(self) -> int:
        """Pages that its workers will take next."""
        return sum(not in_hand and key not in self.struck for key, in_hand in self.pages.items())

    def leave(self, settling: frozenset[PageKey]) -> list[PageKey]:
        """Take no page any more, and give back all but those that may still settle."""
        self.stopping = True
        given_back = [key for key in self.pages if key not in settling]
        for key in given_back:
            del self.pages[key]
        return given_back


@dataclass(slots=True)
class PageBook:
    """What befell each page, and which ones nobody has."""

    fresh: deque[PageKey]
    struck: deque[PageKey]
    strikes: dict[PageKey, int]
    attempts: dict[PageKey, int]
    lost_with: dict[PageKey, list[str]] = field(default_factory=dict)
    """The agents that were lost with a page in hand."""

    def next_fresh(self, most: int) -> list[PageKey]:
        """Take the next pages that nothing befell yet."""
        return [self.fresh.popleft() for _ in range(min(most, len(self.fresh)))]

    def leased(self, key: PageKey) -> Leased:
        """Give a page as an agent is told of it."""
        return Leased(key, self.strikes.get(key, 0), self.attempts.get(key, 0))

    def put_back(self, keys: Sequence[PageKey]) -> None:
        """Let pages wait before all others of their kind, in the order in which they were."""
        for key in reversed(keys):
            (self.struck if self.strikes.get(key) else self.fresh).appendleft(key)
