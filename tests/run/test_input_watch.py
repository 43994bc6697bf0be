"""A page worker tells a page that cannot be read from inputs that nobody can read."""

import errno
import os
import shutil
from pathlib import Path

import pytest
from PIL import Image

from htrkit.domain.errors import InputUnreachable, PageProblem
from htrkit.domain.failure import FailureClass, Step
from htrkit.domain.names import PageKey
from htrkit.domain.source import PageSource
from htrkit.files.pictures import open_picture
from htrkit.run.input_watch import InputWatch, root_of
from tests.fakes.failing_disk import FailingDisk


@pytest.fixture
def scans(tmp_path: Path) -> Path:
    folder = tmp_path / "scans"
    (folder / "box").mkdir(parents=True)
    for name in ("box/1.png", "box/2.png", "3.png"):
        Image.new("L", (8, 8), 200).save(folder / name)
    return folder


def page(scans: Path, name: str, *, root: bool = True) -> PageSource:
    return PageSource(PageKey(name), str(scans / name), root=str(scans) if root else "")


def read(source: PageSource, watch: InputWatch) -> None:
    with watch.watched(source):
        open_picture(source, dpi=72, max_megapixels=1)


def raised(number: int, step: Step = Step.OPEN, failure: FailureClass = FailureClass.UNREADABLE) -> PageProblem:
    problem = PageProblem("cannot be read", mend="", failure=failure, step=step)
    problem.__cause__ = OSError(number, os.strerror(number))
    return problem


def judged(source: PageSource, problem: PageProblem, disk: FailingDisk) -> None:
    with InputWatch(disk.calls).watched(source):
        raise problem


def test_a_file_that_is_gone_while_others_are_there_fails_its_page(scans: Path) -> None:
    (scans / "box" / "1.png").unlink()
    with pytest.raises(PageProblem) as caught:
        read(page(scans, "box/1.png"), InputWatch())
    assert caught.value.failure is FailureClass.UNREADABLE
    assert not caught.value.passing


def test_a_folder_below_the_root_that_is_gone_fails_its_pages(scans: Path) -> None:
    shutil.rmtree(scans / "box")
    with pytest.raises(PageProblem):
        read(page(scans, "box/1.png"), InputWatch())


@pytest.mark.parametrize("root", [True, False])
def test_a_root_that_is_gone_is_the_runs_trouble_and_is_named_with_the_cause(scans: Path, *, root: bool) -> None:
    scans.rename(scans.with_name("elsewhere"))
    with pytest.raises(InputUnreachable) as caught:
        read(page(scans, "box/1.png", root=root), InputWatch())
    assert caught.value.path == str(scans if root else scans / "box")
    assert "is not there any more" in caught.value.what
    assert "1.png" in caught.value.what
    assert caught.value.mend


def test_an_empty_folder_in_the_roots_place_is_the_runs_trouble(scans: Path) -> None:
    shutil.rmtree(scans)
    scans.mkdir()
    with pytest.raises(InputUnreachable, match="not mounted") as caught:
        read(page(scans, "3.png"), InputWatch())
    assert caught.value.path == str(scans)


@pytest.mark.parametrize("name", ["EIO", "ESTALE", "ENODEV", "ENXIO", "ETIMEDOUT", "EHOSTDOWN", "ENOTCONN"])
def test_a_share_that_fails_as_a_whole_is_the_runs_trouble(scans: Path, name: str) -> None:
    number = getattr(errno, name)
    with pytest.raises(InputUnreachable) as caught:
        judged(page(scans, "box/1.png"), raised(number), FailingDisk(**{str(scans): number}))
    assert os.strerror(number) in caught.value.what


def test_a_file_with_a_bad_sector_fails_alone_and_may_be_tried_again(scans: Path) -> None:
    disk = FailingDisk(**{str(scans / "box" / "1.png"): errno.EIO})
    with pytest.raises(PageProblem) as caught:
        judged(page(scans, "box/1.png"), raised(errno.EIO), disk)
    assert caught.value.passing
    assert caught.value.failure is FailureClass.UNREADABLE
    assert "Input/output error" in caught.value.what


def test_files_that_all_fail_below_folders_that_can_be_listed_are_the_runs_trouble(scans: Path) -> None:
    disk = FailingDisk(**{str(scans / "box" / name): errno.ESTALE for name in ("1.png", "2.png")})
    with pytest.raises(InputUnreachable) as caught:
        judged(page(scans, "box/1.png"), raised(errno.ESTALE), disk)
    assert caught.value.path == str(scans / "box" / "2.png")


def test_what_a_library_took_for_damage_is_looked_at_again(scans: Path) -> None:
    problem = PageProblem("ends early", mend="", failure=FailureClass.BROKEN, step=Step.OPEN)
    disk = FailingDisk(**{str(scans / "3.png"): errno.EIO})
    with pytest.raises(PageProblem) as caught:
        judged(page(scans, "3.png"), problem, disk)
    assert (caught.value.failure, caught.value.passing) == (FailureClass.UNREADABLE, True)

    disk.fail(scans, errno.EIO)
    with pytest.raises(InputUnreachable):
        judged(page(scans, "3.png"), problem, disk)


def test_a_picture_that_is_really_damaged_stays_broken(scans: Path) -> None:
    (scans / "3.png").write_bytes((scans / "3.png").read_bytes()[:40])
    with pytest.raises(PageProblem) as caught:
        read(page(scans, "3.png"), InputWatch())
    assert caught.value.failure is FailureClass.BROKEN


def test_a_failure_that_no_disk_is_behind_is_not_looked_into(scans: Path) -> None:
    problem = PageProblem("too large", mend="", failure=FailureClass.TOO_LARGE, step=Step.OPEN)
    with pytest.raises(PageProblem, match="too large"):
        judged(page(scans, "3.png"), problem, FailingDisk(**{str(scans): errno.EIO}))


def test_a_sidecar_is_held_against_its_own_folder(scans: Path, tmp_path: Path) -> None:
    beside = tmp_path / "xml"
    source = PageSource(PageKey("3"), str(scans / "3.png"), sidecars=(str(beside / "3.xml"),), root=str(scans))
    problem = raised(errno.ENOENT, Step.LAYOUT, FailureClass.SIDECAR)
    with pytest.raises(InputUnreachable) as caught:
        judged(source, problem, FailingDisk())
    assert caught.value.path == str(beside)

    beside.mkdir()
    (beside / "4.xml").write_text("<x/>")
    with pytest.raises(PageProblem) as failed:
        judged(source, raised(errno.EIO, Step.LAYOUT, FailureClass.SIDECAR), FailingDisk())
    assert (failed.value.failure, failed.value.passing) == (FailureClass.SIDECAR, True)


def test_another_share_where_the_root_was_is_the_runs_trouble(scans: Path) -> None:
    class Remounted(FailingDisk):
        device = 1

        def _stat(self, path: str) -> os.stat_result:
            found = super()._stat(path)
            return os.stat_result((*found[:2], self.device, *found[3:]))

    disk = Remounted()
    watch = InputWatch(disk.calls)
    read(page(scans, "3.png"), watch)
    for name in ("3.png", "box/1.png"):
        (scans / name).unlink()
    with pytest.raises(PageProblem):
        read(page(scans, "box/1.png"), watch)

    disk.device = 2
    with pytest.raises(InputUnreachable) as caught:
        read(page(scans, "box/1.png"), watch)
    assert caught.value.path == str(scans / "3.png")


def test_the_root_of_a_file_is_its_input_folder_or_the_one_it_stands_in() -> None:
    source = PageSource(PageKey("a"), "scans/box/a.png", root="scans/")
    assert root_of(source, "scans/box/a.png") == "scans/"
    assert root_of(source, "scansion/a.xml") == "scansion"
    assert root_of(PageSource(PageKey("a"), "a.png"), "a.png") == "."
    assert root_of(PageSource(PageKey("a"), "/a.png"), "/a.png") == "/"
