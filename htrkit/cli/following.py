"""`htrkit report --follow`: a run that another process carries out, shown from its journals alone."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from htrkit.cli.screens import chosen
from htrkit.config.choices import Progress
from htrkit.core.recount import Recount
from htrkit.core.shown import shown
from htrkit.domain.errors import HtrkitError
from htrkit.domain.events import Record
from htrkit.run.out_folder import OutFolder
from htrkit.run.reporting import facts_of
from htrkit.run.shard_tails import Tails
from htrkit.ui.console import Streams
from htrkit.ui.live import LivePanels, on_screen
from htrkit.ui.live_drawing import Title
from htrkit.ui.plain import PlainLines
from htrkit.ui.words import amount

LOOK_SECONDS = 0.5


def follow(
    out: OutFolder, streams: Streams, environment: Mapping[str, str], *, sleep: Callable[[float], None] = time.sleep
) -> None:
    """Show the run until it, and each of its shards, has ended; one that is not there yet is waited for.

    A run that was cut off never ends: whoever follows it leaves with Ctrl-C. Raises HtrkitError for a damaged journal.
    """
    tail = Tails(out)
    grown = tail.look()
    if not grown.records:
        streams.say(f"{shown(out.path)}: no run has begun here yet; waiting for one")
    while not grown.records:
        sleep(LOOK_SECONDS)
        grown = tail.look()
    with _follower(out, streams, environment) as follower:
        follower.take(grown.records)
        while not follower.ended:
            sleep(LOOK_SECONDS)
            grown = tail.look()
            if grown.anew:
                follower.forget()
            follower.take(grown.records)


class _Follower(Protocol):
    """Shows a run of which it is told in pieces."""

    @property
    def ended(self) -> bool:
        """Whether the run has ended, as far as was told."""

    def take(self, records: tuple[Record, ...]) -> None:
        """Take in the next piece."""

    def forget(self) -> None:
        """Begin anew: the journal is another one."""


@contextmanager
def _follower(out: OutFolder, streams: Streams, environment: Mapping[str, str]) -> Iterator[_Follower]:
    with ExitStack() as stack:
        if chosen(Progress.AUTO, streams, environment) is Progress.LIVE:
            panels = LivePanels(_title(out), clock=time.time)
            yield _ByPanels(stack.enter_context(on_screen(panels, streams, environment)))
        else:
            yield _ByLines(streams.say)


def _title(out: OutFolder) -> Title:
    try:
        facts = facts_of(out)
        engine = next((fact.value for fact in facts.settings if fact.name == "engine"), "")
    except HtrkitError:
        engine = ""  # the plan is for decoration here; the report at the end says what is wrong with it
    return Title(
        "htrkit report --follow",
        out.path.resolve().name,
        engine,
        hint="Ctrl-C: stop watching; the run goes on",
        draining_hint="it ends when these are done",
        silent_hint=f"was it cut off? htrkit resume {shown(out.path)}",
    )


@dataclass(slots=True)
class _ByPanels:
    panels: LivePanels

    @property
    def ended(self) -> bool:
        return self.panels.count.tally.ended is not None

    def take(self, records: tuple[Record, ...]) -> None:
        for record in records:
            self.panels.hear(record, _moment(record))

    def forget(self) -> None:
        self.panels.forget()


@dataclass(slots=True)
class _ByLines:
    say: Callable[[str], None]
    count: Recount = field(default_factory=Recount)
    lines: PlainLines | None = None
    """None before the first piece: of what lies behind, only its sum is said."""

    @property
    def ended(self) -> bool:
        return self.count.tally.ended is not None

    def take(self, records: tuple[Record, ...]) -> None:
        if self.lines is None:
            for record in records:
                self.count.hear(record.event)
            tally = self.count.tally
            ended = tally.selected - tally.not_run
            words = f"done {amount(tally.done)}  failed {amount(tally.failed)}  flagged {amount(tally.flagged)}"
            self.say(f"{amount(ended)}/{amount(tally.selected)}  {words}")
            self.lines = PlainLines(self.say, clock=time.monotonic, count=self.count)
            return
        for record in records:
            self.lines(record)

    def forget(self) -> None:
        self.count, self.lines = Recount(), None


def _moment(record: Record) -> float:
    return datetime.fromisoformat(record.at).timestamp()
