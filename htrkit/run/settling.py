"""The ends of agents' pages wait here until their files are where they belong; only then are they told."""

from collections.abc import Callable
from dataclasses import dataclass, field

from htrkit.domain.errors import OutputUnwritable
from htrkit.domain.events import PageDone, RunContinued, RunPaused
from htrkit.domain.names import PageKey
from htrkit.run.landing import Landing, NotAsPromised

UNSEEN_SECONDS = 90.0
"""How long files that an agent has written may not be seen from here: network shares remember for a minute."""


@dataclass(frozen=True, slots=True)
class Unsettled:
    """A page that is done where its agent is, and whose files are not here yet."""

    agent: str
    page: PageDone
    since: float


@dataclass(frozen=True, slots=True)
class Distrusted:
    """An agent did not do what it says that it did: nothing of it is believed any more."""

    agent: str
    cause: str


Settled = Unsettled | Distrusted


@dataclass(slots=True)
class Settling:
    """Holds what is not settled; `tell` hears where a full disk holds the run up."""

    landing: Landing
    tell: Callable[[RunPaused | RunContinued], None]
    room: Callable[[], bool]
    """Tells whether OUT can be written again."""
    stuck: Unsettled | None = None
    """What could not be written into OUT; until it is, nothing more should be heard."""
    _brings: set[str] = field(default_factory=set)
    """Agents whose outputs travel."""
    _unseen: list[Unsettled] = field(default_factory=list)

    def brings(self, agent: str) -> None:
        """Note that an agent does not write where the driver sees it."""
        self._brings.add(agent)

    def forget(self, agent: str) -> None:
        """Let go of an agent that is gone."""
        self._brings.discard(agent)
        self.landing.forget(agent)
        self._unseen = [one for one in self._unseen if one.agent != agent]

    def unsettled(self, agent: str) -> frozenset[PageKey]:
        """Give the pages that an agent has done and whose files are not seen yet."""
        return frozenset(one.page.key for one in self._unseen if one.agent == agent)

    def settle(self, done: Unsettled) -> Settled | None:
        """Give the page back if its files are here now, None if it waits; raises nothing."""
        if done.agent not in self._brings:
            if self.landing.is_there(done.page):
                return done
            self._unseen.append(done)
            return None
        try:
            self.landing.land(done.agent, done.page)
        except NotAsPromised as error:
            return Distrusted(done.agent, error.what)
        except OutputUnwritable as error:
            self.stuck = done
            self.tell(RunPaused(error.what))
            return None
        return done

    def try_again(self, at: float) -> Settled | None:
        """Look whether what is stuck can be written now."""
        stuck = self.stuck
        if stuck is None or not self.room():
            return None
        self.stuck = None
        self.tell(RunContinued(round(at - stuck.since, 1)))
        return self.settle(stuck)

    def look(self, at: float) -> list[Settled]:
        """Give what is seen by now, and then whose files were not seen for too long."""
        waiting, self._unseen = self._unseen, []
        settled = [one for one in map(self.settle, waiting) if one is not None]
        late = [done for done in self._unseen if at - done.since >= UNSEEN_SECONDS]
        self._unseen = [done for done in self._unseen if done not in late]
        return [*settled, *map(_distrusted, late)]


def _distrusted(late: Unsettled) -> Distrusted:
    return Distrusted(late.agent, f"the files of {late.page.key}, which it says it wrote, are not seen from here")
