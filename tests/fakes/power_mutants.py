"""Write protocols that break a rule each; the checker must find every one of them out."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

import orjson

from htrkit.domain.events import Record, WrittenFile
from htrkit.files.atomic import Aside, write_unit
from htrkit.files.disk import Disk
from htrkit.journal.lines import LineDamaged, decode, encode
from tests.fakes.power import ROOT, Node, Power, PowerFile
from tests.fakes.power_runs import Protocol, promised
from tests.fakes.power_verdicts import JOURNAL, OUT, Fault


class NeverSyncsFiles(Power):
    def sync_file(self, node: Node, place: Path) -> None:
        if place.suffix == ".jsonl":
            super().sync_file(node, place)


class NeverSyncsFolders(Power):
    def sync_folder(self, folder: Path) -> None:
        pass


class SyncsFilesLast(Power):
    """Syncs files only when they have their names already."""

    def __init__(self) -> None:
        super().__init__()
        self.later: list[tuple[Node, Path]] = []

    def sync_file(self, node: Node, place: Path) -> None:
        if place.suffix == ".jsonl":
            super().sync_file(node, place)
        else:
            self.later.append((node, place))

    def sync_folder(self, folder: Path) -> None:
        while self.later:
            super().sync_file(*self.later.pop())
        super().sync_folder(folder)


class SyncsNoFolderAbove(Power):
    """Syncs the folders that files stand in, and none that holds folders only: so does `make_folder` without a sync."""

    def sync_folder(self, folder: Path) -> None:
        node = self.node(folder) if folder.is_relative_to(ROOT) else None
        if node is not None and any(below in self.contents for below in self.folders[node].values()):
            super().sync_folder(folder)


class ForgetsTheJournalsName(Power):
    def sync_folder(self, folder: Path) -> None:
        if folder != (ROOT / JOURNAL).parent:
            super().sync_folder(folder)


class ForgetsTheNameOfOut(Power):
    def sync_folder(self, folder: Path) -> None:
        if folder != (ROOT / OUT).parent:
            super().sync_folder(folder)


class SyncsNoEnd(Power):
    """Writes PageDone to the journal, and leaves it to the system when that reaches the device."""

    event = b'"event":"PageDone"'

    def sync_file(self, node: Node, place: Path) -> None:
        if self.event not in (self.contents[node].splitlines() or [b""])[-1]:
            super().sync_file(node, place)


class SyncsNoStart(SyncsNoEnd):
    event = b'"event":"PageStarted"'


class TrustsTheJournal(Power):
    """Goes on with what a killed process wrote to the journal, as if it were safe."""

    def append_to(self, place: Path) -> PowerFile:
        file = super().append_to(place)
        self.opened_at = len(self.operations)
        return file

    def sync_file(self, node: Node, place: Path) -> None:
        if place.suffix != ".jsonl" or len(self.operations) > self.opened_at:
            super().sync_file(node, place)


class TrustsFolders:
    """A worker's view of the disk, who syncs no folder but those that the worker itself has changed."""

    def __init__(self, disk: Disk) -> None:
        self._disk = disk
        self._changed: set[Path] = set()

    def make_folder(self, place: Path) -> None:
        if not self._disk.is_folder(place):  # type: ignore[attr-defined]
            self.make_folder(place.parent)
            self._disk.make_folder(place)
            self._changed.add(place.parent)

    def rename(self, place: Path, to: Path) -> None:
        self._disk.rename(place, to)
        self._changed.add(to.parent)

    def sync_folder(self, folder: Path) -> None:
        if folder in self._changed:
            self._disk.sync_folder(folder)

    def __getattr__(self, name: str) -> object:
        return getattr(self._disk, name)


def trusting(files: Sequence[Aside], out: Path, disk: Disk) -> tuple[WrittenFile, ...]:
    return write_unit(files, out=out, disk=TrustsFolders(disk))  # type: ignore[arg-type]


def in_place(files: Sequence[Aside], out: Path, disk: Disk) -> tuple[WrittenFile, ...]:
    """Write each file under its final name, and sync it and its folders."""
    for file in files:
        place = out / file.path
        disk.make_folder(place.parent)
        with disk.create(place) as opened:
            opened.write(file.content)
            opened.sync()
        for folder in place.parents:
            disk.sync_folder(folder)
    return promised(files)


def record_last(files: Sequence[Aside], out: Path, disk: Disk) -> tuple[WrittenFile, ...]:
    """Write as every page worker does, but put the page's record in place after the others."""
    return write_unit([*files[1:], files[0]], out=out, disk=disk)


def _believed(line: bytes) -> Mapping[str, object]:
    return orjson.loads(line)


def _without_checksum(record: Record) -> bytes:
    return encode(record).rpartition(b',"crc":')[0] + b"}\n"


@contextmanager
def lines_without_checksum() -> Iterator[None]:
    """Have a journal whose lines are taken at their word."""
    with (
        patch("htrkit.journal.journal.encode", _without_checksum),
        patch("htrkit.journal.journal.decode", _believed),
        patch("htrkit.journal.mending.decode", _believed),
    ):
        yield


def _is_last(lines: Iterator[bytes]) -> bool:
    return not any(_is_whole(line) for line in lines)


def _is_whole(line: bytes) -> bool:
    try:
        decode(line)
    except LineDamaged:
        return False
    return True


@contextmanager
def holes_taken_for_damage() -> Iterator[None]:
    """Have only the last line forgiven, whatever stood before it unsynced."""
    with patch("htrkit.journal.journal.is_torn", _is_last), patch("htrkit.journal.mending.is_torn", _is_last):
        yield


MUTANTS: Mapping[str, tuple[Protocol, set[Fault]]] = {
    "no sync of files": (Protocol(NeverSyncsFiles), {Fault.LACKING, Fault.HALF}),
    "sync of files after they have their names": (Protocol(SyncsFilesLast), {Fault.HALF}),
    "no sync of folders": (Protocol(NeverSyncsFolders), {Fault.LACKING, Fault.LOST}),
    "no sync of the folders above": (Protocol(SyncsNoFolderAbove), {Fault.LACKING}),
    "no sync of folders that were there": (Protocol(write=trusting), {Fault.LACKING}),
    "written in place": (Protocol(write=in_place), {Fault.HALF}),
    "journaled before it is written": (Protocol(tells_first=True), {Fault.LACKING}),
    "no sync of the journal's folder": (Protocol(ForgetsTheJournalsName), {Fault.LOST}),
    "no sync of OUT's folder": (Protocol(ForgetsTheNameOfOut), {Fault.LOST}),
    "no sync of the journal at PageDone": (Protocol(SyncsNoEnd), {Fault.LOST}),
    "no sync of a journal that is gone on with": (Protocol(TrustsTheJournal), {Fault.LOST}),
    "no sync of the journal at PageStarted": (Protocol(SyncsNoStart), {Fault.LACKING}),
    "no checksum in the journal": (Protocol(lines=lines_without_checksum), {Fault.UNREADABLE}),
    "zeros before a whole line taken for damage": (Protocol(lines=holes_taken_for_damage), {Fault.UNREADABLE}),
}
"""Each with the faults that it must be found out by."""
