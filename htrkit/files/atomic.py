"""Files that appear whole or not at all, and all files of a page together."""

import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from htrkit.core.shown import shown
from htrkit.domain.errors import OutputUnwritable
from htrkit.domain.events import WrittenFile

TEMPORARY = ".htrkit-"
"""Files that begin so are ours and were not finished; inputs never count them, since they are hidden."""


@dataclass(frozen=True, slots=True)
class Aside:
    """A file to be: its place below OUT, with `/` between folders, and its whole content."""

    path: str
    content: bytes


def write_unit(files: Sequence[Aside], *, out: Path) -> tuple[WrittenFile, ...]:
    """Write all files aside, sync them, put them in place in their order, and sync their folders.

    A crash at any point leaves each file whole under its name or not there. Raises OutputUnwritable; then nothing
    that was not in place yet is left behind.
    """
    waiting: list[tuple[Path, Path]] = []
    try:
        for number, file in enumerate(files):
            place = out / file.path
            make_folder(place.parent, below=out)
            aside = place.parent / f"{TEMPORARY}{os.getpid()}-{number}"
            waiting.append((aside, place))
            _write_synced(aside, (file.content,))
        for aside, place in waiting:
            aside.replace(place)
        for folder in dict.fromkeys(place.parent for _, place in waiting):
            _sync_folder(folder)
    except OSError as error:
        for aside, _ in waiting:
            with suppress(OSError):
                aside.unlink()
        raise unwritable(error, out) from error
    return tuple(WrittenFile(file.path, len(file.content), sha256(file.content).hexdigest()) for file in files)


def write_stream(chunks: Iterable[bytes], place: Path) -> None:
    """Write one file chunk by chunk, whole or not at all; raises OutputUnwritable."""
    aside = place.parent / f"{TEMPORARY}{os.getpid()}-{place.name[:100]}"
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        _write_synced(aside, chunks)
        aside.replace(place)
        _sync_folder(place.parent)
    except OSError as error:
        with suppress(OSError):
            aside.unlink()
        raise unwritable(error, place) from error


def remove(place: Path) -> None:
    """Remove a file that a run promises no more, and sync its folder; raises OutputUnwritable."""
    try:
        place.unlink()
        _sync_folder(place.parent)
    except FileNotFoundError:
        return
    except OSError as error:
        raise unwritable(error, place) from error


def make_folder(folder: Path, *, below: Path) -> None:
    """Make a folder and those above it, and sync each that gained one, so that a power cut does not lose it."""
    if folder.is_dir():
        return
    if folder != below:
        make_folder(folder.parent, below=below)
    folder.mkdir(parents=True, exist_ok=True)
    _sync_folder(folder.parent)


def unwritable(error: OSError, place: Path) -> OutputUnwritable:
    """Say which file could not be written and what to do about it."""
    where = shown(error.filename2 or error.filename or place)
    return OutputUnwritable(
        f"{where}: cannot be written ({error.strerror}).",
        mend="Make room or mend the folder's rights; pages that are done are kept.",
    )


def _write_synced(place: Path, chunks: Iterable[bytes]) -> None:
    with place.open("wb") as file:
        file.writelines(chunks)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
