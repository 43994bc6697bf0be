"""On a full disk the journal lives on the room that was held back for it."""

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from htrkit.domain.errors import OutputUnwritable
from htrkit.domain.events import Record, RunContinued, RunPaused
from htrkit.files.disk import Kernel, KernelFile, OpenFile
from htrkit.journal.ballast import BALLAST_BYTES, PART_BYTES, Ballast, BallastedJournal, ballast_in

PAUSED = Record("2026-11-25T07:00:00Z", RunPaused("full"))
CONTINUED = Record("2026-11-25T07:00:00Z", RunContinued(3.0))


class SmallFile(KernelFile):
    """Takes so many bytes and no more."""

    def __init__(self, path: Path, room: int) -> None:
        super().__init__(path.open("ab", buffering=0))
        self.room = room

    def write(self, content: bytes) -> int:
        if self.room < len(content):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self.room -= len(content)
        return super().write(content)


class SmallDisk(Kernel):
    """A disk whose files have so much room each."""

    def __init__(self, room: int) -> None:
        self.room = room

    def append_to(self, place: Path) -> OpenFile:
        return SmallFile(place, self.room)


class FullJournal:
    """Refuses so many times."""

    def __init__(self, refusals: int, number: int = errno.ENOSPC, before: Callable[[], object] = lambda: None) -> None:
        self.refusals = refusals
        self.number = number
        self.before = before
        self.told: list[Record] = []

    def __call__(self, record: Record) -> None:
        self.before()
        if self.refusals:
            self.refusals -= 1
            raise OutputUnwritable("full", mend="make room") from OSError(self.number, os.strerror(self.number))
        self.told.append(record)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "ballast"


def size(place: Path) -> int:
    return place.stat().st_size


def test_a_run_holds_real_room_and_gives_it_back(place: Path) -> None:
    with ballast_in(place):
        assert size(place) == BALLAST_BYTES
        assert place.stat().st_blocks * 512 >= BALLAST_BYTES
        assert len(set(place.read_bytes()[:4096])) > 1
    assert not place.exists()


def test_what_a_killed_run_has_left_is_taken_over_and_made_whole(place: Path) -> None:
    place.write_bytes(b"left" * 1000)
    with ballast_in(place):
        assert size(place) == BALLAST_BYTES
        assert place.read_bytes().startswith(b"left")
        held = place.stat().st_mtime_ns
        Ballast(place).take()
        assert place.stat().st_mtime_ns == held


def test_a_disk_without_room_goes_without_and_keeps_no_part(place: Path) -> None:
    Ballast(place, disk=SmallDisk(PART_BYTES)).take()
    assert not place.exists()


def test_what_was_held_before_is_kept_where_there_is_no_room_for_more(place: Path) -> None:
    place.write_bytes(b"left" * 1000)
    Ballast(place, disk=SmallDisk(PART_BYTES)).take()
    assert size(place) == 4000


def test_a_folder_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    nowhere = Ballast(tmp_path / "gone" / "ballast")
    nowhere.take()
    nowhere.drop()
    assert not nowhere.lighten()

    (tmp_path / "ballast").mkdir()
    in_the_way = Ballast(tmp_path / "ballast")
    in_the_way.take()
    assert not in_the_way.lighten()


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_line_that_finds_the_disk_full_is_written_after_ballast_is_given_back(place: Path, number: int) -> None:
    with ballast_in(place) as ballast:
        journal = FullJournal(1, number)
        BallastedJournal(journal, ballast)(PAUSED)
        assert journal.told == [PAUSED]
        assert size(place) == BALLAST_BYTES - PART_BYTES


def test_ballast_lasts_for_several_lines_though_others_take_the_room(place: Path) -> None:
    with ballast_in(place) as ballast:
        journal = FullJournal(8)
        BallastedJournal(journal, ballast)(PAUSED)
        assert journal.told == [PAUSED]
        assert not place.exists()

        journal.refusals = 1
        with pytest.raises(OutputUnwritable):
            BallastedJournal(journal, ballast)(PAUSED)


def test_trouble_that_room_does_not_mend_costs_no_ballast(place: Path) -> None:
    with ballast_in(place) as ballast:
        with pytest.raises(OutputUnwritable):
            BallastedJournal(FullJournal(1, errno.EIO), ballast)(PAUSED)
        assert size(place) == BALLAST_BYTES


def test_a_run_that_goes_on_holds_room_again(place: Path) -> None:
    with ballast_in(place) as ballast:
        journal = BallastedJournal(FullJournal(1), ballast)
        journal(PAUSED)
        journal(CONTINUED)
        assert size(place) == BALLAST_BYTES
