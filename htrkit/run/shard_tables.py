"""What all shards of a run came to, written by whoever ends last."""

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass

from htrkit.core.history import Failed
from htrkit.domain.errors import OutputHeld
from htrkit.domain.exits import ExitCode
from htrkit.domain.names import PageKey
from htrkit.files.sweeping import sweep
from htrkit.journal.lock_silence import Patience
from htrkit.journal.lock_waiting import waited_for
from htrkit.run.out_folder import OutFolder
from htrkit.run.plan import Plan
from htrkit.run.report_file import SIGNALS, log_without, write_report
from htrkit.run.report_pictures import Cuts as Pictures
from htrkit.run.shard_cuts import Cuts, read_cuts
from htrkit.run.shard_journals import history_of_pages, parts_of
from htrkit.run.shard_seen import is_at_work
from htrkit.run.tables import write_outcome

IN_A_HURRY_SECONDS = 5.0
"""After a signal, others' tables are waited for no longer: whoever sent it wants the machine back."""
LEFT_ASIDE_SECONDS = 900.0
"""A file is aside for seconds; the rest is for clocks of other hosts."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How a run has ended, and how its report is made."""

    code: ExitCode
    at: str
    cuts: Pictures
    """Gives the report's pictures."""


def write_whole(out: OutFolder, whole: Plan, ending: Ending, *, patience: Patience | None = None) -> None:
    """Write failures.csv, the tables and the report over all journals, unless another shard is at work, and will.

    The shard's own journal has its end already: of two that end at once, the second to come here writes for both. A
    shard that was warned leaves it: its job ends in a moment, and reading all journals may take longer than that.
    """
    if ending.code is ExitCode.WARNED:
        log_without(out, ending.at, "tables and report.html were", "left to the shard's next start")
        return
    most = IN_A_HURRY_SECONDS if ending.code in SIGNALS else None
    owner = f"process {os.getpid()} since {ending.at}"
    try:
        with waited_for(out.tables_lock, owner=owner, named=out.named, most_seconds=most, patience=patience):
            cuts = read_cuts(out)
            if not any(is_at_work(part) for part in parts_of(out, cuts) if part.shard != out.shard):
                _write(out, whole, cuts, ending)
    except OutputHeld as error:
        log_without(out, ending.at, "tables and report.html were", error.what)


def _write(out: OutFolder, whole: Plan, cuts: Cuts, ending: Ending) -> None:
    # Whoever died while writing has left files aside; a shard that begins while we look may have some in hand.
    sweep(out.path, untouched_since=time.time() - LEFT_ASIDE_SECONDS)
    write_outcome(out, whole, failed_in(out, whole, cuts))
    write_report(out, whole, exit_code=ending.code, at=ending.at, cuts=ending.cuts)


def failed_in(out: OutFolder, whole: Plan, cuts: Cuts) -> Mapping[PageKey, Failed]:
    """Give the pages of a run that have failed, by all its journals."""
    ends = history_of_pages(out, cuts, {page.key for page in whole.pages}).ends
    return {key: end for key, end in ends.items() if isinstance(end, Failed)}
