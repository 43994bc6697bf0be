"""Picture files made byte by byte: those that Pillow cannot write, and those that are wrong on purpose."""

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from htrkit.domain.names import PageKey
from htrkit.domain.source import PageSource, SourceKind
from htrkit.files.pictures import Opened, open_picture

BYTE, SHORT, LONG, LONG8 = 1, 3, 4, 16
CODES = {BYTE: "B", SHORT: "H", LONG: "L", LONG8: "Q"}
TURNED = Image.fromarray(np.kron(np.array([[0, 60, 120], [250, 200, 160]], np.uint8), np.ones((16, 16), np.uint8)))
"""48 by 32 pixels of six tones: no turn and no mirror leaves it as it is."""


def source(path: Path | str, *, frame: int | None = None, kind: SourceKind = SourceKind.IMAGE) -> PageSource:
    return PageSource(PageKey("page"), str(path), kind, frame)


def opened(
    content: bytes, folder: Path, *, frame: int | None = None, dpi: int = 72, max_megapixels: float = 200
) -> Opened:
    path = folder / "scan"
    path.write_bytes(content)
    return open_picture(source(path, frame=frame), dpi=dpi, max_megapixels=max_megapixels)


def encoded(picture: Image.Image, name: str, **options: Any) -> bytes:
    file = BytesIO()
    picture.save(file, name, **options)
    return file.getvalue()


def pixels(picture: Image.Image) -> Any:
    return np.asarray(picture).tolist()


@dataclass(frozen=True)
class Tag:
    number: int
    kind: int
    values: tuple[int, ...]


@dataclass(frozen=True)
class Frame:
    """A TIFF frame of one strip; `tags` replace those that it would have anyway."""

    data: bytes = b"\x80"
    width: int = 1
    height: int = 1
    bits: tuple[int, ...] = (8,)
    photometric: int = 1
    compression: int = 1
    tags: tuple[Tag, ...] = ()

    def all_tags(self, strip: int) -> list[Tag]:
        own = [
            Tag(256, LONG, (self.width,)),
            Tag(257, LONG, (self.height,)),
            Tag(258, SHORT, self.bits),
            Tag(259, SHORT, (self.compression,)),
            Tag(262, SHORT, (self.photometric,)),
            Tag(273, LONG, (strip,)),
            Tag(277, SHORT, (len(self.bits),)),
            Tag(278, LONG, (self.height,)),
            Tag(279, LONG, (len(self.data),)),
        ]
        named = {tag.number: tag for tag in (*own, *self.tags)}
        return sorted(named.values(), key=lambda tag: tag.number)


def tiff(frames: Sequence[Frame], *, order: str = "<", big: bool = False, last: int = 0) -> bytes:
    """Directories stand before their pixels; `last` is where the last frame says that another one follows."""
    word = "Q" if big else "L"
    mark = b"II" if order == "<" else b"MM"
    header = struct.pack(order + "HHH", 43, 8, 0) if big else struct.pack(order + "H", 42)
    content = mark + header + struct.pack(order + word, 16 if big else 8)
    for index, frame in enumerate(frames):
        content += b"\0" * (len(content) % 2)
        entries, entry_bytes = len(frame.all_tags(0)), 20 if big else 12
        after = len(content) + (8 if big else 2) + entries * entry_bytes + (8 if big else 4)
        outside = b""
        for tag in frame.all_tags(0):
            packed = struct.pack(f"{order}{len(tag.values)}{CODES[tag.kind]}", *tag.values)
            outside += packed if len(packed) > (8 if big else 4) else b""
        strip = after + len(outside)
        directory, used = struct.pack(order + ("Q" if big else "H"), entries), 0
        for tag in frame.all_tags(strip):
            packed = struct.pack(f"{order}{len(tag.values)}{CODES[tag.kind]}", *tag.values)
            directory += struct.pack(order + "HH" + word, tag.number, tag.kind, len(tag.values))
            if len(packed) > (8 if big else 4):
                directory += struct.pack(order + word, after + used)
                used += len(packed)
            else:
                directory += packed.ljust(8 if big else 4, b"\0")
        end = strip + len(frame.data)
        following = last if index == len(frames) - 1 else end + end % 2
        content += directory + struct.pack(order + word, following) + outside + frame.data
    return content


def deep_tiff(
    values: Any, *, photometric: int = 1, kind: str = "u2", order: str = "<", tags: Sequence[Tag] = ()
) -> bytes:
    """A grey TIFF of rows of numbers, each written as `kind` (numpy's names)."""
    array = np.asarray(values).astype(order + kind)
    formats = {"u": 1, "i": 2, "f": 3}
    sample = Tag(339, SHORT, (formats[kind[0]],))
    height, width = array.shape
    bits = (array.dtype.itemsize * 8,)
    return tiff([Frame(array.tobytes(), width, height, bits, photometric, tags=(sample, *tags))], order=order)


def chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">L", len(content)) + name + content + struct.pack(">L", zlib.crc32(name + content))


def png(
    rows: bytes, *, width: int, height: int, bits: int = 16, colour: int = 0, before: bytes = b"", after: bytes = b""
) -> bytes:
    """A PNG of rows as they are (each begins with its filter byte 0); chunks may stand before and after the data."""
    header = struct.pack(">LLBBBBB", width, height, bits, colour, 0, 0, 0)
    data = chunk(b"IDAT", zlib.compress(rows))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + before + data + after + chunk(b"IEND", b"")


def deep_png(values: Any, *, before: bytes = b"") -> bytes:
    array = np.asarray(values).astype(">u2")
    rows = b"".join(b"\0" + row.tobytes() for row in array)
    return png(rows, width=array.shape[1], height=array.shape[0], before=before)


def exif(orientation: int) -> bytes:
    return b"II*\0" + struct.pack("<LHHHLHHL", 8, 1, 274, 3, 1, orientation, 0, 0)
