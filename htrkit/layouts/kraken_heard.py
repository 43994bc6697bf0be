"""What Kraken leaves out while it traces, and tells nobody but its log."""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager

from htrkit.domain.page import Note
from htrkit.layouts.traced_losses import MOST_ENDS

FILTERED = re.compile(r"Filtered \d+ endpoints from (\d+) skeleton components")


class Heard(logging.Filter):
    """Listens to Kraken's log, and lets nothing but errors through."""

    def __init__(self) -> None:
        super().__init__()
        self.dropped = 0
        """Lines, and what Kraken took for noise, that it left out of full pages."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Count what a record tells."""
        said = FILTERED.match(record.getMessage())
        if said is not None:
            self.dropped += int(said[1])
        return record.levelno >= logging.ERROR

    def notes(self) -> tuple[Note, ...]:
        """Say what was heard."""
        message = (
            f"Kraken left out {self.dropped} lines, or what it took for noise: it draws no more of a page than "
            f"{MOST_ENDS} ends of lines. `--geometry htrkit` leaves out noise only."
        )
        return (Note("lines-dropped", message, flag=True),) if self.dropped else ()


@contextmanager
def kraken_heard() -> Iterator[Heard]:
    """Listen while Kraken traces."""
    logger, heard = logging.getLogger("kraken"), Heard()
    level = logger.level
    logger.setLevel(logging.INFO)
    logger.addFilter(heard)
    try:
        yield heard
    finally:
        logger.removeFilter(heard)
        logger.setLevel(level)
