"""Entries of the cache are whole or not there."""

import os
import time
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest

from htrkit.networks import keeping
from htrkit.networks.graph import NoGraph, operations, real
from htrkit.networks.keeping import ABOUT_ALONE, MAKING, STALE_SECONDS, UNUSED_SECONDS, discard, write_entry
from htrkit.networks.kept import ABOUT, DAY_SECONDS, GRAPH, WEIGHTS, About, entry_name, note_use, read_entry
from htrkit.networks.runtime import openvino

ABOUT_IT = About(
    1, 48, boxes=True, legacy_polygons=False, codec={"a": (1,), "ſt": (2, 3)}, metadata={"topline": None, "more": [1]}
)


def graph() -> Any:
    ops = operations()
    given = ops.parameter([1, 2], np.float32, name="given")
    return openvino().Model([ops.matmul(given, real([[1, 2], [3, 4]]), False, False)], [given], "small")


def nothing_known() -> Any:
    raise NoGraph("its layer Odd is not known to htrkit")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_an_entry_reads_back_as_it_was_written(tmp_path: Path) -> None:
    write_entry(tmp_path / "cache" / "entry", ABOUT_IT, graph)
    kept = read_entry(tmp_path / "cache" / "entry")
    assert kept is not None
    assert (kept.about, kept.graph, kept.no_graph) == (ABOUT_IT, tmp_path / "cache" / "entry" / GRAPH, None)
    assert names(tmp_path / "cache") == ["entry"]


def test_an_entry_without_a_graph_says_why(tmp_path: Path) -> None:
    write_entry(tmp_path / "entry", ABOUT_IT, nothing_known)
    kept = read_entry(tmp_path / "entry")
    assert kept is not None
    assert (kept.graph, kept.no_graph) == (None, "its layer Odd is not known to htrkit")


@pytest.mark.parametrize("trouble", [MemoryError(), ImportError("no openvino"), IndexError("out of range")])
def test_what_may_be_otherwise_tomorrow_is_not_kept(tmp_path: Path, trouble: Exception) -> None:
    def failing() -> Any:
        raise trouble

    with pytest.raises(type(trouble)):
        write_entry(tmp_path / "entry", ABOUT_IT, failing)
    assert names(tmp_path) == []


def test_a_graph_that_openvino_cannot_compute_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Core:
        def compile_model(self, *_: object) -> None:
            raise RuntimeError("no primitive")

    monkeypatch.setattr(openvino(), "Core", Core)
    with pytest.raises(RuntimeError, match="no primitive"):
        write_entry(tmp_path / "entry", ABOUT_IT, graph)
    assert names(tmp_path) == []


def test_what_stands_around_a_network_is_kept_alone_where_no_graph_is_asked_for(tmp_path: Path) -> None:
    write_entry(tmp_path / "entry", ABOUT_IT, None)
    kept = read_entry(tmp_path / "entry")
    assert kept is not None
    assert (kept.about, kept.graph, kept.no_graph) == (ABOUT_IT, None, ABOUT_ALONE)


def test_without_openvino_nothing_is_built_and_the_entry_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "openvino_version", lambda: None)
    write_entry(tmp_path / "entry", ABOUT_IT, lambda: pytest.fail("built"))
    kept = read_entry(tmp_path / "entry")
    assert kept is not None
    assert (kept.graph, kept.no_graph) == (None, "OpenVINO is not installed")


@pytest.mark.parametrize("file", [ABOUT, GRAPH, WEIGHTS])
@pytest.mark.parametrize("left", [0, 10, None])
def test_an_entry_of_which_a_part_is_lost_is_none_and_is_written_anew(
    tmp_path: Path, file: str, left: int | None
) -> None:
    entry = tmp_path / "entry"
    write_entry(entry, ABOUT_IT, graph)
    place = entry / file
    place.write_bytes(place.read_bytes()[:left]) if left is not None else place.unlink()
    assert read_entry(entry) is None

    write_entry(entry, ABOUT_IT, graph)
    assert read_entry(entry) is not None
    assert names(tmp_path) == ["entry"]


@pytest.mark.parametrize("file", [GRAPH, WEIGHTS])
def test_an_entry_of_which_a_single_byte_is_another_is_none(tmp_path: Path, file: str) -> None:
    write_entry(tmp_path / "entry", ABOUT_IT, graph)
    place = tmp_path / "entry" / file
    content = bytearray(place.read_bytes())
    content[-1] ^= 1
    place.write_bytes(content)
    assert read_entry(tmp_path / "entry") is None


@pytest.mark.parametrize("content", [b"[]", b"3", b'{"graph_sha256": null}', b"null"])
def test_an_entry_that_says_something_else_is_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / ABOUT).write_bytes(content)
    assert read_entry(tmp_path) is None


def test_an_entry_that_somebody_else_wrote_meanwhile_stays_for_its_readers(tmp_path: Path) -> None:
    entry = tmp_path / "entry"

    def slow() -> Any:
        write_entry(entry, ABOUT_IT, graph)
        return graph()

    write_entry(entry, About(3, 1, boxes=False, legacy_polygons=False, codec={}, metadata={}), slow)
    kept = read_entry(entry)
    assert kept is not None
    assert kept.about == ABOUT_IT
    assert names(tmp_path) == ["entry"]


def test_a_full_disk_is_an_error_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mkdtemp = keeping.tempfile.mkdtemp

    def on_a_full_disk(**told: Any) -> str:
        made = mkdtemp(**told)
        (Path(made) / WEIGHTS).symlink_to("/dev/full")
        return str(made)

    monkeypatch.setattr(keeping.tempfile, "mkdtemp", on_a_full_disk)
    with pytest.raises(OSError, match="could not be written whole"):
        write_entry(tmp_path / "entry", ABOUT_IT, graph)
    assert names(tmp_path) == []


def test_a_name_that_is_taken_by_a_file_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "entry").write_bytes(b"somebody's")
    with pytest.raises(OSError, match="Not a directory"):
        write_entry(tmp_path / "entry", ABOUT_IT, nothing_known)
    assert names(tmp_path) == ["entry"]


def test_what_killed_processes_left_is_swept_and_what_others_are_making_is_not(tmp_path: Path) -> None:
    old, young = tmp_path / f"{MAKING}old", tmp_path / f"{MAKING}young"
    for left in (old, young):
        left.mkdir()
        (left / WEIGHTS).write_bytes(b"half")
    long_ago = time.time() - STALE_SECONDS - 10
    os.utime(old, (long_ago, long_ago))
    write_entry(tmp_path / "entry", ABOUT_IT, nothing_known)
    assert names(tmp_path) == [young.name, "entry"]


def test_an_entry_is_named_after_contents_task_and_versions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.write_bytes(b"1")
    other.write_bytes(b"2")
    found = {entry_name((one,), "a"), entry_name((other,), "a"), entry_name((one,), "b"), entry_name((one, other), "a")}
    monkeypatch.setattr("htrkit.networks.kept.openvino_version", lambda: None)
    found.add(entry_name((one,), "a"))
    assert len(found) == 5
    other.write_bytes(b"1")
    assert entry_name((one,), "a") == entry_name((other,), "a")


def test_entries_that_nobody_used_for_long_go_when_another_is_made(tmp_path: Path) -> None:
    for name, age in (("unused", UNUSED_SECONDS + 10), ("used", UNUSED_SECONDS - 1000)):
        write_entry(tmp_path / name, ABOUT_IT, nothing_known)
        used = time.time() - age
        os.utime(tmp_path / name, (used, used))
    write_entry(tmp_path / "new", ABOUT_IT, nothing_known)
    assert names(tmp_path) == ["new", "used"]


@pytest.mark.parametrize(("age", "is_told"), [(DAY_SECONDS + 10, True), (DAY_SECONDS - 1000, False)])
def test_an_entry_tells_once_a_day_that_it_is_used(tmp_path: Path, age: float, is_told: bool) -> None:
    before = time.time() - age
    os.utime(tmp_path, (before, before))
    note_use(tmp_path)
    assert (tmp_path.stat().st_mtime > before + 1) is is_told
    note_use(tmp_path / "gone")


def test_an_entry_that_is_discarded_is_gone_and_leaves_nothing(tmp_path: Path) -> None:
    write_entry(tmp_path / "entry", ABOUT_IT, graph)
    discard(tmp_path / "entry")
    discard(tmp_path / "entry")
    assert names(tmp_path) == []


def test_about_is_plain_json(tmp_path: Path) -> None:
    write_entry(tmp_path / "entry", ABOUT_IT, nothing_known)
    written = orjson.loads((tmp_path / "entry" / ABOUT).read_bytes())
    assert written["codec"] == {"a": [1], "ſt": [2, 3]}
