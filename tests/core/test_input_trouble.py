"""A file that cannot be read is its page's trouble, unless what is around it is in trouble too."""

import errno

import pytest

from htrkit.core.input_trouble import (
    PagesOwn,
    Passing,
    RunsTrouble,
    Scene,
    Seen,
    Sight,
    blamed,
    sight_of,
    trouble_words,
)

ROOT = Seen("scans", Sight.READABLE, device=7)
GONE = Seen("scans/1.png", Sight.GONE, "No such file or directory")
TORN = Seen("scans/1.png", Sight.TROUBLED, "Input/output error")
OTHER = Seen("scans/2.png", Sight.READABLE)
NOT_READ = Seen("scans/2.png", Sight.TROUBLED, "Stale file handle")


@pytest.mark.parametrize("name", ["EIO", "ESTALE", "ENODEV", "ENXIO", "ETIMEDOUT", "EHOSTDOWN", "ENOTCONN"])
def test_what_a_disk_or_a_share_says_is_told_from_what_a_file_is(name: str) -> None:
    assert sight_of(getattr(errno, name)) is Sight.TROUBLED
    assert sight_of(errno.ENOENT) is sight_of(errno.ENOTDIR) is Sight.GONE
    assert sight_of(errno.EACCES) is sight_of(None) is Sight.REFUSED


@pytest.mark.parametrize("sight", [Sight.READABLE, Sight.REFUSED, Sight.EMPTY])
def test_a_file_that_is_there_is_its_pages_own_trouble_whatever_its_root(sight: Sight) -> None:
    scene = Scene(Seen("scans/1.png", sight), Seen("scans", Sight.GONE), (NOT_READ,))
    assert blamed(scene) == PagesOwn()


@pytest.mark.parametrize("file", [GONE, TORN])
@pytest.mark.parametrize("sight", [Sight.GONE, Sight.EMPTY, Sight.TROUBLED])
def test_a_root_that_is_gone_or_empty_or_in_trouble_is_the_runs(file: Seen, sight: Sight) -> None:
    root = Seen("scans", sight)
    assert blamed(Scene(file, root, (OTHER,))) == RunsTrouble(root)


def test_a_file_that_is_gone_from_a_root_that_holds_others_is_its_pages_own() -> None:
    assert blamed(Scene(GONE, ROOT, (OTHER,))) == PagesOwn()
    assert blamed(Scene(GONE, ROOT, (NOT_READ,))) == PagesOwn()


def test_a_bad_sector_is_its_pages_own_and_may_pass() -> None:
    assert blamed(Scene(TORN, ROOT, (NOT_READ, OTHER))) == Passing()
    assert blamed(Scene(TORN, ROOT)) == Passing()


def test_a_folder_of_which_nothing_can_be_read_is_the_runs_trouble_though_it_can_be_listed() -> None:
    assert blamed(Scene(TORN, ROOT, (NOT_READ, NOT_READ))) == RunsTrouble(NOT_READ)


def test_another_share_in_the_roots_place_is_the_runs_trouble() -> None:
    root_then = Seen("scans", Sight.READABLE, device=3)
    witness = Seen("scans/0.png", Sight.GONE)
    assert blamed(Scene(GONE, ROOT, (OTHER,), (witness, root_then))) == RunsTrouble(witness)


def test_the_same_share_mounted_again_and_a_folder_that_somebody_clears_are_no_other_share() -> None:
    root_then = Seen("scans", Sight.READABLE, device=3)
    there, cleared = Seen("scans/0.png", Sight.READABLE), Seen("scans/0.png", Sight.GONE)
    assert blamed(Scene(GONE, ROOT, (OTHER,), (there, root_then))) == PagesOwn()
    assert blamed(Scene(GONE, ROOT, (OTHER,), (cleared, ROOT))) == PagesOwn()


def test_each_trouble_has_words() -> None:
    assert trouble_words(Seen("x", Sight.GONE)) == "is not there any more"
    assert "not mounted" in trouble_words(Seen("x", Sight.EMPTY))
    assert "Stale file handle" in trouble_words(NOT_READ)
