"""An agent's desk: what the driver says becomes pages for its supervisor, and what the supervisor tells goes back."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from htrkit.core.alarms_confidence import ConfidenceWatch
from htrkit.domain.errors import OutputUnwritable
from htrkit.domain.events import Event, PageDone, PageFailed
from htrkit.domain.glimpse import Glimpse
from htrkit.domain.names import PageKey
from htrkit.domain.page import Note
from htrkit.domain.sample import MachineSample
from htrkit.domain.schedule import Asked, Halt, Heard, NoMorePages, PagesAdded
from htrkit.domain.source import PageSource
from htrkit.run.agent_channel import AgentChannel
from htrkit.run.agent_messages import (
    PIECE_BYTES,
    BeAgent,
    Brings,
    EndNow,
    LeasedPage,
    Piece,
    Seen,
    TakeLease,
    Told,
    packed,
)
from htrkit.run.fetching import Fetching
from htrkit.run.messages import page_of

SEEN_SECONDS = 1.0


class Unjudging(ConfidenceWatch):
    """Leaves the alarm for confidence to the driver, where all pages of the run come together."""

    def judge(self, page: PageDone) -> Note | None:  # noqa: ARG002 - what the driver's takes
        """Raise no alarm."""
        return None


@dataclass(slots=True)
class AgentDesk:
    """The supervisor's inlet, its teller and its watcher."""

    channel: AgentChannel
    sources: dict[PageKey, PageSource]
    """The supervisor's own."""
    fetching: Fetching | None = None
    """None where the driver's inputs are here."""
    returns: Path | None = None
    """The folder from which outputs are sent home; None where OUT is here."""
    trouble: str = ""
    """Why this node can take no files any more; the pages in hand are finished, and then it ends."""
    _leased: dict[PageKey, LeasedPage] = field(default_factory=dict)
    """Pages that are not the supervisor's yet."""
    _sample: Callable[[], MachineSample] | None = None
    _next_seen: float = 0.0

    def fileno(self) -> int:
        """For a selector."""
        return self.channel.fileno()

    def heard(self, at: float) -> Iterator[Heard]:
        """Give what the driver's words come to."""
        pages: list[PageSource] = []
        for message in self.channel.heard():
            match message:
                case TakeLease():
                    pages += self._taken(message)
                case Piece():
                    if self.fetching is not None and not self.trouble:
                        yield from self._fetched(self.fetching, message, at)
                case EndNow():
                    if not self.trouble:
                        yield NoMorePages(at) if message.halt is None else Asked(message.halt, at)
                case BeAgent():
                    pass  # it is one already
        if self.fetching is not None and not self.trouble:
            pages += self.fetching.arrived()
        if pages:
            yield self._added(pages, at)
        if self.channel.closed:
            # Nobody hears us any more: the first word drains, the second ends at once.
            yield Asked(Halt.TERMINATED, at)
            yield Asked(Halt.TERMINATED, at)

    def tell(self, event: Event) -> None:
        """Tell the driver, with the page's files before its end; raises OSError where nobody listens any more."""
        if isinstance(event, PageDone) and self.returns is not None:
            self._bring(event, self.returns)
        values = orjson.dumps(event).decode()
        if self.fetching is not None:
            values = values.replace(str(self.fetching.below), "")
        self.channel.say(Told(type(event).__name__, values))
        if isinstance(event, PageDone | PageFailed):
            self.sources.pop(event.key, None)
            if self.fetching is not None:
                self.fetching.ended(event.key)

    def sampled_by(self, sample: Callable[[], MachineSample]) -> None:
        """Take what gives the machine as it stands."""
        self._sample = sample

    def glimpse(self, glimpse: Glimpse) -> None:
        """Show the driver, not too often."""
        if glimpse.at >= self._next_seen and self._sample is not None:
            self._next_seen = glimpse.at + SEEN_SECONDS
            self.channel.say(Seen(glimpse, self._sample()))

    def _fetched(self, fetching: Fetching, piece: Piece, at: float) -> Iterator[Asked]:
        try:
            fetching.take(piece)
        except OutputUnwritable as error:
            self.trouble = error.what
            yield Asked(Halt.TROUBLE, at)

    def _taken(self, lease: TakeLease) -> Iterator[PageSource]:
        for page in lease.pages:
            source = page_of(page.source)
            self._leased[source.key] = page
            if self.fetching is None:
                yield source
            else:
                self.fetching.add(source)

    def _added(self, pages: list[PageSource], at: float) -> PagesAdded:
        self.sources.update((page.key, page) for page in pages)
        leased = {page.key: self._leased.pop(page.key) for page in pages}
        return PagesAdded(
            tuple(leased),
            at,
            strikes={key: page.strikes for key, page in leased.items()},
            attempts={key: page.attempts for key, page in leased.items()},
        )

    def _bring(self, page: PageDone, folder: Path) -> None:
        for written in page.files:
            place = folder / written.path
            with place.open("rb") as file:
                while piece := file.read(PIECE_BYTES):
                    self.channel.say(Brings(page.key, written.path, packed(piece)))
            place.unlink()
