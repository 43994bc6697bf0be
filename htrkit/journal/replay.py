"""The journal's lines become events again, strictly: what this version does not know is never guessed at."""

from collections.abc import Iterator, Mapping
from dataclasses import fields
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import get_args

import orjson
from pydantic import TypeAdapter, ValidationError

from htrkit.core.shown import shown
from htrkit.domain.errors import HtrkitError
from htrkit.domain.events import Event, Record
from htrkit.journal.journal import read

_FRAME = frozenset({"at", "event", "crc"})
"""What a line holds besides the fields of its event."""


class JournalUnknown(HtrkitError):
    """A whole line of the journal says what this version of htrkit does not understand."""


def replay(path: Path) -> Iterator[Record]:
    """Give the journal's records in their order; a torn last line is forgiven.

    Raises JournalUnknown, naming the line, for an event or a field of another version; HtrkitError for a damaged line
    with others after it; OSError where the file cannot be read.
    """
    for number, values in enumerate(read(path), 1):
        yield record_of(values, path, number)


def record_of(values: Mapping[str, object], path: Path, number: int) -> Record:
    """Give the record of one line's values; raises JournalUnknown, naming the journal and the line's number."""
    try:
        return _record(values)
    except _NotUnderstood as error:
        raise JournalUnknown(
            f"{shown(path)}: line {number} {error}.",
            mend="Use the version of htrkit that wrote it, or a newer one; `run.json` beside it names the version.",
        ) from error


class _NotUnderstood(Exception):
    """What is wrong with a line, in words that follow `line 12`."""


def _record(values: Mapping[str, object]) -> Record:
    at, name = values.get("at"), values.get("event")
    if not isinstance(at, str) or not _is_time(at):
        raise _NotUnderstood("has no time that can be read")
    kind = _kinds().get(name) if isinstance(name, str) else None
    if kind is None:
        raise _NotUnderstood(f"tells of an event that this version does not know ({shown(str(name))})")
    unknown = sorted(values.keys() - _FRAME - kind.names)
    if unknown:
        raise _NotUnderstood(f"({name}) has a field that this version does not know ({shown(unknown[0])})")
    return Record(at, kind.event(values))


class _Kind:
    """One kind of event: its fields, and the reading of its values."""

    def __init__(self, event: type[Event]) -> None:
        self.names = frozenset(field.name for field in fields(event))
        self._name = event.__name__
        self._adapter: TypeAdapter[Event] = TypeAdapter(event)

    def event(self, values: Mapping[str, object]) -> Event:
        """Give the event; raises _NotUnderstood. Strict JSON: numbers are numbers, and closed choices are known."""
        try:
            return self._adapter.validate_json(orjson.dumps(values), strict=True)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            place = ".".join(str(part) for part in first["loc"])
            raise _NotUnderstood(f"({self._name}) cannot be read: {place}: {shown(first['msg'])}") from error


@cache
def _kinds() -> Mapping[str, _Kind]:
    return {event.__name__: _Kind(event) for event in get_args(Event)}


def _is_time(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False
