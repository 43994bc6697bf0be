"""Whose lock is free is held, who lives is left alone, and who was on a host that is gone is replaced."""

import resource
from pathlib import Path

import pytest

from htrkit.domain.errors import OutputHeld
from htrkit.domain.events import RunEnded, RunStarted
from htrkit.domain.shards import Shard, ShardName
from htrkit.journal.journal import Journal
from htrkit.journal.lock import Lock
from htrkit.journal.lock_claim import claim_of
from htrkit.journal.lock_look import holder_of
from htrkit.journal.lock_silence import SILENT_SECONDS
from htrkit.run.out_folder import OutFolder
from htrkit.run.shard_locks import free_among, held_in_turn, silent_elsewhere
from htrkit.run.shard_seen import is_at_work, seen_at
from tests.fakes.claims import beat, elsewhere
from tests.fakes.journals import done, records
from tests.fakes.patience import Waiting

A, B = ShardName(1, Shard(1, 2)), ShardName(1, Shard(2, 2))


@pytest.fixture
def out(tmp_path: Path) -> OutFolder:
    return OutFolder(tmp_path / "out")


def part(out: OutFolder, name: ShardName = A) -> OutFolder:
    return OutFolder(out.path, name)


def told(out: OutFolder, *events: RunStarted | RunEnded) -> None:
    with Journal(out.journal) as journal:
        for record in records(*events):
            journal(record)


def quiet(_: str) -> None:
    """Hear what is waited for."""


def test_free_locks_are_held_and_the_living_are_told(out: OutFolder) -> None:
    waiting = Waiting()
    with (
        Lock(part(out, B).lock, owner="process 7 since noon"),
        free_among(out, [None, A, B], since="now", silent={}, patience=waiting.patience) as free,
    ):
        assert free.living == {B: "process 7 since noon"}
        assert set(free.held) == {None, A}
        assert holder_of(part(out).lock) is not None
        free.release(A)
        assert holder_of(part(out).lock) is None
    assert holder_of(out.lock) is None


def test_more_locks_are_held_than_a_process_usually_has_files_open(out: OutFolder) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    names = [ShardName(1, Shard(number, 300)) for number in range(1, 301)]
    resource.setrlimit(resource.RLIMIT_NOFILE, (200, hard))
    try:
        with free_among(out, names, since="now", silent={}) as free:
            assert len(free.held) == 300
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_one_that_was_only_looked_at_is_free_at_the_next_try(out: OutFolder) -> None:
    looking = Lock(part(out).lock, owner="who looks")
    looking.__enter__()
    waiting = Waiting([lambda: looking.__exit__(None, None, None)])
    with free_among(out, [A], since="now", silent={}, patience=waiting.patience) as free:
        assert (free.living, set(free.held)) == ({}, {A})

    looking = Lock(part(out).lock, owner="who looks")
    looking.__enter__()
    waiting = Waiting([lambda: looking.__exit__(None, None, None)])
    with held_in_turn(part(out), since="now", say=quiet, patience=waiting.patience):
        assert holder_of(part(out).lock) is not None


def test_a_shard_of_a_living_process_is_refused_at_once(out: OutFolder) -> None:
    waiting = Waiting()
    with (
        Lock(part(out).lock, owner="process 7"),
        pytest.raises(OutputHeld, match="shard 1/2"),
        held_in_turn(part(out), since="now", say=quiet, patience=waiting.patience),
    ):
        pass

    assert sum(waiting.slept) < 1


def test_who_cuts_anew_or_makes_files_again_is_waited_for_and_it_is_said_once(out: OutFolder) -> None:
    passing = free_among(out, [A], since="noon", silent={})
    passing.__enter__()
    waiting, said = Waiting([*[lambda: None] * 12, lambda: passing.__exit__(None, None, None)]), list[str]()
    with held_in_turn(part(out), since="now", say=said.append, patience=waiting.patience):
        assert holder_of(part(out).lock) is not None

    assert len(waiting.slept) == 13
    (line,) = said
    assert "waiting: " in line
    assert ", shard 1/2 is held by process " in line
    assert "since noon" in line


def test_the_dead_of_other_hosts_are_watched_all_at_once_and_it_is_said(out: OutFolder) -> None:
    elsewhere(part(out, A).lock)
    elsewhere(part(out, B).lock, host="node8")
    waiting, said = Waiting([lambda: beat(part(out, B).lock)]), list[str]()
    silent = silent_elsewhere(out, [None, A, B], say=said.append, patience=waiting.patience)

    assert list(silent) == [part(out, A).lock]
    assert SILENT_SECONDS <= sum(waiting.slept) < 1.1 * SILENT_SECONDS
    assert said == ["looking for signs of life, ten minutes at most: process 12 on node7, 2 in all"]


def test_where_nobody_holds_by_a_file_nobody_is_watched(out: OutFolder) -> None:
    waiting, said = Waiting(), list[str]()
    with Lock(part(out).lock, owner="process 7"):
        assert silent_elsewhere(out, [A, B], say=said.append, patience=waiting.patience) == {}
    assert (waiting.slept, said) == ([], [])


def test_who_is_seen_is_told_unless_the_file_is_old(out: OutFolder) -> None:
    own = part(out)
    assert seen_at(own) is None
    with Lock(own.lock, owner="process 7"):
        assert seen_at(own) == "process 7"
    elsewhere(own.lock)
    touched = claim_of(own.lock).stat().st_mtime

    assert seen_at(own, now=lambda: touched + 60) == "process 12 on node7"
    assert seen_at(own, now=lambda: touched + SILENT_SECONDS + 1) is None


def test_who_has_written_of_the_end_is_at_work_no_more(out: OutFolder) -> None:
    own = part(out)
    told(own, RunStarted("r", 1, "f"))
    assert not is_at_work(own)
    with Lock(own.lock, owner="process 7"):
        assert is_at_work(own)
        told(own, done("a"), RunEnded(1, 1, 0, 0, 0, "finished", 0))  # type: ignore[arg-type]
        assert not is_at_work(own)
        told(own, RunStarted("r", 1, "f"))
        assert is_at_work(own)
