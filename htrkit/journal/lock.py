"""One run at a time writes into OUT: the kernel holds the lock and gives it back whatever becomes of the process."""

import errno
import fcntl
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from htrkit.core.shown import shown
from htrkit.domain.errors import OutputHeld, OutputUnwritable
from htrkit.journal.lock_claim import Claim, claim_of
from htrkit.journal.lock_heartbeat import BEAT_SECONDS, Heartbeat
from htrkit.journal.lock_holder import Holder
from htrkit.journal.lock_host import Host
from htrkit.journal.lock_places import NOT_TO_BE_TRUSTED, file_system_type

_HELD = frozenset({errno.EWOULDBLOCK, errno.EACCES})
_NO_FLOCK = frozenset({errno.ENOSYS, errno.ENOLCK, errno.EOPNOTSUPP})


def _flock(file: int) -> None:
    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _nothing() -> None:
    """Do nothing."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What a lock stands on: the kernel's lock, the file system, this host and its time."""

    flock: Callable[[int], None] = _flock
    """Locks an open file or raises OSError; never waits."""
    file_system: Callable[[Path], str] = file_system_type
    host: Host = field(default_factory=Host)
    beat_seconds: float = BEAT_SECONDS


class Lock:
    """Holds `.htrkit/lock` from entering to leaving; raises OutputHeld where another process has it.

    Where the file system has no flock, or one that other hosts may not see, `.htrkit/lock.json` is held besides
    (`Claim`); with `silent`, it is taken from a holder who has shown no life for long (`lock_silence`). A process
    that inherits the lock's file holds the kernel's lock too, but never `lock.json`: without a flock, OUT is free as
    soon as the run's own process is gone, and what it left behind has to be ended (`orphans`).
    Where another run has put itself into `lock.json`, `on_lost` is called from another thread, and leaving raises
    OutputHeld.
    """

    def __init__(  # noqa: PLR0913 - where, who, and what is known of those before
        self,
        path: Path,
        *,
        owner: str,
        named: str = "",
        on_lost: Callable[[], None] = _nothing,
        ground: Ground | None = None,
        silent: bytes | None = None,
    ) -> None:
        self._path = path.absolute()  # whoever holds it may go to another folder meanwhile
        self._owner = owner
        self._named = named or shown(path.parent.parent)
        self._silent = silent
        self._on_lost = on_lost
        self._ground = ground or Ground()
        self._file = -1
        self._claim: Claim | None = None
        self._heartbeat: Heartbeat | None = None

    def __enter__(self) -> Self:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        except OSError as error:
            raise self._unwritable(error) from error
        try:
            self._take()
        except BaseException:
            os.close(self._file)
            raise
        # The words are for people: a full disk must not keep a run from holding OUT.
        with suppress(OSError):
            os.ftruncate(self._file, 0)
            os.pwrite(self._file, self._owner.encode(), 0)
        return self

    def fileno(self) -> int:
        """The open file that holds the lock: a process that inherits it holds the lock too, until it ends."""
        return self._file

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        taken_by = self._let_go()
        os.close(self._file)
        if taken_by is not None and error is None:
            raise OutputHeld(
                f"{self._named}: another run has taken it over meanwhile ({taken_by}).",
                mend="Let only one of them go on; `htrkit report --verify` tells whether its files are whole.",
            )

    def _take(self) -> None:
        trusted = self._ground.file_system(self._path.parent) not in NOT_TO_BE_TRUSTED
        if not (self._flocked() and trusted):
            self._hold_file()

    def _flocked(self) -> bool:
        """Take the kernel's lock; False where the file system has none, OutputHeld where another process has it."""
        try:
            self._ground.flock(self._file)
        except OSError as error:
            if error.errno in _NO_FLOCK:
                return False
            if error.errno not in _HELD:
                raise self._unlockable(error) from error
            holder = os.pread(self._file, 300, 0).decode("utf-8", "replace").strip() or "another process"
            raise OutputHeld(
                f"{self._named}: another run is writing there ({shown(holder)}).",
                mend="Wait for it, or choose another OUT.",
            ) from error
        return True

    def _hold_file(self) -> None:
        host = self._ground.host
        claim = Claim(claim_of(self._path), Holder.here(self._owner, host), host, named=self._named)
        try:
            claim.take(silent=self._silent)
        except OSError as error:
            raise self._unwritable(error) from error
        self._claim = claim
        self._heartbeat = Heartbeat(claim.beat, self._on_lost, seconds=self._ground.beat_seconds)
        self._heartbeat.start()

    def _let_go(self) -> Holder | None:
        """Give `lock.json` back, and say who had taken it."""
        if self._claim is None or self._heartbeat is None:
            return None
        if self._heartbeat.end():
            self._claim.release()
        return self._claim.taken_by

    def _unwritable(self, error: OSError) -> OutputUnwritable:
        return OutputUnwritable(
            f"{shown(self._path)}: cannot be written ({error.strerror}).", mend="Choose an OUT that you may write to."
        )

    def _unlockable(self, error: OSError) -> OutputUnwritable:
        return OutputUnwritable(
            f"{shown(self._path)}: cannot be locked ({error.strerror}).", mend="Choose an OUT on another file system."
        )
