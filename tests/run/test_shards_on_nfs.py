"""Shards on a file system whose locks hold nothing: files hold them, and hosts that are gone hold them no more."""

from collections.abc import Container

import pytest

from htrkit.core.shard_standing import ShardState
from htrkit.domain.errors import OutputHeld
from htrkit.domain.shards import Shard, ShardName
from htrkit.journal import lock, lock_silence
from htrkit.journal.lock_claim import claim_of
from htrkit.run.out_folder import OutFolder
from htrkit.run.shard_recutting import recut_into
from tests.fakes.claims import elsewhere
from tests.fakes.runs import Shelf
from tests.fakes.shards import states, times_ended


class Everything(Container[str]):
    def __contains__(self, _: object) -> bool:
        return True


@pytest.fixture(autouse=True)
def nfs(monkeypatch: pytest.MonkeyPatch) -> None:
    """No file system is trusted, and nobody is waited for as long as it takes to be sure."""
    monkeypatch.setattr(lock, "NOT_TO_BE_TRUSTED", Everything())
    monkeypatch.setattr(lock_silence, "SILENT_SECONDS", 0.0)


def shard(shelf: Shelf, number: int) -> OutFolder:
    return OutFolder(shelf.out.path, ShardName(1, Shard(number, 2)))


def test_shards_come_to_the_same_bytes_and_leave_no_file_that_holds_anything(
    shelf: Shelf, undisturbed: dict[str, bytes]
) -> None:
    shelf.cut(2)
    shelf.resume(shard="1/2", lives=1)
    shelf.resume(shard="2/2")
    recut_into(shelf.out.path, 1, say=lambda _: None)
    shelf.resume(shard="1/1")

    assert shelf.outputs() == undisturbed
    assert set(times_ended(shelf.out).values()) == {1}
    assert not list(shelf.out.own.rglob("lock*.json"))


def test_a_shard_whose_host_is_gone_goes_on_on_another(shelf: Shelf, undisturbed: dict[str, bytes]) -> None:
    shelf.cut(2)
    shelf.resume(shard="1/2", lives=1)
    elsewhere(shard(shelf, 1).lock)
    assert states(shelf.out)["1/2"] is ShardState.AT_WORK
    shelf.resume(shard="1/2")
    shelf.resume(shard="2/2")

    assert shelf.outputs() == undisturbed
    assert not claim_of(shard(shelf, 1).lock).exists()


def test_what_hosts_that_are_gone_have_left_is_cut_anew(shelf: Shelf) -> None:
    shelf.cut(2)
    shelf.resume(shard="1/2", lives=1)
    elsewhere(shard(shelf, 1).lock)
    elsewhere(shelf.out.plan_lock.with_name("another"))
    made = recut_into(shelf.out.path, 2, say=lambda _: None)

    assert (made.pages, made.living) == (4, 0)


def test_a_shard_on_a_living_host_is_refused(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf.cut(2)
    elsewhere(shard(shelf, 1).lock)
    monkeypatch.setattr(lock_silence, "_claimed_elsewhere", lambda *_: None)

    with pytest.raises(OutputHeld, match=r"shard 1/2: another run is writing there \(process 12 on node7"):
        shelf.resume(shard="1/2")
