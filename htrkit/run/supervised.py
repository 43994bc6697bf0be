"""A run over processes, from its pages to how it ended: what `Session` is without them."""

from collections.abc import Callable, Sequence

from htrkit.config.choices import FailOn
from htrkit.core.alarms_confidence import ConfidenceWatch
from htrkit.domain.schedule import End
from htrkit.domain.source import PageSource
from htrkit.run.glimpse import watchers_among
from htrkit.run.session import utc_now
from htrkit.run.supervising import Listening, supervisor_of
from htrkit.run.telling import Listener
from htrkit.run.to_its_end import ToItsEnd
from htrkit.run.workforce import Workforce


class Supervised(ToItsEnd):
    """One run over one plan, with processes."""

    def __init__(
        self,
        workforce: Workforce,
        listeners: Sequence[Listener],
        *,
        fail_on: FailOn = FailOn.FAILURE,
        confidence: ConfidenceWatch | None = None,
        now: Callable[[], str] = utc_now,
    ) -> None:
        super().__init__(listeners, fail_on=fail_on, confidence=confidence, now=now)
        self._workforce = workforce

    def _gone_through(self, pages: Sequence[PageSource]) -> End:
        force = self._workforce
        listening = Listening(self._tell, watchers_among(self._listeners), self._confidence)
        sources = {page.key: page for page in pages}
        workers = min(force.workers, len(pages))
        with supervisor_of(force, sources, listening, workers=workers) as supervisor:
            return supervisor.run()
