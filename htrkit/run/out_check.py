"""What can be known of OUT before anything is written: its rights, who holds it, and which run stands there."""

import errno
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from shlex import quote

from htrkit.core.shown import shown
from htrkit.domain.finding import Finding, Severity
from htrkit.domain.finding_code import Code
from htrkit.journal.lock_look import holder_of
from htrkit.run.out_folder import OutFolder

_ELSEWHERE = "Choose a folder that you may write to, as in -o"
_NO_NAMELESS = frozenset({errno.EOPNOTSUPP, errno.EISDIR, errno.EINVAL, errno.ENOENT})
"""What is raised where the file system has no files without a name."""


def written_probe(folder: Path) -> None:
    """Write a file into the folder that has no name and is gone at once; raises OSError where nothing can be."""
    if hasattr(os, "O_TMPFILE"):
        try:
            os.close(os.open(folder, os.O_TMPFILE | os.O_WRONLY, 0o600))
        except OSError as error:
            if error.errno not in _NO_NAMELESS:
                raise
        else:
            return
    os.rmdir(tempfile.mkdtemp(prefix=".htrkit-", dir=folder))  # noqa: PTH106 - the name as it was given


def held_findings(out: Path) -> Iterator[Finding]:
    """Say who is writing into OUT at this moment."""
    if (holder := holder_of(OutFolder(out).lock)) is not None:
        mend = f"Wait for it, or choose another OUT: -o {OutFolder(out).another}"
        message = f"{shown(out)}: another run is writing there ({shown(holder)})."
        yield Finding(Code.OUT_HELD, Severity.BLOCKER, message, mend)


def rights_findings(out: Path, probe: Callable[[Path], None] = written_probe) -> Iterator[Finding]:
    """Say what keeps a run from writing into OUT, or from making it."""
    there = next((folder for folder in (out, *out.absolute().parents) if os.path.lexists(folder)), Path("/"))
    mend = f"{_ELSEWHERE} {quote(shown(Path.home() / out.name))}"
    if not there.is_dir():
        if there != out:  # OUT itself being a file is said with the run that it might hold
            message = f"{shown(there)}: is no folder, and OUT cannot be made in it."
            yield Finding(Code.OUT_RIGHTS, Severity.BLOCKER, message, mend)
        return
    try:
        probe(there)
    except OSError as error:
        message = f"{shown(there)}: nothing can be written there ({error.strerror})."
        yield Finding(Code.OUT_RIGHTS, Severity.BLOCKER, message, mend)
