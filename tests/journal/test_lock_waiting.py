"""A lock that is held for moments is had as soon as it is free."""

from contextlib import ExitStack
from pathlib import Path

import pytest

from htrkit.domain.errors import OutputHeld
from htrkit.journal.lock import Ground, Lock
from htrkit.journal.lock_silence import SILENT_SECONDS
from htrkit.journal.lock_waiting import LONGEST_SECONDS, waited_for
from tests.fakes.claims import beat, elsewhere
from tests.fakes.patience import Waiting

NFS = Ground(file_system=lambda _: "nfs", beat_seconds=3600.0)


def test_a_free_lock_is_not_waited_for(tmp_path: Path) -> None:
    waiting, said = Waiting(), list[str]()
    with waited_for(tmp_path / "lock", owner="a", named="out", say=said.append, patience=waiting.patience):
        pass

    assert (waiting.slept, said) == ([], [])


def test_one_that_is_held_is_had_when_it_is_free_and_it_is_said_once_for_whom(tmp_path: Path) -> None:
    place, said = tmp_path / "lock", list[str]()
    with ExitStack() as other:
        other.enter_context(Lock(place, owner="process 7"))
        waiting = Waiting([lambda: None, lambda: None, other.close])
        with waited_for(place, owner="a", named="out", say=said.append, patience=waiting.patience):
            assert place.read_text() == "a"

    assert len(waiting.slept) == 3
    assert waiting.slept == sorted(waiting.slept)
    assert said == ["waiting: out: another run is writing there (process 7)."]


def test_it_is_waited_for_no_longer_than_is_asked(tmp_path: Path) -> None:
    waiting = Waiting()
    with (
        Lock(tmp_path / "lock", owner="process 7"),
        pytest.raises(OutputHeld, match="process 7"),
        waited_for(tmp_path / "lock", owner="a", named="out", most_seconds=9, patience=waiting.patience),
    ):
        pass

    assert 9 <= sum(waiting.slept) <= 9 + LONGEST_SECONDS
    assert max(waiting.slept) == LONGEST_SECONDS


def test_a_holder_on_a_host_that_is_gone_is_waited_for_ten_minutes(tmp_path: Path) -> None:
    place = tmp_path / "lock"
    elsewhere(place)
    waiting = Waiting([lambda: None] * 5 + [lambda: beat(place)])
    with waited_for(place, owner="a", named="out", patience=waiting.patience, ground=NFS):
        pass

    assert sum(waiting.slept) >= SILENT_SECONDS


def test_a_holder_that_lives_is_waited_for_longer(tmp_path: Path) -> None:
    place = tmp_path / "lock"
    elsewhere(place)
    waiting = Waiting([lambda: beat(place)] * 700, most_sleeps=600)
    with (
        pytest.raises(OutputHeld),
        waited_for(place, owner="a", named="o", most_seconds=1000, patience=waiting.patience, ground=NFS),
    ):
        pass
