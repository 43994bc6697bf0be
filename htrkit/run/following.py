"""A run's report again and again, for as long as its journals grow."""

from collections.abc import Callable, Iterator

from htrkit.core.report import Course, Report
from htrkit.run.out_folder import OutFolder
from htrkit.run.reporting import reported
from htrkit.run.shard_cuts import read_cuts
from htrkit.run.shard_journals import parts_of
from htrkit.run.shard_seen import is_at_work

EVERY_SECONDS = 2.0


def followed(out: OutFolder, *, sleep: Callable[[float], None]) -> Iterator[Report]:
    """Give the report now, and again whenever a journal has changed, until the run has ended.

    Once every page has, it ends also when whoever was at work is gone without a word.

    A run that was cut off never ends: whoever follows it stops by interrupting. Raises as `reported` does.
    """
    seen: tuple[int, ...] = ()
    closing = False
    while True:
        lengths = _lengths(out)
        if lengths != seen or (closing and not _any_at_work(out)):
            seen = lengths
            report = reported(out)
            closing = bool(report.shards) and not report.counts.not_run
            yield report
            if report.course is Course.ENDED:
                return
        sleep(EVERY_SECONDS)


def _lengths(out: OutFolder) -> tuple[int, ...]:
    """Give how long each journal is; one that has not begun is as good as empty."""
    return tuple(_length(part) for part in parts_of(out, read_cuts(out)))


def _any_at_work(out: OutFolder) -> bool:
    return any(is_at_work(part) for part in parts_of(out, read_cuts(out)))


def _length(part: OutFolder) -> int:
    try:
        return part.journal.stat().st_size
    except OSError:
        return 0
