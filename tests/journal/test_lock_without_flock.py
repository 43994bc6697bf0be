"""Where the kernel's lock holds nothing, or nothing that other hosts see, a file is held besides."""

import errno
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest

from htrkit.domain.errors import OutputHeld, OutputUnwritable
from htrkit.journal.lock import Ground, Lock
from htrkit.journal.lock_holder import Holder, decoded
from htrkit.journal.lock_host import Host

LONG = 20.0


def refusing(number: int) -> Callable[[int], None]:
    def flock(_: int) -> None:
        raise OSError(number, os.strerror(number))

    return flock


def on(kind: str = "ext4", *, flock: int = 0, beat_seconds: float = 3600.0) -> Ground:
    """Give a file system of a type, on which flock fails with a number."""
    ground = Ground(file_system=lambda _: kind, beat_seconds=beat_seconds)
    return replace(ground, flock=refusing(flock)) if flock else ground


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "out" / ".htrkit" / "lock"


def names(place: Path) -> list[str]:
    return sorted(path.name for path in place.parent.iterdir())


def take_away(place: Path, holder: Holder) -> None:
    """Put another holder's file in place, as its run would after the file was removed."""
    aside = place.with_name("aside")
    aside.write_bytes(holder.encoded())
    aside.replace(place.with_name("lock.json"))


def stands(place: Path) -> Holder | None:
    return decoded(place.with_name("lock.json").read_bytes())


@pytest.mark.parametrize("number", [errno.ENOSYS, errno.ENOLCK, errno.EOPNOTSUPP])
def test_without_flock_the_file_alone_holds(place: Path, number: int) -> None:
    ground = on(flock=number)

    with Lock(place, owner="process 7", ground=ground) as lock:
        holder = stands(place)
        assert holder is not None
        assert (holder.owner, holder.pid, holder.host) == ("process 7", os.getpid(), os.uname().nodename)
        assert place.read_text() == "process 7"
        os.fstat(lock.fileno())
        with pytest.raises(OutputHeld, match="process 7 on "), Lock(place, owner="b", ground=ground):
            pass
        assert place.read_text() == "process 7"
    assert names(place) == ["lock"]
    with Lock(place, owner="c", ground=ground):
        assert place.read_text() == "c"


@pytest.mark.parametrize("kind", ["nfs", "nfs4", "lustre", "cifs", "smb3"])
def test_on_shared_file_systems_both_are_held(place: Path, kind: str) -> None:
    with Lock(place, owner="a", ground=on(kind)):
        assert stands(place) is not None
        with pytest.raises(OutputHeld, match=r"\(a\)"), Lock(place, owner="b", ground=on()):
            pass
        with pytest.raises(OutputHeld, match="a on "), Lock(place, owner="b", ground=on(kind, flock=errno.ENOSYS)):
            pass
    assert names(place) == ["lock"]


def test_on_a_disk_the_kernel_is_trusted(place: Path) -> None:
    with Lock(place, owner="a", ground=on("ext4")):
        assert names(place) == ["lock"]


def test_a_run_on_another_host_is_in_the_way_though_the_kernel_gives_its_lock(place: Path) -> None:
    place.parent.mkdir(parents=True)
    other = replace(Holder.here("process 3 since noon", Host()), host="elsewhere")
    place.with_name("lock.json").write_bytes(other.encoded())

    with pytest.raises(OutputHeld, match="process 3 since noon on elsewhere"), Lock(place, owner="a", ground=on("nfs")):
        pass
    assert stands(place) == other
    place.with_name("lock.json").unlink()
    with Lock(place, owner="a", ground=on("nfs")):
        pass


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs Linux's /proc")
def test_a_holder_of_this_host_that_is_gone_is_no_hindrance(place: Path) -> None:
    place.parent.mkdir(parents=True)
    here = Holder.here("the dead", Host())
    place.with_name("lock.json").write_bytes(replace(here, starttime=here.starttime + 1).encoded())

    with Lock(place, owner="next", ground=on("nfs")):
        holder = stands(place)
        assert holder is not None
        assert holder.owner == "next"


def test_the_counter_grows_while_the_lock_is_held(place: Path) -> None:
    ground = on("nfs", beat_seconds=0.001)

    with Lock(place, owner="a", ground=ground):
        counters: set[int] = set()
        for _ in range(100_000):
            holder = stands(place)
            counters.add(holder.counter if holder is not None else 0)
            if len(counters) > 3:
                break
    assert len(counters) > 3


def test_a_lock_that_another_run_takes_away_is_told_at_once_and_at_the_end(place: Path) -> None:
    lost = Event()
    other = replace(Holder.here("process 3", Host()), host="elsewhere")
    lock = Lock(place, owner="a", on_lost=lost.set, ground=on("nfs", beat_seconds=0.001))
    lock.__enter__()
    take_away(place, other)
    assert lost.wait(LONG)

    with pytest.raises(OutputHeld, match=r"taken it over meanwhile \(process 3 on elsewhere\)"):
        lock.__exit__(None, None, None)
    assert stands(place) == other


def test_an_error_is_not_hidden_by_a_lock_that_was_taken_away(place: Path) -> None:
    lost = Event()
    other = replace(Holder.here("process 3", Host()), host="elsewhere")
    lock = Lock(place, owner="a", on_lost=lost.set, ground=on("nfs", beat_seconds=0.001))
    lock.__enter__()
    take_away(place, other)
    assert lost.wait(LONG)

    lock.__exit__(ValueError, ValueError("first"), None)
    assert stands(place) == other


def test_other_trouble_with_flock_is_said_and_no_file_is_left_open(place: Path) -> None:
    before = _open_files()
    with pytest.raises(OutputUnwritable, match="cannot be locked"), Lock(place, owner="a", ground=on(flock=errno.EIO)):
        pass

    assert _open_files() == before


def test_a_folder_where_no_file_can_be_made_is_said(place: Path) -> None:
    place.parent.mkdir(parents=True)
    place.with_name("lock.json").mkdir()

    with pytest.raises(OutputUnwritable, match="cannot be written"), Lock(place, owner="a", ground=on("nfs")):
        pass
    with Lock(place, owner="a", ground=on()):
        pass


def _open_files() -> int:
    return sum(_is_open(number) for number in range(256))


def _is_open(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return False
    return True
