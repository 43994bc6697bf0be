"""The run's own log: every event as a line of plain text with its time, whatever the screen shows."""

from pathlib import Path

from htrkit.domain.events import Record
from htrkit.ui.event_words import event_words


class RunLog:
    """Listens to a run and appends to its log; a disk that refuses the log costs the log, not the run."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __call__(self, record: Record) -> None:
        """Take in one record."""
        try:
            with self._path.open("a", encoding="utf-8", errors="backslashreplace") as file:
                file.write(f"{record.at} {event_words(record.event)}\n")
        except OSError:
            return
