"""What all shards came to is written by one at a time, and a signal's sender is not kept waiting for it."""

import os
import time
from dataclasses import replace

import pytest

from htrkit.domain.exits import ExitCode
from htrkit.domain.shards import Shard, ShardName
from htrkit.journal.lock import Lock
from htrkit.run.out_folder import OutFolder
from htrkit.run.plan_pages import read_plan
from htrkit.run.report_pictures import cut_here
from htrkit.run.shard_tables import IN_A_HURRY_SECONDS, LEFT_ASIDE_SECONDS, Ending, write_whole
from tests.fakes.patience import Waiting
from tests.fakes.runs import STARTED, Shelf

FINISHED = Ending(ExitCode.FAILED_PAGES, STARTED, cut_here)


@pytest.fixture
def part(shelf: Shelf) -> OutFolder:
    """A shard whose run has ended, and whose tables are gone."""
    shelf.cut(2)
    shelf.resume(shard="1/2")
    shelf.out.failures.unlink()
    shelf.out.report.unlink()
    return OutFolder(shelf.out.path, ShardName(1, Shard(1, 2)))


def test_tables_that_another_shard_writes_are_waited_for(shelf: Shelf, part: OutFolder) -> None:
    other = Lock(part.tables_lock, owner="process 7")
    other.__enter__()
    waiting = Waiting([lambda: None, lambda: other.__exit__(None, None, None)])
    write_whole(part, read_plan(part), FINISHED, patience=waiting.patience)

    assert len(waiting.slept) == 2
    assert shelf.out.failures.exists()
    assert shelf.out.report.exists()


@pytest.mark.parametrize("code", [ExitCode.INTERRUPTED, ExitCode.TERMINATED])
def test_after_a_signal_they_are_not_waited_for_long_and_the_log_says_so(
    shelf: Shelf, part: OutFolder, code: ExitCode
) -> None:
    waiting = Waiting()
    with Lock(part.tables_lock, owner="process 7"):
        write_whole(part, read_plan(part), replace(FINISHED, code=code), patience=waiting.patience)

    assert IN_A_HURRY_SECONDS <= sum(waiting.slept) < 2 * IN_A_HURRY_SECONDS
    assert not shelf.out.failures.exists()
    assert "tables and report.html were not written: " in part.log.read_text()


def test_a_shard_that_was_warned_leaves_them_to_its_next_start(shelf: Shelf, part: OutFolder) -> None:
    waiting = Waiting(most_sleeps=0)
    with Lock(part.tables_lock, owner="process 7"):
        write_whole(part, read_plan(part), replace(FINISHED, code=ExitCode.WARNED), patience=waiting.patience)

    assert not shelf.out.failures.exists()
    assert "left to the shard's next start" in part.log.read_text()


def test_files_aside_that_a_shard_has_just_begun_are_kept(shelf: Shelf, part: OutFolder) -> None:
    begun, left = (shelf.out.path / name for name in (".htrkit-7-0", ".htrkit-8-0"))
    for place in (begun, left):
        place.write_text("a page")
    long_ago = time.time() - 2 * LEFT_ASIDE_SECONDS
    os.utime(left, (long_ago, long_ago))
    write_whole(part, read_plan(part), FINISHED)

    assert begun.exists()
    assert not left.exists()


def test_the_report_is_that_of_the_whole_run(shelf: Shelf, part: OutFolder) -> None:
    write_whole(part, read_plan(part), FINISHED)

    page = shelf.out.report.read_text()
    assert "never ran" in page
    assert "selected 5 = done 2 + failed 1 + skipped 0 + not run 2" in page
    assert "--shard 2/2" in page
