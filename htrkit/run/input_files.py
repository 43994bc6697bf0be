"""The files that pages are read from, as a cheap look knows them again: by size and time."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from htrkit.domain.source import PageSource

GONE = "not there"


@dataclass(frozen=True, slots=True)
class Stamp:
    """What tells a file from another version of itself without reading it."""

    size_bytes: int
    modified_ns: int

    def __str__(self) -> str:
        """Give it in words: `20,481 bytes of 2026-11-25 07:00:00`."""
        when = datetime.fromtimestamp(self.modified_ns / 1e9, UTC)
        return f"{self.size_bytes:,} bytes of {when:%Y-%m-%d %H:%M:%S.%f}"


def files_of(page: PageSource) -> Iterator[str]:
    """Give the paths of all files that a page is read from."""
    yield page.path
    yield from page.sidecars


def stamps_of(pages: Iterable[PageSource]) -> Mapping[str, Stamp | None]:
    """Look at every file once; None for one that is not there."""
    return {path: stamp_of(path) for path in dict.fromkeys(path for page in pages for path in files_of(page))}


def stamp_of(path: str) -> Stamp | None:
    """Look at a file; None where nothing can be seen of it."""
    try:
        found = os.stat(path)  # noqa: PTH116 - a hundred thousand times
    except (OSError, ValueError):
        return None
    return Stamp(found.st_size, found.st_mtime_ns)


def stamped(pages: Sequence[PageSource], stamps: Mapping[str, Stamp | None]) -> Mapping[str, str]:
    """Give the stamps of the files of these pages, in words, to be held against others."""
    paths = dict.fromkeys(path for page in pages for path in files_of(page))
    return {path: str(stamps.get(path) or GONE) for path in paths}
