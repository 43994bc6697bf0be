"""One line of the journal: canonical JSON that ends in the checksum of what stands before it."""

from zlib import crc32

import orjson

from htrkit.domain.events import Record


class LineDamaged(Exception):
    """The line's checksum does not fit, or it is cut off."""


def encode(record: Record) -> bytes:
    """Give the line with its line end: `{"at":…,"event":"PageDone",…,"crc":"89abcdef"}`."""
    body = {"at": record.at, "event": type(record.event).__name__}
    head = orjson.dumps(body)[:-1] + b"," + orjson.dumps(record.event)[1:-1]
    return head + b',"crc":"%08x"}\n' % crc32(head)


def decode(line: bytes) -> dict[str, object]:
    """Give the line's values; raises LineDamaged."""
    head, mark, tail = line.rpartition(b',"crc":"')
    if not mark or tail != b'%08x"}\n' % crc32(head):
        raise LineDamaged(line[:80].decode("utf-8", "replace"))
    values: dict[str, object] = orjson.loads(head + b"}")
    return values
