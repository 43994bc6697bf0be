"""A file holds OUT where nothing else does: made by one, kept by beats, taken over from the dead alone."""

import errno
import os
from collections.abc import Callable
from dataclasses import replace
from multiprocessing.pool import ThreadPool
from pathlib import Path

import pytest

from htrkit.domain.errors import OutputHeld
from htrkit.journal import lock_claim
from htrkit.journal.lock_claim import Claim
from htrkit.journal.lock_holder import Holder, decoded
from tests.fakes.hosts import FakeProc


class Ground:
    """A place for `lock.json`, and a host with some processes that live and one that is gone."""

    def __init__(self, folder: Path) -> None:
        self.place = folder / "out" / ".htrkit" / "lock.json"
        self.place.parent.mkdir(parents=True)
        self.proc = FakeProc.made(folder / "proc")
        self.me = Holder.here("process 1 since noon", self.proc.host)
        for pid in range(100, 110):
            self.proc.add(pid, session=pid, start=5)
        self.gone = replace(self.me, pid=99, starttime=5, owner="the dead")

    def claim(self, me: Holder | None = None) -> Claim:
        return Claim(self.place, me or self.me, self.proc.host)

    def living(self, pid: int) -> Holder:
        return replace(self.me, pid=pid, starttime=5, owner=f"process {pid}")

    def stands(self) -> Holder | None:
        return decoded(self.place.read_bytes())

    def names(self) -> list[str]:
        return sorted(path.name for path in self.place.parent.iterdir())


@pytest.fixture
def ground(tmp_path: Path) -> Ground:
    # A pid that no process has, for the kernel is asked about those that /proc does not show.
    made = Ground(tmp_path)
    made.gone = replace(made.gone, pid=2**22 + 1)
    return made


def _refuse_links(*_: object) -> None:
    raise OSError(errno.EOPNOTSUPP, "no links")


@pytest.fixture(params=["links", "no links"])
def either(request: pytest.FixtureRequest, ground: Ground, monkeypatch: pytest.MonkeyPatch) -> Ground:
    """On a file system with links, and on one that has none."""
    if request.param == "no links":
        monkeypatch.setattr(lock_claim.os, "link", _refuse_links)
    return ground


def test_the_first_holds_and_the_second_is_told_who_and_what_to_do(either: Ground) -> None:
    either.claim().take()

    with pytest.raises(OutputHeld, match="process 1 since noon on") as caught:
        either.claim(either.living(100)).take()
    assert "lock.json" in caught.value.mend
    assert "`counter`, now 0, grows" in caught.value.mend
    assert either.stands() == either.me
    assert either.names() == ["lock.json"]


def test_what_is_released_is_free(either: Ground) -> None:
    claim = either.claim()
    claim.take()
    claim.release()
    assert either.names() == []
    either.claim(either.living(100)).take()

    assert either.stands() == either.living(100)


def test_each_beat_raises_the_counter(either: Ground) -> None:
    claim = either.claim()
    claim.take()

    assert [claim.beat() for _ in range(12)] == [True] * 12
    assert either.stands() == replace(either.me, counter=12)
    claim.release()
    assert either.names() == []


def test_a_holder_of_this_host_that_is_gone_is_taken_over_at_once(either: Ground) -> None:
    either.place.write_bytes(replace(either.gone, counter=4).encoded())
    either.claim().take()

    assert either.stands() == either.me
    assert either.names() == ["lock.json"]


@pytest.mark.parametrize("field", ["host", "boot_id", "pid_namespace"])
def test_a_holder_elsewhere_is_never_taken_over(ground: Ground, field: str) -> None:
    elsewhere = replace(ground.gone, **{field: "elsewhere"})  # type: ignore[arg-type]  # each is a text
    ground.place.write_bytes(elsewhere.encoded())

    with pytest.raises(OutputHeld, match="the dead"):
        ground.claim().take()
    assert ground.stands() == elsewhere


@pytest.mark.parametrize("content", [b"", b"{", b"\x00" * 50, b"[]"])
def test_a_record_that_cannot_be_read_is_held(ground: Ground, content: bytes) -> None:
    ground.place.write_bytes(content)

    with pytest.raises(OutputHeld, match="its record cannot be read"):
        ground.claim().take()
    assert ground.place.read_bytes() == content


def test_of_many_that_come_at_once_one_holds(either: Ground) -> None:
    assert _winners(either, lambda: None) == 1


def test_of_many_that_take_over_at_once_one_holds(either: Ground) -> None:
    assert _winners(either, lambda: either.place.write_bytes(either.gone.encoded())) == 1


def _winners(ground: Ground, prepare: Callable[[], object]) -> int:
    """Give the largest number of processes that held at the same time, over many races."""
    most = 0
    with ThreadPool(8) as pool:
        for _ in range(30):
            prepare()
            most = max(most, sum(pool.map(lambda pid: _takes(ground.claim(ground.living(pid))), range(100, 108))))
            assert ground.names() == ["lock.json"]
            ground.place.unlink()
    return most


def _takes(claim: Claim) -> bool:
    try:
        claim.take()
    except OutputHeld:
        return False
    return True


def test_a_take_over_that_another_process_has_begun_is_left_to_it(ground: Ground) -> None:
    ground.place.write_bytes(ground.gone.encoded())
    mark = ground.place.with_name(f"lock-of-{ground.gone.pid}-5")
    mark.write_bytes(b"")

    with pytest.raises(OutputHeld, match="just beginning") as caught:
        ground.claim().take()
    assert str(mark) in caught.value.mend
    assert ground.stands() == ground.gone


def test_a_file_that_changed_hands_since_it_was_looked_at_is_left_as_it_is(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another took over, and ended its own take-over, between our look and our mark."""
    ground.place.write_bytes(ground.gone.encoded())
    other = ground.living(100)
    has_ended = Holder.has_ended

    def and_then_another_takes_it(holder: Holder, host: object) -> bool:
        ended = has_ended(holder, host)  # type: ignore[arg-type]  # a host
        ground.place.write_bytes(other.encoded())
        return ended

    monkeypatch.setattr(Holder, "has_ended", and_then_another_takes_it)

    with pytest.raises(OutputHeld, match="process 100"):
        ground.claim().take()
    assert ground.stands() == other
    assert ground.names() == ["lock.json"]


def test_a_link_whose_answer_was_lost_counts(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    """NFS repeats a request whose answer was lost, and the second says that the name is there already."""
    link = os.link

    def linked_and_denied(source: Path, place: Path) -> None:
        link(source, place)
        raise FileExistsError(errno.EEXIST, "there")

    monkeypatch.setattr(lock_claim.os, "link", linked_and_denied)
    ground.claim().take()

    assert ground.stands() == ground.me


def test_a_disk_that_refuses_leaves_nothing(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock_claim.os, "write", lambda *_: 3)

    with pytest.raises(OSError, match="No space"):
        ground.claim().take()
    assert ground.names() == []


def test_a_beat_that_the_disk_refuses_is_made_up_for_by_the_next(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim = ground.claim()
    claim.take()

    def refuse(*_: object) -> int:
        raise OSError(errno.EIO, "no")

    with monkeypatch.context() as patched:
        patched.setattr(lock_claim.os, "pwrite", refuse)
        assert claim.beat()
    assert claim.beat()
    stands = ground.stands()
    assert stands is not None
    assert stands.counter >= 1


def test_a_file_that_was_removed_is_made_again(ground: Ground) -> None:
    claim = ground.claim()
    claim.take()
    claim.beat()
    ground.place.unlink()

    assert claim.beat()
    assert ground.stands() == replace(ground.me, counter=1)


def test_a_file_that_was_scribbled_over_is_made_good(ground: Ground) -> None:
    claim = ground.claim()
    claim.take()
    ground.place.write_bytes(b"x" * 1000)

    assert claim.beat()
    assert ground.stands() == replace(ground.me, counter=1)


def test_another_run_that_put_itself_there_is_noticed_and_left_alone(ground: Ground) -> None:
    claim = ground.claim()
    claim.take()
    other = replace(ground.me, host="elsewhere", owner="process 8")
    ground.place.unlink()
    ground.place.write_bytes(other.encoded())

    assert not claim.beat()
    assert claim.taken_by == other
    claim.release()
    assert ground.stands() == other
