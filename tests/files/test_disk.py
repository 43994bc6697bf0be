"""The disk in memory does as the operating system's does, so that what is shown on one holds on the other."""

from collections.abc import Callable
from pathlib import Path

import pytest

from htrkit.files.disk import Disk, Kernel
from tests.fakes.power import ROOT, Power

Read = Callable[[Path], bytes]


@pytest.fixture(params=["kernel", "power"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Disk, Path, Read]:
    if request.param == "kernel":
        return Kernel(), tmp_path, Path.read_bytes
    disk = Power()
    return disk, ROOT, lambda path: disk.contents[disk.node(path)]


def test_a_file_that_is_created_is_empty_whatever_was_there(place: tuple[Disk, Path, Read]) -> None:
    disk, folder, content = place
    for text in (b"old and long", b"new"):
        with disk.create(folder / "a") as file:
            assert file.write(text) == len(text)
            file.sync()

    assert content(folder / "a") == b"new"


def test_a_file_that_is_appended_to_keeps_what_it_has_and_can_be_cut(place: tuple[Disk, Path, Read]) -> None:
    disk, folder, content = place
    for text in (b"one", b"two"):
        with disk.append_to(folder / "a") as file:
            start = file.size()
            file.write(text)
            assert content(folder / "a")[start:] == text
            file.write(b"torn")
            file.cut(start + 3)
            file.sync()

    assert content(folder / "a") == b"onetwo"


def test_a_name_is_given_in_place_of_another(place: tuple[Disk, Path, Read]) -> None:
    disk, folder, content = place
    for name in ("a", "b"):
        with disk.create(folder / name) as file:
            file.write(name.encode())
    disk.rename(folder / "a", folder / "b")
    disk.sync_folder(folder)

    assert content(folder / "b") == b"a"
    with pytest.raises(FileNotFoundError):
        disk.remove(folder / "a")
    disk.remove(folder / "b")
    with pytest.raises((FileNotFoundError, KeyError)):
        content(folder / "b")


def test_folders_are_made_with_those_above_them_and_left_where_they_are(place: tuple[Disk, Path, Read]) -> None:
    disk, folder, content = place
    disk.make_folder(folder / "deep" / "er")
    with disk.create(folder / "deep" / "er" / "a") as file:
        file.write(b"a")
    disk.make_folder(folder / "deep" / "er")

    assert content(folder / "deep" / "er" / "a") == b"a"
