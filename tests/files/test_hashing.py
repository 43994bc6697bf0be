"""Hashes are of the bytes that are there, read once where a file is opened often."""

from hashlib import sha256
from pathlib import Path

import pytest

from htrkit.files.hashing import file_sha256, opened_sha256, remembered_sha256
from htrkit.files.regular import opened_regular


def test_a_files_hash_is_that_of_its_bytes(tmp_path: Path) -> None:
    (tmp_path / "model").write_bytes(b"weights")
    assert file_sha256(tmp_path / "model") == file_sha256(str(tmp_path / "model")) == sha256(b"weights").hexdigest()


def test_a_missing_file_has_no_hash(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        file_sha256(tmp_path / "model")


def test_an_open_file_is_hashed_from_its_start(tmp_path: Path) -> None:
    (tmp_path / "scan").write_bytes(b"0123456789")
    with opened_regular(str(tmp_path / "scan")) as file:
        file.read(4)
        assert opened_sha256(file) == sha256(b"0123456789").hexdigest()


def test_a_file_of_many_pages_is_read_whole_once(tmp_path: Path) -> None:
    (tmp_path / "scan").write_bytes(b"many pages")
    for first in (True, False):
        with opened_regular(str(tmp_path / "scan")) as file:
            assert remembered_sha256(file) == sha256(b"many pages").hexdigest()
            assert (file.tell() > 0) is first


def test_a_file_that_changed_is_read_again(tmp_path: Path) -> None:
    for content in (b"many pages", b"many more pages"):
        (tmp_path / "scan").write_bytes(content)
        with opened_regular(str(tmp_path / "scan")) as file:
            assert remembered_sha256(file) == sha256(content).hexdigest()
