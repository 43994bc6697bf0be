"""Opening a page's picture: one way for every engine, upright, in L or RGB, and never waiting, asking or guessing."""

from dataclasses import dataclass
from io import BufferedReader, BytesIO
from pathlib import PurePath

from PIL import Image

from htrkit.core.shown import shown
from htrkit.domain.errors import PageProblem
from htrkit.domain.failure import Step
from htrkit.domain.geometry import Size
from htrkit.domain.page import ImageFacts
from htrkit.domain.source import PageSource
from htrkit.files.decoding import Decoded, decode, upright_size
from htrkit.files.hashing import opened_sha256, remembered_sha256
from htrkit.files.no_picture import NoPicture, no_memory
from htrkit.files.regular import opened_regular
from htrkit.files.signatures import HEAD_BYTES, PictureFormat, format_of

COMPRESSION_LEVEL = 3
"""Of zlib's 1 to 9: pictures of pages come out a few per cent larger than at 6, in half the time."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A page's picture in mode L (grey and bilevel) or RGB, upright, and what is to be cited of it."""

    image: Image.Image
    facts: ImageFacts


def open_picture(source: PageSource, *, dpi: int, max_megapixels: float) -> Opened:
    """Open the page's picture; a PDF page is rendered at `dpi`. The content decides what the file is, not its name.

    Raises PageProblem, of the classes empty, broken, unsupported, too-large, locked, unreadable and memory.
    """
    try:
        with opened_regular(source.path) as file:
            return _opened(file, source, dpi=dpi, max_megapixels=max_megapixels)
    except MemoryError as error:
        raise _problem(source, no_memory()) from error
    except NoPicture as trouble:
        raise _problem(source, trouble) from trouble


def look_at_picture(source: PageSource, *, dpi: int, max_megapixels: float) -> Size:
    """Give the size that the page's picture will have, from its head; raises PageProblem for one that cannot be read.

    Damage further in the file shows only when it is opened.
    """
    try:
        with opened_regular(source.path) as file:
            kind = format_of(file.read(HEAD_BYTES))
            frame = source.frame or 0
            if kind is PictureFormat.PDF:
                from htrkit.files.pdf import page_size  # noqa: PLC0415 - its library is loaded where there are PDFs

                return Size(*page_size(file, frame, dpi=dpi, max_megapixels=max_megapixels))
            return Size(*upright_size(file, kind, frame=frame, max_megapixels=max_megapixels))
    except MemoryError as error:
        raise _problem(source, no_memory()) from error
    except NoPicture as trouble:
        raise _problem(source, trouble) from trouble


def save_picture(image: Image.Image) -> bytes:
    """Give the picture as a PNG that holds the pixels and nothing else; the same pixels give the same bytes."""
    file = BytesIO()
    bare = image.copy()
    bare.info = {}
    bare.save(file, "PNG", compress_level=COMPRESSION_LEVEL)
    return file.getvalue()


def _opened(file: BufferedReader, source: PageSource, *, dpi: int, max_megapixels: float) -> Opened:
    kind = format_of(file.read(HEAD_BYTES))
    frame = source.frame or 0
    if kind is PictureFormat.PDF:
        from htrkit.files.pdf import render_page  # noqa: PLC0415 - as above

        decoded = Decoded(render_page(file, frame, dpi=dpi, max_megapixels=max_megapixels))
    else:
        decoded = decode(file, kind, frame=frame, max_megapixels=max_megapixels)
    facts = ImageFacts(
        name=shown(source.image_name or PurePath(source.path).name),
        path=shown(source.path),
        sha256=opened_sha256(file) if source.frame is None else remembered_sha256(file),
        size=Size(*decoded.image.size),
        frame=source.frame,
        turned=decoded.turn.turned,
        mirrored=decoded.turn.mirrored,
        dpi=dpi if kind is PictureFormat.PDF else None,
    )
    return Opened(decoded.image, facts)


def _problem(source: PageSource, trouble: NoPicture) -> PageProblem:
    page = "" if source.frame is None else f", page {source.frame + 1}"
    return PageProblem(
        f"{shown(source.path)}{page}: {trouble.cause}.",
        mend=trouble.mend,
        failure=trouble.failure,
        step=Step.OPEN,
    )
