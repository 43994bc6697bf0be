"""A file that only one run can make holds OUT where the file system's own locks hold nothing."""

import errno
import os
import uuid
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from htrkit.core.shown import shown
from htrkit.domain.errors import OutputHeld
from htrkit.files.atomic import TEMPORARY
from htrkit.journal.lock_holder import MOST_BYTES, Holder, decoded
from htrkit.journal.lock_host import Host

TRIES = 5
"""How often the file may vanish, or change hands, between two looks before it counts as held."""
_NO_LINKS = frozenset({errno.EPERM, errno.EACCES, errno.ENOSYS, errno.EOPNOTSUPP, errno.EMLINK, errno.EXDEV})


class Claim:
    """Holds `lock.json` from `take` to `release`; `beat` shows others that the holder lives."""

    def __init__(self, place: Path, me: Holder, host: Host, *, named: str = "") -> None:
        self._place = place
        self._named = named or shown(place.parent.parent)
        self._me = me
        self._host = host
        self.taken_by: Holder | None = None
        """Who stands in the file instead of us, once that was seen."""

    def take(self, *, silent: bytes | None = None) -> None:
        """Make the file, or take it over from a process of this host that is gone; raises OutputHeld, OSError.

        `silent` is a content that has not changed for so long that its holder, wherever it was, is taken for gone.
        """
        for _ in range(TRIES):
            if _made_first(self._place, self._me.encoded()):
                return
            try:
                content = self._place.read_bytes()
            except FileNotFoundError:
                continue
            holder = decoded(content)
            if holder is None or not (content == silent or holder.has_ended(self._host)):
                raise self._held_by(holder)
            if self._taken_over(content, holder):
                return
        raise self._held_by(None)

    def beat(self) -> bool:
        """Raise the counter and say whether the file is still ours; what the disk refuses, the next beat tries again.

        A file that was removed is made again; one that another run has made is left to it.
        """
        try:
            self._beat()
        except FileNotFoundError:
            with suppress(OSError):
                _made_first(self._place, self._me.encoded())
        except OSError:
            pass
        return self.taken_by is None

    def release(self) -> None:
        """Remove the file, if it is ours."""
        with suppress(OSError):
            holder = decoded(self._place.read_bytes())
            if holder is not None and holder.is_same_process(self._me):
                self._place.unlink()

    def _beat(self) -> None:
        # What is read and what is written is the same file, whoever puts another one under its name meanwhile.
        file = os.open(self._place, os.O_RDWR | os.O_CLOEXEC)
        try:
            holder = decoded(os.read(file, MOST_BYTES))
            if holder is not None and not holder.is_same_process(self._me):
                self.taken_by = holder
                return
            self._me = replace(self._me, counter=self._me.counter + 1)
            os.ftruncate(file, os.pwrite(file, self._me.encoded(), 0))
        finally:
            os.close(file)

    def _taken_over(self, content: bytes, holder: Holder) -> bool:
        """Put our record over that of a holder that is gone; False where the file has changed hands meanwhile.

        A mark that bears the holder's name lets one process do it at a time: without it, the second would put its
        record over that of the first.
        """
        mark = self._place.with_name(f"{self._place.stem}-of-{holder.pid}-{holder.starttime}")
        if not _made_first(mark, self._me.encoded()):
            raise OutputHeld(
                f"{self._named}: another run is just beginning there.",
                mend=f"Wait for it; if there is none, remove {shown(mark)}.",
            )
        try:
            if self._place.read_bytes() != content:
                return False
            aside = _aside(self._place)
            _write_new(aside, self._me.encoded())
            aside.replace(self._place)
        except FileNotFoundError:
            return False
        finally:
            mark.unlink(missing_ok=True)
        return True

    def _held_by(self, holder: Holder | None) -> OutputHeld:
        who = str(holder) if holder is not None else "its record cannot be read"
        grows = f"see whether `counter`, now {holder.counter}, grows within ten minutes" if holder else "wait"
        return OutputHeld(
            f"{self._named}: another run is writing there ({who}).",
            mend=f"Wait for it, or choose another OUT. If its host has crashed, {grows}; then remove "
            f"{shown(self._place)} and go on.",
        )


def claim_of(lock: Path) -> Path:
    """Give the file that stands for a lock where the file system has none: `lock.json` beside `lock`."""
    return lock.with_name(f"{lock.name}.json")


def _made_first(place: Path, content: bytes) -> bool:
    """Make a file whole, unless one is there; False where another was first.

    A link is made by one of many in every version of NFS, and the count of links tells of one whose answer was lost.
    """
    aside = _aside(place)
    try:
        _write_new(aside, content)
        try:
            os.link(aside, place)
        except OSError as error:
            if aside.stat().st_nlink > 1:
                return True
            if error.errno in _NO_LINKS:
                _write_new(place, content)
                return True
            raise
    except (FileExistsError, FileNotFoundError):
        return False
    finally:
        with suppress(OSError):
            aside.unlink()
    return True


def _aside(place: Path) -> Path:
    return place.with_name(f"{TEMPORARY}{os.getpid()}-{uuid.uuid4().hex}")


def _write_new(place: Path, content: bytes) -> None:
    """Write a file that must not be there, and sync it; none is left where that fails."""
    file = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
    try:
        _write_whole(file, content)
        os.fsync(file)
    except OSError:
        with suppress(OSError):
            place.unlink()
        raise
    finally:
        os.close(file)


def _write_whole(file: int, content: bytes) -> None:
    """Write all of it; a short write means a full disk, though the system has not said so yet."""
    if os.write(file, content) < len(content):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
