"""A holder on another host lives while its counter grows, and is given up after ten minutes without."""

from pathlib import Path

import pytest

from htrkit.domain.errors import OutputHeld
from htrkit.journal.lock import Ground, Lock
from htrkit.journal.lock_claim import claim_of
from htrkit.journal.lock_holder import Holder, decoded
from htrkit.journal.lock_host import Host
from htrkit.journal.lock_silence import SILENT_SECONDS, silent_among
from tests.fakes.claims import beat, elsewhere
from tests.fakes.patience import Waiting


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    return tmp_path / "1-2of4" / "lock"


def test_one_that_shows_no_life_for_ten_minutes_is_silent(lock: Path) -> None:
    elsewhere(lock)
    content, waiting = claim_of(lock).read_bytes(), Waiting()

    assert silent_among([lock], waiting.patience) == {lock: content}
    assert sum(waiting.slept) >= SILENT_SECONDS


def test_one_whose_counter_grows_is_not_and_is_not_waited_for_any_longer(lock: Path) -> None:
    elsewhere(lock)
    waiting = Waiting([lambda: None, lambda: beat(lock)])

    assert silent_among([lock], waiting.patience) == {}
    assert len(waiting.slept) == 2


def test_one_that_lets_go_meanwhile_is_not_silent(lock: Path) -> None:
    elsewhere(lock)
    waiting = Waiting([claim_of(lock).unlink])

    assert silent_among([lock], waiting.patience) == {}


def test_of_many_all_are_watched_at_once(lock: Path, tmp_path: Path) -> None:
    other = tmp_path / "1-3of4" / "lock"
    elsewhere(lock)
    elsewhere(other, host="node8")
    waiting = Waiting([lambda: beat(other)])

    assert list(silent_among([lock, other], waiting.patience)) == [lock]
    assert sum(waiting.slept) < 2 * SILENT_SECONDS


def test_nobody_is_waited_for_where_no_file_holds_or_one_of_this_host(lock: Path) -> None:
    here = lock.with_name("here")
    lock.parent.mkdir()
    claim_of(here).write_bytes(Holder.here("process 1", Host()).encoded())
    claim_of(lock.with_name("odd")).write_text("no holder")
    waiting = Waiting()

    assert silent_among([lock, here, lock.with_name("odd")], waiting.patience) == {}
    assert waiting.slept == []


def test_a_silent_holders_lock_is_taken_and_anybody_elses_is_not(lock: Path) -> None:
    ground = Ground(file_system=lambda _: "nfs", beat_seconds=3600.0)
    elsewhere(lock)
    silent = claim_of(lock).read_bytes()
    beat(lock)
    with pytest.raises(OutputHeld, match="node7"), Lock(lock, owner="me", ground=ground, silent=silent):
        pass

    with Lock(lock, owner="me", ground=ground, silent=claim_of(lock).read_bytes()):
        holder = decoded(claim_of(lock).read_bytes())
        assert holder is not None
        assert holder.owner == "me"


def test_two_locks_of_a_folder_are_held_by_files_of_their_own(tmp_path: Path) -> None:
    ground = Ground(file_system=lambda _: "nfs", beat_seconds=3600.0)
    with (
        Lock(tmp_path / "lock", owner="a", ground=ground),
        Lock(tmp_path / "tables-lock", owner="b", ground=ground),
    ):
        assert sorted(path.name for path in tmp_path.glob("*.json")) == ["lock.json", "tables-lock.json"]
