"""A run's report again and again, for as long as its journal grows."""

from collections.abc import Callable, Iterator

from htrkit.core.report import Course, Report
from htrkit.run.out_folder import OutFolder
from htrkit.run.reporting import reported

EVERY_SECONDS = 2.0


def followed(out: OutFolder, *, sleep: Callable[[float], None]) -> Iterator[Report]:
    """Give the report now, and again whenever the journal has changed, until the run has ended.

    A run that was cut off never ends: whoever follows it stops by interrupting. Raises as `reported` does.
    """
    seen = -1
    while True:
        length = _length(out)
        if length != seen:
            seen = length
            report = reported(out)
            yield report
            if report.course is Course.ENDED:
                return
        sleep(EVERY_SECONDS)


def _length(out: OutFolder) -> int:
    try:
        return out.journal.stat().st_size
    except OSError:
        return 0
