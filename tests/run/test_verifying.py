"""Verification: every change to a promised file is found, and whole files never raise an alarm."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from htrkit.core.report_damage import Damage, DamageKind
from htrkit.domain.events import PageDone, WrittenFile
from htrkit.domain.page import PageRecord
from htrkit.domain.renderers import RenderOptions, Target
from htrkit.files.atomic import Aside, write_unit
from htrkit.outputs.catalog import RENDERERS
from htrkit.run.verifying import verified
from tests.fakes.journals import done
from tests.fakes.pages import lettered, page

PAGES = ("a", "box/b")


def rendered(record: PageRecord, target: Target) -> list[Aside]:
    options = RenderOptions(target)
    return [Aside(f"{one.name}/{record.key}{one.suffix}", one.render(record, options)) for one in RENDERERS]


def made(out: Path, target: Target = Target.STANDARD) -> list[PageDone]:
    """Write two pages in every format, as a run does."""
    records = [page(lettered(text=f"in {key}"), key=key, image=f"{key}.jpg") for key in PAGES]
    return [done(record.key, files=write_unit(rendered(record, target), out=out)) for record in records]


@dataclass(frozen=True, slots=True)
class Whole:
    """An OUT in which all is well, for tests that put back what they change."""

    out: Path
    pages: list[PageDone]

    @property
    def files(self) -> list[WrittenFile]:
        return [file for page in self.pages for file in page.files]

    @contextmanager
    def changed(self, promise: WrittenFile, change: Callable[[bytes], bytes]) -> Iterator[None]:
        place = self.out / promise.path
        content = place.read_bytes()
        place.write_bytes(change(content))
        yield
        place.write_bytes(content)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Whole:
    out = tmp_path_factory.mktemp("whole")
    return Whole(out, made(out))


def found(out: Path, pages: list[PageDone]) -> list[tuple[str, DamageKind]]:
    return [(damage.path, damage.kind) for damage in verified(out, pages).damages]


@pytest.mark.parametrize("target", Target)
def test_whole_files_raise_no_alarm_whoever_they_are_for(tmp_path: Path, target: Target) -> None:
    result = verified(tmp_path, made(tmp_path, target))

    assert result.damages == ()
    assert result.files == len(RENDERERS) * len(PAGES)
    assert result.size == sum(path.stat().st_size for path in tmp_path.rglob("*") if path.is_file())


def test_an_empty_file_that_was_promised_empty_is_whole(tmp_path: Path) -> None:
    assert found(tmp_path, [done("a", files=write_unit([Aside("txt/a.txt", b"")], out=tmp_path))]) == []


def test_files_of_equal_content_are_not_taken_for_swapped(tmp_path: Path) -> None:
    files = write_unit([Aside("txt/a.txt", b"blank\n"), Aside("txt/b.txt", b"blank\n")], out=tmp_path)

    assert found(tmp_path, [done("a", files=files)]) == []


@given(data=st.data())
def test_a_changed_byte_is_found_wherever_it_is(data: st.DataObject, whole: Whole) -> None:
    promise = data.draw(st.sampled_from(whole.files))
    place, difference = data.draw(st.integers(0, promise.size - 1)), data.draw(st.integers(1, 255))

    def change(content: bytes) -> bytes:
        return content[:place] + bytes((content[place] ^ difference,)) + content[place + 1 :]

    with whole.changed(promise, change):
        assert found(whole.out, whole.pages) == [(promise.path, DamageKind.CHANGED)]


@given(data=st.data())
def test_a_truncated_file_is_found_wherever_it_ends(data: st.DataObject, whole: Whole) -> None:
    promise = data.draw(st.sampled_from(whole.files))
    length = data.draw(st.integers(0, promise.size - 1))

    with whole.changed(promise, lambda content: content[:length]):
        assert found(whole.out, whole.pages) == [(promise.path, DamageKind.TRUNCATED)]


def test_a_missing_file_is_found(tmp_path: Path) -> None:
    pages = made(tmp_path)
    (tmp_path / "txt/a.txt").unlink()

    assert found(tmp_path, pages) == [("txt/a.txt", DamageKind.MISSING)]


def test_a_missing_folder_is_found(tmp_path: Path) -> None:
    pages = made(tmp_path)
    (tmp_path / "txt/a.txt").rename(tmp_path / "kept")
    (tmp_path / "txt/box/b.txt").unlink()
    (tmp_path / "txt/box").rmdir()
    (tmp_path / "txt").rmdir()
    (tmp_path / "txt").write_bytes(b"a file where a folder was")

    assert found(tmp_path, pages) == [("txt/a.txt", DamageKind.MISSING), ("txt/box/b.txt", DamageKind.MISSING)]


def test_a_file_with_more_in_it_is_found(tmp_path: Path) -> None:
    pages = made(tmp_path)
    with (tmp_path / "page/a.xml").open("ab") as file:
        file.write(b"x")

    assert found(tmp_path, pages) == [("page/a.xml", DamageKind.CHANGED)]


def test_swapped_files_are_found_and_named(tmp_path: Path) -> None:
    pages = made(tmp_path)
    one, other = tmp_path / "page/a.xml", tmp_path / "page/box/b.xml"
    one.rename(tmp_path / "aside")
    other.rename(one)
    (tmp_path / "aside").rename(other)

    assert verified(tmp_path, pages).damages == (
        Damage(pages[0].key, "page/a.xml", DamageKind.SWAPPED, "holds what page/box/b.xml was written with"),
        Damage(pages[1].key, "page/box/b.xml", DamageKind.SWAPPED, "holds what page/a.xml was written with"),
    )


@pytest.mark.parametrize(
    ("stand_in", "words"),
    [
        (Path.mkdir, "is a folder"),
        (os.mkfifo, "is a pipe, not a file"),
    ],
)
def test_what_is_no_file_is_found_without_waiting(
    tmp_path: Path, stand_in: Callable[[Path], object], words: str
) -> None:
    pages = made(tmp_path)
    (tmp_path / "txt/a.txt").unlink()
    stand_in(tmp_path / "txt/a.txt")

    (damage,) = verified(tmp_path, pages).damages
    assert (damage.path, damage.kind, damage.detail) == ("txt/a.txt", DamageKind.UNREADABLE, words)


def test_a_loop_of_links_is_found(tmp_path: Path) -> None:
    pages = made(tmp_path)
    (tmp_path / "txt/a.txt").unlink()
    (tmp_path / "txt/a.txt").symlink_to("a.txt")

    assert found(tmp_path, pages) == [("txt/a.txt", DamageKind.UNREADABLE)]


@pytest.mark.parametrize(
    "content",
    [
        b"<PcGts",
        b'<!DOCTYPE PcGts [<!ENTITY a "b">]><PcGts/>',
        b"<PcGts/>",
        b'<PcGts xmlns="http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15"/>',
        b'<alto xmlns="http://www.loc.gov/standards/alto/ns-v4#" SCHEMAVERSION="9"/>',
        b'<alto xmlns="http://www.loc.gov/standards/alto/ns-v4#" SCHEMAVERSION="4.4"/>',
    ],
)
@pytest.mark.parametrize("folder", ["page", "alto"])
def test_xml_that_its_schema_refuses_is_found_though_it_was_written_so(
    tmp_path: Path, folder: str, content: bytes
) -> None:
    pages = [done("a", files=write_unit([Aside(f"{folder}/a.xml", content)], out=tmp_path))]

    assert found(tmp_path, pages) == [(f"{folder}/a.xml", DamageKind.INVALID)]


def test_a_name_that_no_file_can_have_is_no_bug(tmp_path: Path) -> None:
    assert found(tmp_path, [done("a", files=(WrittenFile("txt/\0", 1, "00"),))]) == [("txt/%00", DamageKind.UNREADABLE)]
