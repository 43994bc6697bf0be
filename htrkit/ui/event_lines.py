"""Progress for programs: one event a line, and nothing else."""

from collections.abc import Callable

import orjson

from htrkit.domain.events import Record

EVENT_SCHEMA = 1


class EventLines:
    """Listens to a run and writes each record as one line of JSON; `say` gets text without a line end."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say

    def __call__(self, record: Record) -> None:
        """Take in one record."""
        head = {"schema": EVENT_SCHEMA, "at": record.at, "event": type(record.event).__name__}
        self._say(orjson.dumps(head).decode()[:-1] + "," + orjson.dumps(record.event).decode()[1:])
