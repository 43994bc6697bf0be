"""What is made in OUT belongs to whom the user's umask says: to a group that shares a server, or to nobody else."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.runs import Shelf


@pytest.fixture(params=[0o002, 0o022, 0o077], ids=lambda mask: f"{mask:03o}")
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    """Rights that the user takes away, until the test has ended."""
    before = os.umask(request.param)
    try:
        yield request.param
    finally:
        os.umask(before)


def test_files_and_folders_of_a_run_follow_the_umask(shelf: Shelf, umask: int) -> None:
    shelf.settings = {"formats": "txt,page,alto,hocr,csv"}
    shelf.run(lives=3)
    shelf.resume()
    paths = [shelf.out.path, *shelf.out.path.rglob("*")]

    assert {".htrkit", "lock", "run.json", "journal.jsonl", "1.json", "1.txt", "pages.csv"} <= {p.name for p in paths}
    assert [_wrong(path, umask) for path in paths if _wrong(path, umask)] == []


def _wrong(path: Path, umask: int) -> str:
    """Name a path with other rights than its umask leaves it; setgid, which folders inherit, is left out."""
    rights = path.stat().st_mode & 0o777
    wanted = (0o777 if path.is_dir() else 0o666) & ~umask
    return "" if rights == wanted else f"{path}: {rights:03o} and not {wanted:03o}"
