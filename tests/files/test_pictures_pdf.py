"""PDF pages are rendered as people see them, and no password is ever asked for."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from htrkit.domain.errors import PageProblem
from htrkit.domain.failure import FailureClass
from htrkit.domain.geometry import Size
from htrkit.domain.page import Orientation
from tests.fakes.pdfs import Lock, PdfPage, pdf
from tests.fakes.pictures import opened

WIDE = PdfPage("/MediaBox [0 0 144 72]")


def quarters(picture: Image.Image) -> list[list[bool]]:
    """Whether each quarter of the picture is black: upper left, upper right; lower left, lower right."""
    small = np.asarray(picture.convert("L").resize((2, 2), Image.Resampling.BOX))
    return (small < 128).tolist()


def failure(content: bytes, folder: Path, **wishes: Any) -> PageProblem:
    with pytest.raises(PageProblem) as caught:
        opened(content, folder, **wishes)
    return caught.value


@pytest.mark.parametrize(("dpi", "size"), [(72, Size(72, 144)), (300, Size(300, 600)), (100, Size(100, 200))])
def test_a_page_is_rendered_at_the_resolution_asked_for(dpi: int, size: Size, tmp_path: Path) -> None:
    found = opened(pdf(), tmp_path, dpi=dpi)
    assert (found.facts.size, found.facts.dpi, found.image.mode) == (size, dpi, "RGB")
    assert quarters(found.image) == [[True, False], [False, False]]


@pytest.mark.parametrize(
    ("points", "dpi", "wanted"),
    [((612, 792), 300, (2550, 3300)), ((595, 842), 300, (2480, 3509)), ((1, 1), 10, (1, 1))],
)
def test_rounding_adds_no_empty_line(points: Any, dpi: int, wanted: tuple[int, int], tmp_path: Path) -> None:
    page = PdfPage(f"/MediaBox [0 0 {points[0]} {points[1]}]")
    assert opened(pdf([page]), tmp_path, dpi=dpi).image.size == wanted


@pytest.mark.parametrize(
    ("rotate", "size", "black"),
    [
        (0, (72, 144), [[True, False], [False, False]]),
        (90, (144, 72), [[False, True], [False, False]]),
        (180, (72, 144), [[False, False], [False, True]]),
        (270, (144, 72), [[False, False], [True, False]]),
        (-90, (144, 72), [[False, False], [True, False]]),
        (450, (144, 72), [[False, True], [False, False]]),
    ],
)
def test_a_page_is_turned_by_its_rotate(rotate: int, size: Any, black: Any, tmp_path: Path) -> None:
    found = opened(pdf([PdfPage(f"/MediaBox [0 0 72 144] /Rotate {rotate}")]), tmp_path)
    assert (found.image.size, quarters(found.image)) == (size, black)
    assert (found.facts.turned, found.facts.mirrored) == (Orientation.UPRIGHT, False)


def test_a_page_is_its_crop_box(tmp_path: Path) -> None:
    found = opened(pdf([PdfPage("/MediaBox [0 0 72 144] /CropBox [0 72 36 144]")]), tmp_path)
    assert found.image.size == (36, 72)
    assert quarters(found.image) == [[True, True], [True, True]]


def test_a_crop_box_is_turned_with_its_page(tmp_path: Path) -> None:
    found = opened(pdf([PdfPage("/MediaBox [0 0 72 144] /CropBox [0 36 72 144] /Rotate 90")]), tmp_path)
    assert found.image.size == (108, 72)


@pytest.mark.parametrize(("frame", "size"), [(0, (72, 144)), (1, (144, 72)), (None, (72, 144))])
def test_the_page_asked_for_is_rendered(frame: int | None, size: Any, tmp_path: Path) -> None:
    found = opened(pdf([PdfPage(), WIDE]), tmp_path, frame=frame)
    assert (found.image.size, found.facts.frame) == (size, frame)


def test_an_empty_password_opens_an_encrypted_page(tmp_path: Path) -> None:
    content = pdf(lock=Lock(user=b""))
    assert PdfPage().drawn not in content
    assert quarters(opened(content, tmp_path).image) == [[True, False], [False, False]]


def test_a_page_behind_a_password_is_locked(tmp_path: Path) -> None:
    found = failure(pdf(lock=Lock(user=b"secret")), tmp_path)
    assert found.failure is FailureClass.LOCKED
    assert "behind a password" in found.what
    assert "without a password" in found.mend


def test_encryption_that_nobody_knows_is_locked(tmp_path: Path) -> None:
    assert failure(pdf(lock=Lock(handler="Curious")), tmp_path).failure is FailureClass.LOCKED


@pytest.mark.parametrize(
    "content",
    [b"%PDF-1.4\n", b"%PDF-1.4\n" + b"\0" * 500, b"%PDF-1.7\nnothing of a PDF", pdf()[:60], pdf([])],
    ids=["header", "zeros", "text", "torn", "no page"],
)
def test_a_pdf_that_cannot_be_opened_is_broken(content: bytes, tmp_path: Path) -> None:
    assert failure(content, tmp_path).failure is FailureClass.BROKEN


def test_a_page_that_is_not_there_any_more_is_unreadable(tmp_path: Path) -> None:
    found = failure(pdf(), tmp_path, frame=1)
    assert found.failure is FailureClass.UNREADABLE
    assert "has no page 2, only 1: it changed" in found.what


@pytest.mark.parametrize(("dpi", "limit", "too_large"), [(720, 1.0, True), (720, 1.1, False), (10_000_000, 200, True)])
def test_the_limit_is_for_the_rendered_page(dpi: int, limit: float, too_large: bool, tmp_path: Path) -> None:
    if too_large:
        assert failure(pdf(), tmp_path, dpi=dpi, max_megapixels=limit).failure is FailureClass.TOO_LARGE
    else:
        assert opened(pdf(), tmp_path, dpi=dpi, max_megapixels=limit).image.size == (720, 1440)


def test_a_pdf_may_begin_behind_other_bytes_and_have_any_name(tmp_path: Path) -> None:
    assert opened(b"\n\r\0junk" + pdf(), tmp_path).image.size == (72, 144)


def test_what_is_cited_does_not_change_with_the_resolution(tmp_path: Path) -> None:
    assert opened(pdf(), tmp_path, dpi=72).facts.sha256 == opened(pdf(), tmp_path, dpi=150).facts.sha256
