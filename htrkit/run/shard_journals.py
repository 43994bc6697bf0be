"""The journals of a run in shards, in the order in which they count: no two hosts' clocks are compared."""

from collections.abc import Collection, Iterable, Iterator

from htrkit.core.history import History, history_of
from htrkit.core.sharding import owners_of
from htrkit.core.shown import shown
from htrkit.domain.errors import UsageProblem
from htrkit.domain.events import OfPage, Record, RunResumed, RunStarted
from htrkit.domain.names import PageKey
from htrkit.domain.shards import Cut, ShardName
from htrkit.journal.replay import replay
from htrkit.run.out_folder import OutFolder
from htrkit.run.shard_cuts import Cuts, CutUnreadable


def parts_of(out: OutFolder, cuts: Cuts) -> Iterator[OutFolder]:
    """Give OUT as the run had it before any cut, then each shard of each cut.

    A page goes from the shard of one cut to that of a later one when nobody writes to the first any more, and shards of
    one cut have different pages: replayed in this order, the last that is heard of a page is the last that happened.
    """
    yield OutFolder(out.path)
    for cut in cuts.all:
        for name in cut.names:
            yield OutFolder(out.path, name)


def replayed(part: OutFolder) -> Iterator[Record]:
    """Give the records of one journal; none where nothing has begun there yet.

    Raises UsageProblem where it cannot be read, HtrkitError for a damaged one.
    """
    try:
        yield from replay(part.journal)
    except FileNotFoundError:
        return
    except OSError as error:
        raise UsageProblem(
            f"{shown(part.journal)}: cannot be read ({error.strerror}).",
            mend="Mend the file's rights, then ask again.",
        ) from error


def records_of(out: OutFolder, cuts: Cuts) -> Iterator[Record]:
    """Give the records of all journals."""
    for part in parts_of(out, cuts):
        yield from replayed(part)


def history_of_pages(out: OutFolder, cuts: Cuts, keys: Collection[PageKey]) -> History:
    """Give what all journals tell of these pages, and nothing of others."""
    return history_of(_of_pages(records_of(out, cuts), keys))


def history_of_shard(
    out: OutFolder, cuts: Cuts, name: ShardName, places: Iterable[int], keys: Collection[PageKey]
) -> History:
    """Give what is told of a shard's pages, by its own journal and those of whoever had them before."""
    had = [OutFolder(out.path), *(OutFolder(out.path, one) for one in _earlier(cuts, name, set(places)))]
    history = history_of(_of_pages((record for part in had for record in replayed(part)), keys))
    own = OutFolder(out.path, name)
    history.opened = has_opened(own)
    for record in _of_pages(replayed(own), keys):
        history.hear(record)
    return history


def has_opened(part: OutFolder) -> bool:
    """Tell whether a journal tells of a start."""
    return any(isinstance(record.event, RunStarted | RunResumed) for record in replayed(part))


def owners_in(out: OutFolder, cuts: Cuts, pages: int) -> list[ShardName | None]:
    """Give whose each page of the plan is; raises CutUnreadable for a cut of pages that the plan does not have."""
    for cut in cuts.all:
        if any(places and places[-1] >= pages for places in cut.shards):
            raise CutUnreadable(
                f"{shown(out.cut(cut.number))}: has pages that are not in the plan.", mend="Take it from a backup."
            )
    return owners_of(cuts.all, pages)


def _earlier(cuts: Cuts, name: ShardName, places: set[int]) -> Iterator[ShardName]:
    for cut in cuts.all[: name.cut - 1]:
        yield from _with_any(cut, places)


def _with_any(cut: Cut, places: set[int]) -> Iterator[ShardName]:
    for one, had in zip(cut.names, cut.shards, strict=True):
        if not places.isdisjoint(had):
            yield one


def _of_pages(records: Iterable[Record], keys: Collection[PageKey]) -> Iterator[Record]:
    return (record for record in records if isinstance(record.event, OfPage) and record.event.key in keys)
