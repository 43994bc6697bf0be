"""The journals of a run in shards, told as one: when the whole has ended, and how."""

from contextlib import ExitStack
from pathlib import Path

import pytest

from htrkit.core.report import Course
from htrkit.domain.events import Event, PageStarted, RunEnded, RunResumed, RunStarted
from htrkit.domain.names import PageKey
from htrkit.domain.shards import Cut, Shard, ShardName
from htrkit.journal.journal import Journal
from htrkit.run.following import followed
from htrkit.run.out_folder import OutFolder
from htrkit.run.running import held
from htrkit.run.shard_cuts import write_cut
from htrkit.run.shard_tails import Tails
from tests.fakes.journals import done, failed, records, write_run

STARTED, RESUMED = RunStarted("r1", 2, "f"), RunResumed("r1", 2, 1, "f")
FINISHED = RunEnded(2, 2, 0, 0, 0, "finished", 0)
WARNED = RunEnded(2, 1, 0, 0, 1, "warned by the scheduler", 138)
WITH_A_FAILED = RunEnded(2, 1, 1, 0, 0, "finished", 4)


@pytest.fixture
def out(tmp_path: Path) -> OutFolder:
    """A run of four pages, of which two shards have two each."""
    write_run(tmp_path, "abcd")
    (tmp_path / ".htrkit" / "journal.jsonl").unlink()
    write_cut(OutFolder(tmp_path), Cut(1, ((0, 1), (2, 3))), run_id="r1")
    return OutFolder(tmp_path)


def tell(out: OutFolder, shard: str, *events: Event, cut: int = 1) -> OutFolder:
    """Write into a shard's journal; gives the shard."""
    part = OutFolder(out.path, ShardName(cut, Shard.read(shard)))
    with Journal(part.journal) as journal:
        for record in records(*events):
            journal(record)
    return part


def ends(tails: Tails) -> list[RunEnded]:
    return [record.event for record in tails.look().records if isinstance(record.event, RunEnded)]


def recut(out: OutFolder, *places: int) -> None:
    write_cut(out, Cut(2, (places,)), run_id="r1")


def test_it_ends_when_what_a_dead_shard_left_is_finished_by_another(out: OutFolder) -> None:
    tell(out, "1/2", STARTED, *map(done, "ab"), FINISHED)
    tell(out, "2/2", STARTED, done("c"), PageStarted(PageKey("d"), 1))
    tails = Tails(out)
    assert ends(tails) == []

    recut(out, 3)
    tell(out, "1/1", STARTED, done("d"), FINISHED, cut=2)
    assert ends(tails) == [RunEnded(4, 4, 0, 0, 0, "finished", 0)]
    assert ends(tails) == []


def test_what_a_shard_was_stopped_with_does_not_outlive_its_recut(out: OutFolder) -> None:
    tell(out, "1/2", STARTED, *map(done, "ab"), FINISHED)
    tell(out, "2/2", STARTED, done("c"), WARNED)
    recut(out, 3)
    tell(out, "1/1", STARTED, done("d"), FINISHED, cut=2)

    assert ends(Tails(out)) == [RunEnded(4, 4, 0, 0, 0, "finished", 0)]


def test_a_shard_without_pages_that_was_killed_again_keeps_nobody_waiting(out: OutFolder) -> None:
    tell(out, "1/2", STARTED, *map(done, "ab"), FINISHED)
    recut(out, 2, 3)
    tell(out, "2/2", STARTED)
    tell(out, "1/1", STARTED, *map(done, "cd"), FINISHED, cut=2)

    assert ends(Tails(out)) == [RunEnded(4, 4, 0, 0, 0, "finished", 0)]


def test_failed_pages_count_with_whoever_has_them_now(out: OutFolder) -> None:
    tell(out, "1/2", STARTED, done("a"), failed("b"), WITH_A_FAILED)
    tell(out, "2/2", STARTED, *map(done, "cd"), FINISHED)
    assert ends(Tails(out)) == [RunEnded(4, 3, 1, 0, 0, "finished", 4)]

    recut(out, 1)
    tell(out, "1/1", RESUMED, PageStarted(PageKey("b"), 1), done("b"), FINISHED, cut=2)
    assert ends(Tails(out)) == [RunEnded(4, 4, 0, 0, 0, "finished", 0)]


def test_it_has_not_ended_while_somebody_is_at_work_and_may_still_tell_of_its_end(out: OutFolder) -> None:
    tell(out, "1/2", STARTED, *map(done, "ab"), FINISHED)
    part = tell(out, "2/2", STARTED, done("c"), failed("d"))
    tails = Tails(out)
    with held(part, since="noon"):
        assert ends(tails) == []

    assert ends(tails) == [RunEnded(4, 3, 1, 0, 0, "finished", 4)]


def test_an_end_that_is_written_while_it_is_looked_is_read_first(
    out: OutFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(out, "1/2", STARTED, *map(done, "ab"), FINISHED)
    tell(out, "2/2", STARTED, done("c"), failed("d"))
    content = RunEnded(2, 1, 1, 0, 0, "finished", 0)
    monkeypatch.setattr("htrkit.run.shard_tails.seen_at", lambda _: tell(out, "2/2", content) and None)
    tails = Tails(out)

    assert ends(tails) == []
    assert ends(tails) == [RunEnded(4, 3, 1, 0, 0, "finished", 0)]


def test_shards_that_never_ran_or_died_with_pages_left_keep_it_open(out: OutFolder) -> None:
    tell(out, "1/2", STARTED, *map(done, "ab"), FINISHED)
    tails = Tails(out)
    assert ends(tails) == []

    tell(out, "2/2", STARTED, done("c"))
    assert ends(tails) == []


def test_when_all_have_stopped_it_says_why(out: OutFolder) -> None:
    tell(out, "1/2", STARTED, *map(done, "ab"), FINISHED)
    tell(out, "2/2", STARTED, done("c"), WARNED)

    assert ends(Tails(out)) == [RunEnded(4, 3, 0, 0, 1, "warned by the scheduler", 138)]


def test_reports_end_too_when_a_shard_whose_pages_have_ended_is_gone_without_a_word(out: OutFolder) -> None:
    tell(out, "1/2", STARTED, *map(done, "ab"), FINISHED)
    part = tell(out, "2/2", STARTED, *map(done, "cd"))
    with ExitStack() as killed:
        killed.enter_context(held(part, since="noon"))
        deaths = iter([lambda: None, killed.close])
        courses = [one.course for one in followed(out, sleep=lambda _: next(deaths)())]

    assert courses == [Course.NOT_ENDED, Course.ENDED]
