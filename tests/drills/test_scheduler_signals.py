"""A scheduler ends a job by telling all of its processes at once; no page is blamed for that."""

import os
import signal
from pathlib import Path

import pytest

from htrkit.domain.exits import ExitCode
from htrkit.journal.journal import read
from htrkit.run.out_folder import OutFolder
from htrkit.run.plan_pages import run_id_of
from tests.drills.test_broken_runs import check_whole, started, wait_for
from tests.fakes.chaos_processes import processes_of

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, ExitCode.TERMINATED), (signal.SIGUSR1, ExitCode.WARNED)])
def test_workers_that_are_told_to_end_with_their_run_finish_the_pages_in_hand(
    strips: Path, tmp_path: Path, number: signal.Signals, code: ExitCode
) -> None:
    out = tmp_path / "out"
    with started(strips, out) as going:
        wait_for(going, "PageDone")
        workers = processes_of(run_id_of(OutFolder(out)) or "") - {going.pid}
        for pid in (going.pid, *workers):
            os.kill(pid, number)
        going.communicate()

    assert workers
    assert going.returncode == code
    assert check_whole(out) >= 1
    events = {line["event"] for line in read(out / ".htrkit" / "journal.jsonl")}
    assert not events & {"WorkerLost", "PageStruck", "PageFailed"}
