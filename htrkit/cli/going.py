"""What `run` and `resume` share: a run's listeners while it goes on, and what is said when it has ended."""

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from shlex import quote

from htrkit.cli.edge import tell
from htrkit.cli.first_page import FirstPage, command_started
from htrkit.cli.screens import NO_TERMINAL, Shown, chosen, screens
from htrkit.config.choices import Progress
from htrkit.config.settings import Settings
from htrkit.core.shown import shown
from htrkit.core.tally import Tally, told
from htrkit.domain.events import Record
from htrkit.domain.shards import ShardName
from htrkit.outputs.csv_tables import FailureRow
from htrkit.run.failures_table import read_failures
from htrkit.run.heard_failures import HeardFailures
from htrkit.run.out_folder import OutFolder
from htrkit.run.session import Ended, utc_now
from htrkit.run.telling import Listener
from htrkit.ui.console import Streams
from htrkit.ui.event_lines import EventLines, Summary
from htrkit.ui.failure_breakdown import failure_breakdown
from htrkit.ui.live_drawing import Title
from htrkit.ui.live_left import Foretells, NothingForetold
from htrkit.ui.run_log import RunLog
from htrkit.ui.summary import summary
from htrkit.ui.where import Where


@dataclass(slots=True)
class Going:
    """A run that is about to go on, on a screen; `before` is what an earlier part of it has come to."""

    settings: Settings
    out: Path
    screen: Streams
    environment: Mapping[str, str]
    command: str
    """`htrkit run`."""
    quiet: bool = False
    verbose: bool = False
    before: Tally = Tally()  # noqa: RUF009 - a frozen value
    left: Foretells = field(default_factory=NothingForetold)
    shard: ShardName | None = None
    again: str = ""
    """The command that goes on with it; empty for `htrkit resume OUT`."""
    failed: HeardFailures | None = None
    """Knows what has failed of a shard; of a run in none, its table knows."""

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

        first = FirstPage(command_started())
        start = time.monotonic()
        with screens(
            self._progress(), self.screen, self.environment, Shown(self._title(), self.before, self.left)
        ) as listeners:
            heard = (self.failed,) if self.failed is not None else ()
            ended = carry_out((count, first, RunLog(self._folder.log), *heard, *listeners))
            for lines in listeners:
                if isinstance(lines, EventLines):
                    lines.close(self._summary(tally, ended, time.monotonic() - start), at=utc_now())
        if self.settings.progress is not Progress.JSON and ended.error is not None:
            tell(ended.error)
        if not self.silent:
            self._say_summary(tally, time.monotonic() - start)
            if self.verbose and first.words is not None:
                self.screen.say(first.words)
        return ended.counts.exit_code

    def _say_summary(self, tally: Tally, seconds: float) -> None:
        where = Where(self.out, self._again, self._told_in, shown(self._folder.log))
        for line in summary(tally, where=where, formats=self._formats, seconds=seconds):
            self.screen.say(line)
        # Over the whole run: the table knows of earlier parts too.
        for line in failure_breakdown(self._failures(), selected=tally.selected, where=where):
            self.screen.say(line)

    def _summary(self, tally: Tally, ended: Ended, seconds: float) -> Summary:
        counts, error = ended.counts, ended.error
        return Summary(
            selected=counts.selected,
            done=counts.done,
            failed=counts.failed,
            skipped=counts.skipped,
            not_run=counts.not_run,
            flagged=tally.flagged,
            blank=tally.blank,
            retried=tally.retried,
            lines=tally.lines,
            characters=tally.characters,
            confidence=None if tally.confidence is None else round(tally.confidence, 4),
            failures=Counter(str(row.failure) for row in self._failures()),
            seconds=round(seconds, 1),
            out=shown(self.out),
            formats=self._formats,
            resume=self._again if counts.not_run else None,
            reason=counts.reason,
            exit_code=counts.exit_code,
            what=error.what if error is not None else "",
            mend=error.mend if error is not None else "",
        )

    @property
    def _formats(self) -> tuple[str, ...]:
        return ("json", *(format_.value for format_ in self.settings.formats))

    def _failures(self) -> Sequence[FailureRow]:
        if self.failed is not None:
            return self.failed.rows()
        table = self._folder.failures
        return read_failures(table) if table.exists() else ()

    @property
    def _folder(self) -> OutFolder:
        return OutFolder(self.out, self.shard)

    @property
    def _again(self) -> str:
        return self.again or f"htrkit resume {quote(shown(self.out))}"

    @property
    def _told_in(self) -> str:
        """Give what tells of each failed page: while other shards are at work, their table is not written yet."""
        table = self._folder.failures
        return shown(table) if table.exists() else f"htrkit report {quote(shown(self.out))}"

    def _title(self) -> Title:
        share = f" {self.shard.shard}" if self.shard is not None else ""
        return Title(self.command, f"{self.out.resolve().name}{share}", self.settings.engine)

    def _progress(self) -> Progress:
        """Give the screen that the settings ask for, as far as it can be had."""
        wished = self.settings.progress
        if self.quiet and wished is not Progress.JSON:
            return Progress.NONE
        progress = chosen(wished, self.screen, self.environment)
        if wished is Progress.LIVE and progress is not Progress.LIVE:
            self.screen.say(NO_TERMINAL)
        return progress
