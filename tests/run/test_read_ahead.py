"""The next files are read within a budget, in the order in which they will be asked for, and trouble costs nothing."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from htrkit.run.read_ahead import ReadAhead, read_through, size_of

LONG = 20.0


class Disk:
    """Files of ten bytes each; counts what was read, and lets a test wait for it."""

    def __init__(self, *broken: str) -> None:
        self.read: list[str] = []
        self.broken = broken
        self._changed = threading.Condition()

    def read_one(self, path: str) -> int:
        with self._changed:
            self.read.append(path)
            self._changed.notify_all()
        if path in self.broken:
            raise OSError(5, "Input/output error")
        return 10

    def size(self, path: str) -> int:
        if path.startswith("gone"):
            raise FileNotFoundError(path)
        return 0 if path.startswith("pipe") else 10

    def wait_for(self, count: int) -> list[str]:
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.read) >= count, LONG)
            return list(self.read)


@pytest.fixture
def disk() -> Disk:
    return Disk("broken")


@pytest.fixture
def ahead(disk: Disk) -> Iterator[ReadAhead]:
    one = ReadAhead(30, disk.read_one, disk.size)
    yield one
    one.close()
    for thread in one._threads:
        thread.join(LONG)
        assert not thread.is_alive()


def test_so_much_is_read_as_the_budget_holds(ahead: ReadAhead, disk: Disk) -> None:
    ahead.start("abcdef")
    first = disk.wait_for(3)
    assert len(first) == 3
    ahead.taken(first[0])
    assert len(disk.wait_for(4)) == 4
    assert len(set(disk.read)) == 4


def test_a_file_of_several_pages_is_read_once(ahead: ReadAhead, disk: Disk) -> None:
    ahead.start("aaabbb")
    assert sorted(disk.wait_for(2)) == ["a", "b"]


def test_what_a_worker_has_already_is_not_read(ahead: ReadAhead, disk: Disk) -> None:
    ahead.taken("a")
    ahead.taken("b")
    ahead.start("abc")
    assert disk.wait_for(1) == ["c"]


def test_one_file_is_read_however_large_it_is(disk: Disk) -> None:
    one = ReadAhead(5, disk.read_one, disk.size)
    one.start("ab")
    (first,) = disk.wait_for(1)
    one.taken(first)
    assert sorted(disk.wait_for(2)) == ["a", "b"]
    one.close()


def test_files_that_are_gone_or_broken_or_no_files_are_passed_over(ahead: ReadAhead, disk: Disk) -> None:
    ahead.start(["gone", "broken", "pipe", "a", "b", "c"])
    found = disk.wait_for(4)
    assert sorted(found) == ["a", "b", "broken", "c"]


def test_nothing_is_read_while_memory_is_short(ahead: ReadAhead, disk: Disk) -> None:
    ahead.hold(on=True)
    ahead.start("abcdef")
    for thread in ahead._threads:
        # They wait; one that did not would have read in far less.
        thread.join(0.2)
        assert thread.is_alive()
    assert disk.read == []
    ahead.hold(on=False)
    assert sorted(disk.wait_for(3)) == ["a", "b", "c"]


def test_of_files_that_wait_for_room_the_next_is_read_first(disk: Disk) -> None:
    one = ReadAhead(10, disk.read_one, disk.size)
    one.start("abcdefgh")
    for number, path in enumerate("abcdefgh", 1):
        assert disk.wait_for(number) == list("abcdefgh"[:number])
        one.taken(path)
    one.close()


def test_a_file_whose_size_cannot_be_told_holds_up_nobody(ahead: ReadAhead, disk: Disk) -> None:
    ahead.start(["gone", "pipe", "gone2", "pipe2", "gone3", "a", "b"])
    assert sorted(disk.wait_for(2)) == ["a", "b"]


def test_what_is_read_and_not_asked_for_yet_is_counted(ahead: ReadAhead, disk: Disk) -> None:
    assert ahead.ahead_bytes() == 0
    ahead.start("abcdef")
    first = disk.wait_for(3)
    full = ahead.ahead_bytes()
    assert 0 < full <= 30
    ahead.hold(on=True)
    ahead.taken(first[0])
    assert ahead.ahead_bytes() == full - full // 3


def test_without_a_budget_nothing_is_read(disk: Disk) -> None:
    one = ReadAhead(0, disk.read_one, disk.size)
    one.start("ab")
    assert one._threads == []


def test_real_files_are_read_through_and_others_have_no_size(tmp_path: Path) -> None:
    scan = tmp_path / "a.jpg"
    scan.write_bytes(b"x" * 3_000_000)
    os.mkfifo(tmp_path / "pipe.jpg")
    assert read_through(str(scan)) == size_of(str(scan)) == 3_000_000
    assert size_of(str(tmp_path / "pipe.jpg")) == 0
    with pytest.raises(FileNotFoundError):
        size_of(str(tmp_path / "gone.jpg"))
