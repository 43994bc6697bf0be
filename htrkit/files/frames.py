"""How many pages a file holds, asked cheaply while the plan is made: nothing is decoded."""

from dataclasses import dataclass
from io import BufferedReader

from htrkit.core.shown import shown
from htrkit.domain.found import FileKind
from htrkit.domain.source import SourceKind
from htrkit.files.no_picture import NoPicture, broken
from htrkit.files.regular import opened_regular
from htrkit.files.signatures import HEAD_BYTES, PictureFormat, format_of
from htrkit.files.tiff_frames import tiff_frames

ONE = (0,)


@dataclass(frozen=True, slots=True)
class Frames:
    """Which frames (PDF pages) of a file are pages, from 0 and in their order; never none.

    `problem` is a sentence where the file could not be looked into: it counts as one page, which fails when its turn
    comes.
    """

    indices: tuple[int, ...] = ONE
    problem: str | None = None


def frames_of(path: str, kind: FileKind | SourceKind = FileKind.IMAGE) -> Frames:
    """Count a file's pages: every full frame of a TIFF, every page of a PDF, one of everything else.

    Reduced copies and masks in a TIFF, further frames of animations and the second picture of a camera's JPEG are no
    pages. An XML file is not opened. The content decides what the file is, not `kind`.
    """
    if kind is FileKind.XML:
        return Frames()
    try:
        with opened_regular(path) as file:
            return Frames(_indices(file))
    except NoPicture as trouble:
        return Frames(problem=f"{shown(path)}: {trouble.cause}. {trouble.mend}")


def _indices(file: BufferedReader) -> tuple[int, ...]:
    match format_of(file.read(HEAD_BYTES)):
        case PictureFormat.PDF:
            from htrkit.files.pdf import count_pages  # noqa: PLC0415 - its library is loaded where there are PDFs

            return tuple(range(count_pages(file)))
        case PictureFormat.TIFF:
            return _tiff_pages(file)
        case (
            PictureFormat.JPEG
            | PictureFormat.PNG
            | PictureFormat.WEBP
            | PictureFormat.BMP
            | PictureFormat.JPEG2000
            | PictureFormat.GIF
        ):
            return ONE


def _tiff_pages(file: BufferedReader) -> tuple[int, ...]:
    """Where the file breaks off, the first frame that is lost counts as a page, so that its loss shows as a failure."""
    frames = tiff_frames(file)
    if not any(frame.whole for frame in frames):
        raise broken("is a TIFF without a readable frame")
    return tuple(index for index, frame in enumerate(frames) if frame.is_page) or ONE
