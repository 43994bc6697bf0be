"""Where converted networks are put when the user's cache cannot take them: a temporary folder that all runs share."""

import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

from htrkit.networks.keeping import sweep
from htrkit.networks.kept import DAY_SECONDS


def aside() -> Path | None:
    """Give the folder; None where it is not there, or is not the user's own."""
    place = _place()
    with suppress(OSError):
        return place if _is_own(place) else None
    return None


def aside_made() -> Path:
    """Give the folder, without what nobody has used for a day; raises OSError."""
    place = _place()
    place.mkdir(mode=0o700, exist_ok=True)
    if not _is_own(place):
        raise PermissionError(f"{place} is not a folder of this user's alone")
    sweep(place, unused_seconds=DAY_SECONDS)
    return place


def _place() -> Path:
    return Path(tempfile.gettempdir()) / f"htrkit-networks-{os.getuid()}"


def _is_own(place: Path) -> bool:
    """Tell whether nobody else can put anything there: networks are read from it. Raises OSError."""
    found = place.lstat()
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & 0o022
