"""What a file is by its first bytes: its content decides, never its name."""

from dataclasses import dataclass
from enum import StrEnum

from htrkit.domain.failure import FailureClass
from htrkit.files.no_picture import NoPicture, broken, unsupported

HEAD_BYTES = 1024
"""As many as are looked at; a PDF may begin anywhere in them."""


class PictureFormat(StrEnum):
    """What is read here, by Pillow's names; nothing else of what Pillow knows is ever tried."""

    JPEG = "JPEG"
    PNG = "PNG"
    TIFF = "TIFF"
    WEBP = "WEBP"
    BMP = "BMP"
    JPEG2000 = "JPEG2000"
    GIF = "GIF"
    PDF = "PDF"


@dataclass(frozen=True, slots=True)
class Signature:
    """Bytes that stand at a place in every file of a format."""

    mark: bytes
    format: PictureFormat
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Foreign:
    """Bytes that stand at a place in files that are no pictures, or not read here, and what to call those."""

    mark: bytes
    words: str
    offset: int = 0


SIGNATURES = (
    Signature(b"\xff\xd8\xff", PictureFormat.JPEG),
    Signature(b"\x89PNG\r\n\x1a\n", PictureFormat.PNG),
    Signature(b"II*\0", PictureFormat.TIFF),
    Signature(b"MM\0*", PictureFormat.TIFF),
    Signature(b"II+\0", PictureFormat.TIFF),
    Signature(b"MM\0+", PictureFormat.TIFF),
    Signature(b"WEBP", PictureFormat.WEBP, offset=8),
    Signature(b"BM", PictureFormat.BMP),
    Signature(b"\xff\x4f\xff\x51", PictureFormat.JPEG2000),
    Signature(b"\0\0\0\x0cjP  \r\n\x87\n", PictureFormat.JPEG2000),
    Signature(b"GIF87a", PictureFormat.GIF),
    Signature(b"GIF89a", PictureFormat.GIF),
)

FOREIGN = (
    Foreign(b"ftypavi", "an AVIF picture", offset=4),
    Foreign(b"ftyphei", "a HEIC photograph", offset=4),
    Foreign(b"ftyphev", "a HEIC photograph", offset=4),
    Foreign(b"ftypmif1", "a HEIC photograph", offset=4),
    Foreign(b"ftyp", "a film", offset=4),
    Foreign(b"\0\0\0\x0cJXL ", "a JPEG XL picture"),
    Foreign(b"\xff\x0a", "a JPEG XL picture"),
    Foreign(b"II\xbc", "a JPEG XR picture"),
    Foreign(b"8BPS", "a Photoshop document"),
    Foreign(b"gimp xcf", "a GIMP document"),
    Foreign(b"AT&TFORM", "a DjVu document"),
    Foreign(b"%!PS", "a PostScript document"),
    Foreign(b"P4\n", "a Netpbm picture"),
    Foreign(b"P5\n", "a Netpbm picture"),
    Foreign(b"P6\n", "a Netpbm picture"),
    Foreign(b"PK\x03\x04", "a ZIP archive or office document"),
    Foreign(b"\x1f\x8b", "a compressed archive"),
    Foreign(b"7z\xbc\xaf", "a compressed archive"),
    Foreign(b"Rar!", "a compressed archive"),
    Foreign(b"{\\rtf", "a word processor's document"),
    Foreign(b"\xd0\xcf\x11\xe0", "an office document"),
)

MARKUP = (
    (b"<svg", "an SVG drawing"),
    (b"<!doctype html", "a web page, perhaps the error page of a download"),
    (b"<html", "a web page, perhaps the error page of a download"),
    (b"<?xml", "an XML document"),
)

LFS_POINTER = b"version https://git-lfs.github.com/spec/"
CONTROLS = frozenset(range(0x20)) - frozenset(b"\t\n\r\f") | {0x7F}


def format_of(head: bytes) -> PictureFormat:
    """Give the format of a file from its first HEAD_BYTES; raises NoPicture, which says what it looks like."""
    for row in SIGNATURES:
        if head.startswith(row.mark, row.offset):
            return row.format
    if b"%PDF-" in head:
        return PictureFormat.PDF
    raise _no_format(head)


def _no_format(head: bytes) -> NoPicture:
    if head.startswith(LFS_POINTER):
        return NoPicture(
            "is only a Git LFS pointer to the picture",
            mend="Fetch the picture with `git lfs pull`.",
            failure=FailureClass.UNSUPPORTED,
        )
    for row in FOREIGN:
        if head.startswith(row.mark, row.offset):
            return unsupported(f"is {row.words}, which is not read here")
    if not head.strip(b"\0"):
        return broken("holds nothing but zero bytes, as after a broken-off copy")
    if CONTROLS.isdisjoint(head):
        return unsupported(f"is no picture but {_text_kind(head)}")
    return broken("is no picture that is known here: its first bytes are of no format")


def _text_kind(head: bytes) -> str:
    start = head.lower()
    for mark, words in MARKUP:
        if mark in start:
            return words
    return "a text file"
