"""What must be known of JPEG, PNG and WebP files before Pillow is let at them."""

import zlib
from collections.abc import Iterator
from io import BufferedReader

from htrkit.files.no_picture import broken

PNG_SIGNATURE_BYTES = 8
PIECE_BYTES = 1 << 20
NO_SIZE = (1, 1)
START_OF_SCAN = 0xDA
END_OF_IMAGE = b"\xff\xd9"
MARKERS_ALONE = frozenset((0x01, *range(0xD0, 0xD9)))
"""JPEG markers that no length follows."""


def check_jpeg_end(file: BufferedReader) -> None:
    """Look for the end that a JPEG must have after its pixels; raises NoPicture where there is none.

    A copy that broke off may have its full size and hold zeros to the end, which decode to a flat grey. The thumbnail
    in a camera's EXIF has an end of its own, so it is the one after the first scan that counts.
    """
    file.seek(2)
    while len(mark := file.read(2)) == 2 and mark[0] == 0xFF:
        if mark[1] == 0xFF:
            file.seek(-1, 1)
        elif mark[1] == START_OF_SCAN:
            if END_OF_IMAGE not in file.read():
                raise broken("is a JPEG that ends early")
            return
        elif mark[1] not in MARKERS_ALONE:
            file.seek(max(int.from_bytes(file.read(2)) - 2, 0), 1)


def check_png_data(file: BufferedReader) -> None:
    """Compare the checksums of the picture's data, which Pillow skips; raises NoPicture for a wrong one.

    A file that ends early is left to Pillow. Chunks that say things about the picture may be wrong.
    """
    for length in _chunks(file, b"IDAT"):
        found, stated = _checksum(file, length, b"IDAT"), file.read(4)
        if len(stated) == 4 and found != int.from_bytes(stated):
            raise broken("is a damaged PNG (a checksum of its data is wrong)")


def png_exif(file: BufferedReader) -> bytes:
    """Give the file's EXIF, wherever it stands; nothing where there is none."""
    return next((file.read(min(length, PIECE_BYTES)) for length in _chunks(file, b"eXIf")), b"")


def _chunks(file: BufferedReader, wanted: bytes) -> Iterator[int]:
    """Go to each chunk of a PNG that has the name and give its length; what is read of it makes no difference."""
    place = PNG_SIGNATURE_BYTES
    while file.seek(place) and len(start := file.read(8)) == 8:
        length, name = int.from_bytes(start[:4]), start[4:]
        if name == wanted:
            yield length
        place += 8 + length + 4


def _checksum(file: BufferedReader, length: int, name: bytes) -> int:
    sum_ = zlib.crc32(name)
    while length > 0 and (piece := file.read(min(length, PIECE_BYTES))):
        sum_ = zlib.crc32(piece, sum_)
        length -= len(piece)
    return sum_


def webp_size(file: BufferedReader) -> tuple[int, int]:
    """Give width and height from the header, since the decoder takes memory for the canvas as soon as it is made.

    A header that is none gives one pixel: the decoder will refuse the file.
    """
    file.seek(0)
    head = file.read(30)
    match head[12:16]:
        case b"VP8X":
            return int.from_bytes(head[24:27], "little") + 1, int.from_bytes(head[27:30], "little") + 1
        case b"VP8L":
            bits = int.from_bytes(head[21:25], "little")
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        case b"VP8 ":
            sides = int.from_bytes(head[26:28], "little"), int.from_bytes(head[28:30], "little")
            return sides[0] & 0x3FFF, sides[1] & 0x3FFF
        case _:
            return NO_SIZE
