"""What a TIFF frame's tags tell that Pillow does not act on: which frame, how large its tiles, what its greys mean."""

from io import BufferedReader

from PIL import TiffImagePlugin
from PIL.TiffImagePlugin import TiffImageFile

from htrkit.files.deep_grey import Samples
from htrkit.files.no_picture import NoPicture, broken, changed, check_pixels, unsupported
from htrkit.files.tiff_frames import COMPRESSION, PHOTOMETRIC, TiffFrame, tiff_frames

MAX_SAMPLE_VALUE = 281
ORIENTATION = 274
SIDEWAYS = range(5, 9)
UNSIGNED = 1
WHITE_IS_ZERO = 0
TiffKind = tuple[bytes, int, tuple[int], int, tuple[int, ...], tuple[int, ...]]
"""A key of Pillow's table: byte order, photometric interpretation, sample format, fill order, bits, extra samples."""
MORE_TIFF_MODES: dict[TiffKind, tuple[str, str]] = {
    (b"MM", WHITE_IS_ZERO, (UNSIGNED,), 1, (16,), ()): ("I;16B", "I;16B"),
}
"""Rows that Pillow's table lacks: 16-bit WhiteIsZero, big end first."""


def go_to_frame(image: TiffImageFile, file: BufferedReader, frame: int) -> None:
    """Turn to a frame, from 0; raises NoPicture for one that is not there or not whole."""
    if not frame:
        return
    held = tiff_frames(file)
    if frame >= len(held):
        raise changed(asked=frame, held=len(held))
    if not held[frame].whole:
        raise broken("is a TIFF that ends before this frame")
    image.seek(frame)


def check_tiles(image: TiffImageFile, *, max_megapixels: float) -> None:
    """Refuse tiles that are larger than a whole picture may be: a small picture may claim a huge one."""
    width = _number(image, TiffImagePlugin.TILEWIDTH)
    height = _number(image, TiffImagePlugin.TILELENGTH)
    check_pixels(width or 0, height or 0, max_megapixels=max_megapixels)


def sides_are_swapped(image: TiffImageFile) -> bool:
    """Whether Pillow gives the size as it will be after turning: by the TIFF's own tag, and not by its XMP."""
    return _number(image, ORIENTATION) in SIDEWAYS


def tiff_samples(image: TiffImageFile) -> Samples:
    """Give what the frame's tags say of its grey values.

    Pillow turns WhiteIsZero around for 8 bits and fewer alone. Where the tag is missing, 0 is black.
    """
    return Samples(
        white_is_zero=_number(image, TiffImagePlugin.PHOTOMETRIC_INTERPRETATION) == WHITE_IS_ZERO,
        bits=_number(image, TiffImagePlugin.BITSPERSAMPLE),
        highest=_number(image, MAX_SAMPLE_VALUE),
        unsigned=(_number(image, TiffImagePlugin.SAMPLEFORMAT) or UNSIGNED) == UNSIGNED,
    )


def tiff_trouble(file: BufferedReader, frame: int) -> NoPicture:
    """Say why Pillow would not take a frame: its directory is damaged, or it is of a kind that is not read here."""
    frames = tiff_frames(file)
    told = frames[frame] if frame < len(frames) else TiffFrame(whole=False)
    if not told.whole or told.cut or told.value(PHOTOMETRIC) is None:
        return broken("is a damaged TIFF")
    return unsupported(
        "is a TIFF of a kind that is not read here "
        f"(compression {told.value(COMPRESSION)}, photometric interpretation {told.value(PHOTOMETRIC)})"
    )


def _number(image: TiffImageFile, tag: int) -> int | None:
    value = image.tag_v2.get(tag)
    first = value[0] if isinstance(value, tuple) and value else value
    return first if isinstance(first, int) else None
