"""A journal that another process writes, read as it grows."""

import os
from dataclasses import dataclass
from pathlib import Path

from htrkit.core.shown import shown
from htrkit.domain.errors import HtrkitError
from htrkit.domain.events import Record
from htrkit.journal.lines import LineDamaged, decode
from htrkit.journal.replay import record_of
from htrkit.journal.tearing import is_torn


@dataclass(frozen=True, slots=True)
class Grown:
    """What has come since the last look; `anew` where it is another journal, or one that was cut: all of it is here."""

    records: tuple[Record, ...] = ()
    anew: bool = False


@dataclass(slots=True)
class Tail:
    """Reads a journal from its beginning, and at each look what was added; one that is not there yet is empty."""

    path: Path
    _file: tuple[int, int] | None = None
    """The file that was read last: its device and inode."""
    _place: int = 0
    """Bytes of whole lines that were read."""
    _line: int = 0
    _last: bytes = b""
    """The last whole line: it stands where it stood for as long as this is the same journal."""

    def look(self) -> Grown:
        """Give what has come.

        A last line that is not whole yet is left for later. Raises HtrkitError for damage before whole lines, and for
        what this version does not understand; OSError where the file cannot be read.
        """
        try:
            with self.path.open("rb") as file:
                status = os.fstat(file.fileno())
                found = status.st_dev, status.st_ino
                anew = self._file is not None and (found != self._file or not self._stands(file.fileno()))
                if anew:
                    self._place, self._line, self._last = 0, 0, b""
                self._file = found
                file.seek(self._place)
                content = file.read()
        except FileNotFoundError:
            return Grown()
        return Grown(tuple(self._records(content)), anew)

    def _stands(self, descriptor: int) -> bool:
        start = self._place - len(self._last)
        return os.pread(descriptor, len(self._last), start) == self._last

    def _records(self, content: bytes) -> list[Record]:
        records = []
        lines = content.split(b"\n")[:-1]
        for index, line in enumerate(lines):
            whole = line + b"\n"
            try:
                values = decode(whole)
            except LineDamaged as error:
                if not is_torn(one + b"\n" for one in lines[index:]):
                    raise HtrkitError(
                        f"{shown(self.path)}: line {self._line + 1} is damaged, and others follow it.",
                        mend="Take the journal from a backup; the page records in json/ are not touched.",
                    ) from error
                break  # a torn end: whoever goes on with the run will mend it
            self._place, self._line, self._last = self._place + len(whole), self._line + 1, whole
            records.append(record_of(values, self.path, self._line))
        return records
