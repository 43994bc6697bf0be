"""Pages are counted as a person would count them, and cheaply."""

import os
import struct
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from htrkit.domain.found import FileKind
from htrkit.domain.source import SourceKind
from htrkit.files.frames import Frames, frames_of
from htrkit.files.tiff_frames import TiffFrame
from tests.fakes.pdfs import Lock, PdfPage, pdf
from tests.fakes.pictures import LONG, SHORT, Frame, Tag, encoded, opened, pixels, tiff

FULL, REDUCED, ONE_OF_SEVERAL, MASK, REDUCED_MASK = (Frame(tags=(Tag(254, LONG, (bits,)),)) for bits in (0, 1, 2, 4, 5))
OLD_FULL, OLD_REDUCED, OLD_ONE_OF_SEVERAL = (Frame(tags=(Tag(255, SHORT, (kind,)),)) for kind in (1, 2, 3))
UNTOLD = Frame()
DIALECTS = [("<", False), (">", False), ("<", True), (">", True)]


def counted(content: bytes, folder: Path, kind: FileKind | SourceKind = FileKind.IMAGE) -> Frames:
    path = folder / "scan"
    path.write_bytes(content)
    return frames_of(str(path), kind)


@pytest.mark.parametrize(("order", "big"), DIALECTS)
@pytest.mark.parametrize(
    ("frames", "pages"),
    [
        ([UNTOLD], (0,)),
        ([UNTOLD] * 3, (0, 1, 2)),
        ([FULL, ONE_OF_SEVERAL, UNTOLD], (0, 1, 2)),
        ([FULL, REDUCED], (0,)),
        ([REDUCED, FULL], (1,)),
        ([REDUCED, FULL, REDUCED, FULL], (1, 3)),
        ([FULL, MASK, REDUCED_MASK, FULL], (0, 3)),
        ([OLD_FULL, OLD_REDUCED, OLD_ONE_OF_SEVERAL], (0, 2)),
        ([REDUCED, OLD_REDUCED, MASK], (0,)),
    ],
)
def test_every_full_frame_of_a_tiff_is_a_page(
    frames: list[Frame], pages: tuple[int, ...], order: str, big: bool, tmp_path: Path
) -> None:
    assert counted(tiff(frames, order=order, big=big), tmp_path) == Frames(pages)


def test_a_small_frame_is_a_page_unless_its_tags_say_otherwise(tmp_path: Path) -> None:
    assert counted(tiff([Frame(bytes(10_000), 100, 100), Frame()]), tmp_path) == Frames((0, 1))


@pytest.mark.parametrize("kind", [1, 3, 4])
def test_the_tag_may_be_written_as_any_kind_of_number(kind: int, tmp_path: Path) -> None:
    assert counted(tiff([UNTOLD, Frame(tags=(Tag(254, kind, (1,)),))], order=">"), tmp_path) == Frames((0,))


@pytest.mark.parametrize(("order", "big"), [("<", False), (">", False), ("<", True)])
def test_the_indices_are_those_that_the_decoder_takes(order: str, big: bool, tmp_path: Path) -> None:
    shades = [FULL, REDUCED, FULL, FULL]
    frames = [Frame(bytes([40 * index]), tags=frame.tags) for index, frame in enumerate(shades)]
    content = tiff(frames, order=order, big=big)
    pages = counted(content, tmp_path).indices
    assert [pixels(opened(content, tmp_path, frame=page).image) for page in pages] == [[[0]], [[80]], [[120]]]


def test_pillows_own_multi_page_tiffs_are_counted(tmp_path: Path) -> None:
    pages = [Image.new("L", (9, 9), tone) for tone in (1, 2, 3)]
    content = encoded(pages[0], "TIFF", save_all=True, append_images=pages[1:], compression="tiff_lzw")
    assert counted(content, tmp_path) == Frames((0, 1, 2))


@pytest.mark.parametrize("place", [8, None])
def test_frames_that_go_round_in_a_circle_end(place: int | None, tmp_path: Path) -> None:
    first = tiff([UNTOLD])
    last = 8 if place else len(first) + len(first) % 2  # back to the first, or the last to itself
    assert counted(tiff([UNTOLD, UNTOLD], last=last), tmp_path) == Frames((0, 1))


@pytest.mark.parametrize("last", [1 << 20, 0xFFFFFFFF])
def test_the_first_frame_that_a_torn_tiff_lost_counts(last: int, tmp_path: Path) -> None:
    """So its loss is a failed page, and nobody takes two pages for all there were."""
    assert counted(tiff([UNTOLD, UNTOLD], last=last), tmp_path) == Frames((0, 1, 2))


def test_a_pointer_beyond_what_files_can_be_does_no_harm(tmp_path: Path) -> None:
    assert counted(tiff([UNTOLD], big=True, last=(1 << 64) - 1), tmp_path) == Frames((0, 1))


def test_a_directory_that_claims_more_entries_than_there_are_bytes_is_not_whole(tmp_path: Path) -> None:
    content = b"II+\0\x08\0\0\0" + struct.pack("<Q", 16) + struct.pack("<Q", 1 << 62)
    found = counted(content, tmp_path)
    assert (found.indices, found.problem is not None) == ((0,), True)


def test_a_tag_that_is_not_there_has_no_value() -> None:
    assert TiffFrame(((254, 0),)).value(255) is None


@pytest.mark.parametrize(("count", "pages"), [(1, (0,)), (3, (0, 1, 2))])
@pytest.mark.parametrize("kind", [FileKind.PDF, SourceKind.PDF, FileKind.IMAGE])
def test_every_page_of_a_pdf_is_one(count: int, pages: Any, kind: FileKind | SourceKind, tmp_path: Path) -> None:
    assert counted(pdf([PdfPage()] * count), tmp_path, kind) == Frames(pages)


def test_a_pdf_that_an_empty_password_opens_is_counted(tmp_path: Path) -> None:
    assert counted(pdf([PdfPage()] * 2, lock=Lock()), tmp_path, FileKind.PDF) == Frames((0, 1))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (pdf([PdfPage()] * 2, lock=Lock(user=b"secret")), "behind a password"),
        (b"%PDF-1.4 and no more", "a broken PDF"),
        (pdf([]), "a broken PDF"),
    ],
)
def test_a_pdf_that_does_not_open_counts_as_one_and_is_told(content: bytes, words: str, tmp_path: Path) -> None:
    found = counted(content, tmp_path, FileKind.PDF)
    assert found.indices == (0,)
    assert words in (found.problem or "")
    assert (found.problem or "").startswith(str(tmp_path / "scan"))


def animation(name: str) -> bytes:
    pages = [Image.new("RGB", (9, 9), (tone, 0, 0)) for tone in (10, 200, 100)]
    return encoded(pages[0], name, save_all=True, append_images=pages[1:])


@pytest.mark.parametrize("name", ["GIF", "WEBP", "PNG", "MPO"])
def test_further_frames_of_animations_and_cameras_are_no_pages(name: str, tmp_path: Path) -> None:
    content = animation(name)
    with Image.open(BytesIO(content)) as image:
        assert image.n_frames == 3  # type: ignore[attr-defined]
    assert counted(content, tmp_path) == Frames((0,))
    red = opened(content, tmp_path).image.getpixel((4, 4))
    assert isinstance(red, tuple)
    assert abs(red[0] - 10) < 5


@pytest.mark.parametrize("name", ["JPEG", "PNG", "BMP", "GIF", "WEBP", "JPEG2000", "TIFF"])
def test_single_pictures_are_one_page_each(name: str, tmp_path: Path) -> None:
    assert counted(encoded(Image.new("RGB", (9, 9)), name), tmp_path) == Frames((0,))


@pytest.mark.parametrize("content", [b"", b"some text", bytes(99), b"II*\0", b"II*\0\xff\xff\xff\xff", b"MM\0+\0\x08"])
def test_what_cannot_be_opened_counts_as_one_and_is_told(content: bytes, tmp_path: Path) -> None:
    found = counted(content, tmp_path)
    assert (found.indices, found.problem is not None) == ((0,), True)


def test_a_damaged_picture_that_is_no_tiff_is_not_found_out_yet(tmp_path: Path) -> None:
    assert counted(b"\xff\xd8\xff and no more", tmp_path) == Frames((0,))


def test_a_pipe_is_never_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "x.tif")
    assert "is a pipe" in (frames_of(str(tmp_path / "x.tif")).problem or "")


def test_a_missing_file_counts_as_one_and_its_name_is_safe_to_show(tmp_path: Path) -> None:
    problem = frames_of(f"{tmp_path}/gone\x1b[31m.tif").problem or ""
    assert "gone%1B[31m.tif: cannot be read (No such file or directory)" in problem


def test_xml_is_not_opened_here() -> None:
    assert frames_of("/nowhere/page.xml", FileKind.XML) == Frames((0,))
