"""System calls that fail for the places below a folder, as a share or a disk in trouble does."""

import os
from pathlib import Path

from htrkit.files.looking import REAL, SystemCalls


class FailingDisk:
    """Every look at what is named in `failing`, or below it, raises its error; all others are real."""

    def __init__(self, **failing: int) -> None:
        self.failing = {name.rstrip("/"): number for name, number in failing.items()}

    def fail(self, place: object, number: int) -> None:
        self.failing[str(place)] = number

    @property
    def calls(self) -> SystemCalls:
        return SystemCalls(stat=self._stat, names=self._names, read=self._read)

    def _stat(self, path: str) -> os.stat_result:
        self._check(path)
        return REAL.stat(path)

    def _names(self, path: str, most: int) -> list[str]:
        self._check(path)
        return sorted(place.name for place in Path(path).iterdir())[:most]

    def _read(self, path: str, most_bytes: int | None) -> None:
        self._check(path)
        REAL.read(path, most_bytes)

    def _check(self, path: str) -> None:
        for place, number in self.failing.items():
            if path == place or path.startswith(f"{place}/"):
                raise OSError(number, os.strerror(number), path)
