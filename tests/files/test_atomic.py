"""Files appear whole or not at all."""

import errno
import os
from hashlib import sha256
from pathlib import Path

import pytest

from htrkit.domain.errors import OutputUnwritable
from htrkit.domain.exits import ExitCode
from htrkit.files import atomic
from htrkit.files.atomic import Aside, unwritable, write_stream, write_unit


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


def test_the_first_file_is_put_in_place_first_and_only_when_all_are_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    replace, fsync = Path.replace, os.fsync
    monkeypatch.setattr(Path, "replace", lambda self, to: (done.append(f"rename {to.name}"), replace(self, to)))
    monkeypatch.setattr(os, "fsync", lambda handle: (done.append("sync"), fsync(handle)))

    (tmp_path / "json").mkdir()
    (tmp_path / "txt").mkdir()
    write_unit([Aside("json/1.json", b"{}"), Aside("txt/1.txt", b"")], out=tmp_path)

    assert done == ["sync", "sync", "rename 1.json", "rename 1.txt", "sync", "sync"]


def test_a_failing_write_leaves_nothing_behind_and_names_the_file(tmp_path: Path) -> None:
    (tmp_path / "txt").write_bytes(b"a file where a folder is wanted")

    with pytest.raises(OutputUnwritable, match="txt") as caught:
        write_unit([Aside("json/1.json", b"{}"), Aside("txt/1.txt", b"")], out=tmp_path)

    assert caught.value.exit_code is ExitCode.STOPPED_EARLY
    assert caught.value.mend
    assert files_below(tmp_path) == ["txt"]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EIO, errno.EDQUOT])
def test_a_full_or_broken_disk_is_the_runs_trouble(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(atomic, "_write_synced", refuse)

    with pytest.raises(OutputUnwritable, match=os.strerror(number)):
        write_unit([Aside("a.txt", b"a")], out=tmp_path)
    with pytest.raises(OutputUnwritable, match=os.strerror(number)):
        write_stream([b"a"], tmp_path / "b.csv")

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
