"""All journals of a run in shards, counted over."""

from collections import Counter
from collections.abc import Iterator
from itertools import chain

from htrkit.core.shard_standing import ShardState
from htrkit.domain.events import PageDone, PageFailed, Record
from htrkit.run.out_folder import OutFolder
from htrkit.run.reporting import reported
from htrkit.run.shard_cuts import read_cuts
from htrkit.run.shard_journals import parts_of, replayed


def all_records(out: OutFolder) -> Iterator[Record]:
    return chain.from_iterable(map(replayed, parts_of(out, read_cuts(out))))


def times_ended(out: OutFolder) -> Counter[str]:
    """How often each page has come to an end, over all journals."""
    return Counter(record.event.key for record in all_records(out) if isinstance(record.event, PageDone | PageFailed))


def states(out: OutFolder) -> dict[str, ShardState]:
    """How each shard stands, by its name."""
    return {str(one.name): one.state for one in reported(out).shards}
