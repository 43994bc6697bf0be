"""Files appear whole or not at all."""

import errno
import os
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from htrkit.domain.errors import OutputUnwritable
from htrkit.domain.exits import ExitCode
from htrkit.files.atomic import Aside, settle, unwritable, write_stream, write_unit
from htrkit.files.disk import Kernel, KernelFile, OpenFile
from tests.fakes.power import ROOT, FileSynced, FolderSynced, Named, Power


def files_below(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_all_files_of_a_unit_are_in_place_with_size_and_hash(tmp_path: Path) -> None:
    written = write_unit([Aside("json/box/1.json", b"{}"), Aside("txt/box/1.txt", b"text\n")], out=tmp_path)

    assert [(file.path, file.size) for file in written] == [("json/box/1.json", 2), ("txt/box/1.txt", 5)]
    assert written[1].sha256 == sha256(b"text\n").hexdigest()
    assert files_below(tmp_path) == ["json/box/1.json", "txt/box/1.txt"]


def test_a_file_that_was_there_is_replaced_whole(tmp_path: Path) -> None:
    write_unit([Aside("a.txt", b"old and long")], out=tmp_path)
    write_unit([Aside("a.txt", b"new")], out=tmp_path)

    assert (tmp_path / "a.txt").read_bytes() == b"new"


def told(disk: Power) -> list[str]:
    """Give what a disk was told to do, in words."""
    paths = {disk.node(path): path.relative_to(ROOT).as_posix() for path in (ROOT, *below(disk, ROOT))}
    words = []
    for operation in disk.operations:
        match operation:
            case FileSynced(node) | FolderSynced(node):
                words.append(f"sync {paths[node]}")
            case Named(_, names) if len(names) == 2:
                words.append(f"rename {names[1][0]}")
            case _:
                pass
    return words


def below(disk: Power, folder: Path) -> Iterator[Path]:
    for name, node in disk.folders[disk.node(folder)].items():
        yield folder / name
        if node in disk.folders:
            yield from below(disk, folder / name)


def test_the_first_file_is_put_in_place_first_and_only_when_all_are_written_and_then_folders_are_synced() -> None:
    disk = Power()
    write_unit([Aside("json/box/1.json", b"{}"), Aside("txt/box/1.txt", b"")], out=ROOT / "OUT", disk=disk)

    assert told(disk) == [
        "sync OUT/json/box/1.json",
        "sync OUT/txt/box/1.txt",
        "rename 1.json",
        "rename 1.txt",
        "sync OUT/json/box",
        "sync OUT/json",
        "sync OUT",
        "sync OUT/txt/box",
        "sync OUT/txt",
    ]


def test_a_stream_syncs_every_folder_on_its_way() -> None:
    disk = Power()
    write_stream([b"a"], ROOT / "new" / "deep" / "a.csv", disk=disk)

    assert told(disk)[-3:] == ["sync new/deep", "sync new", "sync ."]


class OneFolderThatMayNotBeRead(Kernel):
    """Refuses to open a folder above ours."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def sync_folder(self, folder: Path) -> None:
        if folder == self.folder:
            raise PermissionError(errno.EACCES, "Permission denied", str(folder))
        super().sync_folder(folder)


def test_a_folder_above_that_may_not_be_read_is_passed_by(tmp_path: Path) -> None:
    settle(tmp_path / "..", disk=OneFolderThatMayNotBeRead(tmp_path))

    with pytest.raises(PermissionError):
        settle(tmp_path, disk=OneFolderThatMayNotBeRead(tmp_path))


def test_a_failing_write_leaves_nothing_behind_and_names_the_file(tmp_path: Path) -> None:
    (tmp_path / "txt").write_bytes(b"a file where a folder is wanted")

    with pytest.raises(OutputUnwritable, match="txt") as caught:
        write_unit([Aside("json/1.json", b"{}"), Aside("txt/1.txt", b"")], out=tmp_path)

    assert caught.value.exit_code is ExitCode.STOPPED_EARLY
    assert caught.value.mend
    assert files_below(tmp_path) == ["txt"]


class FullFile(KernelFile):
    def __init__(self, place: Path, number: int) -> None:
        super().__init__(place.open("wb"))
        self.number = number

    def sync(self) -> None:
        raise OSError(self.number, os.strerror(self.number))


class FullDisk(Kernel):
    def __init__(self, number: int) -> None:
        self.number = number

    def create(self, place: Path) -> OpenFile:
        return FullFile(place, self.number)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EIO, errno.EDQUOT])
def test_a_full_or_broken_disk_is_the_runs_trouble(tmp_path: Path, number: int) -> None:
    disk = FullDisk(number)

    with pytest.raises(OutputUnwritable, match=os.strerror(number)):
        write_unit([Aside("a.txt", b"a")], out=tmp_path, disk=disk)
    with pytest.raises(OutputUnwritable, match=os.strerror(number)):
        write_stream([b"a"], tmp_path / "b.csv", disk=disk)

    assert files_below(tmp_path) == []


def test_a_stream_that_breaks_off_leaves_the_old_file(tmp_path: Path) -> None:
    place = tmp_path / "deep" / "lines.csv"
    write_stream([b"one\n", b"two\n"], place)

    def torn():  # noqa: ANN202 - a generator that fails
        yield b"three\n"
        raise OSError(errno.EIO, "gone")

    with pytest.raises(OutputUnwritable):
        write_stream(torn(), place)

    assert place.read_bytes() == b"one\ntwo\n"
    assert files_below(tmp_path) == ["deep/lines.csv"]


def test_names_of_the_greatest_length_still_have_room_for_a_name_aside(tmp_path: Path) -> None:
    name = "ä" * 100 + ".json"

    write_unit([Aside(f"json/{name}", b"{}")], out=tmp_path)

    assert (tmp_path / "json" / name).exists()


def test_names_with_broken_bytes_are_shown_in_the_error() -> None:
    error = OSError(errno.EACCES, "Permission denied", "a\udcff.txt")

    assert "a%FF.txt" in unwritable(error, Path()).what
