"""Pages of PDF files: counted, and rendered as a person would see them."""

import math
from collections.abc import Iterator
from contextlib import closing, contextmanager
from io import BufferedReader

import pypdfium2
from PIL import Image
from pypdfium2 import raw

from htrkit.domain.failure import FailureClass
from htrkit.files.no_picture import NoPicture, broken, changed, check_pixels

POINTS_PER_INCH = 72


def count_pages(file: BufferedReader) -> int:
    """Give the number of pages, one at least; raises NoPicture."""
    with _document(file) as document:
        return len(document)


def render_page(file: BufferedReader, index: int, *, dpi: int, max_megapixels: float) -> Image.Image:
    """Render a page's CropBox, turned by its /Rotate, on white as RGB; `index` is from 0. Raises NoPicture."""
    with _document(file) as document:
        if index >= len(document):
            raise changed(asked=index, held=len(document))
        # Asked before the page is loaded, which would already parse what is drawn on it.
        check_pixels(*_size(document, index, dpi=dpi), max_megapixels=max_megapixels)
        try:
            with (
                closing(document.get_page(index)) as page,
                closing(page.render(scale=_scale(dpi), rev_byteorder=True)) as bitmap,
            ):
                return _copied(bitmap)
        except pypdfium2.PdfiumError as error:
            raise broken(f"is a PDF whose page cannot be drawn ({error})") from error


def page_size(file: BufferedReader, index: int, *, dpi: int, max_megapixels: float) -> tuple[int, int]:
    """Give the pixels that a page will have across and down; `index` is from 0. Raises NoPicture."""
    with _document(file) as document:
        if index >= len(document):
            raise changed(asked=index, held=len(document))
        size = _size(document, index, dpi=dpi)
        check_pixels(*size, max_megapixels=max_megapixels)
        return size


def _size(document: pypdfium2.PdfDocument, index: int, *, dpi: int) -> tuple[int, int]:
    try:
        width, height = document.get_page_size(index)
    except pypdfium2.PdfiumError as error:
        raise broken(f"is a PDF with a broken page ({error})") from error
    return max(1, math.ceil(width * _scale(dpi))), max(1, math.ceil(height * _scale(dpi)))


def _scale(dpi: int) -> float:
    """A hair less than exact: pdfium rounds up, and 3300.0000000000005 pixels are not 3301."""
    return dpi / POINTS_PER_INCH * (1 - 1e-9)


def _copied(bitmap: pypdfium2.PdfBitmap) -> Image.Image:
    """The picture must not share memory with a bitmap that is about to be closed."""
    picture: Image.Image = bitmap.to_pil().convert("RGB")
    return picture


@contextmanager
def _document(file: BufferedReader) -> Iterator[pypdfium2.PdfDocument]:
    """Open with the empty password, which is all that most encrypted PDFs ask for; nobody is ever asked for another."""
    file.seek(0)
    try:
        document = pypdfium2.PdfDocument(file)
    except pypdfium2.PdfiumError as error:
        raise _closed_document(raw.FPDF_GetLastError(), error) from error
    with closing(document):
        yield document


def _closed_document(code: int, error: pypdfium2.PdfiumError) -> NoPicture:
    reasons = {
        raw.FPDF_ERR_PASSWORD: "is a PDF behind a password",
        raw.FPDF_ERR_SECURITY: "is a PDF that is encrypted in a way that cannot be opened here",
    }
    if code not in reasons:
        return broken(f"is a broken PDF ({error})")
    return NoPicture(reasons[code], mend="Save a copy without a password and give that.", failure=FailureClass.LOCKED)
