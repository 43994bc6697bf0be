"""Progress for programs: one event a line, and nothing else; the last line is the summary."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import orjson

from htrkit.domain.errors import HtrkitError
from htrkit.domain.events import Record

EVENT_SCHEMA = 1
"""Of every line. New events and new fields may come within a version; nothing goes or changes its meaning."""


@dataclass(frozen=True, slots=True)
class Summary:
    """The last line of a run that has begun: what it came to, when everything is written."""

    selected: int
    """All pages; `selected = done + failed + skipped + not_run`, over earlier parts of the run too."""
    done: int
    failed: int
    skipped: int
    not_run: int
    flagged: int
    blank: int
    """Pages that are done and hold no lines."""
    retried: int
    """Times that a page was put back."""
    lines: int
    characters: int
    confidence: float | None
    """Mean over all characters, 0 to 1."""
    failures: Mapping[str, int]
    """Failed pages by class."""
    seconds: float
    """That this part of the run took."""
    out: str
    formats: tuple[str, ...]
    resume: str | None
    """The command that goes on with it; null where no page is left."""
    reason: str
    exit_code: int
    what: str = ""
    """The error that stopped it, and in `mend` what to do; empty without one."""
    mend: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """The only line of a run that was refused before it began."""

    what: str
    mend: str
    exit_code: int


Closing = Summary | Refused


class EventLines:
    """Listens to a run and writes each record as one line of JSON; `say` gets text without a line end."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say

    def __call__(self, record: Record) -> None:
        """Take in one record."""
        self._say(_line(record.at, record.event))

    def close(self, closing: Closing, *, at: str) -> None:
        """Write the last line; `at` is ISO 8601 in UTC."""
        self._say(_line(at, closing))


def refusal(error: HtrkitError) -> Refused:
    """Give the line for an error that kept a run from beginning."""
    return Refused(error.what, error.mend, int(error.exit_code))


def _line(at: str, event: object) -> str:
    head = orjson.dumps({"schema": EVENT_SCHEMA, "at": at, "event": type(event).__name__}).decode()
    return f"{head[:-1]},{orjson.dumps(event).decode()[1:]}"
