"""Files that appear whole or not at all, and all files of a page together."""

import os
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from htrkit.core.shown import shown
from htrkit.domain.errors import OutputUnwritable
from htrkit.domain.events import WrittenFile
from htrkit.files.disk import KERNEL, Disk

TEMPORARY = ".htrkit-"
"""Files that begin so are ours and were not finished; inputs never count them, since they are hidden."""


@dataclass(frozen=True, slots=True)
class Aside:
    """A file to be: its place below OUT, with `/` between folders, and its whole content."""

    path: str
    content: bytes


def write_unit(files: Sequence[Aside], *, out: Path, disk: Disk = KERNEL) -> tuple[WrittenFile, ...]:
    """Write all files aside, sync them, put them in place in their order, and sync all folders from there up to OUT.

    A crash at any point leaves each file whole under its name or not there; OUT's own name is the journal's to keep.
    Raises OutputUnwritable; then nothing that was not in place yet is left behind.
    """
    waiting: list[tuple[Path, Path]] = []
    try:
        for number, file in enumerate(files):
            place = out / file.path
            disk.make_folder(place.parent)
            aside = place.parent / f"{temporary_name()}-{number}"
            waiting.append((aside, place))
            _write_synced(aside, (file.content,), disk)
        for aside, place in waiting:
            disk.rename(aside, place)
        # Folders that were there as well: another worker may have made one this moment, and not synced it yet.
        for folder in dict.fromkeys(folder for _, place in waiting for folder in _up_to(out, place)):
            disk.sync_folder(folder)
    except OSError as error:
        for aside, _ in waiting:
            with suppress(OSError):
                disk.remove(aside)
        raise unwritable(error, out) from error
    return tuple(WrittenFile(file.path, len(file.content), sha256(file.content).hexdigest()) for file in files)


def write_stream(chunks: Iterable[bytes], place: Path, *, disk: Disk = KERNEL) -> None:
    """Write one file chunk by chunk, whole or not at all; raises OutputUnwritable."""
    aside = place.parent / f"{temporary_name()}-{place.name[:100]}"
    try:
        disk.make_folder(place.parent)
        _write_synced(aside, chunks, disk)
        disk.rename(aside, place)
        settle(place.parent, disk=disk)
    except OSError as error:
        with suppress(OSError):
            disk.remove(aside)
        raise unwritable(error, place) from error


def remove(place: Path, *, disk: Disk = KERNEL) -> None:
    """Remove a file that a run promises no more, and sync its folder; raises OutputUnwritable."""
    try:
        disk.remove(place)
        disk.sync_folder(place.parent)
    except FileNotFoundError:
        return
    except OSError as error:
        raise unwritable(error, place) from error


def settle(folder: Path, *, disk: Disk = KERNEL) -> None:
    """Sync a folder and all above it, for a name is lost with any folder on its way; raises OSError for the first."""
    disk.sync_folder(folder)
    for above in folder.parents:
        with suppress(OSError):  # one that may not be read was there before us
            disk.sync_folder(above)


def unwritable(error: OSError, place: Path) -> OutputUnwritable:
    """Say which file could not be written and what to do about it."""
    where = shown(error.filename2 or error.filename or place)
    return OutputUnwritable(
        f"{where}: cannot be written ({error.strerror}).",
        mend="Make room or mend the folder's rights; pages that are done are kept.",
    )


def temporary_name() -> str:
    """Begin a name that no other process has, on this host or on another that writes into the same folder."""
    return f"{TEMPORARY}{os.getpid()}-{uuid.uuid4().hex[:12]}"


def _up_to(out: Path, place: Path) -> Iterator[Path]:
    """Give the folders that the place is in, the innermost first, OUT last."""
    for folder in place.parents:
        yield folder
        if folder == out:
            return


def _write_synced(place: Path, chunks: Iterable[bytes], disk: Disk) -> None:
    with disk.create(place) as file:
        for chunk in chunks:
            file.write(chunk)
        file.sync()
