"""A TIFF's list of frames, read from its directories alone: which are pages, and which copies or masks."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from io import BufferedReader

NEW_SUBFILE_TYPE = 254
"""Bit 0: a reduced copy; bit 1: a page of several; bit 2: a mask (TIFF 6.0, section 8)."""
SUBFILE_TYPE = 255
"""The older tag: 1 full, 2 a reduced copy, 3 a page of several."""
COMPRESSION = 259
PHOTOMETRIC = 262

REDUCED, MASK = 1, 4
OLD_REDUCED = 2
VALUE_BYTES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
"""Bytes of one value, by field type."""
VALUE_CODES = {1: "B", 3: "H", 4: "L", 16: "Q"}
"""Codes of struct for the field types BYTE, SHORT, LONG and LONG8."""


@dataclass(frozen=True, slots=True)
class TiffFrame:
    """One directory: its whole-number tags that hold a single value."""

    values: tuple[tuple[int, int], ...] = ()
    whole: bool = True
    """False where the directory could not be read."""
    cut: bool = False
    """True where values that it points to lie beyond the file's end."""

    def value(self, tag: int) -> int | None:
        """Give the tag's value; None where the frame does not tell."""
        return dict(self.values).get(tag)

    @property
    def is_page(self) -> bool:
        """Whether the frame is a picture of its own; told by its tags, never by its size."""
        new = self.value(NEW_SUBFILE_TYPE) or 0
        return not new & (REDUCED | MASK) and self.value(SUBFILE_TYPE) != OLD_REDUCED


@dataclass(frozen=True, slots=True)
class _Dialect:
    """How a TIFF writes its numbers: byte order, classic (32 bits) or BigTIFF (64)."""

    order: str
    big: bool

    @property
    def entry_count(self) -> struct.Struct:
        return struct.Struct(self.order + ("Q" if self.big else "H"))

    @property
    def offset(self) -> struct.Struct:
        return struct.Struct(self.order + ("Q" if self.big else "L"))

    @property
    def entry(self) -> struct.Struct:
        """Tag, field type, how many values, and the value itself where it fits."""
        return struct.Struct(self.order + ("HHQ8s" if self.big else "HHL4s"))


def tiff_frames(file: BufferedReader) -> tuple[TiffFrame, ...]:
    """Give all frames in the order of the file's chain; the last is not whole where the chain breaks off.

    A chain that comes back to itself ends there, as readers of TIFF have it. Raises OSError.
    """
    return tuple(_chain(file))


def _chain(file: BufferedReader) -> Iterator[TiffFrame]:
    file.seek(0)
    header = file.read(16)
    dialect = _Dialect(order="<" if header[:2] == b"II" else ">", big=b"+" in header[2:4])
    seen: set[int] = set()
    try:
        (place,) = dialect.offset.unpack_from(header, 8 if dialect.big else 4)
        while place and place not in seen:
            seen.add(place)
            frame, place = _directory(file, place, dialect)
            yield frame
    except (struct.error, OverflowError, ValueError):
        # The pointer leads out of the file, or the file ends inside the directory.
        yield TiffFrame(whole=False)


def _directory(file: BufferedReader, place: int, dialect: _Dialect) -> tuple[TiffFrame, int]:
    file.seek(place)
    (count,) = dialect.entry_count.unpack(file.read(dialect.entry_count.size))
    entries = file.read(count * dialect.entry.size)
    if len(entries) < count * dialect.entry.size:
        raise struct.error("the file ends inside a directory")
    following = file.read(dialect.offset.size)
    frame = TiffFrame(tuple(_single_values(entries, dialect)), cut=_points_out(entries, dialect, file.seek(0, 2)))
    # A last directory without the zero bytes that should end it is whole all the same.
    return frame, dialect.offset.unpack(following)[0] if len(following) == dialect.offset.size else 0


def _single_values(entries: bytes, dialect: _Dialect) -> Iterator[tuple[int, int]]:
    for tag, field_type, count, raw in dialect.entry.iter_unpack(entries):
        code = VALUE_CODES.get(field_type)
        if count == 1 and code is not None and struct.calcsize("=" + code) <= len(raw):
            yield tag, struct.unpack_from(dialect.order + code, raw)[0]


def _points_out(entries: bytes, dialect: _Dialect, file_bytes: int) -> bool:
    for _, field_type, count, raw in dialect.entry.iter_unpack(entries):
        length = count * VALUE_BYTES.get(field_type, 0)
        if length > len(raw) and dialect.offset.unpack(raw)[0] + length > file_bytes:
            return True
    return False
