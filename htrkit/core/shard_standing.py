"""How each shard of a run stands: at work, ended, dead, or never begun, and with how many pages left."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from htrkit.core.report_pages import PageState, PageStory, Sitting
from htrkit.core.shard_ends import ShardEnd
from htrkit.domain.events import PageDone, RunEnded
from htrkit.domain.shards import ShardName


class ShardState(StrEnum):
    """What has become of a shard."""

    AT_WORK = "at work"
    FINISHED = "finished"
    STOPPED = "stopped early"
    DIED = "died"
    """Nobody holds it, and no end is written."""
    NEVER_RAN = "never ran"


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of a shard besides its pages."""

    sittings: tuple[Sitting, ...] = ()
    held_by: str = ""
    """Who holds its lock; empty for nobody."""


@dataclass(frozen=True, slots=True)
class ShardStory:
    """A shard, its pages by how they stand, and what was heard of it last."""

    name: ShardName | None
    """None for the run before any cut."""
    state: ShardState
    done: int
    failed: int
    skipped: int
    left: int
    newest: bool
    """Whether it can be gone on with by its number alone."""
    flagged: int = 0
    """Of those that are done."""
    ended: RunEnded | None = None
    """The end of its last sitting; None where that has not ended."""
    last: str = ""
    """When its last event happened, ISO 8601 in UTC; empty for one that never ran."""
    held_by: str = ""

    @property
    def reason(self) -> str:
        """Why it ended; empty where it has not."""
        return self.ended.reason if self.ended is not None else ""

    @property
    def exit_code(self) -> int | None:
        """Of its last sitting; None where that has not ended."""
        return self.ended.exit_code if self.ended is not None else None

    @property
    def end(self) -> ShardEnd:
        """What it has to do with the end of the whole."""
        return ShardEnd(self.failed, self.flagged, self.left, self.ended)

    @property
    def pages(self) -> int:
        """All its pages."""
        return self.done + self.failed + self.skipped + self.left

    @property
    def waits(self) -> bool:
        """Whether it has pages left and nobody at work on them."""
        return self.left > 0 and self.state is not ShardState.AT_WORK


def shard_stories(
    owners: Sequence[ShardName | None], pages: Sequence[PageStory], seen: Mapping[ShardName | None, Seen]
) -> tuple[ShardStory, ...]:
    """Tell of all that own pages or are at work, in the order of `seen`; `pages` begin with those of `owners`."""
    owned = list(zip(owners, pages, strict=False))
    counts = Counter((owner, page.state) for owner, page in owned)
    flagged = Counter(owner for owner, page in owned if isinstance(page.end, PageDone) and page.end.flags)
    newest = max((name.cut for name in seen if name is not None), default=0)
    stories = (replace(_story(name, one, counts, newest), flagged=flagged[name]) for name, one in seen.items())
    return tuple(story for story in stories if story.pages or story.state is ShardState.AT_WORK)


def _story(
    name: ShardName | None, seen: Seen, counts: Mapping[tuple[ShardName | None, PageState], int], newest: int
) -> ShardStory:
    ended = seen.sittings[-1].ended if seen.sittings else None
    left = counts[name, PageState.NOT_RUN]
    return ShardStory(
        name,
        _state(seen, left),
        counts[name, PageState.DONE],
        counts[name, PageState.FAILED],
        counts[name, PageState.SKIPPED],
        left,
        newest=name is not None and name.cut == newest,
        ended=ended,
        last=seen.sittings[-1].last if seen.sittings else "",
        held_by=seen.held_by,
    )


def _state(seen: Seen, left: int) -> ShardState:
    ended = bool(seen.sittings) and seen.sittings[-1].ended is not None
    if seen.held_by and not ended:
        return ShardState.AT_WORK
    if not left:
        return ShardState.FINISHED
    if not seen.sittings:
        return ShardState.NEVER_RAN
    # Whoever has written of its end may hold the lock a little longer, for the tables.
    return ShardState.STOPPED if ended else ShardState.DIED
