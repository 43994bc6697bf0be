"""SHA-256 of files: what a page record and a run cite of the pictures and models that they used."""

import os
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import file_digest
from io import BufferedReader
from os import PathLike
from pathlib import Path


@dataclass(frozen=True, slots=True)
class _Stamped:
    """An open file, equal to another that is the same file unchanged."""

    device: int
    inode: int
    size_bytes: int
    modified_ns: int
    changed_ns: int
    file: BufferedReader = field(compare=False)


def file_sha256(path: str | PathLike[str]) -> str:
    """Give the hash of the file's bytes in hexadecimal; raises OSError."""
    with Path(path).open("rb") as file:
        return opened_sha256(file)


def opened_sha256(file: BufferedReader) -> str:
    """Give the hash of an open file's bytes, from the first, in hexadecimal; raises OSError."""
    file.seek(0)
    return file_digest(file, "sha256").hexdigest()


def remembered_sha256(file: BufferedReader) -> str:
    """The same for a file of many pages, which is opened for each of them: it is read whole only for the first.

    Two files count as the same if they are on the same device, with the same number, size and times.
    """
    found = os.fstat(file.fileno())
    return _sha256(
        _Stamped(found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns, file),
    )


@lru_cache(maxsize=8)
def _sha256(stamped: _Stamped) -> str:
    return opened_sha256(stamped.file)
