"""What the promise "whole or not there" asks of a disk, so that a drill can hand in one that loses power."""

import os
from contextlib import AbstractContextManager
from pathlib import Path
from typing import IO, Protocol, Self


class OpenFile(AbstractContextManager["OpenFile"], Protocol):
    """A file that is written at its end; all raise OSError."""

    def size(self) -> int:
        """Give the bytes in the file so far."""

    def write(self, content: bytes) -> int:
        """Add to the end; give how many bytes were taken."""

    def cut(self, size: int) -> None:
        """Leave the first `size` bytes."""

    def sync(self) -> None:
        """Return when the content would survive a power cut; whether the name does is its folder's matter."""

    def close(self) -> None:
        """Give the file back."""


class Disk(Protocol):
    """The operations that the write protocol is made of; all raise OSError."""

    def make_folder(self, place: Path) -> None:
        """Make a folder, and those above it; one that is there already is left."""

    def create(self, place: Path) -> OpenFile:
        """Open an empty file, in place of any that was there."""

    def append_to(self, place: Path) -> OpenFile:
        """Open a file at its end, a new one if there is none; a write is passed on at once."""

    def rename(self, place: Path, to: Path) -> None:
        """Give a file another name, in place of any file that had it."""

    def remove(self, place: Path) -> None:
        """Take a file's name away."""

    def sync_folder(self, folder: Path) -> None:
        """Return when the names in the folder would survive a power cut."""


class KernelFile:
    """An open file of the operating system."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def size(self) -> int:
        """As the kernel has it."""
        return os.fstat(self._file.fileno()).st_size

    def write(self, content: bytes) -> int:
        """Add to the end."""
        return self._file.write(content)

    def cut(self, size: int) -> None:
        """Leave the first `size` bytes."""
        os.ftruncate(self._file.fileno(), size)

    def sync(self) -> None:
        """Have the content on the device."""
        self._file.flush()
        os.fsync(self._file.fileno())

    def close(self) -> None:
        """Give the file back."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Kernel:
    """The disk that the operating system gives."""

    def make_folder(self, place: Path) -> None:
        """Make a folder, and those above it."""
        place.mkdir(parents=True, exist_ok=True)

    def create(self, place: Path) -> OpenFile:
        """Open an empty file; small writes are gathered."""
        return KernelFile(place.open("wb"))

    def append_to(self, place: Path) -> OpenFile:
        """Open a file at its end; nothing is gathered, so that a killed process leaves all that it wrote."""
        return KernelFile(place.open("ab", buffering=0))

    def rename(self, place: Path, to: Path) -> None:
        """Give a file another name."""
        place.replace(to)

    def remove(self, place: Path) -> None:
        """Take a file's name away."""
        place.unlink()

    def sync_folder(self, folder: Path) -> None:
        """Have the folder's names on the device."""
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


KERNEL = Kernel()
