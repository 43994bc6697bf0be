"""Reads a journal while another process writes it, as a killer must who wants to know what goes on."""

from dataclasses import dataclass, field
from pathlib import Path

from htrkit.domain.events import PageDone, PageFailed, PageStarted, PageStruck, RunResumed, RunStarted
from htrkit.journal.lines import LineDamaged, decode


@dataclass(slots=True)
class Tail:
    """Reads on in a journal while it is being written."""

    path: Path
    ends: int = 0
    """Pages that have ended, each time that one has."""
    opened: int = 0
    """Times that the run was begun or gone on with."""
    in_hand: dict[str, None] = field(default_factory=dict)
    struck: set[str] = field(default_factory=set)
    _read: int = 0

    def look(self) -> None:
        """Take in what is new; a torn end waits until it is whole, or cut off."""
        if not self.path.exists():
            return
        with self.path.open("rb") as file:
            file.seek(self._read)
            for line in file:
                try:
                    values = decode(line)
                except LineDamaged:
                    return
                self._read += len(line)
                self._take(str(values["event"]), str(values.get("key")))

    def _take(self, event: str, key: str) -> None:
        if event in {RunStarted.__name__, RunResumed.__name__}:
            self.opened += 1
            self.in_hand.clear()
        elif event == PageStarted.__name__:
            self.in_hand[key] = None
        elif event == PageStruck.__name__:
            self.struck.add(key)
        self.ends += event in {PageDone.__name__, PageFailed.__name__}
        if event != PageStarted.__name__:
            self.in_hand.pop(key, None)
