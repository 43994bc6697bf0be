"""A run over the agents of a cluster, from its pages to how it ended: what `Supervised` is on one machine."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from htrkit.config.choices import FailOn
from htrkit.core.alarms_confidence import ConfidenceWatch
from htrkit.core.leases import Leases
from htrkit.core.rules import Rules
from htrkit.domain.events import RunContinued, RunPaused
from htrkit.domain.names import PageKey
from htrkit.domain.schedule import End
from htrkit.domain.source import PageSource
from htrkit.run.agents import Agents
from htrkit.run.bench import Bench
from htrkit.run.briefing import briefing
from htrkit.run.cluster_showing import ClusterShowing
from htrkit.run.cluster_view import ClusterView
from htrkit.run.glimpse import watchers_among
from htrkit.run.landing import Landing
from htrkit.run.lease_driver import LeaseDriver
from htrkit.run.leased_troubles import Troubles
from htrkit.run.leased_words import LeasedWords
from htrkit.run.lending import Lending
from htrkit.run.session import utc_now
from htrkit.run.settling import Settling
from htrkit.run.supervising import has_room
from htrkit.run.telling import Listener
from htrkit.run.to_its_end import ToItsEnd

OWN = ""
"""The driver among those that may be paused."""


@dataclass(frozen=True, slots=True)
class Errand:
    """What the agents of a cluster are to do."""

    agents: Agents
    bench: Bench
    run_id: str
    rules: Rules
    """Of the run as a whole: deaths, what a failed page does, which rates stop it."""
    strikes: Mapping[PageKey, int] = field(default_factory=dict)
    attempts: Mapping[PageKey, int] = field(default_factory=dict)
    command: tuple[str, ...] = ()
    """What a page worker is started as, behind the interpreter; empty for ours. Drills put others in their place."""


class Leased(ToItsEnd):
    """One run over one plan, on all nodes of a cluster."""

    def __init__(
        self,
        errand: Errand,
        listeners: Sequence[Listener],
        *,
        fail_on: FailOn = FailOn.FAILURE,
        confidence: ConfidenceWatch | None = None,
        now: Callable[[], str] = utc_now,
    ) -> None:
        super().__init__(listeners, fail_on=fail_on, confidence=confidence, now=now)
        self._errand = errand

    def _gone_through(self, pages: Sequence[PageSource]) -> End:
        errand, bench = self._errand, self._errand.bench
        view, watchers = ClusterView(), watchers_among(self._listeners)
        for watcher in watchers:
            watcher.sampled_by(view.sample)
        leases = Leases([page.key for page in pages], errand.rules, strikes=errand.strikes, attempts=errand.attempts)
        models = (str(one.path.absolute()) for one in (bench.model, bench.segmentation))
        words = LeasedWords(view, self._confidence)
        troubles = Troubles(
            Settling(Landing(bench.out), self._paused(words), lambda: has_room(bench.out)),
            Lending.of(pages, *models),
            self._paused(words),
            errand.rules.trouble_limit_seconds,
        )
        sources = {page.key: page for page in pages}
        with briefing(bench, errand.run_id, pages, errand.command) as briefed:
            showing = ClusterShowing(view, watchers, self._tell)
            driver = LeaseDriver(leases, sources, errand.agents, briefed.of, self._tell, troubles, words, showing)
            return driver.run()

    def _paused(self, words: LeasedWords) -> Callable[[RunPaused | RunContinued], None]:
        """Give what tells of the driver's own troubles, once with those of its agents."""

        def tell(event: RunPaused | RunContinued) -> None:
            if words.together.hear(OWN, event):
                self._tell(event)

        return tell
