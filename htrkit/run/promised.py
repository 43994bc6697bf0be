"""How the files that a journal promises stand on disk."""

import os
from collections.abc import Mapping
from pathlib import Path

from htrkit.core.history import Done, History
from htrkit.core.resume import Standing
from htrkit.domain.events import WrittenFile
from htrkit.files.hashing import file_sha256


def standing_of(out: Path, history: History, *, verify: bool = False) -> Mapping[str, Standing]:
    """Look at every file of every page that is done: at its size, and with `verify` at each of its bytes."""
    ends = history.ends.values()
    promised = (file for end in ends if isinstance(end, Done) for file in end.page.files)
    return {file.path: _standing(out, file, verify=verify) for file in promised}


def _standing(out: Path, file: WrittenFile, *, verify: bool) -> Standing:
    place = os.path.join(out, file.path)  # noqa: PTH118 - a hundred thousand times
    try:
        if os.stat(place).st_size != file.size:  # noqa: PTH116 - as above
            return Standing.CHANGED
        if verify and file_sha256(place) != file.sha256:
            return Standing.CHANGED
    except OSError:
        return Standing.MISSING
    return Standing.WHOLE
