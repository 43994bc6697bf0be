"""What a run has left to do: decided from its plan, its journal, and which of its promised files are there."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from htrkit.core.history import Done, End, Failed, History, Skipped
from htrkit.core.tally import Tally, told
from htrkit.domain.events import PageDone
from htrkit.domain.failure import FailureClass
from htrkit.domain.names import PageKey


class Standing(StrEnum):
    """How a promised file stands on disk."""

    WHOLE = "whole"
    MISSING = "missing"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of a run; each page of its plan is in one of `pages`, `later`, `done`, `failed`, `skipped`."""

    pages: tuple[PageKey, ...]
    """To be taken, in the plan's order."""
    done: Mapping[PageKey, Done] = field(default_factory=dict)
    failed: Mapping[PageKey, Failed] = field(default_factory=dict)
    skipped: frozenset[PageKey] = frozenset()
    unsaid: frozenset[PageKey] = frozenset()
    """Those of `skipped` of which the journal does not know yet."""
    strikes: Mapping[PageKey, int] = field(default_factory=dict)
    """Deaths with a page of `pages` in hand; none is 0."""
    retried: Mapping[PageKey, int] = field(default_factory=dict)
    """Times that a page of `pages` was put back after a passing trouble; none is 0."""
    attempts: Mapping[PageKey, int] = field(default_factory=dict)
    """Tries of a page of `pages` that ended by its own trouble, none is 0; one that ended with the run is none."""
    put_back: int = 0
    """Times that any page was put back so far, for the tally."""
    later: tuple[PageKey, ...] = ()
    """To be taken another time, since only others were asked for."""
    harmed: tuple[PageKey, ...] = ()
    """Those of `pages` that were done, and whose files are missing or changed."""


def left_of(  # noqa: PLR0913 - what is known of the pages, and what is asked of them
    plan: Sequence[PageKey],
    history: History,
    *,
    standing: Mapping[str, Standing],
    again: Collection[FailureClass] = (),
    alone: Collection[PageKey] = (),
    only: Collection[PageKey] | None = None,
) -> Left:
    """Decide what is left.

    `standing` tells of every promised file by its path below OUT (one that it does not name is missing), `again` names
    the classes of failed pages that are to be taken again, `alone` the pages that the plan leaves alone, `only` those
    that may be taken this time; all may with None.
    """
    places = _Places(standing, again, alone, only)
    for key in plan:
        places.put(key, history.ends.get(key))
    taken = set(places.pages)
    return Left(
        pages=tuple(places.pages),
        done=places.done,
        failed=places.failed,
        skipped=frozenset(places.skipped),
        unsaid=frozenset(key for key in places.skipped if key not in history.ends),
        strikes=_of(taken, history.strikes),
        retried=_of(taken, history.retried),
        attempts=_of(taken, history.attempts),
        put_back=history.put_back,
        later=tuple(places.later),
        harmed=tuple(places.harmed),
    )


@dataclass(slots=True)
class _Places:
    """Puts each page of a plan where it belongs."""

    standing: Mapping[str, Standing]
    again: Collection[FailureClass]
    alone: Collection[PageKey]
    only: Collection[PageKey] | None
    pages: list[PageKey] = field(default_factory=list)
    later: list[PageKey] = field(default_factory=list)
    harmed: list[PageKey] = field(default_factory=list)
    done: dict[PageKey, Done] = field(default_factory=dict)
    failed: dict[PageKey, Failed] = field(default_factory=dict)
    skipped: set[PageKey] = field(default_factory=set)

    def put(self, key: PageKey, end: End | None) -> None:
        """Put the next page, by its last end."""
        now = self.only is None or key in self.only
        takes = self.pages if now else self.later
        match end:
            case Done() if _is_whole(end.page, self.standing):
                self.done[key] = end
            case Done():
                takes.append(key)
                self.harmed += [key] if now else []
            case Failed() if not now or end.page.failure not in self.again:
                self.failed[key] = end
            case Skipped():
                self.skipped.add(key)
            case Failed() | None:
                (self.skipped.add if key in self.alone else takes.append)(key)


def _of(pages: Collection[PageKey], counts: Mapping[PageKey, int]) -> Mapping[PageKey, int]:
    return {key: count for key, count in counts.items() if count and key in pages}


def _is_whole(page: PageDone, standing: Mapping[str, Standing]) -> bool:
    return all(standing.get(file.path) is Standing.WHOLE for file in page.files)


def tally_before(left: Left) -> Tally:
    """Give what the run has come to before it goes on: pages count by their last end, and no page twice."""
    tally = Tally(
        selected=len(left.pages) + len(left.later) + len(left.done) + len(left.failed) + len(left.skipped),
        failed=len(left.failed),
        skipped=len(left.skipped) - len(left.unsaid),
        retried=left.put_back,
    )
    for end in left.done.values():
        tally = told(tally, end.page)
    return tally


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that can change the text, and is not what it was when the run started."""

    key: str
    was: str
    now: str


NOTHING = "nothing"
"""Stands for what is on one side only."""


def drift(was: Mapping[str, str], now: Mapping[str, str]) -> tuple[Difference, ...]:
    """Give all differences, those of `was` first and in its order."""
    keys = dict.fromkeys([*was, *now])
    pairs = ((key, was.get(key, NOTHING), now.get(key, NOTHING)) for key in keys)
    return tuple(Difference(*pair) for pair in pairs if pair[1] != pair[2])
