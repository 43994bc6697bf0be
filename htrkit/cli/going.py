"""What `run` and `resume` share: a run's listeners while it goes on, and what is said when it has ended."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from htrkit.cli.edge import tell
from htrkit.config.choices import Progress
from htrkit.config.settings import Settings
from htrkit.core.tally import Tally, told
from htrkit.domain.events import Record
from htrkit.run.failures_table import read_failures
from htrkit.run.out_folder import OutFolder
from htrkit.run.session import Ended
from htrkit.run.telling import Listener
from htrkit.ui.console import Streams
from htrkit.ui.event_lines import EventLines
from htrkit.ui.failure_breakdown import failure_breakdown
from htrkit.ui.plain import PlainLines
from htrkit.ui.run_log import RunLog
from htrkit.ui.summary import summary


@dataclass(slots=True)
class Going:
    """A run that is about to go on, on a screen; `before` is what an earlier part of it has come to."""

    settings: Settings
    out: Path
    screen: Streams
    quiet: bool = False
    before: Tally = Tally()  # noqa: RUF009 - a frozen value

    @property
    def silent(self) -> bool:
        """Whether nothing but errors, or nothing but events, is said."""
        return self.quiet or self.settings.progress is Progress.JSON

    def to_its_end(self, carry_out: Callable[[Sequence[Listener]], Ended]) -> int:
        """Carry it out with its listeners, say what it came to, and give the exit code."""
        tally = self.before

        def count(record: Record) -> None:
            nonlocal tally
            tally = told(tally, record.event)

        start = time.monotonic()
        ended = carry_out((count, RunLog(OutFolder(self.out).log), *self._screens()))
        if ended.error is not None:
            tell(ended.error)
        if not self.silent:
            formats = ("json", *(format_.value for format_ in self.settings.formats))
            for line in summary(tally, out=self.out, formats=formats, seconds=time.monotonic() - start):
                self.screen.say(line)
            for line in self._breakdown(tally.selected):
                self.screen.say(line)
        return ended.counts.exit_code

    def _breakdown(self, selected: int) -> list[str]:
        """Give what failed, by class, over the whole run: its table knows of earlier parts too."""
        table = OutFolder(self.out).failures
        return failure_breakdown(read_failures(table), selected=selected, out=self.out) if table.exists() else []

    def _screens(self) -> tuple[Listener, ...]:
        """Give the listeners that the progress setting asks for."""
        if self.quiet and self.settings.progress is not Progress.JSON:
            return ()
        match self.settings.progress:
            case Progress.JSON:
                return (EventLines(self.screen.say),)
            case Progress.NONE:
                return ()
            case Progress.AUTO | Progress.PLAIN:
                return (PlainLines(self.screen.say, clock=time.monotonic, before=self.before),)
