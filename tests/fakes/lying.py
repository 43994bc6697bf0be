"""Pictures that lie any way in their files, with all the ways that files have to tell it."""

import struct

import numpy as np
from PIL import Image

from tests.fakes.pictures import SHORT, TURNED, Frame, Tag, chunk, encoded, exif, png, tiff

UPRIGHT = np.asarray(TURNED)
STORED = {
    1: UPRIGHT,
    2: np.fliplr(UPRIGHT),
    3: np.rot90(UPRIGHT, 2),
    4: np.flipud(UPRIGHT),
    5: UPRIGHT.T,
    6: np.rot90(UPRIGHT),
    7: np.rot90(UPRIGHT, 2).T,
    8: np.rot90(UPRIGHT, -1),
}
"""How the upright picture lies in a file with each Orientation (TIFF 6.0: where row 0 and column 0 are seen)."""


def lying(orientation: int) -> Image.Image:
    return Image.fromarray(np.ascontiguousarray(STORED.get(orientation, UPRIGHT)))


def rows(picture: Image.Image) -> bytes:
    return b"".join(b"\0" + row.tobytes() for row in np.asarray(picture))


def jpeg(orientation: int) -> bytes:
    return encoded(lying(orientation), "JPEG", quality=100, exif=b"Exif\0\0" + exif(orientation))


def png_early(orientation: int) -> bytes:
    return encoded(lying(orientation), "PNG", exif=exif(orientation))


def png_late(orientation: int) -> bytes:
    picture = lying(orientation)
    return png(
        rows(picture), width=picture.width, height=picture.height, bits=8, after=chunk(b"eXIf", exif(orientation))
    )


def webp(orientation: int) -> bytes:
    return encoded(lying(orientation).convert("RGB"), "WEBP", lossless=True, exif=exif(orientation))


def raw_tiff(orientation: int) -> bytes:
    picture = lying(orientation)
    turn = Tag(274, SHORT, (orientation,))
    return tiff([Frame(picture.tobytes(), picture.width, picture.height, tags=(turn,))])


def deep_turned_tiff(orientation: int) -> bytes:
    picture = np.asarray(lying(orientation)).astype("<u2") * 257
    turn = Tag(274, SHORT, (orientation,))
    return tiff([Frame(picture.tobytes(), picture.shape[1], picture.shape[0], (16,), tags=(turn,))])


def lzw_tiff(orientation: int) -> bytes:
    """Libtiff writes no Orientation that means nothing, so it is put in afterwards."""
    written = encoded(lying(orientation), "TIFF", compression="tiff_lzw", tiffinfo={274: 2})
    entry = struct.pack("<HHL", 274, SHORT, 1)
    assert entry in written
    return written.replace(entry + struct.pack("<L", 2), entry + struct.pack("<L", orientation))


def xmp_tiff(orientation: int) -> bytes:
    said = f'<x tiff:Orientation="{orientation}"/>'.encode()
    return encoded(lying(orientation), "TIFF", tiffinfo={700: said})


def xmp_jpeg(orientation: int) -> bytes:
    said = f'<x tiff:Orientation="{orientation}"/>'.encode()
    return encoded(lying(orientation), "JPEG", quality=100, xmp=said)
