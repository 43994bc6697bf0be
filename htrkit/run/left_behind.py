"""What a killed part of a run has left behind is put in order before the run goes on."""

from collections.abc import Iterator

from htrkit.domain.finding import Finding
from htrkit.files.sweeping import sweep
from htrkit.journal.mending import mend
from htrkit.run.going_on import note
from htrkit.run.orphans import end_left_over
from htrkit.run.out_folder import OutFolder
from htrkit.ui.words import counted


def alone(run_id: str) -> Iterator[Finding]:
    """End what an earlier part of the run has left behind; the lock is ours, so that nobody waits for it."""
    if ended := end_left_over(run_id):
        yield note(f"{counted(ended, 'process', 'processes')} that a killed part of this run left behind: ended.")


def mended(out: OutFolder) -> Iterator[Finding]:
    """Cut off what was torn of the journal."""
    if torn := mend(out.journal):
        yield note(f"The last {torn} bytes of the journal were torn; they are in journal.torn, and their page is left.")


def swept(out: OutFolder) -> Iterator[Finding]:
    """Sweep unfinished files away; nobody else may be writing into OUT."""
    if found := sweep(out.path):
        yield note(f"{counted(found, 'unfinished file')} of a process that was killed: swept away.")
